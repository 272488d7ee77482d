"""The stock as a table model: groups whole, packs in windows fetched as they are seen.

A list of packs is an array of ids; what stands in them comes in windows of rows from the reader, the one looked at
last first, one request at a time. What is not there yet is painted as a faint row and never blocks the scroll.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from desktop.stockcells import COLUMNS, NUMBERS, Cell, Cells
from desktop.words import Words
from ledger.stocklist import By
from ledger.stockrows import Group, PackRow

WINDOW = 120
"""Rows fetched at once: more than a tall screen shows."""
_PAINTED = 600
"""Painted rows kept ready."""
KEEP = 80
"""Windows kept; the one seen longest ago goes first."""

_Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[
    [Sequence[int], Callable[[tuple[PackRow, ...]], None], Callable[[BaseException], None]], None
]
"""Asks for packs by id; calls back with them, or with what went wrong."""


class StockModel(QAbstractTableModel):
    """What the stock page lists."""

    def __init__(
        self, words: Words, fetch: Fetch, today: Callable[[], date], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._fetch, self._cells = words, fetch, Cells(words, today)
        self.by = By.PRODUCT
        self._groups: tuple[Group, ...] = ()
        self._ids: array[int] = array("q")
        self._windows: OrderedDict[int, dict[int, PackRow]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted = -1
        self._asked = -1
        self._edition = 0
        self._rows: dict[int, tuple[bool, tuple[Cell, ...]]] = {}
        """Rows as they were painted last: scrolling paints the same ones again and again."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    def show_groups(self, by: By, groups: tuple[Group, ...]) -> None:
        """List products or lots."""
        if by is self.by and groups == self._groups:
            return
        self.beginResetModel()
        self.by, self._groups, self._ids = by, groups, array("q")
        self._forget()
        self.endResetModel()

    def show_packs(self, ids: array[int]) -> None:
        """List packs; the same list again only fetches anew what is seen."""
        if self.by is By.PACK and ids == self._ids:
            self._edition += 1
            self._wanted = self._asked = -1
            self._stale = set(self._windows)
            if ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.by, self._groups, self._ids = By.PACK, (), ids
        self._forget()
        self.endResetModel()

    def pack(self, row: int) -> PackRow | None:
        """The pack in a row, once it is there."""
        if self.by is not By.PACK or not 0 <= row < len(self._ids):
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

    def pack_id(self, row: int) -> int | None:
        """The id of the pack in a row."""
        return self._ids[row] if self.by is By.PACK and 0 <= row < len(self._ids) else None

    def row_of(self, pack_id: int) -> int | None:
        """The row of a pack."""
        try:
            return self._ids.index(pack_id)
        except ValueError:
            return None

    def group(self, row: int) -> Group | None:
        """The product or lot in a row."""
        return self._groups[row] if 0 <= row < len(self._groups) else None

    def row(self, row: int) -> tuple[bool, tuple[Cell, ...]] | None:
        """Whether a row is alarming, and its cells; None while it is not there yet."""
        made = self._rows.get(row)
        if made is not None and not self._stale:
            return made
        cells = tuple(self.cell(row, column) for column in COLUMNS[self.by])
        there = tuple(cell for cell in cells if cell is not None)
        if len(there) < len(cells):
            return None
        if len(self._rows) > _PAINTED:
            self._rows.clear()
        made = self._rows[row] = (self.alarming(row), there)
        return made

    def counted(self) -> str:
        """How much the list shows, in words."""
        say = self._words.say
        if self.by is By.PACK:
            return say("stock_count_pack", rows=f"{len(self._ids):,}")
        packs = sum(
            one.in_stock + one.opened + one.quarantined + one.in_transit + one.gone for one in self._groups
        )
        return say(f"stock_count_{self.by}", rows=len(self._groups), packs=f"{packs:,}")

    def alarming(self, row: int) -> bool:
        """Whether the whole row is red: recalled, or contradicted by the platform."""
        if self.by is By.PACK:
            pack = self.pack(row)
            return pack is not None and (pack.surely_recalled or pack.verdict == "stop")
        group = self.group(row)
        return group is not None and bool(group.recalled or group.stopped)

    def cell(self, row: int, column: str) -> Cell | None:
        """What a cell shows; None while it is not there yet."""
        if self.by is By.PACK:
            pack = self.pack(row)
            return self._cells.pack(pack, column) if pack else None
        group = self.group(row)
        return self._cells.group(group, column) if group else None

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = self._cells.words = words
        self._rows.clear()
        if rows := self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many rows."""
        return 0 if parent.isValid() else len(self._ids) if self.by is By.PACK else len(self._groups)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS[self.by])

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(COLUMNS[self.by]):
            return None
        column = COLUMNS[self.by][section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words.say(f"stock_column_{column}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or role not in _SPOKEN:
            return None
        cell = self.cell(index.row(), COLUMNS[self.by][index.column()])
        return cell.text if cell else self._words.say("stock_fetching")

    def _forget(self) -> None:
        self._edition += 1
        self._rows.clear()
        self._windows, self._stale = OrderedDict(), set()
        self._wanted = self._asked = -1

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

        def here(rows: tuple[PackRow, ...]) -> None:
            if edition != self._edition:
                return
            self._asked = -1
            self._stale.discard(number)
            self._rows.clear()
            self._windows[number] = {row.pack_id: row for row in rows}
            while len(self._windows) > KEEP:
                self._windows.popitem(last=False)
            last = min(first + WINDOW, len(self._ids)) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
            if self._wanted >= 0:
                self._soon.start()

        def failed(_error: BaseException) -> None:
            if edition == self._edition:
                self._asked = -1

        self._fetch(self._ids[first : first + WINDOW], here, failed)


_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
