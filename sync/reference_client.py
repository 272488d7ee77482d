"""The client's side of the reference contract, on the same line as EPCIS: one method an endpoint.

Raises our faults only (sync/faults.py, sync/contract.py). A platform without the contract is no fault: then the
answer is None, and nobody asks it again for a while.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from ledger.clock import Clock
from sync.contract import (
    CURSOR_LIMIT,
    HEADER,
    PAGE_BYTES,
    PAGE_ITEMS,
    VERSION,
    Enrolled,
    Head,
    Met,
    Page,
    Unreadable,
    UpdateNeeded,
    Verdict,
    check_versions,
    enrolled_of,
    met_of,
    page_of,
    read,
    verdicts_of,
)
from sync.platform import Platform, Reply
from sync.replies import plain_header

_ABSENT = frozenset({404, 405, 501})
"""What a platform answers that has no such endpoint."""


class CursorGone(Exception):
    """The platform does not know the cursor any more: everything is to be loaded anew."""


class NotModified(Exception):
    """Nothing is new since the page that the ETag names."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a ledger says of itself at every contact."""

    ledger_id: str
    device_id: str
    head: Head | None
    """Its last number and hash; None while it is empty."""
    anchor: Head | None
    """What the platform confirmed last: shows that this ledger grew out of the one that it knows."""
    resumes: tuple[str, int, str] | None = None
    """Id, number and hash of the ledger that this one goes on from, after a restore or a clone."""
    program: str = ""


class ReferenceClient:
    """Talks to one platform. Used by the one thread that uses its line."""

    def __init__(self, platform: Platform, clock: Clock | None = None) -> None:
        """`clock` is told the platform's time whenever it answers a meeting."""
        self._platform = platform
        self._clock = clock

    def meet(self, who: Introduction) -> Met | None:
        """Tell who we are and how far we have come; None where the platform has no such contract."""
        sent = time.monotonic()
        reply = self._post(
            "contact",
            {
                "ledger": who.ledger_id,
                "device": who.device_id,
                "head": _told(who.head),
                "anchor": _told(who.anchor),
                "resumes": None
                if who.resumes is None
                else dict(zip(("ledger", "seq", "hash"), who.resumes, strict=True)),
                "program": who.program,
            },
        )
        if reply is None:
            return None
        met = met_of(read(reply.body))
        self._hear(reply, round((time.monotonic() - sent) * 1000))
        return met

    def page(self, kind: str, since: str, etag: str = "", limit: int = PAGE_ITEMS) -> Page | None:
        """What is new of a kind; None where the platform has none of it. Raises CursorGone or NotModified."""
        path = f"reference/{kind}?since={quote(since, safe='')}&limit={limit}"
        headers = {HEADER: str(VERSION)} | ({"If-None-Match": etag} if etag else {})
        reply = self._platform.exchange("GET", path, headers, limit=PAGE_BYTES)
        if reply.status == 304:
            raise NotModified
        if reply.status == 410:
            raise CursorGone
        if not self._judged(reply):
            return None
        return page_of(read(reply.body), kind, plain_header(reply.headers.get("ETag"), CURSOR_LIMIT))

    def verify(self, asked: Mapping[str, tuple[str, str | None, str | None]]) -> tuple[Verdict, ...] | None:
        """Verdicts on packs: URI -> key, lot and expiry (ISO) as recorded. None where nobody answers that."""
        packs = [
            {"epc": epc} | ({"lot": lot} if lot else {}) | ({"expiry": expiry} if expiry else {})
            for epc, (_, lot, expiry) in asked.items()
        ]
        reply = self._post("verify", {"packs": packs})
        if reply is None:
            return None
        return verdicts_of(read(reply.body), {epc: key for epc, (key, _, _) in asked.items()})

    def enrol(self, code: str, device_id: str, name: str, public: bytes) -> Enrolled:
        """Trade a one-time code for this device's credentials. Raises Rejected where the code will not do."""
        told = {"code": code, "device": device_id, "name": name, "public_key": public.hex()}
        reply = self._post("enrol", told)
        if reply is None:
            raise Unreadable("endpoint", "enrol")
        return enrolled_of(read(reply.body))

    def retire(self, who: Introduction, replaced: bool) -> str:
        """Put this device out of service; the one-time code for its successor, empty where there is none."""
        told = {
            "ledger": who.ledger_id,
            "device": who.device_id,
            "head": _told(who.head),
            "replace": replaced,
        }
        reply = self._post("retire", told)
        if reply is None:
            raise Unreadable("endpoint", "retire")
        code = read(reply.body).get("code", "")
        if not isinstance(code, str) or len(code) > 100 or not code.isprintable():
            raise Unreadable("text", "code")
        return code

    def _post(self, path: str, told: Mapping[str, Any]) -> Reply | None:
        content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        headers = {"Content-Type": "application/json", HEADER: str(VERSION)}
        reply = self._platform.exchange("POST", path, headers, content, PAGE_BYTES)
        return reply if self._judged(reply) else None

    def _judged(self, reply: Reply) -> bool:
        """False where the platform has no such endpoint; raises what any other refusal means."""
        if reply.status == 406 and not reply.is_html:
            # The contract's own way to say that no version is common (sync/REFERENCE.md).
            check_versions(read(reply.body))
            raise UpdateNeeded("reference_update_needed", ours=str(VERSION), least="?", most="?")
        if reply.status in _ABSENT and not reply.is_html:
            return False
        self._platform.judge(reply)
        return True

    def _hear(self, reply: Reply, round_trip_ms: int) -> None:
        """Take the platform's time; a Date that cannot be read, or is absurd, is left alone."""
        if self._clock is None:
            return
        try:
            date = parsedate_to_datetime(reply.headers.get("Date", ""))
        except (ValueError, OverflowError):
            return
        if date.tzinfo is not None and 2020 <= date.year < 2200:
            self._clock.hear(date.astimezone(UTC), round_trip_ms)


def _told(head: Head | None) -> dict[str, object] | None:
    return {"seq": head.seq, "hash": head.hash.hex()} if head else None
