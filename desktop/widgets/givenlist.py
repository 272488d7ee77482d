"""The list of what a patient was given: when, what, how much, how long it lasts, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.cell import Cell
from desktop.stockcells import product_name
from desktop.story import short_key
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.packlines import PackLines, PackList
from desktop.words import Words
from ledger.recalls import Match
from ledger.treatment import Given, Now

COLUMNS = ("at", "product", "quantity", "number", "lasts", "now")
_WIDTHS = {"at": 116, "quantity": 84, "number": 124, "lasts": 148, "now": 140}
_LOOKS = {
    Now.WITH_PATIENT: ("person", "text"),
    Now.RETURNED: ("return", "quiet"),
    Now.PERHAPS_RETURNED: ("ask", "ask_text"),
    Now.UNDONE: ("undo", "quiet"),
    Now.VOID: ("void", "quiet"),
}


class GivenTable(PackLines[Given]):
    """The packs of one patient."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        super().__init__(words, COLUMNS, "given_column_", today)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        one, say = self._lines[row], self._words.say
        match column:
            case "at":
                return self.when(row)
            case "product":
                return f"{self.name(row)} {self.which(row)}"
            case "quantity":
                if one.facts.quantity is None:
                    return say("given_pack", packs=1)
                heap = one.facts.key.startswith("heap:")
                return say("given_pack" if heap else "given_units", packs=one.facts.quantity)
            case "number":
                return one.number or "–"
            case "lasts":
                return self._lasts(one)
        if one.recalled is not None:
            return say("given_recalled" if one.recalled is Match.CERTAIN else "given_maybe_recalled")
        return say(f"given_{one.now}")

    def name(self, row: int) -> str:
        """What was given."""
        one = self._lines[row]
        return product_name(one.names, one.spec, one.facts.product, self._words)

    def which(self, row: int) -> str:
        """Lot and serial of the pack that was given."""
        facts, say = self._lines[row].facts, self._words.say
        serial = facts.serial or ("" if facts.key.startswith("heap:") else short_key(facts.key))
        parts = [f"{say('column_lot')} {facts.lot}"] if facts.lot else []
        parts += [f"{say('column_serial')} {serial}"] if serial else []
        return "   ".join(parts)

    def _lasts(self, one: Given) -> str:
        say, until = self._words.say, one.lasts_until
        if until is None or not one.has_it:
            return "–"
        days = (until - self._today()).days
        if days < 0:
            return say("given_over", until=f"{until:%m-%d}")
        if days < 14:
            return say("given_days_left", until=f"{until:%m-%d}", days=days)
        return say("given_weeks_left", until=f"{until:%m-%d}", weeks=days // 7)


class _Cells(CellPaint):
    """Paints a line, red at its edge where a recall reaches it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {
            "mono": mono(14),
            "small": sans(13),
            "bold": sans(14, QFont.Weight.DemiBold),
            "plain": sans(14),
        }
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model, row = index.model(), index.row()
        assert isinstance(model, GivenTable)
        one, column = model.line(row), COLUMNS[index.column()]
        tone = {Match.CERTAIN: "stop", Match.POSSIBLE: "ask", None: ""}[one.recalled]
        room = self.ground(painter, option, f"{tone}_tint" if tone else "")
        if tone and not index.column():
            self.edge(painter, option, tone)
        kind, ink = "plain", "text" if one.has_it else "quiet"
        if column == "product":
            self.two_lines(painter, room, Cell(model.name(row), ink, "bold"), model.which(row))
            return
        if column == "now":
            sign, ink = (tone, f"{tone}_text") if tone else _LOOKS[one.now]
            kind = "bold"
            self.sign(painter, room, sign, ink)
        elif column in ("at", "number"):
            kind = "mono"
        self.write(painter, room, model.text(row, column), kind, ink)


class GivenList(PackList):
    """Shows a `GivenTable`."""

    def __init__(self, theme: Theme, words: Words, model: GivenTable) -> None:
        super().__init__(theme, words, model, "given_list")
        self.setItemDelegate(_Cells(theme, self))
        self.fit(COLUMNS, _WIDTHS, ("lasts", "number"))
