"""The last scans as the black box has them: when, by which device, what came in, how fast, what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from desktop.theme import Theme, mono, sans
from desktop.widgets.cellpaint import CellPaint
from desktop.widgets.lines import Index, Lines
from desktop.widgets.listing import HEAD
from desktop.widgets.openlist import OpenList
from desktop.words import Words
from ledger.codes.escape import escape
from scanner.blackbox import Record

COLUMNS = ("time", "device", "text", "pace", "verdict")
ROW = 36
_WIDTHS = {"time": 98, "device": 138, "pace": 96, "verdict": 96}
_INKS = {"accepted": "ok_text", "repeated": "repeated_text", "asked": "ask_text", "refused": "stop_text"}


class ScanRecords(Lines):
    """The records, newest on top."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, COLUMNS, "devices_kept_")
        self._records: tuple[Record, ...] = ()

    def show_records(self, records: tuple[Record, ...]) -> None:
        """Show these, given oldest first."""
        newest = records[::-1]
        if newest != self._records:
            self.beginResetModel()
            self._records = newest
            self.endResetModel()

    def count(self) -> int:
        """How many scans."""
        return len(self._records)

    def record(self, row: int) -> Record:
        """The scan of a row."""
        return self._records[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; in its tip the whole scan, and what was odd about it."""
        if index.isValid() and role == Qt.ItemDataRole.ToolTipRole:
            record = self._records[index.row()]
            doubt = self._words.say(record.scan.suspect) if record.scan.suspect else ""
            return "\n".join(part for part in (escape(record.scan.text), doubt) if part)
        return super().data(index, role)

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


class _Cells(CellPaint):
    """Paints a cell."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        fonts = {"mono": mono(14), "bold": sans(14, QFont.Weight.DemiBold), "plain": sans(14)}
        super().__init__(theme, fonts, parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        table, row, column = index.model(), index.row(), COLUMNS[index.column()]
        assert isinstance(table, ScanRecords)
        kind = {"text": "mono", "time": "mono", "verdict": "bold"}.get(column, "plain")
        room = self.ground(painter, option)
        self.write(painter, room, table.text(row, column), kind, table.ink(row, column))


class ScanHistory(OpenList):
    """Shows the last scans; Enter or a double click looks at one."""

    looked_at = Signal(object)
    """The `Record` of the row."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, ROW, "devices_kept")
        self.records = ScanRecords(words)
        self.setModel(self.records)
        self.setItemDelegate(_Cells(theme, self))
        self.setMinimumHeight(HEAD + 3 * ROW)
        self.fit(COLUMNS, _WIDTHS)
        self.retranslate(words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.records.retranslate(words)
        super().retranslate(words)
        self.say_empty(words.say("devices_kept_none"))

    def open(self, row: int) -> None:
        """Look at the scan of a row."""
        self.looked_at.emit(self.records.record(row))
