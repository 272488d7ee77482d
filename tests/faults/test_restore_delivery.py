"""After a restore nothing is posted a second time that the platform holds already."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from desktop.settings import Settings
from desktop.station import Station
from ledger.audit import audit
from ledger.backup import back_up
from ledger.clock import Clock
from ledger.event import EventKind
from ledger.restore import restore
from sync.sandbox.peek import held_events
from sync.sandbox.server import serve
from tests.faults.shift import scan


def day(home: Path, url: str, serials: range, *, deliver: bool = True) -> int:
    """Receive and dispense some packs and deliver; how many records the platform is still to get."""
    settings = Settings(home)
    settings.set("platform.url", url)
    station = Station(home, settings)
    try:
        for number in serials:
            scan(station, EventKind.RECEIVE, f"S{number}").result(60)
            scan(station, EventKind.DISPENSE, f"S{number}").result(60)
        return station.drain().pending if deliver else -1
    finally:
        station.close()


def sent(folder: Path) -> Counter[str]:
    """How often each event was posted, by its id."""
    return Counter(
        found.decode()
        for path in folder.iterdir()
        for found in re.findall(rb"\"eventID\": ?\"([^\"]+)\"", path.read_bytes())
    )


def test_a_restored_ledger_asks_before_it_sends_again(tmp_path: Path) -> None:
    home, saved, posted = tmp_path / "home", tmp_path / "saved", tmp_path / "posted"
    platform = serve(keep_documents=posted)
    try:
        assert day(home, platform.url, range(3)) == 0
        day(home, platform.url, range(3, 6), deliver=False)
        back_up(home, saved)  # six records wait in it
        assert day(home, platform.url, range(6, 9)) == 0  # and are delivered after it was made
        assert held_events(platform.url) == 18
        done = restore(home, saved, Clock())
        assert (done.resumed.doubted, done.resumed.lost) == (6, 6)
        assert day(home, platform.url, range(20, 22)) == 0
        assert held_events(platform.url) == 18 + 4, "nothing twice, and what is new has come"
        assert set(sent(posted).values()) == {1}, "nothing was even posted twice"
        assert audit(home).whole
    finally:
        platform.stop()
