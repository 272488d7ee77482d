"""The last scans as the black box has them: when, by which device, what came in, how fast, what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
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

from desktop.theme import Theme, mono, sans
from desktop.words import Words
from ledger.codes.escape import escape
from scanner.blackbox import Record

COLUMNS = ("time", "device", "text", "pace", "verdict")
ROW = 36
_WIDTHS = {"time": 98, "device": 138, "pace": 96, "verdict": 96}
_INKS = {"accepted": "ok_text", "repeated": "repeated_text", "asked": "ask_text", "refused": "stop_text"}
_PAD = 11
RECORD = Qt.ItemDataRole.UserRole
_AT_TOP = QModelIndex()


class ScanRecords(QAbstractTableModel):
    """The records, newest on top."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._records: tuple[Record, ...] = ()

    def show_records(self, records: tuple[Record, ...]) -> None:
        """Show these, given oldest first."""
        newest = records[::-1]
        if newest != self._records:
            self.beginResetModel()
            self._records = newest
            self.endResetModel()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.beginResetModel()
        self._words = words
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _AT_TOP) -> int:  # noqa: N802
        """How many scans."""
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _AT_TOP) -> int:  # noqa: N802
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def record(self, row: int) -> Record:
        """The scan of a row."""
        return self._records[row]

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The text of a cell, also for screen readers."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), COLUMNS[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            record = self._records[index.row()]
            doubt = self._words.say(record.scan.suspect) if record.scan.suspect else ""
            return "\n".join(part for part in (escape(record.scan.text), doubt) if part)
        return self._records[index.row()] if role == RECORD else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The name of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words.say(f"devices_kept_{COLUMNS[section]}")
        return None

    def text(self, row: int, column: str) -> str:
        """What a cell says."""
        record, say = self._records[row], self._words.say
        if column == "time":
            return _when(record.wall)
        if column == "device":
            return record.scan.device or say(f"source_{record.scan.source}")
        if column == "text":
            return say("kept_masked") if record.masked else escape(record.scan.text)
        if column == "pace":
            slow = record.slowest_ms
            return say("devices_kept_ms", ms=slow) if slow is not None else "–"
        return (
            say(f"kept_{record.verdict}") if self._words.knows(f"kept_{record.verdict}") else record.verdict
        )

    def ink(self, row: int, column: str) -> str:
        """The colour of a cell."""
        if column == "verdict":
            return _INKS.get(self._records[row].verdict, "quiet")
        return "text" if column == "text" else "quiet"


def _when(wall: str) -> str:
    try:
        at = datetime.fromisoformat(wall).astimezone()
    except ValueError:
        return wall
    return f"{at:%H:%M:%S}" if at.date() == datetime.now().astimezone().date() else f"{at:%m-%d %H:%M}"


class _Cells(QStyledItemDelegate):
    """Paints a cell."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = {
            "mono": mono(14),
            "bold": sans(14, QFont.Weight.DemiBold),
            "plain": sans(14),
        }
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        model = index.model()
        assert isinstance(model, ScanRecords)
        column = COLUMNS[index.column()]
        colour = self._theme.colour
        room = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colour("chosen")))
        painter.setPen(QColor(colour("ground")))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        room.adjust(_PAD, 0, -6, -1)
        kind = {"text": "mono", "time": "mono", "verdict": "bold"}.get(column, "plain")
        painter.setPen(QColor(colour(model.ink(index.row(), column))))
        painter.setFont(self._fonts[kind])
        mode = Qt.TextElideMode.ElideMiddle if column == "text" else Qt.TextElideMode.ElideRight
        text = self._metrics[kind].elidedText(model.text(index.row(), column), mode, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


class ScanHistory(QTableView):
    """Shows the last scans; Enter or a double click looks at one."""

    looked_at = Signal(object)
    """The `Record` of the row."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("scans")
        self._theme, self._words = theme, words
        self.records = ScanRecords(words)
        self.setModel(self.records)
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
        self.setMinimumHeight(32 + 3 * ROW)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(32)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, column in enumerate(COLUMNS):
            if column == "text":
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(place, _WIDTHS[column])
        self.activated.connect(self._look)
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.records.retranslate(words)
        self.setAccessibleName(words.say("devices_kept"))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave typed characters to the page; arrows and Enter are ours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._look(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say what will stand here while there is nothing."""
        super().paintEvent(event)
        if self.records.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colour("quiet")))
        painter.setFont(sans(15))
        room = QRect(self.viewport().rect()).adjusted(24, 8, -24, -8)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(room, flags, self._words.say("devices_kept_none"))
        painter.end()

    def _look(self, index: QModelIndex | QPersistentModelIndex) -> None:
        if index.isValid():
            self.looked_at.emit(self.records.record(index.row()))
