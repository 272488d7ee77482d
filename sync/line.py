"""The line to the platform: one httpx client, its certificates and tokens, and what can go wrong on the way.

httpx is loaded by the first request, in the thread that makes it. Exchanges are bounded in size and, from the first
byte sent to the last one read, in time; no token goes to any other origin, and nothing that fails carries one.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from sync.credentials import Bearer, Credentials
from sync.faults import Ambiguous, AuthFault, ConfigFault, Offline, Retry
from sync.origin import origin
from sync.replies import Reply
from sync.tls import Trust, connection_fault, context_of, no_authority, tls_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
WHOLE_SECONDS = 60.0
"""An exchange is given up after so long, however it trickles: httpx knows of pauses between two bytes only."""
REPLY_LIMIT = 1024 * 1024
"""Bytes of a reply that tells about a request."""

PATIENCE = frozenset({408, 425, 429, 503})
GATEWAY = frozenset({502, 504})
_ACCEPT = "application/json, application/ld+json, application/problem+json"


class Line:
    """The road that requests take. Used by one thread; `abort` alone may come from another."""

    def __init__(
        self,
        base: str,
        credentials: Credentials,
        trust: Callable[[], Trust],
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        """`base` is the platform's address without a slash at the end; no exchange takes longer than `seconds`."""
        self.base = base
        self._seconds = seconds
        self._exchange = 0
        self._late = False
        self._credentials = credentials
        self._trust = trust
        self._client: httpx.Client | None = None
        self._socket: socket.socket | None = None
        self._aborted = False
        self._guard = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def abort(self) -> None:
        """End the request that is under way, from any thread; every later one fails at once."""
        with self._guard:
            self._aborted = True
            self._cut()

    def _cut(self) -> None:
        """End whatever waits for the socket in use."""
        if self._socket is not None:
            # close() would leave the other thread in recv; shutdown wakes it. The plain socket's method,
            # because the one of SSLSocket pulls the TLS object away from under that thread.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cut the line under what takes longer than it may; the next request has a line of its own."""
        with self._guard:
            self._exchange += 1
            self._late = False
            number = self._exchange

        def late() -> None:
            with self._guard:
                if self._exchange == number:
                    self._late = True
                    self._cut()

        timer = threading.Timer(self._seconds, late)
        timer.name, timer.daemon = "line", True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._guard:
                self._exchange += 1  # one that is about to cut finds nothing to cut any more

    def ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        limit: int = REPLY_LIMIT,
    ) -> Reply:
        """One request, once more with a fresh token where the platform refuses the one it got."""
        token = self._credentials.token(self._earn)
        reply = self.once(method, url, headers, content, limit, token)
        if reply.status == 401 and token:
            self._credentials.refused(token)
            fresh = self._credentials.token(self._earn)
            if fresh and fresh != token:
                reply = self.once(method, url, headers, content, limit, fresh)
        return reply

    def _earn(self, url: str, headers: Mapping[str, str], form: bytes) -> tuple[int, Any]:
        """Ask an authority for a token. A lost answer costs nothing: the next one is as good."""
        parts = urlsplit(url)
        # Beside a platform elsewhere the proxy of the hospital is asked, which would read what is not encrypted.
        local = _is_loopback(parts.hostname or "") and _is_loopback(urlsplit(self.base).hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ConfigFault("platform_unprotected")
        try:
            reply = self.once("POST", url, dict(headers), form, REPLY_LIMIT, None)
        except Ambiguous:
            raise Offline("platform_unreachable") from None
        if reply.status in PATIENCE or reply.status in GATEWAY or reply.status >= 500:
            raise Retry("platform_busy", status=str(reply.status))
        return reply.status, reply.json()

    def own(self, location: str | None, seen_at: str) -> str:
        """An address that the platform gave, if it lies on the platform; else empty. Tokens go nowhere else."""
        if not location:
            return ""
        try:
            url = urljoin(seen_at, location)
            # Who a name and a password stand before the host for, two readers may see differently.
            same = origin(url) == origin(self.base) and "@" not in urlsplit(url).netloc
        except ValueError:
            return ""
        # httpx takes no control characters in an address.
        return url if same and len(url) <= 2000 and url.isprintable() else ""

    def once(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None,
        content: bytes | None,
        limit: int,
        token: str | None,
    ) -> Reply:
        """One request with this token, whatever comes of it."""
        import httpx

        client = self._connected()
        if token and not (token.isascii() and token.isprintable()):
            raise AuthFault("platform_login")  # no header can carry it, so no platform gave it
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            request = client.build_request(
                method,
                url,
                headers={**(headers or {}), **sent},
                content=content,
                extensions={"trace": self._trace},
            )
            with self._in_time():
                response = client.send(request, stream=True)
                try:
                    body = _bounded(response, limit)
                finally:
                    response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise connection_fault(error) from None
        except (
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
            UnicodeError,
        ):  # the last for names that are no host's
            raise ConfigFault("platform_url") from None
        except (httpx.TransportError, OSError) as error:
            if not self._late and (fault := tls_fault(error)):
                raise fault from None
            kind = "slow" if self._late else type(error).__name__
            raise Ambiguous("platform_no_answer", kind=kind) from None
        return Reply(response.status_code, response.headers, body)

    def _connected(self) -> httpx.Client:
        if self._aborted:
            raise Offline("courier_stopped")
        if self._client is None:
            from http.cookiejar import CookieJar, DefaultCookiePolicy

            import httpx

            try:
                parts = urlsplit(self.base)
            except ValueError:
                raise ConfigFault("platform_url") from None
            local = _is_loopback(parts.hostname or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ConfigFault("platform_url")
            if parts.scheme == "http" and not local:
                raise ConfigFault("platform_unprotected")
            plain = parts.scheme == "http" and isinstance(self._credentials, Bearer)
            self._client = httpx.Client(
                # To load authorities takes longer than to deliver; over plain HTTP nobody has to vouch.
                verify=no_authority() if plain else context_of(self._trust()),
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=False,
                # None is kept: ever more of them would make every request larger.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                trust_env=not local,  # a proxy of the hospital, but never for the sandbox on this machine
                headers={"Accept": _ACCEPT, "Accept-Encoding": "identity", "User-Agent": "TraceDesk"},
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30.0),
            )
        return self._client

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember the socket in use, so that `abort` can reach it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            stream = info["return_value"]
            with self._guard:
                self._socket = stream.get_extra_info("socket")
                stop = self._aborted or self._late
            if stop:
                stream.close()  # nobody else has it yet
                raise OSError("aborted")


def _bounded(response: httpx.Response, limit: int) -> bytes:
    """The body as it came, or a fault where it is too long."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > limit:
            raise ConfigFault("platform_reply_too_large")
        parts.append(part)
    return b"".join(parts)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
