"""What went out under an approval: when, which pack, on which prescription, where, and whether it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.cell import Cell
from desktop.story import short_key
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.packlines import PackLines, PackList
from desktop.words import Words
from ledger.event import EventKind
from ledger.grantlist import Use

COLUMNS = ("at", "pack", "what")
_WIDTHS = {"at": 116, "what": 126}
_SIGNS = {EventKind.DISPENSE: "dispense", EventKind.TRANSFER_OUT: "transfer_out"}


class UseTable(PackLines[Use]):
    """The uses of one approval."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        super().__init__(words, COLUMNS, "approvals_use_", today)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        match column:
            case "at":
                return self.when(row)
            case "pack":
                return f"{self.which(row)}   {self.more(row)}".rstrip()
        return f"{self.what(row)}   {self.where(row)}"

    def which(self, row: int) -> str:
        """The pack, and how much of it or of its kind."""
        use, say = self._lines[row], self._words.say
        facts = use.facts
        if facts.key.startswith("heap:"):
            return say("given_pack", packs=facts.quantity or 0)
        name = facts.serial or short_key(facts.key)
        return f"{name}   {say('given_units', packs=facts.quantity)}" if facts.quantity is not None else name

    def more(self, row: int) -> str:
        """Lot, prescription and what was taken out of the zone."""
        use, say = self._lines[row], self._words.say
        parts = [f"{say('column_lot')} {use.facts.lot}"] if use.facts.lot else []
        parts += [say("approvals_on_paper", number=use.prescription)] if use.prescription else []
        parts += [say("approvals_taken_out", weeks=use.weeks)] if use.weeks else []
        return say("list_comma").join(parts)

    def what(self, row: int) -> str:
        """What was done, and whether it still counts."""
        use, say = self._lines[row], self._words.say
        if not use.counts:
            return say("approvals_taken_back")
        if use.here and use.left is not None and use.left < (use.facts.quantity or 0):
            return say("approvals_still", packs=use.left)
        return say(f"task_{use.kind}")

    def where(self, row: int) -> str:
        """At this workstation or another one, and by whom."""
        use, say = self._lines[row], self._words.say
        return say("approvals_here" if use.here else "approvals_elsewhere", operator=use.operator or "–")


class _Cells(CellPaint):
    """Paints a line, pale where it no longer counts."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {"mono": mono(14), "small": sans(13), "bold": sans(14, QFont.Weight.DemiBold)}
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model, row, column = index.model(), index.row(), COLUMNS[index.column()]
        assert isinstance(model, UseTable)
        use, room = model.line(row), self.ground(painter, option)
        ink = "text" if use.counts else "quiet"
        if column == "at":
            self.write(painter, room, model.text(row, column), "mono", ink)
        elif column == "pack":
            self.two_lines(painter, room, Cell(model.which(row), ink, "mono"), model.more(row))
        else:
            sign = _SIGNS[use.kind] if use.counts else "undo"
            self.two_lines(painter, room, Cell(model.what(row), ink, "bold", sign), model.where(row))


class UseList(PackList):
    """Shows a `UseTable`."""

    def __init__(self, theme: Theme, words: Words, model: UseTable) -> None:
        super().__init__(theme, words, model, "approvals_uses")
        self.setItemDelegate(_Cells(theme, self))
        self.fit(COLUMNS, _WIDTHS)
