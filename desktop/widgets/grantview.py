"""The list of approvals, painted by hand: number over product, what was granted, taken here and elsewhere, and left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.grantcells import COLUMNS
from desktop.grantmodel import GrantModel
from desktop.stockcells import Cell
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import SIGN, CellPaint
from desktop.widgets.listing import Listing
from desktop.words import Words

ROW = 56
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
            bar = QRectF(room.left(), room.center().y() - 4, min(room.width() * 0.6, 120), 8)
            painter.fillRect(bar, self.ink("sunken"))
            return
        cell = model.cells.cell(row, column)
        if column == "number":
            upper = QRect(room.left(), room.top() + 6, room.width(), 24)
            self.write(painter, upper, cell.text, "mono", cell.ink)
            lower = QRect(room.left(), room.top() + 29, room.width(), 20)
            said = (model.cells.product(row), model.cells.limits(row))
            self.write(painter, lower, "   ".join(part for part in said if part), "small", "quiet")
            return
        self._paint(painter, room, cell)

    def _paint(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        if cell.tone:
            wide = self.width(cell.text, cell.type) + 16 + (SIGN + 6 if cell.sign else 0)
            pill = QRectF(room.left() - 6, room.center().y() - 12, min(wide, room.width() + 6), 25)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self.ink(self._theme.edge(cell.tone)))
            painter.setBrush(self.ink(f"{cell.tone}_tint"))
            painter.drawRoundedRect(pill, 7, 7)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            room.adjust(2, 0, 0, 0)
        if cell.sign:
            self.sign(painter, room, cell.sign, cell.ink)
        if cell.right:
            room.adjust(0, 0, -8, 0)
        self.write(painter, room, cell.text, cell.type, cell.ink, right=cell.right)


class GrantView(Listing):
    """Shows a `GrantModel`; Enter or a double click goes on to what was taken under the approval."""

    entered = Signal()
    """The person goes into the chosen approval."""
    left = Signal()
    """The arrow up on the first row: the person wants to go on above."""

    def __init__(self, theme: Theme, words: Words, model: GrantModel) -> None:
        super().__init__(theme, ROW)
        self.setObjectName("scans")
        self.setItemDelegate(_Cells(theme, self))
        self.setModel(model)
        self.fit(COLUMNS, _WIDTHS, _SPARE)
        self.activated.connect(lambda index: self.enter(index.row()))
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.setAccessibleName(words.say("approvals_list"))
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Go into an approval."""
        if row >= 0:
            self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up leaves the first row for what stands above; the rest as in every list."""
        if event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left.emit()
        else:
            super().keyPressEvent(event)
