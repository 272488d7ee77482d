"""A bad line: a proxy on real sockets that cuts, delays, doubles and holds back what passes through it."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Manners:
    """How bad it is; shares of all requests."""

    cut: float = 0.3
    """Connections that end without an answer, in equal parts before, behind and in the middle of it."""
    delay: float = 0.0
    """Longest delay in seconds."""
    double: float = 0.0
    """Documents that arrive a second time, later and out of order."""
    hold: float = 0.0
    """Documents whose connection ends at once and that arrive all the same, later."""


class Proxy:
    """Stands before one server on this machine."""

    def __init__(self, target: str, manners: Manners, seed: int = 7) -> None:
        self._target = urlsplit(target)
        self._manners = manners
        self._random = random.Random(seed)
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._lines: set[socket.socket] = set()
        self._stopping = threading.Event()
        self.seen: Counter[str] = Counter()
        """Requests by method, and `cut`, `doubled`, `held back`."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._spawn(self._accept)

    def stop(self) -> None:
        """Let nothing through any more; what is held back still arrives."""
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def settle(self) -> None:
        """Wait until all that is on its way has arrived."""
        for thread in list(self._threads):
            if thread.name == "late":
                thread.join()

    def _spawn(self, work: object, *arguments: object, name: str = "proxy") -> None:
        thread = threading.Thread(target=work, args=arguments, name=name)  # type: ignore[arg-type]
        with self._guard:
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._guard:
                    self._lines.add(line)
                self._spawn(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        upstream = self._upstream()
        try:
            with suppress(OSError, http.client.HTTPException):
                reader = line.makefile("rb")
                while request := _read(reader):
                    if not self._pass(line, upstream, request):
                        break
        finally:
            upstream.close()
            with self._guard:
                self._lines.discard(line)
            line.close()

    def _pass(self, line: socket.socket, upstream: http.client.HTTPConnection, request: _Request) -> bool:
        """One request and its answer; False when the connection is to end."""
        with self._guard:
            self.seen[request.method] += 1
            roll = self._random.random
            cut = roll() < self._manners.cut
            kind = self._random.choice(("before", "behind", "amid"))
            late = roll() * self._manners.delay
            post = request.method == "POST"
            double = post and roll() < self._manners.double
            hold = post and roll() < self._manners.hold
            for name, true in (("cut", cut or hold), ("doubled", double), ("held back", hold)):
                self.seen[name] += true
        time.sleep(late)
        if double or hold:
            self._spawn(self._later, request, 0.02 + late * 3, name="late")
        if hold or (cut and kind == "before"):
            return self._reset(line)
        answer = _ask(upstream, request)
        if cut and kind == "behind":
            return self._reset(line)
        if cut:
            line.sendall(answer[: len(answer) // 2])
            return self._reset(line)
        line.sendall(answer)
        return True

    def _later(self, request: _Request, seconds: float) -> None:
        """The same request once more, when others have overtaken it."""
        time.sleep(seconds)
        upstream = self._upstream()
        with suppress(OSError, http.client.HTTPException):
            _ask(upstream, request)
        upstream.close()

    def _upstream(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(str(self._target.hostname), self._target.port, timeout=30)

    @staticmethod
    def _reset(line: socket.socket) -> bool:
        """End a connection as a failing router does."""
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def _read(reader: object) -> _Request | None:
    first = reader.readline().decode("latin-1").split()  # type: ignore[attr-defined]
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while text := reader.readline().decode("latin-1").strip():  # type: ignore[attr-defined]
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]
    return _Request(first[0], first[1], headers, body)


def _ask(upstream: http.client.HTTPConnection, request: _Request) -> bytes:
    passed = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
    upstream.request(request.method, request.path, request.body or None, passed)
    reply = upstream.getresponse()
    body = reply.read()
    lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
    lines += [f"{name}: {value}" for name, value in reply.getheaders() if name.lower() != "content-length"]
    if reply.status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
