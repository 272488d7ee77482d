"""Goods told by hand at the work page: what is offered is looked up, what is told goes the way of a scan.

While the panel is open a code without serial fills it, because it waits for a number; every other scan counts as
always, and closes a panel in which nothing was filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.desk import Desk
from desktop.goods import Good, Goods, Heap, by_number, find, good_of, heaps_of
from desktop.room import Room
from desktop.verdict import Level, Verdict
from desktop.widgets.goodspanel import GoodsPanel
from ledger.codes.code import Code
from ledger.event import EventKind
from ledger.pack import State
from scanner.scan import Scan

if TYPE_CHECKING:
    from desktop.countboard import CountItem
    from ledger.store import Store


class GoodsEntry(QObject):
    """Between the panel and the desk."""

    changed = Signal()
    """The panel was opened or closed."""
    noticed = Signal(str, object)
    """A sentence for the banner: code word and parameters."""

    def __init__(self, desk: Desk, room: Room, panel: GoodsPanel) -> None:
        super().__init__(panel)
        self._desk, self._room, self._panel = desk, room, panel
        self._ticket = 0
        self._search = 0
        panel.searched.connect(self._look_for)
        panel.picked.connect(self._look_into)
        panel.told.connect(self._take)
        panel.left.connect(self.close)
        desk.goods = self.scanned
        desk.told.connect(self._told)
        desk.task_changed.connect(self._task)
        desk.cleared.connect(self._task)

    @Slot()
    def begin(self) -> None:
        """Open the panel, where the task at hand can be told by number."""
        if not by_number(self._desk.verb):
            self.noticed.emit("goods_not_here", {"task": self._room.words.say(f"task_{self._desk.verb}")})
            return
        self._panel.begin(self._desk.verb)
        self.changed.emit()
        self._desk.did.emit("goods")

    @Slot(object)
    def count(self, item: CountItem) -> None:
        """Count a heap that a stocktake has not seen; a pack with a serial is no business of ours."""
        if item.count is None or self._desk.verb is not EventKind.COUNT:
            return
        apart = item.state == State.QUARANTINED
        heap = Heap(item.product, item.lot, item.expiry, item.expiry_precision, set_apart=apart)
        self._panel.begin(self._desk.verb)
        self._panel.fill(None, Good(item.product, item.names, item.spec), heap)
        self.changed.emit()

    @Slot()
    def close(self) -> None:
        """Put the panel away; what was filled in stays in it for the next time."""
        if self._panel.open:
            self._panel.hide()
            self.changed.emit()

    def escape(self) -> bool:
        """Step back; False when it was not open. A person who leaves has given up what was filled in."""
        if not self._panel.open:
            return False
        self._panel.clear()
        self.close()
        return True

    def scanned(self, scan: Scan, code: Code) -> bool:
        """Whether a scan names goods of which a number is waited for: a product without serial, with the panel open."""
        if not self._panel.open or code.key is not None or code.product is None or not code.accepted:
            return False
        heap = Heap(code.product, code.lot or "", code.expiry, code.expiry_precision)
        product, verb = code.product, self._desk.verb
        self._panel.fill(scan, Good(product), heap)

        def look(store: Store) -> tuple[Good, tuple[Heap, ...]]:
            return good_of(store, product), heaps_of(store, product, verb)

        def then(found: tuple[Good, tuple[Heap, ...]]) -> None:
            known, heaps = found
            good = Good(product, known.names, known.spec, known.maker)
            self._panel.name(good)
            self._panel.show_heaps(good, heaps)

        self._room.look(look, then)
        return True

    @Slot(str)
    def _look_for(self, text: str) -> None:
        station = self._room.station
        if station is None:
            return
        self._search += 1
        search, verb, zone = self._search, self._desk.verb, station.workplace.zone

        def then(found: tuple[Good, ...]) -> None:
            if search == self._search:  # a slower look-up for what was typed before says nothing any more
                self._panel.show_products(found)
                self._panel.fields.answered(text)

        self._room.look(lambda store: find(store, text, zone, verb), then)

    @Slot(object)
    def _look_into(self, good: Good) -> None:
        verb = self._desk.verb
        self._room.look(
            lambda store: heaps_of(store, good.product, verb),
            lambda found: self._panel.show_heaps(good, found),
        )

    @Slot(object)
    def _take(self, goods: Goods) -> None:
        ticket = self._desk.take_goods(goods)
        if ticket:
            self._ticket = ticket
            self.close()

    @Slot(object)
    def _told(self, verdict: Verdict) -> None:
        """What was recorded or is asked leaves the panel; what was stopped stays in it, to be put right."""
        if verdict.ticket == self._ticket:
            if verdict.level is not Level.STOP and verdict.level is not Level.FAILED:
                self._panel.clear()
        elif self._panel.open and not self._panel.begun:
            self.close()

    @Slot()
    def _task(self) -> None:
        self._panel.clear()
        self.close()
