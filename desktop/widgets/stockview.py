"""The list of the stock: painted by hand, a red edge on whatever is recalled, sorted by its head or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.icons import icon
from desktop.stockcells import COLUMNS, Cell
from desktop.stockmodel import StockModel
from desktop.theme import Theme, mono, sans
from desktop.words import Words
from ledger.stocklist import By

ROW = 40
_PAD, _SIGN = 11, 16
_FITTED = 4_000
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
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


class _Cells(QStyledItemDelegate):
    """Paints a cell: sign, tint, colour and words. By hand, because a style sheet costs five times as much a cell."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = {"mono": mono(14), "bold": sans(14, QFont.Weight.DemiBold), "plain": sans(14)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}
        self._worn: object = None
        self._inks: dict[str, QColor] = {}
        self._cut: dict[tuple[str, str, int], str] = {}

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model = index.model()
        assert isinstance(model, StockModel)
        room, place = option.rect, index.column()
        made = model.row(index.row())
        alarming = made is not None and made[0]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or alarming:
            painter.fillRect(room, self._ink("chosen" if chosen else "stop_tint"))
        painter.setPen(self._ink("ground"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        if alarming and place == 0:
            painter.fillRect(QRect(room.left(), room.top(), 4, room.height() - 1), self._ink("stop"))
        room = room.adjusted(_PAD, 0, -4, -1)
        if made is None:
            bar = QRectF(room.left(), room.center().y() - 4, min(room.width() * 0.6, 120), 8)
            painter.fillRect(bar, self._ink("sunken"))
            return
        self._paint(painter, room, made[1][place])

    def _paint(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        if cell.tone:
            wide = (
                self._metrics[cell.type].horizontalAdvance(cell.text) + 16 + (_SIGN + 6 if cell.sign else 0)
            )
            pill = QRectF(room.left() - 6, room.center().y() - 12, min(wide, room.width() + 4), 25)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._ink(cell.tone))
            painter.setBrush(self._ink(f"{cell.tone}_tint"))
            painter.drawRoundedRect(pill, 7, 7)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            room.adjust(2, 0, 0, 0)
        if cell.sign:
            middle = room.center().y() + 1
            drawn = icon(cell.sign, self._theme.colour(cell.ink), _SIGN)
            drawn.paint(painter, room.left(), middle - _SIGN // 2, _SIGN, _SIGN)
            room.adjust(_SIGN + 6, 0, 0, 0)
        if cell.right:
            room.adjust(0, 0, -10, 0)
        painter.setPen(self._ink(cell.ink))
        painter.setFont(self._fonts[cell.type])
        painter.drawText(room, _RIGHT if cell.right else _LEFT, self._fitted(cell, room.width()))

    def _ink(self, name: str) -> QColor:
        """A colour of the palette that is worn now."""
        if self._worn is not self._theme.palette:
            self._worn, self._inks = self._theme.palette, {}
        ink = self._inks.get(name)
        if ink is None:
            ink = self._inks[name] = QColor(self._theme.colour(name))
        return ink

    def _fitted(self, cell: Cell, width: int) -> str:
        """The text as it fits: measuring costs as much as painting."""
        key = (cell.text, cell.type, width)
        fitted = self._cut.get(key)
        if fitted is None:
            if len(self._cut) > _FITTED:
                self._cut.clear()
            mode = Qt.TextElideMode.ElideMiddle if cell.type == "mono" else Qt.TextElideMode.ElideRight
            fitted = self._cut[key] = self._metrics[cell.type].elidedText(cell.text, mode, width)
        return fitted


class StockView(QTableView):
    """Shows a `StockModel`; Enter or a double click opens a row."""

    opened = Signal(int)
    """The row that the person opens."""
    left = Signal()
    """The arrow up on the first row: the person wants to go on above."""
    ordered = Signal(str)
    """The column that the person wants the list ordered by."""

    def __init__(self, theme: Theme, words: Words, model: StockModel) -> None:
        super().__init__()
        self.setObjectName("scans")
        self._theme, self._words = theme, words
        self._stock = model
        self._empty = ""
        self._by: By | None = None
        self.setItemDelegate(_Cells(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setFixedHeight(34)
        head.sectionClicked.connect(self._order)
        self.setModel(model)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        model.modelReset.connect(self._columns)
        self._columns()
        self.retranslate(words)

    def say_empty(self, text: str) -> None:
        """What stands here while there is nothing."""
        self._empty = text
        self.viewport().update()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.setAccessibleName(words.say("stock_list"))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave typed characters to the page; arrows and Enter are ours."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if row >= 0:
                self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Up and row <= 0:
            self.left.emit()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say what will stand here while there is nothing."""
        super().paintEvent(event)
        if self._stock.rowCount() or not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        room = QRect(self.viewport().rect()).adjusted(24, 8, -24, -8)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
        painter.end()

    @Slot()
    def _columns(self) -> None:
        by = self._stock.by
        if by is self._by:
            return
        self._by = by
        head, widths = self.horizontalHeader(), _WIDTHS[by]
        for place, column in enumerate(COLUMNS[by]):
            if column == "product":
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(place, widths[column])

    @Slot(int)
    def _order(self, section: int) -> None:
        self.ordered.emit(COLUMNS[self._stock.by][section])
