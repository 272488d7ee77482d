"""What came from the platform, told from a real exchange with one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.incoming import NEVER, incoming_of, recalls_old
from desktop.settings import Settings
from desktop.station import Station
from sync.sandbox import Sandbox
from tests.ledger.counter import GTIN


def test_what_came_is_counted_and_dated(tmp_path: Path, sandbox: Sandbox) -> None:
    settings = Settings(tmp_path / "home")
    settings.set("platform.url", sandbox.url)
    settings.set("site.gln", "9521999000006")
    station = Station(tmp_path / "home", settings)
    try:
        before = station.run(lambda store: incoming_of(store, settings))
        assert (before.last, before.old, before.kinds) == (None, NEVER, ())
        sandbox.publish("recalls", [{"id": "RC-1", "day": "2026-11-19", "product": GTIN, "lot": "L1"}])
        station.drain()
        after = station.run(lambda store: incoming_of(store, settings))
        assert after.last is not None and (after.old, after.why) == (0, "")
        recalls = next(kind for kind in after.kinds if kind.name == "recalls")
        assert recalls.count == 1 and recalls.whole and recalls.moved
        assert station.status().result().last_pull == after.last
    finally:
        station.close()


@pytest.mark.parametrize(("days", "allowed", "old"), [(0, 1, 0), (2, 1, 2), (2, 3, 0), (9, 0, 0)])
def test_how_old_recalls_may_be_is_set(tmp_path: Path, days: int, allowed: int, old: int) -> None:
    settings = Settings(tmp_path)
    last = (datetime.now(UTC) - timedelta(days=days, minutes=1)).isoformat()
    assert recalls_old(last, settings) == 0, "without a platform nothing is waited for"
    settings.set("platform.url", "https://platform.example")
    settings.set("platform.recall_days", allowed)
    assert recalls_old(last, settings) == old
