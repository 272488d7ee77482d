"""The crash matrix: whenever the client dies and wherever the line is cut, nothing is lost and nothing doubled.

Every step of the outbox x what the platform knows of duplicates x the connection cut before or after the server's
commit. Afterwards the platform holds each (eventID, declarationTime) exactly once. By default the places of death
take turns and a few deaths are real ones; with --long every place dies at every step, and more of them for real.
"""

from __future__ import annotations

import itertools
import json
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sync.sandbox.server import Sandbox, serve
from tests.sync.books import TinyBooks
from tests.sync.victim import PLACES, Killed, drain, drain_and_die, fill

MODES = (
    ("event_id", ()),
    ("hash", ("dedupe-hash",)),
    ("none", ("dedupe-none",)),
    ("unknown", ("dedupe-none",)),
)
"""What the settings say of the platform, and how it is."""
CUTS = ("none", "cut-before", "cut-after")


def held(server: Sandbox) -> Counter[tuple[str, str]]:
    """How often the platform holds each event and declaration."""
    found: Counter[tuple[str, str]] = Counter()
    path: str | None = "/events?perPage=100"
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        while path:
            page = client.get(path)
            for told in page.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]:
                found[told["eventID"], told.get("errorDeclaration", {}).get("declarationTime", "")] += 1
            path = page.links.get("next", {}).get("url")
    return found


def ours(books: TinyBooks) -> list[tuple[str, str]]:
    rows = books.connection.execute("SELECT event_id, declaration_time FROM outbox ORDER BY seq").fetchall()
    return [(f"urn:uuid:{event_id}", declared) for event_id, declared in rows]


def armed(cut: str, faults: tuple[str, ...]) -> tuple[str, ...]:
    return faults if cut == "none" else (*faults, cut)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(("dedupe", "faults"), MODES, ids=[name for name, _ in MODES])
def test_a_death_at_any_step(
    tmp_path: Path, dedupe: str, faults: tuple[str, ...], cut: str, long_run: bool
) -> None:
    if not long_run and dedupe in ("hash", "unknown") and cut != "cut-after":
        pytest.skip("the same walk as event_id and none, but for what the platform does: ./test --long")

    def die() -> None:
        raise Killed

    alive: set[str] = set()
    with_server = serve(faults=faults)
    try:
        for step in itertools.count(1):
            for place in PLACES if long_run else (PLACES[step % 4],):
                if place in alive:
                    continue
                with_server.arm(*armed(cut, faults))
                path = tmp_path / f"{step}-{place}.sqlite3"
                books = TinyBooks(path)
                fill(books)
                wanted = ours(books)
                try:
                    drain_and_die(books, with_server.url, dedupe, place, step, die)
                    alive.add(place)  # it has fewer steps than this
                except Killed:
                    pass
                books.close()
                books = TinyBooks(path)
                result = drain(books, with_server.url, dedupe)
                books.close()
                path.unlink()
                found = held(with_server)
                assert (result.pending, result.parked) == (0, 0), (place, step, result)
                assert {key: found[key] for key in wanted} == dict.fromkeys(wanted, 1), (place, step)
            if len(alive) == len(PLACES):
                break
            assert step < 60
    finally:
        with_server.stop()
    assert step > 8


@contextmanager
def nursery() -> Iterator[Callable[..., int]]:
    """What kills deliveries for real: call it with the ledger's file and the rest, and learn how the process ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.victim"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    asked, answers = process.stdin, process.stdout

    def kill(*told: str | int) -> int:
        asked.write(json.dumps(told) + "\n")
        asked.flush()
        ready, _, _ = select.select([answers], [], [], 60)
        assert ready, f"the delivery did not end: {told}"
        return int(answers.readline())

    try:
        yield kill
    finally:
        process.kill()
        process.wait()
        asked.close()
        answers.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("dedupe", "faults"), MODES, ids=[name for name, _ in MODES])
def test_a_real_kill(tmp_path: Path, dedupe: str, faults: tuple[str, ...], long_run: bool) -> None:
    """SIGKILL of a process of its own, in the middle of what is hardest: between the POST and its answer's COMMIT."""
    deaths = (
        itertools.product(PLACES, range(1, 12))
        if long_run
        else ((PLACES[3], 2), (PLACES[0], 4))
        if dedupe in ("none", "event_id")
        else ((PLACES[3], 3),)
    )
    server = serve(faults=faults)
    killed = 0
    alive: set[str] = set()
    try:
        with nursery() as kill:
            for place, step in deaths:
                if place in alive:
                    continue
                path = tmp_path / f"{place}-{step}.sqlite3"
                books = TinyBooks(path)
                fill(books)
                wanted = ours(books)
                books.close()
                ended = kill(str(path), server.url, dedupe, place, step)
                assert ended in (0, -signal.SIGKILL), ended
                killed += ended != 0
                if ended == 0:
                    alive.add(place)  # it has fewer steps than this
                books = TinyBooks(path)
                assert drain(books, server.url, dedupe).pending == 0
                books.close()
                found = held(server)
                assert {key: found[key] for key in wanted} == dict.fromkeys(wanted, 1), (place, step)
    finally:
        server.stop()
    assert killed > (20 if long_run else 0), killed


def test_a_platform_that_drops_by_content_is_asked_about_declarations(tmp_path: Path) -> None:
    """A hash leaves the declaration out: sent again blindly, a void might be dropped as its own original."""
    server = serve(faults=("dedupe-hash", "cut-after*3"))
    books = TinyBooks()
    fill(books)
    try:
        assert drain(books, server.url, "hash").pending == 0
        assert held(server) == Counter(ours(books))
    finally:
        server.stop()
        books.close()
