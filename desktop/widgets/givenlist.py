"""The list of what a patient was given: when, what, how much, how long it lasts, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.stockcells import product_name
from desktop.story import short_key
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.lines import Lines
from desktop.widgets.listing import Listing
from desktop.words import Words
from ledger.recalls import Match
from ledger.treatment import Given, Now

COLUMNS = ("at", "product", "quantity", "number", "lasts", "now")
ROW = 56
_WIDTHS = {"at": 116, "quantity": 84, "number": 124, "lasts": 148, "now": 140}
_LOOKS = {
    Now.WITH_PATIENT: ("person", "text"),
    Now.RETURNED: ("return", "quiet"),
    Now.PERHAPS_RETURNED: ("ask", "ask_text"),
    Now.UNDONE: ("undo", "quiet"),
    Now.VOID: ("void", "quiet"),
}


class GivenTable(Lines):
    """The packs of one patient."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        super().__init__(words, COLUMNS, "given_column_")
        self._given: tuple[Given, ...] = ()
        self._today = today

    def show_given(self, given: Sequence[Given]) -> None:
        """Show these."""
        if tuple(given) == self._given:
            return
        self.beginResetModel()
        self._given = tuple(given)
        self.endResetModel()

    def given(self, row: int) -> Given:
        """One line."""
        return self._given[row]

    def count(self) -> int:
        """How many lines."""
        return len(self._given)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        one, say = self._given[row], self._words.say
        match column:
            case "at":
                at = one.at.astimezone()
                return f"{at:%m-%d %H:%M}" if at.year == self._today().year else f"{at:%Y-%m-%d}"
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
        one = self._given[row]
        return product_name(one.names, one.spec, one.facts.product, self._words)

    def which(self, row: int) -> str:
        """Lot and serial of the pack that was given."""
        facts, say = self._given[row].facts, self._words.say
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
        model, edge = index.model(), option.rect
        assert isinstance(model, GivenTable)
        one, column = model.given(index.row()), COLUMNS[index.column()]
        tone = {Match.CERTAIN: "stop", Match.POSSIBLE: "ask", None: ""}[one.recalled]
        room = self.ground(painter, option, f"{tone}_tint" if tone else "")
        if tone and not index.column():
            painter.fillRect(QRect(edge.left(), edge.top(), 4, edge.height() - 1), self.ink(tone))
        text, kind, ink = model.text(index.row(), column), "plain", "text" if one.has_it else "quiet"
        if column == "now":
            sign, ink = (tone, f"{tone}_text") if tone else _LOOKS[one.now]
            kind = "bold"
            self.sign(painter, room, sign, ink)
        elif column in ("at", "number"):
            kind = "mono"
        elif column == "product":
            upper = QRect(room.left(), room.top() + 6, room.width(), 24)
            self.write(painter, upper, model.name(index.row()), "bold", ink)
            lower = QRect(room.left(), room.top() + 29, room.width(), 20)
            self.write(painter, lower, model.which(index.row()), "small", "quiet")
            return
        self.write(painter, room, text, kind, ink)


class GivenList(Listing):
    """Shows a `GivenTable`; Enter or a double click opens the history of the pack."""

    opened = Signal(str)
    """Key of the pack that the person opens."""

    def __init__(self, theme: Theme, words: Words, model: GivenTable) -> None:
        super().__init__(theme, ROW)
        self.setObjectName("scans")
        self._table = model
        self.setItemDelegate(_Cells(theme, self))
        self.setModel(model)
        self.fit(COLUMNS, _WIDTHS)
        self.activated.connect(lambda index: self.enter(index.row()))
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.setAccessibleName(words.say("given_list"))
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Open the history of a pack."""
        if row >= 0:
            self.opened.emit(self._table.given(row).facts.key)
