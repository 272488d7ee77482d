"""The EPCIS 2.0 REST interface of the central platform: one method per endpoint, our errors only.

The platform is not trusted: a job is followed only on the platform's own origin, what is not understood is
unknown. How requests travel stands in sync/line.py. Interface: GS1 EPCIS 2.0 section 12, openapi.yaml of gs1/EPCIS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sync.credentials import Bearer, Credentials
from sync.faults import (
    AuthFault,
    ConfigFault,
    Duplicate,
    Failing,
    Rejected,
    Retry,
    TooLarge,
)
from sync.line import GATEWAY, PATIENCE, Line
from sync.pace import retry_after
from sync.replies import Reply, event_list, next_link, number, plain_header, said
from sync.tls import Trust

__all__ = ["Abilities", "Job", "Platform", "Receipt", "Reply"]

EVENTS_LIMIT = 16 * 1024 * 1024
"""Bytes of a page of events."""
PAGES_LIMIT = 20
"""Pages followed for one question; a platform that links on for ever is not believed."""
IDS_AT_ONCE = 50
"""Ids in one question: longer addresses are refused by many servers."""
WORDS_LIMIT = 400

_VERSIONS = ("GS1-EPCIS-Version", "GS1-CBV-Version")
_UNSUPPORTED = frozenset({404, 405, 406, 415, 501})


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


class Platform:
    """The road to one platform. Made anywhere, used by one thread; `abort` alone may come from another."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str | None] | None = None,
        credentials: Credentials | None = None,
        trust: Callable[[], Trust] = Trust,
        extensions: str = "",
    ) -> None:
        """`url` is the base that `/capture` and `/events` stand below.

        `token` gives a bearer token when asked, `credentials` one that is earned; `trust` tells of certificates
        when the first connection is made; `extensions` names our own fields (`td=https://…`) to platforms that read
        it from a header and not from the document.
        """
        self._credentials: Credentials = credentials or Bearer(token or (lambda: None))
        self.line = Line(url.rstrip("/"), self._credentials, trust)
        self._extensions = extensions
        self._versions: dict[str, str] = {}

    def options(self) -> Abilities | None:
        """What the platform can do; None where it does not tell."""
        reply = self.line.ask("OPTIONS", f"{self.line.base}/capture")
        if reply.is_html and reply.status < 500:
            raise _web_page(reply)
        if reply.status in _UNSUPPORTED or reply.status == 400:
            return None
        self._judge(reply)
        headers = reply.headers
        told = {name: plain_header(headers.get(name), 20) for name in _VERSIONS}
        self._versions = {name: version for name, version in told.items() if version}
        size = headers.get(
            "GS1-EPCIS-Capture-File-Size-Limit", headers.get("GS1-EPCIS-Capture-File-SizeLimit")
        )
        return Abilities(
            told["GS1-EPCIS-Version"], number(headers.get("GS1-EPCIS-Capture-Limit")), number(size)
        )

    def capture(self, document: bytes) -> Receipt:
        """Hand over one EPCISDocument. Raises any of sync/faults.py."""
        headers = {"Content-Type": "application/json"} | self._versions
        if self._extensions:
            headers["GS1-Extensions"] = self._extensions
        reply = self.line.ask("POST", f"{self.line.base}/capture", headers=headers, content=document)
        self._judge(reply)
        if reply.is_html:
            raise ConfigFault("platform_html")
        return Receipt(
            self.line.own(reply.headers.get("Location"), f"{self.line.base}/capture"),
            stored=reply.status == 201,
        )

    def job(self, url: str) -> Job:
        """What became of a document. A job of another platform, delivered to before, is unknown here."""
        if not self.line.own(url, self.line.base):
            return Job("unknown")
        reply = self.line.ask("GET", url)
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
        return Job("failed", self._clean(said(told)), partly=told.get("captureErrorBehaviour") == "proceed")

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
        url = f"{self.line.base}/events?EQ_eventID={question}&perPage=100"
        found: list[dict[str, Any]] = []
        for _ in range(PAGES_LIMIT):
            reply = self.line.ask("GET", url, limit=EVENTS_LIMIT)
            if (reply.status in _UNSUPPORTED or reply.status == 403) and not reply.is_html:
                return None
            self._judge(reply)
            page = event_list(reply.json())
            if page is None:
                if reply.is_html:
                    raise ConfigFault("platform_html")
                return None
            found += page
            url = self.line.own(next_link(reply.headers.get("Link", "")), url)
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
        own = self.line.own(path, self.line.base) if "://" in path else f"{self.line.base}/{path.lstrip('/')}"
        if not own:
            raise ConfigFault("platform_redirects", status="")
        return self.line.ask(method, own, headers, content, limit)

    def judge(self, reply: Reply) -> None:
        """Raise what an unwelcome status means; a web page in the platform's place too."""
        self._judge(reply)
        if reply.is_html:
            raise ConfigFault("platform_html")

    def next_page(self, reply: Reply, seen_at: str) -> str:
        """Where the platform says that the following page is, if that lies on the platform; else empty."""
        return self.line.own(
            next_link(reply.headers.get("Link", "")), f"{self.line.base}/{seen_at.lstrip('/')}"
        )

    def close(self) -> None:
        """Close the connections."""
        self.line.close()

    def abort(self) -> None:
        """End the request that is under way, from any thread; every later one fails at once."""
        self.line.abort()

    def _judge(self, reply: Reply) -> None:
        """Raise what an unwelcome status means."""
        status = reply.status
        if status < 300:
            return
        if status < 400:
            raise ConfigFault("platform_redirects", status=str(status))
        if status in PATIENCE or status in GATEWAY:
            after = retry_after(reply.headers.get("Retry-After"), datetime.now(UTC))
            raise Retry(
                "platform_busy", after, carried_out=status in GATEWAY or status == 408, status=str(status)
            )
        if status >= 500 and status not in _UNSUPPORTED:
            raise Failing("platform_failing", status=str(status))
        if status == 401:
            raise AuthFault(self._credentials.lacking() or "platform_login")
        if status == 413:
            raise TooLarge("platform_too_large")
        if reply.is_html:
            raise _web_page(reply)
        if status == 403:
            raise AuthFault(self._credentials.lacking() or "platform_forbidden")
        if status in _UNSUPPORTED:
            raise ConfigFault("platform_endpoint", status=str(status))
        words = self._clean(said(reply.json()) or reply.body[:WORDS_LIMIT].decode("utf-8", "replace"))
        refusal = Duplicate if status == 409 else Rejected
        raise refusal("platform_rejects", words or f"HTTP {status}")

    def _clean(self, words: str) -> str:
        """The platform's words as one short printable line, without our secrets should it echo them."""
        for secret in self._credentials.secrets():
            words = words.replace(secret, "…")
        line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
        return line if len(line) <= WORDS_LIMIT else line[: WORDS_LIMIT - 1] + "…"


def _web_page(reply: Reply) -> ConfigFault:
    """A web page in the platform's place; nginx tells with one that it wants our certificate."""
    wanted = reply.status == 400 and b"SSL certificate" in reply.body[:2000]
    return ConfigFault("platform_wants_certificate" if wanted else "platform_html")
