"""The differences of a stocktake: what the books have and nobody has scanned yet; a row can be given up as missing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.paperboard import CountItem, CountState
from desktop.theme import Theme, mono, sans
from desktop.words import Words

COLUMNS = ("place", "product", "lot", "expiry", "serial", "state")
ROW = 38
_WIDTHS = {"place": 104, "lot": 112, "expiry": 116, "serial": 168, "state": 96}
_PAD = 11
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_Index = QModelIndex | QPersistentModelIndex


class DifferenceTable(QAbstractTableModel):
    """What is still to be found."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._items: tuple[CountItem, ...] = ()

    def show_state(self, state: CountState | None) -> None:
        """Show these."""
        self.beginResetModel()
        self._items = state.items if state else ()
        self.endResetModel()

    def item(self, row: int) -> CountItem | None:
        """What a row stands for."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def row_of(self, key: str) -> int:
        """The row of a pack; -1 where it is not listed."""
        return next((row for row, item in enumerate(self._items) if item.key == key), -1)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words.say(f"difference_{COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says."""
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), COLUMNS[index.column()])
        return None

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        item = self._items[row]
        match column:
            case "product":
                return f"{item.name(self._words)} {item.spec}".strip()
            case "expiry":
                form = "%Y-%m" if item.expiry_precision == "month" else "%Y-%m-%d"
                return item.expiry.strftime(form) if item.expiry else "–"
            case "serial":
                return item.serial or (self._words.say("difference_heap", count=item.count or 0))
            case "state":
                return self._words.say(f"difference_state_{item.state}")
        return (item.place if column == "place" else item.lot) or "–"


class _Cells(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = {"plain": sans(14), "mono": mono(14)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the cell."""
        table, column = index.model(), COLUMNS[index.column()]
        assert isinstance(table, DifferenceTable)
        room = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(self._theme.colour("chosen")))
        painter.setPen(QColor(self._theme.colour("ground")))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        room = room.adjusted(_PAD, 0, -6, -1)
        kind = "plain" if column in ("product", "state") else "mono"
        painter.setPen(QColor(self._theme.colour("quiet" if column == "state" else "text")))
        painter.setFont(self._fonts[kind])
        text = table.text(index.row(), column)
        shown = self._metrics[kind].elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _MIDDLE, shown)


class DifferenceView(QTableView):
    """Shows what is still to be found; Delete or the button gives the chosen one up."""

    given_up = Signal(object)
    """The `CountItem` that was not found."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("board")
        self._theme, self._words = theme, words
        self._state: CountState | None = None
        self.table = DifferenceTable(words)
        self.setModel(self.table)
        self.setItemDelegate(_Cells(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(32)
        for place, column in enumerate(COLUMNS):
            stretch = column == "product"
            mode = QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(place, mode)
            if not stretch:
                header.resizeSection(place, _WIDTHS[column])
        self.retranslate(words)

    def show_state(self, state: CountState | None) -> None:
        """Show how the count stands, and keep the chosen row where it is still open."""
        chosen = self.table.item(self.currentIndex().row())
        self._state = state
        self.table.show_state(state)
        row = self.table.row_of(chosen.key) if chosen else -1
        if row >= 0:
            self.selectRow(row)
        self.viewport().update()

    def give_up(self) -> None:
        """Give the chosen one up as missing."""
        item = self.table.item(self.currentIndex().row())
        if item is not None:
            self.given_up.emit(item)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.table.retranslate(words)
        self.setAccessibleName(words.say("differences"))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete gives up; typed characters are left to the page."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.give_up()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say so when everything was found."""
        super().paintEvent(event)
        if self.table.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        word = "differences_none" if self._state is not None else "board_empty"
        painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), self._words.say(word))
        painter.end()
