"""The list of approvals, painted by hand: number over product, what was granted, taken here and elsewhere, and left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.grantcells import COLUMNS
from desktop.grantmodel import GrantModel
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import TWO_LINES, CellPaint
from desktop.widgets.openlist import FoundList
from desktop.words import Words

_WIDTHS = {"until": 104, "granted": 76, "here": 76, "elsewhere": 92, "left": 62, "phase": 130}
_SPARE = ("granted", "here", "elsewhere")
"""What is left out where there is little room, the first first: the card beside the list says it all."""


class _Cells(CellPaint):
    """Paints a cell; the first one in two lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {
            "mono": mono(14, QFont.Weight.DemiBold),
            "small": sans(13),
            "bold": sans(14, QFont.Weight.DemiBold),
            "plain": sans(14),
        }
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model, column = index.model(), COLUMNS[index.column()]
        assert isinstance(model, GrantModel)
        row = model.grant(index.row())
        room = self.ground(painter, option)
        if row is None:
            self.fetching(painter, room)
            return
        cell = model.cells.cell(row, column)
        if column == "number":
            self.two_lines(painter, room, cell, model.below(row))
        else:
            self.cell(painter, room, cell)


class GrantView(FoundList):
    """Shows a `GrantModel`; Enter or a double click goes on to what was taken under the approval."""

    entered = Signal()
    """The person goes into the chosen approval."""

    def __init__(self, theme: Theme, words: Words, model: GrantModel) -> None:
        super().__init__(theme, TWO_LINES, "approvals_list")
        self.setItemDelegate(_Cells(theme, self))
        self.setModel(model)
        self.fit(COLUMNS, _WIDTHS, _SPARE)
        self.retranslate(words)

    def open(self, row: int) -> None:
        """Go into an approval."""
        self.entered.emit()
