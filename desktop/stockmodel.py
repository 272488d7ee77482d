"""The stock as a table model: groups whole, packs fetched as they are seen; a row that is not there yet is faint."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Qt, Slot

from desktop.cell import Cell
from desktop.fetched import Fetch, Fetched
from desktop.stockcells import COLUMNS, NUMBERS, Cells
from desktop.widgets.lines import Lines
from desktop.words import Words
from ledger.stocklist import By
from ledger.stockrows import Group, PackRow

_PAINTED = 600
"""Painted rows kept ready."""


class StockModel(Lines):
    """What the stock page lists."""

    spoken = (*Lines.spoken, Qt.ItemDataRole.ToolTipRole)

    def __init__(
        self, words: Words, fetch: Fetch[PackRow], today: Callable[[], date], parent: QObject | None = None
    ) -> None:
        self.by = By.PRODUCT
        super().__init__(words, COLUMNS[self.by], "stock_column_", NUMBERS, parent)
        self._cells = Cells(words, today)
        self._groups: tuple[Group, ...] = ()
        self.fetched = Fetched(fetch, lambda row: row.pack_id, self)
        """The packs; none where products or lots are listed."""
        self.fetched.arrived.connect(self._arrived)
        self._rows: dict[int, tuple[bool, tuple[Cell, ...]]] = {}
        """Rows as they were painted last: scrolling paints the same ones again and again."""

    def show_groups(self, by: By, groups: tuple[Group, ...]) -> None:
        """List products or lots."""
        if by is self.by and groups == self._groups:
            return
        self._begin(by, groups, array("q"))

    def show_packs(self, ids: array[int]) -> None:
        """List packs; the same list again only fetches anew what is seen."""
        if self.by is By.PACK and self.fetched.lists(ids):
            self.fetched.renew()
            self.changed()
        else:
            self._begin(By.PACK, (), ids)

    def pack(self, row: int) -> PackRow | None:
        """The pack in a row, once it is there."""
        return self.fetched.row(row)

    def group(self, row: int) -> Group | None:
        """The product or lot in a row."""
        return self._groups[row] if 0 <= row < len(self._groups) else None

    def row(self, row: int) -> tuple[bool, tuple[Cell, ...]] | None:
        """Whether a row is alarming, and its cells; None while it is not there yet."""
        made = self._rows.get(row)
        if made is not None and not self.fetched.stale:
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
            return say("stock_count_pack", rows=f"{len(self.fetched):,}")
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

    def count(self) -> int:
        """How many rows."""
        return len(self.fetched) if self.by is By.PACK else len(self._groups)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        cell = self.cell(row, column)
        return cell.text if cell else self._words.say("stock_fetching")

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._cells.words = words
        self._rows.clear()
        super().retranslate(words)

    def _begin(self, by: By, groups: tuple[Group, ...], ids: array[int]) -> None:
        self.beginResetModel()
        self.by, self._columns, self._groups = by, COLUMNS[by], groups
        self._rows.clear()
        self.fetched.begin(ids)
        self.endResetModel()

    @Slot(int, int)
    def _arrived(self, first: int, last: int) -> None:
        self._rows.clear()
        self.changed(first, last)
