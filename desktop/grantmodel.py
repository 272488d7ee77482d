"""The approvals as a table model: an array of ids, and windows of rows from the reader, fetched as they are seen."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from desktop.grantcells import COLUMNS, NUMBERS, GrantCells
from desktop.words import Words
from ledger.grantlist import GrantRow

WINDOW = 100
"""Rows fetched at once: more than a tall screen shows."""
KEEP = 40
"""Windows kept; the one seen longest ago goes first."""

_Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[
    [Sequence[int], Callable[[tuple[GrantRow, ...]], None], Callable[[BaseException], None]], None
]
"""Asks for approvals by id; calls back with them, or with what went wrong."""
_AT_TOP = QModelIndex()
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class GrantModel(QAbstractTableModel):
    """What the page of approvals lists."""

    def __init__(
        self, words: Words, fetch: Fetch, today: Callable[[], date], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._fetch = words, fetch
        self.cells = GrantCells(words, today)
        self._ids: array[int] = array("q")
        self._windows: OrderedDict[int, dict[int, GrantRow]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted = self._asked = -1
        self._edition = 0
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._ask)

    def show_ids(self, ids: array[int]) -> None:
        """List these; the same list again only fetches anew what is seen."""
        self._edition += 1
        self._wanted = self._asked = -1
        if ids == self._ids:
            self._stale = set(self._windows)
            self._changed(0, len(ids) - 1)
            return
        self.beginResetModel()
        self._ids = ids
        self._windows, self._stale = OrderedDict(), set()
        self.endResetModel()

    def grant(self, row: int) -> GrantRow | None:
        """The approval in a row, once it is there."""
        if not 0 <= row < len(self._ids):
            return None
        number = row // WINDOW
        window = self._windows.get(number)
        if window is None:
            self._want(number)
            return None
        self._windows.move_to_end(number)
        if number in self._stale:  # shown until the new answer is there
            self._want(number)
        return window.get(self._ids[row])

    def grant_id(self, row: int) -> int | None:
        """The id of the approval in a row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, grant_id: int) -> int | None:
        """The row of an approval."""
        try:
            return self._ids.index(grant_id)
        except ValueError:
            return None

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = self.cells.words = words
        self._changed(0, len(self._ids) - 1)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def rowCount(self, parent: _Index = _AT_TOP) -> int:  # noqa: N802
        """How many rows."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = _AT_TOP) -> int:  # noqa: N802
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words.say(f"approvals_column_{column}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says, also for screen readers."""
        if not index.isValid() or role not in _SPOKEN:
            return None
        row, column = self.grant(index.row()), COLUMNS[index.column()]
        if row is None:
            return self._words.say("stock_fetching")
        text = self.cells.cell(row, column).text
        if column != "number":
            return text
        return "   ".join(part for part in (text, self.cells.product(row), self.cells.limits(row)) if part)

    def _changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _want(self, number: int) -> None:
        self._wanted = number
        if self._asked < 0 and not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        number, edition = self._wanted, self._edition
        if number < 0 or self._asked >= 0:
            return
        self._asked, self._wanted = number, -1
        first = number * WINDOW

        def here(rows: tuple[GrantRow, ...]) -> None:
            if edition != self._edition:
                return
            self._asked = -1
            self._stale.discard(number)
            self._windows[number] = {row.grant_id: row for row in rows}
            while len(self._windows) > KEEP:
                self._windows.popitem(last=False)
            self._changed(first, min(first + WINDOW, len(self._ids)) - 1)
            if self._wanted >= 0:
                self._soon.start()

        def failed(_error: BaseException) -> None:
            if edition == self._edition:
                self._asked = -1

        self._fetch(self._ids[first : first + WINDOW], here, failed)
