"""The platform changes while a station works: what was recorded arrives, once, and nothing of the old line is left."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.road import belongs_to
from desktop.settings import Settings
from desktop.station import Station
from desktop.words import LANGUAGES, Words
from ledger.capture import Outcome
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source
from sync.courier import CourierState
from sync.sandbox import Sandbox, serve
from sync.sandbox.peek import held_events
from tests.ledger.counter import gs1
from tests.ring import Ring
from tests.sync.scripted import Asked, Reply, scripted

States = queue.SimpleQueue[CourierState]


Notices = list[tuple[str, dict[str, str]]]


@pytest.fixture
def notices() -> Notices:
    """What the person was told."""
    return []


@pytest.fixture
def station(tmp_path: Path, notices: Notices) -> Iterator[Station]:
    settings = Settings(tmp_path / "home")
    settings.set("site.gln", "9521999000006")
    settings.set("policy.near_expiry", "note")
    one = Station(tmp_path / "home", settings, on_notice=lambda code, params: notices.append((code, params)))
    yield one
    one.close()


@pytest.fixture
def states(station: Station) -> States:
    told: States = queue.SimpleQueue()
    station.start_delivery(told.put)
    return told


@pytest.fixture
def other() -> Iterator[Sandbox]:
    platform = serve()
    yield platform
    platform.stop()


def change(station: Station, name: str, value: str) -> None:
    """As the settings page does it: one object, changed and applied."""
    station.settings.set(name, value)
    station.apply(station.settings)


def receive(station: Station, first: int, number: int) -> None:
    for serial in range(first, first + number):
        scan = Scan(gs1(f"S{serial}", expiry="401231"), Source.WEDGE)
        assert station.capture(scan, Intent(EventKind.RECEIVE, "op-1")).result().outcome is Outcome.ACCEPTED


def pending(station: Station) -> int:
    return station.status().result().pending


def until(states: States, holds: Callable[[], bool]) -> None:
    while not holds():
        states.get(timeout=30)


def test_records_made_without_a_platform_arrive_once_when_its_address_is_set(
    station: Station, states: States, sandbox: Sandbox
) -> None:
    receive(station, 0, 5)
    assert station.status().result().why == "no_platform"
    recorded = pending(station)
    change(station, "platform.url", sandbox.url)
    until(states, lambda: not pending(station))
    assert held_events(sandbox.url) == recorded


def test_an_emptied_address_delivers_nothing_more_and_a_new_one_goes_on(
    station: Station, states: States, sandbox: Sandbox, other: Sandbox
) -> None:
    change(station, "platform.url", sandbox.url)
    receive(station, 0, 2)
    until(states, lambda: not pending(station))
    held = held_events(sandbox.url)
    change(station, "platform.url", "")
    receive(station, 10, 3)
    change(station, "platform.url", other.url)
    until(states, lambda: not pending(station))
    assert (
        held_events(sandbox.url) + held_events(other.url)
        == station.run(lambda store: store.outbox.summary()).accepted
    )
    assert held_events(sandbox.url) >= held and held_events(other.url)


def test_a_change_in_the_middle_of_a_delivery_loses_and_doubles_nothing(
    station: Station, states: States, sandbox: Sandbox, other: Sandbox
) -> None:
    receive(station, 0, 120)
    recorded = pending(station)
    change(station, "platform.url", sandbox.url)
    while not states.get(timeout=30).busy:
        pass
    for url in (other.url, sandbox.url, other.url):  # faster than a courier can follow
        change(station, "platform.url", url)
    receive(station, 200, 20)
    recorded += 20
    until(states, lambda: not pending(station))
    assert station.run(lambda store: store.outbox.summary()).accepted == recorded
    assert held_events(sandbox.url) + held_events(other.url) == recorded


@pytest.mark.parametrize(("seconds", "at_the_old_one"), [(2, 1), (60, 0)])
def test_a_batch_in_hand_is_settled_where_it_was_sent_else_asked_for_at_the_new_platform(
    station: Station, states: States, other: Sandbox, seconds: int, at_the_old_one: int, notices: Notices
) -> None:
    slow = serve(faults=[f"slow-job={seconds}"])
    try:
        receive(station, 0, 3)
        recorded = pending(station)
        change(station, "platform.url", slow.url)
        for _ in range(3_000):  # nothing is told while a job is asked about
            if station.status().result().sent:
                break
            time.sleep(0.01)
        change(station, "platform.url", other.url)
        until(states, lambda: not pending(station) and any("turned" in code for code, _ in notices))
        assert station.run(lambda store: store.outbox.summary()).accepted == recorded
        assert held_events(other.url) == (0 if at_the_old_one else recorded)
        ((code, params),) = (one for one in notices if one[0].startswith("platform_"))
        # What may stand on both is said, with its number; that the platform is another one always.
        assert code == ("platform_turned" if at_the_old_one else "platform_turned_open")
        assert params == {
            "before": slow.url,
            "after": other.url,
            "count": "0" if at_the_old_one else str(recorded),
        }
        for language in LANGUAGES:
            assert other.url in Words(language).say(code, **params)
    finally:
        slow.stop()


def test_a_secret_that_was_changed_is_read_anew(station: Station, states: States, ring: Ring) -> None:
    from sync.vault import TOKEN, Vault

    with scripted(Reply(401)) as guarded:
        change(station, "platform.url", guarded.url)
        Vault(station.home).set(TOKEN, "old-token", belongs_to(station.settings, TOKEN))
        station.renew_delivery()
        receive(station, 0, 2)
        while states.get(timeout=30).why != "platform_login":  # it rests for minutes now
            pass
        Vault(station.home).set(TOKEN, "new-token", belongs_to(station.settings, TOKEN))
        station.renew_delivery()
        until(
            states,
            lambda: any(one.headers.get("authorization") == "Bearer new-token" for one in guarded.asked),
        )


@pytest.mark.parametrize("kind", ["token", "client"])
def test_a_secret_of_one_platform_is_never_sent_to_another(
    station: Station, states: States, ring: Ring, kind: str
) -> None:
    from sync.vault import CLIENT_SECRET, TOKEN, Vault

    def authority(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply(200, b'{"access_token": "earned", "expires_in": 600}')
        return Reply(401)

    name = TOKEN if kind == "token" else CLIENT_SECRET
    with scripted(authority) as old, scripted(Reply(401)) as new:
        change(station, "platform.url", old.url)
        if kind == "client":
            station.settings.set("platform.token_url", f"{old.url}/token")
            change(station, "platform.client_id", "me")
        Vault(station.home).set(name, "s3cret", belongs_to(station.settings, name))
        station.renew_delivery()
        receive(station, 0, 2)
        until(
            states,
            lambda: (
                any("s3cret" in one.headers.get("authorization", "") for one in old.asked)
                if kind == "token"
                else any(one.headers.get("authorization") == "Bearer earned" for one in old.asked)
            ),
        )
        change(station, "platform.url", new.url)
        asked = len(old.asked)
        while states.get(timeout=30).why != "platform_secret_elsewhere":
            pass
        assert all("authorization" not in one.headers for one in new.asked)
        later = [one for one in old.asked[asked:] if one.path == "/token"]
        assert later == [], "nor is a token earned that another platform could show around"
        # Where it belongs it is still known: a mistaken address costs nothing.
        change(station, "platform.url", f"{old.url.replace('http', 'HTTP')}/base/")
        until(states, lambda: any(one.path.startswith("/base/") for one in old.asked))
        assert any(one.path.startswith("/base/") and one.headers.get("authorization") for one in old.asked)


def test_a_close_in_the_middle_of_a_change_leaves_no_thread(
    station: Station, states: States, sandbox: Sandbox, other: Sandbox
) -> None:
    receive(station, 0, 30)
    for url in (sandbox.url, other.url):
        change(station, "platform.url", url)
    station.close()  # the suite looks for what is left
