"""Delivery against the sandbox over real HTTP: whatever goes wrong, each event arrives exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.event import EventKind
from sync.courier import Courier, CourierState, SyncResult
from sync.faults import Ambiguous
from sync.pace import Pace
from sync.platform import Platform
from sync.sandbox.server import Sandbox, serve
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.scripted import Asked, Reply, scripted

QUICK = Pace(first=0.05, limit=0.2, polls=(0.0, 0.02), settle=0.02, job_deadline=5.0, patience=10.0)


@pytest.fixture
def books() -> Iterator[TinyBooks]:
    made = TinyBooks()
    yield made
    made.close()


@contextmanager
def sandbox(*faults: str, keep: Path | None = None) -> Iterator[Sandbox]:
    server = serve(faults=faults, keep_documents=keep)
    try:
        yield server
    finally:
        server.stop()


def fill(books: TinyBooks, count: int, start: int = 1) -> None:
    for seq in range(start, start + count):
        books.add(event(seq))


def drain(books: TinyBooks, url: str, pace: Pace = QUICK) -> SyncResult:
    return Courier(books.run, Platform(url), WIRE, pace).drain()


def held(url: str) -> list[str]:
    """The ids of all that a platform holds, page by page."""
    ids: list[str] = []
    path: str | None = "/events?perPage=100"
    with httpx.Client(base_url=url, trust_env=False) as client:
        while path:
            page = client.get(path)
            ids += [
                one["eventID"] for one in page.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            ]
            path = page.links.get("next", {}).get("url")
    return ids


def ids_of(books: TinyBooks, *states: str) -> list[str]:
    marks = ",".join("?" * len(states))
    rows = books.connection.execute(
        f"SELECT event_id FROM outbox WHERE state IN ({marks}) ORDER BY seq", states
    )
    return [f"urn:uuid:{event_id}" for (event_id,) in rows]


def test_everything_arrives_in_order(books: TinyBooks) -> None:
    fill(books, 120)
    with sandbox() as server:
        result = drain(books, server.url)
        assert result == SyncResult(
            sent=120, accepted=120, parked=0, pending=0, pulled=0, online=True, why=""
        )
        assert held(server.url) == ids_of(books, "accepted")
        assert drain(books, server.url) == SyncResult(0, 0, 0, 0, 0, online=True, why="")
    assert books.noted("last_success")
    assert set(result.json()) >= {"sent", "accepted", "parked", "pending", "pulled", "online"}


def test_later_events_of_a_pack_follow_the_earlier_ones(books: TinyBooks) -> None:
    for seq in range(1, 41):
        books.add(
            event(seq, EventKind.RECEIVE if seq % 2 else EventKind.DISPENSE, pack=seq // 8), packs=(seq // 8,)
        )
    with sandbox() as server:
        assert drain(books, server.url).accepted == 40
        arrived = held(server.url)
    sent = ids_of(books, "accepted")
    for pack in range(6):
        own = [one for seq, one in enumerate(sent, 1) if seq // 8 == pack]
        assert [one for one in arrived if one in own] == own


@pytest.mark.parametrize(
    "faults",
    [
        ("cut-before",),
        ("cut-after",),
        ("cut-before*2", "cut-after*2"),
        ("500*3",),
        ("503=0*4",),
        ("slow-job",),
        ("job-lost*2",),
        ("413=7",),
        ("cut-after*3", "500*2", "503=0*2", "job-lost"),
    ],
    ids=" ".join,
)
def test_each_event_arrives_exactly_once_whatever_goes_wrong(
    books: TinyBooks, faults: tuple[str, ...]
) -> None:
    fill(books, 60)
    with sandbox(*faults) as server:
        result = drain(books, server.url)
        assert (result.accepted, result.parked, result.pending) == (60, 0, 0), result
        assert sorted(held(server.url)) == sorted(ids_of(books, "accepted"))
    assert result.online
    assert set(books.states().values()) == {"accepted"}


@pytest.mark.parametrize("fault", ["reject", "fail"])
@pytest.mark.parametrize("poison", [0, 23, 49])
def test_a_poisoned_event_in_a_batch_of_50_is_parked_alone(
    books: TinyBooks, tmp_path: Path, fault: str, poison: int
) -> None:
    fill(books, 50)
    with sandbox(f"{fault}={poison}", keep=tmp_path) as server:
        result = drain(books, server.url)
        assert (result.accepted, result.parked, result.pending) == (49, 1, 0), result
        assert held_is(server.url, ids_of(books, "accepted"))
    assert [seq for seq, state in books.states().items() if state == "parked"] == [poison + 1]
    words = books.errors()[poison + 1]
    assert ("breaks a rule of this platform" in words) if fault == "reject" else (words == "platform_failing")
    if fault == "reject":  # 1 + 2 log2(50): a document of 50, then two halves at each step down
        assert len(list(tmp_path.iterdir())) <= 13


def held_is(url: str, ids: list[str]) -> bool:
    return sorted(held(url)) == sorted(ids)


def test_a_parked_event_holds_up_its_own_pack_only(books: TinyBooks) -> None:
    books.add(event(1, pack=1), packs=(1,))
    books.add(event(2, EventKind.DISPENSE, pack=1), packs=(1,))
    books.add(event(3, pack=2), packs=(2,))
    with sandbox("reject=0") as server:
        result = drain(books, server.url)
        assert (result.accepted, result.parked, result.pending) == (1, 1, 1)
        assert books.states() == {1: "parked", 2: "pending", 3: "accepted"}


@pytest.mark.parametrize(
    ("fault", "why", "online"),
    [
        ("html", "platform_html", False),
        ("403", "platform_forbidden", True),
        ("401*9", "platform_login", True),
    ],
)
def test_a_pause_loses_nothing_and_burns_no_attempt(
    books: TinyBooks, fault: str, why: str, online: bool
) -> None:
    fill(books, 5)
    with sandbox(fault) as server:
        result = drain(books, server.url)
        assert (result.why, result.online, result.pending, result.sent) == (why, online, 5, 0)
        assert server_holds(books, 0)
    rows = books.connection.execute("SELECT DISTINCT state, attempts FROM outbox").fetchall()
    assert rows == [("pending", 0)]
    assert books.noted("last_failure") == why
    with sandbox() as healed:
        assert drain(books, healed.url).accepted == 5
    assert books.noted("last_failure") == ""


def server_holds(books: TinyBooks, count: int) -> bool:
    return books.outbox.summary().accepted == count


def test_an_outage_parks_nothing(books: TinyBooks) -> None:
    """500 for everything, for ever: the platform is ill, not the events."""
    fill(books, 20)
    posts: list[Asked] = []

    def answer(one: Asked) -> Reply:
        if one.method == "OPTIONS":
            return Reply(405)
        if one.method == "GET":
            return Reply(404)
        posts.append(one)
        return Reply(500)

    with scripted(answer) as server:
        for _ in range(3):
            result = drain(books, server.url, Pace(first=0.001, limit=0.002, settle=0.0, patience=1.0))
            assert (result.accepted, result.parked, result.pending) == (0, 0, 20)
            assert result.why == "platform_failing"
    with sandbox() as healed:
        assert drain(books, healed.url).accepted == 20
        assert len(set(held(healed.url))) == 20


def test_a_lone_event_over_which_the_platform_fails_does_not_stop_the_others(books: TinyBooks) -> None:
    fill(books, 1)
    with sandbox("fail=0") as server:
        first = drain(books, server.url, Pace(first=0.01, limit=0.01, settle=0.0, polls=(0.0,), patience=0.5))
        assert (first.parked, first.pending) == (0, 1)  # alone, nothing tells a culprit from an outage
        fill(books, 3, start=2)
        second = drain(books, server.url)
        assert (second.accepted, second.parked, second.pending) == (3, 1, 0)


def test_a_platform_without_a_query_still_gets_everything_at_least_once(books: TinyBooks) -> None:
    fill(books, 3)
    stored: list[str] = []
    cuts = [True]

    def answer(one: Asked) -> Reply:
        if one.method != "POST":
            return Reply(405)
        stored.extend(e["eventID"] for e in json.loads(one.body)["epcisBody"]["eventList"])
        return Reply(201, b"x", cut=bool(cuts and cuts.pop()))

    with scripted(answer) as server:
        assert drain(books, server.url).accepted == 3
    assert set(stored) == set(ids_of(books, "accepted"))


def test_201_is_stored_and_202_without_location_is_asked_about(books: TinyBooks) -> None:
    fill(books, 2)
    store: dict[str, Any] = {}

    def answer(one: Asked) -> Reply:
        if one.method == "OPTIONS":
            return Reply(204)
        if one.method == "POST":
            store.update({e["eventID"]: e for e in json.loads(one.body)["epcisBody"]["eventList"]})
            return Reply(202)
        body = {"epcisBody": {"queryResults": {"resultsBody": {"eventList": list(store.values())}}}}
        return Reply(200, json.dumps(body).encode())

    with scripted(answer) as server:
        assert drain(books, server.url).accepted == 2
        assert sum(one.method == "POST" for one in server.asked) == 1
    fill(books, 2, start=3)
    with scripted(lambda one: Reply(201 if one.method == "POST" else 204)) as server:
        assert drain(books, server.url).accepted == 2


def test_a_platform_that_takes_everything_and_shows_nothing_is_not_flooded(books: TinyBooks) -> None:
    fill(books, 2)
    nothing = b'{"epcisBody": {"queryResults": {"resultsBody": {"eventList": []}}}}'

    def answer(one: Asked) -> Reply:
        return Reply(200, nothing) if one.method == "GET" else Reply(202)

    pace = Pace(first=0.4, limit=0.4, settle=0.0, patience=1.0)
    with scripted(answer) as server:
        result = Courier(books.run, Platform(server.url), WIRE, pace, roll=lambda: 1.0).drain()
        posts = sum(one.method == "POST" for one in server.asked)
    assert (result.accepted, result.pending, result.why) == (0, 2, "platform_job_lost")
    assert 1 <= posts <= 4


def test_a_platform_that_can_be_asked_nothing_is_believed_when_it_says_yes(books: TinyBooks) -> None:
    fill(books, 2)
    with scripted(lambda one: Reply(405) if one.method != "POST" else Reply(202)) as server:
        assert drain(books, server.url).accepted == 2


def test_a_duplicate_that_cannot_be_compared_is_parked(books: TinyBooks) -> None:
    fill(books, 3)
    with scripted(
        lambda one: Reply(405) if one.method != "POST" else Reply(409, b'{"title": "have it"}')
    ) as server:
        result = drain(books, server.url)
    assert (result.accepted, result.parked, result.pending) == (0, 3, 0)
    assert set(books.errors().values()) == {"have it"}


def test_an_event_held_with_other_content_is_a_conflict(books: TinyBooks) -> None:
    fill(books, 3)
    store: dict[str, Any] = {}

    def answer(one: Asked) -> Reply:
        if one.method == "OPTIONS":
            return Reply(204)
        if one.method == "POST":
            for told in json.loads(one.body)["epcisBody"]["eventList"]:
                store.setdefault(
                    told["eventID"], {**told, "bizStep": "shipping"} if told["td:deviceSeq"] == 2 else told
                )
            return Reply(409, b'{"title": "have it"}')
        body = {"epcisBody": {"queryResults": {"resultsBody": {"eventList": list(store.values())}}}}
        return Reply(200, json.dumps(body).encode())

    with scripted(answer) as server:
        result = drain(books, server.url)
    assert (result.accepted, result.parked) == (2, 1)
    assert books.errors() == {2: "platform_conflict"}


def test_an_event_too_large_alone_is_parked(books: TinyBooks) -> None:
    fill(books, 4)

    def answer(one: Asked) -> Reply:
        if one.method == "POST":
            return Reply(413 if b'"td:deviceSeq":3,' in one.body else 201)
        return Reply(405)

    with scripted(answer) as server:
        result = drain(books, server.url)
    assert (result.accepted, result.parked) == (3, 1)
    assert books.errors() == {3: "platform_too_large"}


def test_a_failed_job_under_proceed_keeps_what_is_stored(books: TinyBooks) -> None:
    fill(books, 4)
    store: dict[str, Any] = {}

    def answer(one: Asked) -> Reply:
        if one.method == "OPTIONS":
            return Reply(204)
        if one.method == "POST":
            events = json.loads(one.body)["epcisBody"]["eventList"]
            store.update({told["eventID"]: told for told in events if told["td:deviceSeq"] != 2})
            return Reply(202, b"", {"Location": "/capture/1"})
        if one.path.startswith("/capture"):
            failed = {
                "running": False,
                "success": False,
                "captureErrorBehaviour": "proceed",
                "errors": [{"title": "one is bad"}],
            }
            return Reply(200, json.dumps(failed).encode())
        body = {"epcisBody": {"queryResults": {"resultsBody": {"eventList": list(store.values())}}}}
        return Reply(200, json.dumps(body).encode())

    with scripted(answer) as server:
        result = drain(books, server.url)
        assert sum(one.method == "POST" for one in server.asked) == 1
    assert (result.accepted, result.parked) == (3, 1)
    assert books.errors() == {2: "one is bad"}


def test_memory_does_not_grow_with_the_backlog(books: TinyBooks) -> None:
    """At most one batch of payloads is in hand, and its size is bounded."""
    fill(books, 600)
    sizes: list[int] = []

    class Watched(Platform):
        def capture(self, document: bytes) -> Any:
            sizes.append(len(document))
            return super().capture(document)

    with sandbox() as server:
        assert Courier(books.run, Watched(server.url), WIRE, QUICK).drain().accepted == 600
    assert max(sizes) < 512 * 1024
    assert len(sizes) < 12


def test_those_who_watch_are_told(books: TinyBooks) -> None:
    fill(books, 3)
    states: list[CourierState] = []
    with sandbox() as server:
        Courier(books.run, Platform(server.url), WIRE, QUICK, on_change=states.append).drain()
    assert states[0] == CourierState(None, busy=True, why="", last_success=None)
    assert (states[-1].online, states[-1].busy, states[-1].why) == (True, False, "")
    assert states[-1].last_success


def test_offline_is_said_and_nothing_is_touched(books: TinyBooks) -> None:
    fill(books, 3)
    result = drain(books, "http://127.0.0.1:9", Pace())
    assert result == SyncResult(0, 0, 0, pending=3, pulled=0, online=False, why="platform_unreachable")


@pytest.mark.parametrize("dedupe", ["unknown", "event_id"])
def test_a_line_that_has_become_slow_is_sent_less_at_once(books: TinyBooks, dedupe: str) -> None:
    """The deadline of an exchange cuts a large document; sent the same again, it would be cut for ever."""
    fill(books, 600)
    slow: list[int] = []

    class Slow(Platform):
        def capture(self, document: bytes) -> Any:
            if len(document) > 100 * 1024 and books.states().get(100) == "accepted":
                slow.append(len(document))
                raise Ambiguous("platform_no_answer", kind="slow")
            return super().capture(document)

    with sandbox() as server:
        courier = Courier(books.run, Slow(server.url), WIRE, QUICK, dedupe=dedupe)
        assert courier.drain().accepted == 600
        assert slow, "else nothing was cut"
        assert server.held() == 600
