"""The stock page: what is here, by product, lot or pack, with what expires and what is recalled at a glance.

A scan on this page looks a pack up and records nothing, which stands in words beside the search.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout

from desktop.freshlook import FreshLook
from desktop.heat import near_end, soon_end
from desktop.lookup import Looked, looked_up
from desktop.pages.findingpage import FRESH_MS
from desktop.pages.listpage import ListPage
from desktop.room import Room
from desktop.stockcells import product_name
from desktop.stockmodel import StockModel
from desktop.stockpath import SCOPES, StockPath
from desktop.story import short_key
from desktop.widgets.exportbar import ExportButtons, Paperwork
from desktop.widgets.listcard import ListCard
from desktop.widgets.scanfound import ScanFound
from desktop.widgets.stockbars import StockFilters, StockTiles, StockTop
from desktop.widgets.stockview import StockView
from desktop.words import Words
from ledger.stocklist import By, Stocklist, Wanted
from ledger.stockrows import Group, Totals
from ledger.store import Store
from scanner.scan import Scan


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was looked up for the page."""

    by: By
    groups: tuple[Group, ...]
    ids: array[int]
    totals: Totals
    places: tuple[str, ...]


class StockPage(ListPage):
    """Shows and filters the stock."""

    name = "stock"
    view: StockView

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._path = StockPath()
        self._scan: Looked | None = None
        self._answer: _Answer | None = None
        self._looking = FreshLook(room, self._job, self._looked, self._failed)
        self._began = 0.0
        self.model = StockModel(room.words, self.packs, date.today, self)
        self.view = StockView(room.theme, room.words, self.model)
        self.export = ExportButtons(room, self._paperwork)
        self.top = StockTop(self.field, self.export)
        self.filters = StockFilters(room.theme, room.words)
        self.tiles = self.filters.tiles
        self.tile_row = StockTiles(room.theme, self.tiles, lambda: room.go("approvals"))
        self.found = ScanFound()
        self._lay_out()
        self._wire()
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Show the stock; `what` may be a text to search for."""
        if isinstance(what, str):
            self._path.begin(By.PACK)
            self.field.setText(what)
        self._search_now()

    def take(self, scan: Scan) -> bool:
        """Look the scanned pack up; nothing is recorded."""
        zone = self.room.settings.zone()

        self.room.look(lambda store: looked_up(store, scan, zone), self._scanned)
        return True

    def widen(self) -> bool:
        """Take the scan back, then the search, then the filters, then a step up."""
        if self._scan is not None:
            self._scan = None
            self.field.clear()
        elif self.field.text():
            self.field.clear()
        elif self.tiles.on:
            self.tiles.press()
        elif self._path.deep:
            self._path.up()
        else:
            return False
        return True

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for part in (self.model, self.view, self.top, self.filters, self.tile_row, self.export):
            part.retranslate(words)
        self.filters.show_places(self._answer.places if self._answer else ())
        self._render()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self.top)
        column.addWidget(self.export.line)
        column.addWidget(self.tile_row)
        column.addWidget(ListCard(self.filters, self.found, below=self.view), 1)

    def _wire(self) -> None:
        self.top.by_chosen.connect(self._list_by)
        self.filters.changed.connect(self._filtered)
        self.filters.back.connect(self.escape)
        self.view.opened.connect(self._open)
        self.view.ordered.connect(self._order_by)
        self.view.left.connect(self.search)

    @property
    def wanted(self) -> Wanted:
        """What the page lists now."""
        return self.filters.wanted(self._path.here, self.field.text().strip())

    @Slot()
    def renew(self) -> None:
        """Look everything up anew; while that goes on, once more afterwards."""
        self._typed.stop()
        self._render()
        self._looking.begin()

    def _job(self) -> Callable[[Store], _Answer]:
        self._began = time.monotonic()
        wanted, by, today = self.wanted, self._path.here.by, date.today()

        def job(store: Store) -> _Answer:
            listed = Stocklist(store)
            return _Answer(
                by,
                () if by is By.PACK else listed.groups(wanted, by),
                listed.sheet(wanted) if by is By.PACK else array("q"),
                listed.totals(today, near_end(today), soon_end(today)),
                listed.places(),
            )

        return job

    def _looked(self, answer: _Answer) -> None:
        # A list that takes long is renewed less often, so that looking never crowds out the rest.
        self._fresh.setInterval(max(FRESH_MS, round(10_000 * (time.monotonic() - self._began))))
        self._answer = answer
        self.filters.show_places(answer.places)
        self.filters.show_totals(answer.totals)
        if self._scan is None:
            self._show(answer)
        self._render()

    def _show(self, answer: _Answer) -> None:
        row, bar = self.view.currentIndex().row(), self.view.verticalScrollBar()
        kept, above = self.model.fetched.id_at(row), bar.value()
        same = answer.by is self.model.by
        if answer.by is By.PACK:
            self.model.show_packs(answer.ids)
        else:
            self.model.show_groups(answer.by, answer.groups)
        if not self.model.rowCount():
            return
        if same and kept is not None and (there := self.model.fetched.row_of(kept)) is not None:
            self.view.selectRow(there)
            bar.setValue(above)
        elif not self.view.currentIndex().isValid():
            self.view.selectRow(min(max(row, 0), self.model.rowCount() - 1) if same else 0)

    def _failed(self, error: BaseException) -> None:
        self.room.say("stock_failed", error=type(error).__name__)

    def _scanned(self, told: Looked) -> None:
        self._scan = told
        _, pack = told
        self.field.setText(pack.serial or short_key(pack.key) if pack else "")
        self._path.begin(By.PACK)
        self.tiles.press()
        self.model.show_packs(array("q", (pack.pack_id,) if pack else ()))
        if pack:
            self.view.selectRow(0)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._render()

    @Slot(str)
    def _edited(self, text: str) -> None:
        self._scan = None
        super()._edited(text)

    @Slot()
    def _filtered(self) -> None:
        self._scan = None
        self.renew()

    @Slot(str)
    def _order_by(self, column: str) -> None:
        if self.model.by is By.PACK:
            self.filters.order_by(column)

    @Slot(object)
    def _list_by(self, by: By) -> None:
        self._scan = None
        self._path.turn(by)
        self.renew()

    @Slot(int)
    def _open(self, row: int) -> None:
        """A step down: from a product to its lots, from a lot to its packs, from a pack to its history."""
        pack = self.model.pack(row)
        if pack is not None:
            self.room.go("history", (pack.key, "stock"))
            return
        group = self.model.group(row)
        if group is None:
            return
        name = product_name(group.names, group.spec, group.product, self.words)
        self._path.into(group, self.model.by, name)
        self.renew()

    def _render(self) -> None:
        say, level = self.words.say, self._path.here
        self.top.show_by(level.by)
        self.filters.show_level(level, deep=self._path.deep, scanned=self._scan is not None)
        self.filters.count.setText(self.model.counted() if self._scan is None else "")
        self.export.enable(on=self.model.rowCount() > 0)
        self.found.show_scan(self._scan, self.words)
        if self._answer is None:
            empty = "stock_looking"
        elif self._scan is not None:
            empty = "stock_scan_unknown_hint"
        elif self.field.text().strip() or self.filters.narrow:
            empty = "stock_nothing_found"
        else:
            empty = "stock_empty"
        self.view.say_empty(say(empty))

    def _paperwork(self) -> Paperwork | None:
        if not self.model.rowCount():
            return None
        from desktop.stockpapers import stock_paper

        wanted = self.wanted
        if self._scan is not None and (pack := self._scan[1]) is not None:
            wanted = Wanted(states=SCOPES["all"], text=pack.key)
        return stock_paper(
            self.room.home,
            self.words,
            (wanted, self._path.here.by, self.model.rowCount()),
            (self.site, self.filters.where.text(), self.filters.told(self.field.text().strip())),
        )
