"""The courier's thread: it wakes, rests, pauses, says what it does, and stops whatever is under way."""

from __future__ import annotations

import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import DiskFull
from sync.courier import Courier, CourierState
from sync.faults import ConfigFault
from sync.pace import Pace
from sync.platform import Platform
from sync.sandbox.server import serve
from tests.sync.books import WIRE, TinyBooks, event
from tests.sync.scripted import Reply, scripted

QUICK = Pace(first=0.02, limit=0.05, polls=(0.0, 0.02), settle=0.01, idle=0.05, linger=0.0)
SLOW = Pace(first=3600.0, limit=3600.0, idle=3600.0, linger=0.0)


class Watch:
    """Collects the courier's states and waits for one."""

    def __init__(self) -> None:
        self._states: queue.SimpleQueue[CourierState] = queue.SimpleQueue()

    def __call__(self, state: CourierState) -> None:
        self._states.put(state)

    def until(self, wanted: Callable[[CourierState], bool]) -> CourierState:
        while True:
            state = self._states.get(timeout=30)
            if wanted(state):
                return state


@pytest.fixture
def books() -> Iterator[TinyBooks]:
    made = TinyBooks()
    yield made
    made.close()


@contextmanager
def running(run: Any, url: str, pace: Pace) -> Iterator[tuple[Courier, Watch]]:
    watch = Watch()
    courier = Courier(run, Platform(url), WIRE, pace, on_change=watch, roll=lambda: 1.0)
    courier.start()
    try:
        yield courier, watch
    finally:
        courier.stop()


def rests(state: CourierState) -> bool:
    return not state.busy


def test_it_delivers_at_start_and_whenever_it_is_woken(books: TinyBooks) -> None:
    books.add(event(1))
    server = serve()
    try:
        with running(books.run, server.url, SLOW) as (courier, watch):
            watch.until(lambda state: rests(state) and state.online is True)
            assert server.held() == 1
            books.add(event(2))
            courier.wake()
            watch.until(lambda _: books.states().get(2) == "accepted")
            assert server.held() == 2
            assert "courier" in {thread.name for thread in threading.enumerate()}
    finally:
        server.stop()


def test_it_looks_by_itself_now_and_then(books: TinyBooks) -> None:
    server = serve()
    try:
        with running(books.run, server.url, QUICK) as (_, watch):
            watch.until(rests)
            books.add(event(1))
            watch.until(lambda _: books.states().get(1) == "accepted")
    finally:
        server.stop()


def test_it_tries_again_after_failures_that_pass(books: TinyBooks) -> None:
    books.add(event(1))
    server = serve(faults=["503=0*3", "cut-after"])
    try:
        with running(books.run, server.url, QUICK) as (_, watch):
            assert watch.until(lambda state: rests(state) and bool(state.why)).why == "platform_busy"
            assert watch.until(lambda state: rests(state) and not state.why).online is True
        assert server.held() == 1
    finally:
        server.stop()


def test_offline_is_told_and_a_person_may_hurry_it(books: TinyBooks) -> None:
    books.add(event(1))
    server = serve()
    port = int(server.url.rpartition(":")[2])
    server.stop()
    with running(books.run, server.url, SLOW) as (courier, watch):
        state = watch.until(lambda state: rests(state) and state.online is False)
        assert state.why == "platform_unreachable"
        back = serve(port)
        try:
            courier.wake()  # a new scan does not end a rest, or an outage would be hammered by a busy day
            courier.wake(now=True)
            state = watch.until(lambda state: rests(state) and state.online is True)
            assert (state.why, back.held()) == ("", 1)
        finally:
            back.stop()


def test_a_web_page_in_the_platforms_place_pauses_it(books: TinyBooks) -> None:
    books.add(event(1))
    with (
        scripted(Reply(200, b"<html>", {"Content-Type": "text/html"})) as page,
        running(books.run, page.url, QUICK) as (_, watch),
    ):
        assert watch.until(rests).why == "platform_html"
    assert books.states() == {1: "pending"}


@pytest.mark.parametrize("retry_after", ["3600", None])
def test_it_stops_while_it_rests(books: TinyBooks, retry_after: str | None) -> None:
    books.add(event(1))
    headers = {"Retry-After": retry_after} if retry_after else {}
    with scripted(Reply(503, b"", headers)) as server, running(books.run, server.url, SLOW) as (_, watch):
        watch.until(lambda state: rests(state) and state.why == "platform_busy")
    assert books.states() == {1: "pending"}


def test_it_stops_while_the_platform_hangs_and_the_batch_is_asked_about_later(books: TinyBooks) -> None:
    books.add(event(1))
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with running(books.run, url, SLOW):
        line, _ = listener.accept()
        line.recv(100_000)
        line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        while b"POST" not in line.recv(100_000):
            pass
    line.close()
    listener.close()
    assert books.states() == {1: "sent"}
    assert len(books.outbox.open_ids()) == 1


def test_it_survives_a_full_disk(books: TinyBooks) -> None:
    books.add(event(1))
    full = [True]

    def run(job: Callable[[Any], Any]) -> Any:
        if full[0]:
            raise DiskFull("disk_full")
        return books.run(job)

    server = serve()
    try:
        with running(run, server.url, QUICK) as (_, watch):
            assert watch.until(rests).why == "disk_full"
            full[0] = False
            watch.until(lambda _: books.states()[1] == "accepted")
    finally:
        server.stop()


def test_a_mistake_of_ours_does_not_end_it(books: TinyBooks, caplog: pytest.LogCaptureFixture) -> None:
    books.add(event(1))
    broken = [True]

    class Broken(Platform):
        def options(self) -> Any:
            if broken.pop() if broken else False:
                raise KeyError("a mistake")
            return super().options()

    server = serve()
    watch = Watch()
    courier = Courier(books.run, Broken(server.url), WIRE, QUICK, on_change=watch)
    courier.start()
    try:
        assert watch.until(rests).why == "courier_broken"
        watch.until(lambda _: books.states()[1] == "accepted")
    finally:
        courier.stop()
        server.stop()
    assert "delivery broke" in caplog.text


def test_starting_twice_makes_one_thread_and_stopping_twice_is_harmless(books: TinyBooks) -> None:
    courier = Courier(books.run, Platform("http://127.0.0.1:9"), WIRE, SLOW)
    courier.start()
    courier.start()
    assert [thread.name for thread in threading.enumerate()].count("courier") == 1
    courier.stop()
    courier.stop()


def test_the_client_is_loaded_by_the_first_request_only() -> None:
    code = (
        "import sys, sync.courier, sync.platform, sync.epcis; from sync.platform import Platform;"
        "Platform('http://127.0.0.1:9'); print([n for n in ('httpx', 'truststore', 'starlette') if n in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class Pages:
    """A puller at a platform that takes nothing and has much to give, while somebody scans all the time."""

    why = ""

    def __init__(self) -> None:
        self.courier: Courier | None = None
        self.taken = 0

    def meet(self) -> None:
        raise ConfigFault("platform_endpoint")

    def pull(self, leave: Callable[[], bool] = lambda: False, /) -> int:
        assert self.courier is not None
        begun = self.taken
        while self.taken < 500:
            self.taken += 1
            self.courier.wake()
            if leave():
                break
        return self.taken - begun


def test_where_nothing_can_be_delivered_the_pull_gives_way_to_nobody(books: TinyBooks) -> None:
    """Delivery rests for minutes then: a page in each round would make a catalogue take days."""
    pages = Pages()
    pages.courier = Courier(
        books.run, Platform("http://127.0.0.1:9"), WIRE, SLOW, puller=pages, roll=lambda: 1.0
    )
    assert pages.courier.drain().why == "platform_endpoint"
    assert pages.taken == 500


def test_a_person_who_asks_for_delivery_ends_that_pull(books: TinyBooks) -> None:
    pages = Pages()
    pages.courier = Courier(
        books.run, Platform("http://127.0.0.1:9"), WIRE, SLOW, puller=pages, roll=lambda: 1.0
    )
    pages.courier.wake(now=True)
    pages.courier.drain()
    assert pages.taken == 1
