"""Runs the sandbox platform on this machine, in a thread of its own."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ledger.errors import EnvironmentFault
from sync.sandbox.app import Cut, SandboxApp
from sync.sandbox.faults import Faults
from sync.sandbox.reference import ReferenceDesk
from sync.sandbox.store import SandboxStore

START_SECONDS = 10.0


class _Protocol(H11Protocol):
    """Tells the application its transport, so that a fault can cut the line."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport where every request of the connection finds it."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Cutter:
    """Cuts the connection where the application orders it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Cut:
            scope["state"]["transport"].abort()


@dataclass(frozen=True, slots=True)
class Https:
    """What a server shows over TLS, and whose clients it lets in."""

    certificate: Path
    key: Path
    client_ca: Path | None = None
    """The authority that must vouch for a client's certificate (mutual TLS); None asks for none."""


class Sandbox:
    """A running sandbox platform; listens on 127.0.0.1 only."""

    def __init__(self, port: int, store: SandboxStore, app: SandboxApp, https: Https | None = None) -> None:
        self._store = store
        self._app = app
        # With the protocol named, asyncio switches Nagle's algorithm off; without it each answer costs 40 ms.
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port))
        except OSError:
            self._listener.close()
            store.close()
            raise EnvironmentFault("sandbox_port_taken", port=str(port)) from None
        self._listener.listen(64)
        self._port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if https else ''}://127.0.0.1:{self._port}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                _Cutter(app.asgi),
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=1,
                ssl_certfile=https.certificate if https else None,
                ssl_keyfile=https.key if https else None,
                ssl_ca_certs=str(https.client_ca) if https and https.client_ca else None,
                ssl_cert_reqs=ssl.CERT_REQUIRED if https and https.client_ca else ssl.CERT_NONE,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="sandbox", daemon=True
        )
        self._thread.start()
        give_up = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > give_up:
                raise EnvironmentFault("sandbox_not_started")
            time.sleep(0.005)

    def arm(self, *faults: str) -> None:
        """Misbehave by these faults, and no others, from the next request on."""
        self._app.arm(Faults(faults))

    def held(self) -> int:
        """How many events the running platform holds, error declarations aside."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=START_SECONDS)
        try:
            line.request("GET", "/held")
            return int(json.loads(line.getresponse().read())["events"])
        finally:
            line.close()

    @property
    def desk(self) -> ReferenceDesk:
        """The side of it that speaks the reference contract, to be set to other ways."""
        return self._app.desk

    def close_to_strangers(self) -> None:
        """Let only enrolled devices in from now on."""
        self._app.gate.closed = True

    def publish(self, kind: str, items: Iterable[Mapping[str, object]], gone: Iterable[str] = ()) -> None:
        """Put reference data on the platform, each item with its `id`; leave tombstones for what is gone."""
        self._put(f"/reference/{kind}", {"items": list(items), "gone": list(gone)})

    def register(self, serials: Mapping[str, str]) -> None:
        """Tell the platform of serial numbers, as makers do: URI -> `active`, `cancelled`, `stolen` …"""
        self._put("/serials", dict(serials))

    def issue_code(self) -> str:
        """A one-time code with which a device may enrol."""
        return str(json.loads(self._ask("POST", "/codes", b"{}"))["code"])

    def _put(self, path: str, told: object) -> None:
        self._ask("PUT", path, json.dumps(told, ensure_ascii=False).encode("utf-8"))

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=START_SECONDS)
        try:
            line.request(method, path, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            said = answer.read()
        finally:
            line.close()
        if answer.status >= 300:
            raise ValueError(said.decode("utf-8", "replace"))
        return said

    def stop(self) -> None:
        """End the server, wait for it, and let the store go."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._store.close()


def serve(
    port: int = 0,
    *,
    path: Path | None = None,
    faults: Iterable[str] = (),
    keep_documents: Path | None = None,
    https: Https | None = None,
) -> Sandbox:
    """Start a sandbox platform; port 0 takes a free one.

    `path` is its file, memory without one; `keep_documents` a folder for the raw bytes of every document.
    Raises UserError for an unknown fault and EnvironmentFault where the port is taken.
    """
    armed = Faults(faults)
    if keep_documents is not None:
        keep_documents.mkdir(parents=True, exist_ok=True)
    store = SandboxStore(path)
    return Sandbox(port, store, SandboxApp(store, armed, keep_documents), https)
