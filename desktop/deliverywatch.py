"""Keeps the window's picture of delivery true: the status strip and the state beside each record.

Looked up after scans and whenever the courier moves, a little later, so that a burst of either costs one look.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from desktop.bridge import Bridge, Deliveries
from desktop.models import ScanTable

if TYPE_CHECKING:
    from desktop.station import Station
    from ledger.store import Store

SOON_MS = 250
NOW_AND_THEN_MS = 15_000


class DeliveryWatch(QObject):
    """Asks the ledger how delivery stands."""

    def __init__(self, bridge: Bridge, tables: Iterable[ScanTable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._tables = tuple(tables)
        self._station: Station | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._look)
        self._sometimes = QTimer(self)
        self._sometimes.setInterval(NOW_AND_THEN_MS)
        self._sometimes.timeout.connect(self._look)
        bridge.deliveries.connect(self._show)
        bridge.courier.connect(self.soon)

    def open(self, station: Station) -> None:
        """Watch this station from now on."""
        self._station = station
        self._look()
        self._sometimes.start()

    def close(self) -> None:
        """Stop watching."""
        self._soon.stop()
        self._sometimes.stop()
        self._station = None

    @Slot()
    def soon(self) -> None:
        """Look again shortly."""
        if self._station is not None and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _look(self) -> None:
        if self._station is None:
            return
        self._bridge.when_counted(self._station.status())
        wanted = tuple(seq for table in self._tables for seq in table.undelivered())
        if wanted:
            self._bridge.when_delivered(self._station.writer.submit(lambda store: _states(store, wanted)))

    @Slot(object)
    def _show(self, found: Deliveries) -> None:
        for table in self._tables:
            table.deliver(found.states)


def _states(store: Store, wanted: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    return tuple(store.outbox.states_of(wanted).items())
