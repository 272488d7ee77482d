"""The board of a document: one row a line, ticked off by scanning; what is on no line stands on top in orange."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
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
from desktop.paperboard import Item, Paper
from desktop.theme import Theme, mono, sans
from desktop.words import Words

COLUMNS = ("state", "product", "lot", "expected", "seen", "missing", "over")
ROW = 40
_WIDTHS = {"state": 116, "lot": 120, "expected": 80, "seen": 124, "missing": 80, "over": 60}
_FIRST_WIDTH = 212
_LOOKS = {
    "waiting": ("wait", "quiet"),
    "partial": ("step", "accent"),
    "complete": ("check", "ok_text"),
    "over": ("fault", "held_text"),
    "unclear": ("ask", "ask_text"),
    "extra": ("fault", "held_text"),
}
_ORDER = {"extra": 0, "over": 1}
_PAD, _SIGN, _BAR = 11, 16, 48
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_Index = QModelIndex | QPersistentModelIndex


class BoardTable(QAbstractTableModel):
    """The lines of one document."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._items: list[Item] = []
        self.prescription = False
        """A prescription's board: what is due, and what is to be handed out first."""

    def show_paper(self, paper: Paper | None) -> None:
        """Show this board; rows that stay are only brought up to date, so that a selection stays too."""
        self.prescription = paper is not None and paper.kind == "prescription"
        items = sorted(paper.items, key=lambda item: _ORDER.get(item.progress, 2)) if paper else []
        if len(items) == len(self._items):
            self._items = items
            if items:
                self.dataChanged.emit(self.index(0, 0), self.index(len(items) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def item(self, row: int) -> Item:
        """One line."""
        return self._items[row]

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many lines."""
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
            column = COLUMNS[section]
            if self.prescription:
                column = {"lot": "first", "expected": "due"}.get(column, column)
            return self._words.say(f"board_column_{column}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says."""
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        return self.text(index.row(), COLUMNS[index.column()])

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        item, say = self._items[row], self._words.say
        match column:
            case "state":
                if item.progress == "extra":
                    return say("board_not_listed")
                return say(f"{'rx' if self.prescription else 'board'}_{item.progress}")
            case "product":
                chinese, english = item.names
                name = (chinese if self._words.language == "zh_CN" else english) or chinese or english
                if not name:
                    name = say("product_number", product=item.product) if item.product else "–"
                return f"{name} {item.spec}".rstrip()
            case "lot":
                if self.prescription:
                    return item.first or "–"
                return item.lot or say("board_any_lot")
            case "expected":
                unit = "" if item.unit == "pack" else say("board_units")
                return f"{item.expected}{unit}" if item.progress != "extra" else "–"
            case "seen":
                return str(item.seen)
            case "missing":
                return str(item.missing) if item.missing else "–"
        return str(item.over) if item.over else "–"


class _Cells(QStyledItemDelegate):
    """Paints a cell; the column of what was seen has its bar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = {"bold": sans(15, QFont.Weight.DemiBold), "plain": sans(15), "mono": mono(14)}
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the cell."""
        table = index.model()
        assert isinstance(table, BoardTable)
        item, column = table.item(index.row()), COLUMNS[index.column()]
        sign, ink = _LOOKS[item.progress]
        room = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(self._theme.colour("chosen")))
        painter.setPen(QColor(self._theme.colour("ground")))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        room.adjust(_PAD, 0, -6, -1)
        kind = {"state": "bold", "product": "plain"}.get(column, "mono")
        colour = self._theme.colour(ink if column in ("state", "over") else "text")
        if column == "missing" and item.missing:
            colour = self._theme.colour("stop_text")
        if column == "state":
            middle = room.center().y() + 1
            icon(sign, self._theme.colour(ink), _SIGN).paint(
                painter, room.left(), middle - _SIGN // 2, _SIGN, _SIGN
            )
            room.adjust(_SIGN + 6, 0, 0, 0)
        if column == "seen" and item.expected:
            self._bar(painter, room, item)
            room.adjust(_BAR + 8, 0, 0, 0)
        painter.setPen(QColor(colour))
        painter.setFont(self._fonts[kind])
        text = self._metrics[kind].elidedText(
            table.text(index.row(), column), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, _MIDDLE, text)

    def _bar(self, painter: QPainter, room: QRect, item: Item) -> None:
        middle = room.center().y()
        track = QRectF(room.left(), middle - 4, _BAR, 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colour("line")))
        painter.drawRoundedRect(track, 4, 4)
        share = min(1.0, item.seen / item.expected)
        if share:
            painter.setBrush(QColor(self._theme.colour("held" if item.over else "ok")))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), max(8.0, _BAR * share), 8), 4, 4)
        painter.restore()


class BoardView(QTableView):
    """Shows a document's board."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("board")
        self._theme, self._words = theme, words
        self.table = BoardTable(words)
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
        self.setMinimumHeight(32 + ROW)
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

    def show_paper(self, paper: Paper | None) -> None:
        """Show this document's board."""
        self.table.show_paper(paper)
        wide = _FIRST_WIDTH if self.table.prescription else _WIDTHS["lot"]
        self.horizontalHeader().resizeSection(COLUMNS.index("lot"), wide)
        self.horizontalHeader().viewport().update()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.table.retranslate(words)
        self.setAccessibleName(words.say("board"))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say so while there is nothing."""
        super().paintEvent(event)
        if self.table.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        painter.drawText(
            self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), self._words.say("board_empty")
        )
        painter.end()
