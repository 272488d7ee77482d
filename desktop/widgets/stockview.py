"""The list of the stock: painted by hand, a red edge on whatever is recalled, sorted by its head or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.stockcells import COLUMNS, Cell
from desktop.stockmodel import StockModel
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import SIGN, CellPaint
from desktop.widgets.listing import Listing
from desktop.words import Words
from ledger.stocklist import By

ROW, _HEAD = 40, 34
_WIDTHS = {
    By.PRODUCT: {
        "lots": 116, "in_stock": 104, "opened": 124, "quarantined": 84, "in_transit": 84,
        "expiry": 128, "place": 130, "alert": 148,
    },
    By.LOT: {
        "lot": 120, "in_stock": 104, "opened": 124, "quarantined": 84, "in_transit": 84,
        "expiry": 128, "place": 130, "alert": 148,
    },
    By.PACK: {
        "state": 150, "lot": 112, "expiry": 128, "serial": 190, "place": 90, "alert": 138, "at": 118,
    },
}  # fmt: skip
_SPARE = {
    By.PRODUCT: ("place", "in_transit", "quarantined", "opened"),
    By.LOT: ("place", "in_transit", "quarantined", "opened"),
    By.PACK: ("at", "place"),
}
"""What is left out where there is little room, the first first; the tiles above tell the sums."""


class _Cells(CellPaint):
    """Paints a cell: sign, tint, colour and words."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {"mono": mono(14), "bold": sans(14, QFont.Weight.DemiBold), "plain": sans(14)}
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model, edge, place = index.model(), option.rect, index.column()
        assert isinstance(model, StockModel)
        made = model.row(index.row())
        alarming = made is not None and made[0]
        room = self.ground(painter, option, "stop_tint" if alarming else "")
        if alarming and place == 0:
            painter.fillRect(QRect(edge.left(), edge.top(), 4, edge.height() - 1), self.ink("stop"))
        if made is None:
            bar = QRectF(room.left(), room.center().y() - 4, min(room.width() * 0.6, 120), 8)
            painter.fillRect(bar, self.ink("sunken"))
            return
        self._paint(painter, room, made[1][place])

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


class StockView(Listing):
    """Shows a `StockModel`; Enter or a double click opens a row."""

    opened = Signal(int)
    """The row that the person opens."""
    left = Signal()
    """The arrow up on the first row: the person wants to go on above."""
    ordered = Signal(str)
    """The column that the person wants the list ordered by."""

    def __init__(self, theme: Theme, words: Words, model: StockModel) -> None:
        super().__init__(theme, ROW, head=_HEAD, sortable=True)
        self.setObjectName("scans")
        self._stock = model
        self._by: By | None = None
        self.setItemDelegate(_Cells(theme, self))
        self.horizontalHeader().sectionClicked.connect(self._order)
        self.setModel(model)
        self.activated.connect(lambda index: self.enter(index.row()))
        model.modelReset.connect(self._columns)
        self._columns()
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.setAccessibleName(words.say("stock_list"))
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Open a row."""
        if row >= 0:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up leaves the first row for what stands above; the rest as in every list."""
        if event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _columns(self) -> None:
        if self._stock.by is not self._by:
            self._by = self._stock.by
            self.fit(COLUMNS[self._by], _WIDTHS[self._by], _SPARE[self._by])

    @Slot(int)
    def _order(self, section: int) -> None:
        self.ordered.emit(COLUMNS[self._stock.by][section])
