"""A station at work takes news in the background: a recall that comes in stops the very next scan of the lot."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.settings import Settings
from desktop.station import Station
from ledger.capture import Captured, Outcome
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source
from sync.courier import CourierState
from sync.sandbox import Sandbox, serve
from tests.ledger.counter import GTIN, gs1


@pytest.fixture
def station(tmp_path: Path, sandbox: Sandbox) -> Iterator[Station]:
    settings = Settings(tmp_path / "home")
    settings.set("platform.url", sandbox.url)
    settings.set("site.gln", "9521999000006")
    settings.set("policy.near_expiry", "note")
    settings.save()
    one = Station(tmp_path / "home", settings)
    yield one
    one.close()


def scan(station: Station, verb: EventKind, serial: str) -> Captured:
    text = gs1(serial, expiry="401231")
    return station.capture(Scan(text, Source.WEDGE), Intent(verb, "op-1")).result()


def test_a_recall_pulled_while_the_desk_is_open_stops_the_next_scan(
    station: Station, sandbox: Sandbox
) -> None:
    states: queue.SimpleQueue[CourierState] = queue.SimpleQueue()
    station.start_delivery(states.put)
    assert scan(station, EventKind.RECEIVE, "S1").outcome is Outcome.ACCEPTED
    assert scan(station, EventKind.DISPENSE, "S1").outcome is Outcome.ACCEPTED
    assert scan(station, EventKind.RECEIVE, "S2").outcome is Outcome.ACCEPTED
    sandbox.publish("recalls", [{"id": "RC-1", "day": "2026-11-19", "product": GTIN, "lot": "L1"}])

    def known() -> bool:
        return bool(station.run(lambda store: store.recalls.notice("RC-1")))

    while not known():
        station.deliver_now()
        states.get(timeout=30)
    stopped = scan(station, EventKind.DISPENSE, "S2")
    assert stopped.outcome is Outcome.REFUSED
    assert "recalled" in [one.code for one in stopped.problems]
    tasks = station.run(lambda store: [(one.kind, one.key) for one in store.worklist.open_tasks()])
    assert tasks == [("recalled_dispensed", f"gs1:{GTIN}/S1")]


def test_sync_tells_what_was_pulled(station: Station, sandbox: Sandbox) -> None:
    sandbox.publish("partners", [{"id": "9521234000006", "name_zh": "供货商"}])
    assert station.drain().json()["pulled"] == 1
    assert station.drain().json()["pulled"] == 0


def test_a_person_who_asks_to_deliver_waits_for_no_rest(station: Station) -> None:
    gone = serve(faults=["html*1"])  # after a web page in the platform's place the courier rests for minutes
    station.settings.set("platform.url", gone.url)
    states: queue.SimpleQueue[CourierState] = queue.SimpleQueue()
    try:
        station.start_delivery(states.put)
        assert scan(station, EventKind.RECEIVE, "S1").outcome is Outcome.ACCEPTED
        while not (state := states.get(timeout=30)).why:
            pass
        assert not state.busy
        station.deliver_now()
        while (state := states.get(timeout=30)).busy or state.why:
            pass
        assert state.online
    finally:
        gone.stop()
