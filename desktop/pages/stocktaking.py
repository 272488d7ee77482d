"""A stocktake at the work page: its number, what is still to be found, and giving up what was not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.countboard import CountItem, CountState, count_state
from desktop.desk import Desk
from desktop.room import Room
from desktop.widgets.differences import DifferenceView
from desktop.widgets.finishpanel import FinishPanel, Step
from ledger.event import EventKind

if TYPE_CHECKING:
    from ledger.capture import Captured
    from ledger.store import Store

REFRESH_MS = 300
"""A burst of scans is counted once."""


class Stocktaking(QObject):
    """Keeps the list of differences in step with the count at hand."""

    changed = Signal()
    """How the count stands was looked up anew."""

    def __init__(self, desk: Desk, room: Room, view: DifferenceView, panel: FinishPanel) -> None:
        super().__init__(view)
        self._desk, self._room, self._view, self._panel = desk, room, view, panel
        self.state: CountState | None = None
        self._asked: CountItem | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        view.given_up.connect(self._ask)
        panel.confirmed.connect(self._confirmed)
        desk.task_changed.connect(self._task)
        desk.sheet_changed.connect(self._sheet)
        desk.told.connect(self._later)
        room.changed.connect(self._later)

    @property
    def on(self) -> bool:
        """True while stock is counted."""
        return self._desk.verb is EventKind.COUNT

    @Slot()
    def refresh(self) -> None:
        """Look up how the count stands."""
        sheet = self._desk.sheet
        if not self.on or not sheet.document:
            return
        number, place = sheet.document, sheet.place

        def then(found: CountState) -> None:
            if self.on and (number, place) == (self._desk.sheet.document, self._desk.sheet.place):
                self.state = found
                self._view.show_state(found)
                self.changed.emit()

        self._room.look(lambda store: count_state(store, number, place), then)

    @Slot()
    def _later(self) -> None:
        if self.on:
            self._soon.start()

    @Slot()
    def _task(self) -> None:
        """A count without a number could not be taken up again: it gets the day's."""
        if self.on and not self._desk.sheet.document:
            today = datetime.now().astimezone()
            self._desk.fill_in(self._desk.sheet.under(f"PD-{today:%Y%m%d}"))
        self.refresh()

    @Slot()
    def _sheet(self) -> None:
        if self.on and not self._desk.sheet.document:
            self._task()
        elif self.on:
            self._soon.start()

    @Slot(object)
    def _ask(self, item: CountItem) -> None:
        """A heap is counted by number; a pack that was not found wants a reason."""
        if item.count is None:
            self._asked = item
            words = self._room.words
            subject = " ".join(part for part in (item.name(words), item.lot, item.serial) if part)
            self._panel.ask_missing(subject)
            self.changed.emit()  # what else is shown makes way at once

    @Slot(object, str)
    def _confirmed(self, step: Step, reason: str) -> None:
        item, station = self._asked, self._room.station
        if step is not Step.MISSING or item is None or station is None:
            return
        self._asked = None
        self._panel.hide()
        self._panel.left.emit()
        workplace = station.workplace
        intent = self._desk.intent(reason)

        def job(store: Store) -> Captured:
            from ledger.stocktake import give_up

            return give_up(store, workplace, item.key, intent)

        self._room.write(job, lambda captured: self._desk.report(captured, EventKind.COUNT))
