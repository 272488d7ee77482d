"""The list of the stock: painted by hand, a red edge on whatever is recalled, sorted by its head or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal, Slot
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.stockcells import COLUMNS
from desktop.stockmodel import StockModel
from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.openlist import FoundList
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
        model, place = index.model(), index.column()
        assert isinstance(model, StockModel)
        made = model.row(index.row())
        alarming = made is not None and made[0]
        room = self.ground(painter, option, "stop_tint" if alarming else "")
        if alarming and place == 0:
            self.edge(painter, option, "stop")
        if made is None:
            self.fetching(painter, room)
        else:
            self.cell(painter, room, made[1][place])


class StockView(FoundList):
    """Shows a `StockModel`; Enter or a double click opens a row."""

    opened = Signal(int)
    """The row that the person opens."""
    ordered = Signal(str)
    """The column that the person wants the list ordered by."""

    def __init__(self, theme: Theme, words: Words, model: StockModel) -> None:
        super().__init__(theme, ROW, "stock_list", head=_HEAD, sortable=True)
        self._stock = model
        self._by: By | None = None
        self.setItemDelegate(_Cells(theme, self))
        self.horizontalHeader().sectionClicked.connect(self._order)
        self.setModel(model)
        model.modelReset.connect(self._columns)
        self._columns()
        self.retranslate(words)

    def open(self, row: int) -> None:
        """Open a row."""
        self.opened.emit(row)

    @Slot()
    def _columns(self) -> None:
        if self._stock.by is not self._by:
            self._by = self._stock.by
            self.fit(COLUMNS[self._by], _WIDTHS[self._by], _SPARE[self._by])

    @Slot(int)
    def _order(self, section: int) -> None:
        self.ordered.emit(COLUMNS[self._stock.by][section])
