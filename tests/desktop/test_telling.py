"""What the ledger answered is told, and what could not be taken back can still be taken back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from desktop.station import Station
from desktop.verdict import Level
from ledger.capture import Captured, Workplace
from ledger.errors import DiskFull
from ledger.situation import Intent
from ledger.store import Store
from scanner.scan import Scan
from tests.desktop.conftest import Place, gs1, wedge


class FullDisk:
    """A ledger whose disk takes nothing more."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.writer: Any = self

    @property
    def workplace(self) -> Workplace:
        return self._station.workplace

    def submit(self, job: Callable[[Store], object]) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(DiskFull("disk_full"))
        return future

    def capture(self, scan: Scan, intent: Intent, **beside: object) -> Future[Captured]:
        return self.submit(lambda store: None)


def test_what_could_not_be_taken_back_is_taken_back_the_next_time(place: Place) -> None:
    for serial in ("A", "B"):
        assert place.scan(wedge(gs1(serial))).saved
    place.desk.open(FullDisk(place.station), "op-1")  # type: ignore[arg-type]
    assert place.told(place.desk.undo).level is Level.FAILED
    place.desk.open(place.station, "op-1")
    verdict = place.told(place.desk.undo)
    assert (verdict.level, verdict.serial) == (Level.UNDONE, "B")
    assert place.told(place.desk.undo).serial == "A"
    assert place.desk.undo() is False


def test_a_new_batch_leaves_nothing_to_take_back(place: Place) -> None:
    assert place.scan(wedge(gs1("A"))).saved
    place.desk.begin_anew()
    assert place.desk.undo() is False
    assert place.events() == 1


def test_only_so_many_scans_can_be_taken_back(place: Place) -> None:
    from desktop import telling

    told: list[object] = []
    place.desk.told.connect(told.append)
    for number in range(telling.REMEMBERED + 3):
        place.desk.take(wedge(gs1(f"S{number}")))
    place.bot.waitUntil(lambda: len(told) == telling.REMEMBERED + 3, timeout=60_000)
    assert sum(place.desk.undo() for _ in range(telling.REMEMBERED + 3)) == telling.REMEMBERED
