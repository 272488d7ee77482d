"""A line that is never quite silent: whatever trickles, an exchange ends, and the next one has a line of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sync.credentials import Bearer
from sync.faults import Ambiguous, Offline
from sync.line import Line
from sync.tls import Trust

Serve = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def loopback(*serves: Serve) -> Iterator[str]:
    """A listener whose connections are served in turn by these, the last one for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    done, threads, lines = threading.Event(), list[threading.Thread](), list[socket.socket]()

    def accept() -> None:
        left = list(serves)
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            lines.append(line)
            serve = left.pop(0) if len(left) > 1 else left[0]
            threads.append(threading.Thread(target=guarded, args=(serve, line)))
            threads[-1].start()

    def guarded(serve: Serve, line: socket.socket) -> None:
        with line, suppress(OSError):
            serve(line, done)

    first = threading.Thread(target=accept)
    first.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in (first, *threads):
            thread.join()


def read_request(line: socket.socket) -> None:
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := line.recv(65536)):
            raise ConnectionError
        got += more


def trickle(text: bytes, seconds: float) -> Serve:
    """Send one byte of the text a moment, over and over."""

    def serve(line: socket.socket, done: threading.Event) -> None:
        read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not done.wait(seconds):
            line.sendall(text[number % len(text) :][:1])
            number += 1

    return serve


def answer(line: socket.socket, done: threading.Event) -> None:
    while not done.is_set():
        read_request(line)
        line.sendall(OK)


def informs(line: socket.socket, done: threading.Event) -> None:
    """Interim answers for ever (RFC 9110 section 15.2)."""
    read_request(line)
    while not done.wait(0.005):
        line.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")


def body_for_ever(line: socket.socket, done: threading.Event) -> None:
    read_request(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not done.wait(0.05):
        line.sendall(b"1\r\nx\r\n")


def never_reads(line: socket.socket, done: threading.Event) -> None:
    done.wait()


def reads_a_little(line: socket.socket, done: threading.Event) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while not done.wait(0.05):
        line.recv(64)


def made(url: str, seconds: float) -> Line:
    return Line(url, Bearer(lambda: None), Trust, seconds)


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(trickle(b"X-Nothing: 0\r\n", 1.0), id="a byte of the headers a second"),
        pytest.param(trickle(b"X-Nothing: 0\r\n", 0.001), id="headers without end"),
        pytest.param(informs, id="interim answers"),
        pytest.param(body_for_ever, id="a body in small pieces"),
        pytest.param(never_reads, id="silence"),
        pytest.param(reads_a_little, id="reads next to nothing"),
    ],
)
def test_no_exchange_outlasts_its_time_and_the_next_one_goes_well(serve: Serve) -> None:
    """Without an end of its own each of these would hold the courier for ever: no read pauses for 20 seconds."""
    content = b"x" * (8 * 1024 * 1024) if serve is reads_a_little else None
    with loopback(serve, answer) as url:
        line = made(url, 1.5)
        try:
            with pytest.raises(Ambiguous):
                line.ask("POST", f"{url}/capture", content=content)
            assert line.ask("GET", f"{url}/events").body == b"{}"
        finally:
            line.close()


def test_an_end_that_comes_with_the_answer_hurts_nobody() -> None:
    """The time runs out about when the answer comes, again and again; the next exchange never pays for it."""

    def late(line: socket.socket, done: threading.Event) -> None:
        while not done.is_set():
            read_request(line)
            time.sleep(0.01)
            line.sendall(OK)

    with loopback(late) as url:
        line = made(url, 0.0105)
        outcomes = set()
        try:
            for _ in range(60):
                try:
                    outcomes.add(line.ask("GET", f"{url}/events").status)
                except (Ambiguous, Offline) as fault:
                    outcomes.add(fault.params.get("kind", fault.code))
            line._seconds = 10.0
            assert line.ask("GET", f"{url}/events").status == 200
        finally:
            line.close()
        assert outcomes <= {200, "slow", "platform_unreachable"}


def test_many_exchanges_leave_no_thread_and_use_one_connection(tmp_path: Path) -> None:
    connections = []

    def counted(line: socket.socket, done: threading.Event) -> None:
        connections.append(line)
        answer(line, done)

    with loopback(counted) as url:
        line = made(url, 60.0)
        try:
            before = threading.active_count()
            for _ in range(100):
                assert line.ask("GET", f"{url}/events").status == 200
            for timer in [one for one in threading.enumerate() if one.name == "line"]:
                timer.join(5)
            assert threading.active_count() <= before + 1
            assert len(connections) == 1
        finally:
            line.close()
