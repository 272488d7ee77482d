"""The EPCIS 2.0 REST interface of the central platform: one method per endpoint, our errors only.

httpx is loaded by the first request, in the thread that makes it. The platform is not trusted: replies are
bounded in size and time, a job is followed only on the platform's own origin, and nothing that fails carries a
token. Interface: GS1 EPCIS 2.0 section 12, openapi.yaml of gs1/EPCIS.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from sync.faults import (
    Ambiguous,
    AuthFault,
    ConfigFault,
    Duplicate,
    Failing,
    Offline,
    Rejected,
    Retry,
    TooLarge,
)
from sync.pace import retry_after

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
WHOLE_SECONDS = 60.0
"""A reply that trickles in for longer is given up."""
REPLY_LIMIT = 1024 * 1024
"""Bytes of a reply that tells about a request."""
EVENTS_LIMIT = 16 * 1024 * 1024
"""Bytes of a page of events."""
PAGES_LIMIT = 20
"""Pages followed for one question; a platform that links on for ever is not believed."""
IDS_AT_ONCE = 50
"""Ids in one question: longer addresses are refused by many servers."""
WORDS_LIMIT = 400

_ACCEPT = "application/json, application/ld+json, application/problem+json"
_UNSUPPORTED = frozenset({404, 405, 406, 415, 501})
_PATIENCE = frozenset({408, 425, 429, 503})
_GATEWAY = frozenset({502, 504})


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a platform says of itself (OPTIONS /capture)."""

    versions: str = ""
    max_events: int | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's first answer to a document."""

    job_url: str
    """Where to ask what became of it; empty when it did not say, or not believably."""
    stored: bool = False
    """True when the answer says already that everything is stored."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the platform tells about a capture job."""

    state: str
    """`running`, `stored`, `failed`, or `unknown` where the platform knows of no such job."""
    words: str = ""
    """Why it failed, in the platform's own words."""
    partly: bool = False
    """True when some events may be stored although the job failed (`proceed`)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the platform answered, whole and within its limit."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_html(self) -> bool:
        """True for a web page, as a captive portal or a proxy puts it in the place of the platform."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind in ("text/html", "application/xhtml+xml") or self.body[:200].lstrip()[:1] == b"<"

    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Platform:
    """The road to one platform. Made anywhere, used by one thread; `abort` alone may come from another."""

    def __init__(self, url: str, token: Callable[[], str | None] | None = None) -> None:
        """`url` is the base that `/capture` and `/events` stand below; `token` gives a bearer token when asked."""
        self._base = url.rstrip("/")
        self._token = token or (lambda: None)
        self._client: httpx.Client | None = None
        self._version = ""
        self._socket: socket.socket | None = None
        self._aborted = False
        self._guard = threading.Lock()

    def options(self) -> Abilities | None:
        """What the platform can do; None where it does not tell."""
        reply = self._ask("OPTIONS", f"{self._base}/capture")
        if reply.is_html and reply.status < 500:
            raise ConfigFault("platform_html")
        if reply.status in _UNSUPPORTED or reply.status == 400:
            return None
        self._judge(reply)
        headers = reply.headers
        self._version = headers.get("GS1-EPCIS-Version", "")[:20]
        size = headers.get(
            "GS1-EPCIS-Capture-File-Size-Limit", headers.get("GS1-EPCIS-Capture-File-SizeLimit")
        )
        return Abilities(self._version, _number(headers.get("GS1-EPCIS-Capture-Limit")), _number(size))

    def capture(self, document: bytes) -> Receipt:
        """Hand over one EPCISDocument. Raises any of sync/faults.py."""
        headers = {"Content-Type": "application/json"}
        if self._version:
            headers["GS1-EPCIS-Version"] = self._version
        reply = self._ask("POST", f"{self._base}/capture", headers=headers, content=document)
        self._judge(reply)
        if reply.is_html:
            raise ConfigFault("platform_html")
        return Receipt(
            self._own(reply.headers.get("Location"), f"{self._base}/capture"), stored=reply.status == 201
        )

    def job(self, url: str) -> Job:
        """What became of a document."""
        reply = self._ask("GET", url)
        if reply.status in (400, 404, 410):
            return Job("unknown")
        self._judge(reply)
        told = reply.json()
        if not isinstance(told, dict) or not isinstance(told.get("running"), bool):
            if reply.is_html:
                raise ConfigFault("platform_html")
            return Job("unknown")
        if told["running"]:
            return Job("running")
        if told.get("success") is True:
            return Job("stored")
        return Job("failed", self._clean(_said(told)), partly=told.get("captureErrorBehaviour") == "proceed")

    def events(self, event_ids: Sequence[str]) -> list[dict[str, Any]] | None:
        """The events that the platform holds under these ids; None where it cannot be asked.

        Error declarations carry the id of their original and come back with it.
        """
        found: list[dict[str, Any]] = []
        for start in range(0, len(event_ids), IDS_AT_ONCE):
            part = self._pages(event_ids[start : start + IDS_AT_ONCE])
            if part is None:
                return None
            found += part
        return found

    def _pages(self, event_ids: Sequence[str]) -> list[dict[str, Any]] | None:
        question = quote("|".join(event_ids), safe="")
        url = f"{self._base}/events?EQ_eventID={question}&perPage=100"
        found: list[dict[str, Any]] = []
        for _ in range(PAGES_LIMIT):
            reply = self._ask("GET", url, limit=EVENTS_LIMIT)
            if (reply.status in _UNSUPPORTED or reply.status == 403) and not reply.is_html:
                return None
            self._judge(reply)
            page = _event_list(reply.json())
            if page is None:
                if reply.is_html:
                    raise ConfigFault("platform_html")
                return None
            found += page
            url = self._own(_next_link(reply.headers.get("Link", "")), url)
            if not url:
                return found
        raise ConfigFault("platform_endless")

    def exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        limit: int = EVENTS_LIMIT,
    ) -> Reply:
        """One request below the platform's address, for interfaces beside EPCIS; raises what goes wrong on the road.

        `path` may be an address that the platform itself gave, if it lies on the platform. The status is the
        caller's to judge (`judge`).
        """
        own = self._own(path, self._base) if "://" in path else f"{self._base}/{path.lstrip('/')}"
        if not own:
            raise ConfigFault("platform_redirects", status="")
        return self._ask(method, own, headers, content, limit)

    def judge(self, reply: Reply) -> None:
        """Raise what an unwelcome status means; a web page in the platform's place too."""
        self._judge(reply)
        if reply.is_html:
            raise ConfigFault("platform_html")

    def next_page(self, reply: Reply, seen_at: str) -> str:
        """Where the platform says that the following page is, if that lies on the platform; else empty."""
        return self._own(_next_link(reply.headers.get("Link", "")), f"{self._base}/{seen_at.lstrip('/')}")

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def abort(self) -> None:
        """End the request that is under way, from any thread; every later one fails at once."""
        with self._guard:
            self._aborted = True
            if self._socket is not None:
                # close() would leave the other thread in recv; shutdown wakes it. The plain socket's method,
                # because the one of SSLSocket pulls the TLS object away from under that thread.
                with suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        limit: int = REPLY_LIMIT,
    ) -> Reply:
        """One request, once more with a fresh token where the platform refuses the one it got."""
        token = self._token()
        reply = self._once(method, url, headers, content, limit, token)
        if reply.status == 401:
            fresh = self._token()
            if fresh and fresh != token:
                reply = self._once(method, url, headers, content, limit, fresh)
        return reply

    def _once(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None,
        content: bytes | None,
        limit: int,
        token: str | None,
    ) -> Reply:
        import httpx

        client = self._connected()
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        request = client.build_request(
            method,
            url,
            headers={**(headers or {}), **sent},
            content=content,
            extensions={"trace": self._trace},
        )
        try:
            response = client.send(request, stream=True)
            try:
                body = _bounded(response, limit)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise _connection_fault(error) from None
        except httpx.UnsupportedProtocol:
            raise ConfigFault("platform_url") from None
        except (httpx.TransportError, OSError) as error:
            raise Ambiguous("platform_no_answer", kind=type(error).__name__) from None
        return Reply(response.status_code, response.headers, body)

    def _connected(self) -> httpx.Client:
        if self._aborted:
            raise Offline("courier_stopped")
        if self._client is None:
            import httpx
            import truststore

            parts = urlsplit(self._base)
            local = _is_loopback(parts.hostname or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ConfigFault("platform_url")
            if parts.scheme == "http" and not local:
                raise ConfigFault("platform_unprotected")
            self._client = httpx.Client(
                verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=False,
                trust_env=not local,  # a proxy of the hospital, but never for the sandbox on this machine
                headers={"Accept": _ACCEPT, "Accept-Encoding": "identity", "User-Agent": "TraceDesk"},
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30.0),
            )
        return self._client

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember the socket in use, so that `abort` can reach it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._guard:
                self._socket = info["return_value"].get_extra_info("socket")
                stop = self._aborted
            if stop:
                raise OSError("aborted")

    def _judge(self, reply: Reply) -> None:
        """Raise what an unwelcome status means."""
        status = reply.status
        if status < 300:
            return
        if status < 400:
            raise ConfigFault("platform_redirects", status=str(status))
        if status in _PATIENCE or status in _GATEWAY:
            after = retry_after(reply.headers.get("Retry-After"), datetime.now(UTC))
            raise Retry(
                "platform_busy", after, carried_out=status in _GATEWAY or status == 408, status=str(status)
            )
        if status >= 500 and status not in _UNSUPPORTED:
            raise Failing("platform_failing", status=str(status))
        if status == 401:
            raise AuthFault("platform_login")
        if status == 413:
            raise TooLarge("platform_too_large")
        if reply.is_html:
            raise ConfigFault("platform_html")
        if status == 403:
            raise AuthFault("platform_forbidden")
        if status in _UNSUPPORTED:
            raise ConfigFault("platform_endpoint", status=str(status))
        words = self._clean(_said(reply.json()) or reply.body[:WORDS_LIMIT].decode("utf-8", "replace"))
        refusal = Duplicate if status == 409 else Rejected
        raise refusal("platform_rejects", words or f"HTTP {status}")

    def _own(self, location: str | None, seen_at: str) -> str:
        """An address that the platform gave, if it lies on the platform; else empty. Tokens go nowhere else."""
        if not location:
            return ""
        try:
            url = urljoin(seen_at, location)
            there, here = urlsplit(url), urlsplit(self._base)
            same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
        except ValueError:
            return ""
        return url if same and len(url) <= 2000 else ""

    def _clean(self, words: str) -> str:
        """The platform's words as one short printable line, without our token should it echo it."""
        token = self._token()
        if token:
            words = words.replace(token, "…")
        line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
        return line if len(line) <= WORDS_LIMIT else line[: WORDS_LIMIT - 1] + "…"


def _bounded(response: httpx.Response, limit: int) -> bytes:
    """The body as it came, or a fault where it is too long or comes too slowly."""
    give_up = time.monotonic() + WHOLE_SECONDS
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > limit:
            raise ConfigFault("platform_reply_too_large")
        if time.monotonic() > give_up:
            raise Ambiguous("platform_no_answer", kind="slow")
        parts.append(part)
    return b"".join(parts)


def _connection_fault(error: Exception) -> Offline | ConfigFault:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ConfigFault("platform_certificate", why=cause.verify_message or "")
        if isinstance(cause, ssl.SSLError) and cause.reason in (
            "WRONG_VERSION_NUMBER",
            "RECORD_LAYER_FAILURE",
        ):
            return ConfigFault("platform_no_tls")
        cause = cause.__cause__ or cause.__context__
    return Offline("platform_unreachable")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _number(header: str | None) -> int | None:
    text = (header or "").strip()
    return int(text[:12]) if text.isascii() and text.isdigit() and int(text[:12]) > 0 else None


def _said(told: Any) -> str:
    """What a problem document (RFC 7807) or a failed job says, as text."""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    if isinstance(errors, list) and errors:
        return "; ".join(filter(None, (_said(error) for error in errors[:3])))
    said = [told[key] for key in ("title", "detail") if isinstance(told.get(key), str) and told[key]]
    return ": ".join(said) or (told["type"] if isinstance(told.get("type"), str) else "")


def _event_list(told: Any) -> list[dict[str, Any]] | None:
    """The events of an EPCISQueryDocument (or of a document, as some platforms answer); None where it is neither."""
    body = told.get("epcisBody") if isinstance(told, dict) else None
    if not isinstance(body, dict):
        return None
    results = body.get("queryResults")
    if isinstance(results, dict):
        body = results.get("resultsBody")
    events = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(events, list):
        return None
    return [event for event in events if isinstance(event, dict)]


def _next_link(header: str) -> str:
    """The target of rel="next" in a Link header (RFC 8288)."""
    for part in header.split(","):
        target, _, parameters = part.strip().partition(">")
        if target.startswith("<") and 'rel="next"' in parameters.replace(" ", "").replace(
            "rel=next", 'rel="next"'
        ):
            return target[1:]
    return ""
