"""A backlog over a line that cuts 30 % of its connections, delays, doubles and reorders: all of it arrives, once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from sync.courier import Courier, SyncResult
from sync.pace import Pace
from sync.platform import Platform
from sync.sandbox.server import Sandbox, serve
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.proxy import Manners, Proxy
from tests.sync.test_crash import held, ours

PACE = Pace(
    first=0.01, limit=0.05, polls=(0.0, 0.01), settle=0.05, window=0.3, job_deadline=5.0, patience=60.0
)


@pytest.fixture
def books(long_run: bool) -> Iterator[TinyBooks]:
    made = TinyBooks()
    for seq in range(1, (10_000 if long_run else 600) + 1):
        made.add(event(seq))
    yield made
    made.close()


def drain(books: TinyBooks, url: str, dedupe: str) -> SyncResult:
    platform = Platform(url)
    try:
        return Courier(books.run, platform, WIRE, PACE, dedupe=dedupe).drain()
    finally:
        platform.close()


def over(books: TinyBooks, server: Sandbox, manners: Manners, dedupe: str) -> Counter[str]:
    """Deliver everything over a bad line; what the line saw."""
    proxy = Proxy(server.url, manners)
    try:
        result = drain(books, proxy.url, dedupe)
        proxy.settle()
    finally:
        proxy.stop()
    wanted = len(ours(books))
    assert (result.accepted, result.parked, result.pending) == (wanted, 0, 0), result
    print(f"{wanted} events, dedupe={dedupe}: {dict(proxy.seen)}")
    return proxy.seen


def bounded(seen: Counter[str], events: int, ids_at_once: int = 50) -> None:
    """Requests stay in proportion: a few for each batch of the load that the platform allows, however bad the line.

    Loads double from 50 to 400. Of four requests in five that reach the platform (7 in 10), each batch wants a POST,
    a look at its job and, after a cut, questions about its events.
    """
    batches = 4 + math.ceil(events / 400)
    questions = math.ceil(400 / ids_at_once)
    assert seen["POST"] <= 4 * batches + 10, seen
    assert sum(seen[name] for name in ("POST", "GET", "OPTIONS")) <= (8 + 3 * questions) * batches + 40, seen


@pytest.mark.parametrize(
    ("dedupe", "faults"),
    [("unknown", ()), ("event_id", ()), ("hash", ("dedupe-hash",)), ("none", ("dedupe-none",))],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_line_that_cuts_and_delays(books: TinyBooks, dedupe: str, faults: tuple[str, ...]) -> None:
    server = serve(faults=faults)
    try:
        seen = over(books, server, Manners(cut=0.3, delay=0.02), dedupe)
        assert held(server) == Counter(ours(books))
    finally:
        server.stop()
    assert seen["cut"]
    bounded(seen, len(ours(books)))


@pytest.mark.parametrize("dedupe", ["unknown", "event_id"])
def test_a_line_that_doubles_and_reorders_too(books: TinyBooks, dedupe: str) -> None:
    server = serve()
    try:
        manners = Manners(cut=0.3, delay=0.02, double=0.3, hold=0.2)
        seen = over(books, server, manners, dedupe)
        assert held(server) == Counter(ours(books))
    finally:
        server.stop()
    assert seen["doubled"]
    assert seen["held back"]


def test_where_nothing_tells_duplicates_none_is_lost_and_they_are_counted(books: TinyBooks) -> None:
    server = serve(faults=("dedupe-none",))
    try:
        seen = over(books, server, Manners(cut=0.1, delay=0.01, double=0.5), "none")
        found = held(server)
        assert set(found) == set(ours(books))
        doubled = httpx.get(f"{server.url}/held", trust_env=False).json()["doubled"]
        assert doubled == sum(found.values()) - len(found) > 0
    finally:
        server.stop()
    assert seen["doubled"]
    print(f"doubled at the platform: {doubled} of {len(found)}")
