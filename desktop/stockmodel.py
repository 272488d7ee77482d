"""The stock as a table model: groups whole, packs in windows fetched as they are seen.

A list of packs is an array of ids; what stands in them comes in windows of rows from the reader, the one looked at
last first, one request at a time. What is not there yet is painted as a faint row and never blocks the scroll.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from desktop.heat import heat
from desktop.story import short_key
from desktop.words import Words
from ledger.codes.code import Level
from ledger.pack import State
from ledger.stocklist import By
from ledger.stockrows import Group, PackRow

WINDOW = 120
"""Rows fetched at once: more than a tall screen shows."""
_PAINTED = 600
"""Painted rows kept ready."""
KEEP = 80
"""Windows kept; the one seen longest ago goes first."""

COLUMNS = {
    By.PRODUCT: (
        "product",
        "lots",
        "in_stock",
        "opened",
        "quarantined",
        "in_transit",
        "expiry",
        "place",
        "alert",
    ),
    By.LOT: ("product", "lot", "in_stock", "opened", "quarantined", "in_transit", "expiry", "place", "alert"),
    By.PACK: ("state", "product", "lot", "expiry", "serial", "place", "alert", "at"),
}
_STATES = {
    State.IN_STOCK: ("check", "ok_text"),
    State.OPENED: ("opened", "ok_text"),
    State.QUARANTINED: ("held", "held_text"),
    State.IN_TRANSIT: ("leave", "repeated_text"),
    State.DISPENSED: ("dispense", "quiet"),
}

_Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[
    [Sequence[int], Callable[[tuple[PackRow, ...]], None], Callable[[BaseException], None]], None
]
"""Asks for packs by id; calls back with them, or with what went wrong."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is painted in a cell."""

    text: str
    ink: str = "text"
    type: str = "plain"
    """`plain`, `bold` or `mono`."""
    sign: str = ""
    tone: str = ""
    """Palette name of a tint behind the text."""
    right: bool = False


_NOTHING = Cell("–", "quiet")
_NONE = Cell("–", "quiet", right=True)


class StockModel(QAbstractTableModel):
    """What the stock page lists."""

    def __init__(
        self, words: Words, fetch: Fetch, today: Callable[[], date], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._fetch, self._today = words, fetch, today
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
            return self._pack_cell(pack, column) if pack else None
        group = self.group(row)
        return self._group_cell(group, column) if group else None

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
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
            side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or role not in _SPOKEN:
            return None
        cell = self.cell(index.row(), COLUMNS[self.by][index.column()])
        return cell.text if cell else self._words.say("stock_fetching")

    def _pack_cell(self, pack: PackRow, column: str) -> Cell:
        say = self._words.say
        match column:
            case "state":
                sign, ink = _STATES.get(pack.state, ("close", "quiet"))
                text = say(f"stock_state_{pack.state}")
                if pack.state is State.OPENED:
                    text = say("stock_opened_left", remaining=pack.remaining or 0, units=pack.units or 0)
                elif pack.is_heap:
                    text = say("stock_heap", packs=pack.remaining or 0)
                return Cell(text, ink, "bold", sign)
            case "product":
                name = product_name(pack.names, pack.spec, pack.product, self._words)
                if pack.level == Level.CASE:
                    name = say("stock_case", what=name if pack.product else short_key(pack.key))
                return Cell(name)
            case "lot":
                return Cell(pack.lot, type="mono") if pack.lot else _NOTHING
            case "expiry":
                return self._expiry(pack.expiry, pack.expiry_precision, lively=pack.state in _LIVELY)
            case "serial":
                text = pack.serial or ("" if pack.is_heap else short_key(pack.key))
                return Cell(text, type="mono") if text else _NOTHING
            case "place":
                return Cell(pack.place) if pack.place else _NOTHING
            case "at":
                if not pack.at:
                    return Cell(say("stock_elsewhere"), "quiet")
                return Cell(f"{pack.at[5:10]} {pack.at[11:16]}", "quiet", "mono")
        return self._alert(pack)

    def _alert(self, pack: PackRow) -> Cell:
        say = self._words.say
        if pack.surely_recalled:
            return Cell(say("stock_recalled"), "stop_text", "bold", "stop", "stop")
        if pack.verdict == "stop":
            return Cell(say("stock_verdict_stop"), "stop_text", "bold", "stop", "stop")
        if pack.recall is not None:
            return Cell(say("stock_maybe_recalled"), "ask_text", "bold", "ask", "ask")
        if pack.verdict == "confirmed":
            return Cell(say("stock_verdict_confirmed"), "ok_text", "plain", "check")
        return Cell(say("stock_verdict_provisional"), "quiet")

    def _group_cell(self, group: Group, column: str) -> Cell:
        say = self._words.say
        match column:
            case "product" if group.product is None and group.cases == group.members:
                return Cell(say("stock_whole_cases"), type="bold")
            case "product":
                return Cell(product_name(group.names, group.spec, group.product, self._words), type="bold")
            case "lots":
                return (
                    Cell(group.lot, type="mono", right=True)
                    if group.lots == 1 and group.lot
                    else _count(group.lots)
                )
            case "lot":
                return Cell(group.lot, type="mono") if group.lot else _NOTHING
            case "in_stock":
                cell = _count(group.in_stock + group.gone)
                if not group.cases:
                    return cell
                code = "stock_cases" if cell is not _NONE else "stock_only_cases"
                text = say(code, packs=cell.text, cases=group.cases)
                return Cell(text, "text", "bold", right=True)
            case "opened":
                if not group.opened:
                    return _NONE
                return Cell(say("stock_opened_count", packs=group.opened, units=group.units_left), right=True)
            case "quarantined":
                return _count(group.quarantined, "held_text")
            case "in_transit":
                return _count(group.in_transit, "repeated_text")
            case "expiry":
                return self._expiry(group.expiry, group.expiry_precision, lively=True)
            case "place":
                if group.places > 1:
                    return Cell(say("stock_places", place=group.place, more=group.places - 1))
                return Cell(group.place) if group.place else _NOTHING
        if group.recalled:
            return Cell(
                say("stock_recalled_count", packs=group.recalled), "stop_text", "bold", "stop", "stop"
            )
        if group.stopped:
            return Cell(say("stock_stopped_count", packs=group.stopped), "stop_text", "bold", "stop", "stop")
        if group.confirmed == group.members:
            return Cell(say("stock_verdict_confirmed"), "ok_text", "plain", "check")
        if group.confirmed:
            return Cell(say("stock_confirmed_count", packs=group.confirmed, all=group.members), "quiet")
        return Cell(say("stock_verdict_provisional"), "quiet")

    def _expiry(self, expiry: date | None, precision: str | None, *, lively: bool) -> Cell:
        if expiry is None:
            return Cell(self._words.say("stock_expiry_unknown"), "quiet")
        text = expiry.strftime("%Y-%m" if precision == "month" else "%Y-%m-%d")
        tone = heat(expiry, self._today()).tone if lively else ""
        return Cell(text, f"{tone}_text" if tone else "text", "mono", "", tone)

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


def product_name(names: tuple[str, str], spec: str, product: str | None, words: Words) -> str:
    """A product as people know it; its number where the catalogue does not have it."""
    name = names[0 if words.language == "zh_CN" else 1] or names[0] or names[1]
    if name:
        return f"{name} {spec}".rstrip()
    return words.say("product_number", product=product) if product else words.say("stock_no_product")


def _count(number: int, ink: str = "text") -> Cell:
    if not number:
        return _NONE
    return Cell(f"{number:,}", ink, "bold", right=True)


_NUMBERS = ("lots", "in_stock", "opened", "quarantined", "in_transit")
_LIVELY = (State.IN_STOCK, State.OPENED, State.QUARANTINED, State.IN_TRANSIT)
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
