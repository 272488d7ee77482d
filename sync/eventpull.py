"""The site's events from the platform, page by page: what the other workstations did, and what is on its way here.

The watermark is the platform's own time of recording. A little before it is asked for again each time, because
records are not always stored in the order of that time; what was heard already changes nothing. A page and its
watermark are taken in one transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from ledger.clock import Clock
from ledger.conflicts import open_task, say_overdrawn
from ledger.event import Event, EventKind
from ledger.pulled import Cursor
from ledger.shipment import APPROVAL
from ledger.store import Store
from sync.contract import Met, Unreadable, read
from sync.epcis import Wire
from sync.faults import ConfigFault
from sync.foreign import Voided, dicts, document_of, read_event, texts, word
from sync.meeting import Run
from sync.platform import EVENTS_LIMIT, Platform
from sync.replies import event_list

log = logging.getLogger("tracedesk.sync")

POLL_SECONDS = 30.0
"""A platform that does not tell how far its events have come is not asked more often."""
ABSENT_SECONDS = 3600.0
OVERLAP = timedelta(seconds=10)
AHEAD = timedelta(days=1)
"""A record's time that lies further ahead is not believed."""
PER_PAGE = 100
PACKS_AT_ONCE = 100
"""Packs taken in one transaction, so that a scan never waits long for the writer."""
UNMOVED_PAGES = 50
"""After so many pages without a step of the watermark delivery has its turn, and the next round begins there again."""
MOST_PAGES = 2000
"""Pages in one round at most; the next round goes on from the watermark."""
_NO_QUERY = frozenset({404, 405, 501})
"""What a platform answers that cannot be asked for events."""

Take = Callable[[Store, list[dict[str, Any]]], int]


class EventPull:
    """Follows one question to the platform. Used by the courier's thread."""

    def __init__(
        self,
        run: Run,
        platform: Platform,
        clock: Clock,
        name: str,
        question: Mapping[str, str],
        take: Take,
        look: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = list,
    ) -> None:
        """`name` is the cursor's; `take` puts the events of a page into the ledger and counts what was new.

        `look` may ask the platform for more about the events of a page before they are taken.
        """
        self._run = run
        self._platform = platform
        self._clock = clock
        self._name = name
        self._question = dict(question)
        self._take = take
        self._look = look
        self._not_before = 0.0

    def pull(self, met: Met | None, gives_way: Callable[[], bool] = lambda: False) -> int:
        """Take what was recorded since the watermark; the platform's own head spares the question.

        `gives_way` is asked after each page; the next round goes on from the watermark.
        """
        cursor, ceiling = self._run(lambda store: (store.pulled.cursor(self._name), self._ceiling(store)))
        head = (met.heads or {}).get("events", "") if met else ""
        if head and head == cursor.etag:
            return 0
        if time.monotonic() < self._not_before:
            return 0
        if not head:
            self._not_before = time.monotonic() + POLL_SECONDS
        pulled, path, begun_anew = 0, self._path(cursor.cursor), False
        latest, ordered = cursor.cursor, True
        for number in range(MOST_PAGES):
            reply = self._platform.exchange("GET", path, limit=EVENTS_LIMIT)
            if reply.status in _NO_QUERY and not reply.is_html:
                self._not_before = time.monotonic() + ABSENT_SECONDS
                return pulled
            if reply.status in (400, 404, 410) and "nextPageToken" in path and not begun_anew:
                begun_anew = True  # the token has expired: go on from the watermark
                path = self._path(cursor.cursor)
                continue
            self._platform.judge(reply)
            events = event_list(read(reply.body))
            if events is None or len(events) > 10 * PER_PAGE:
                raise Unreadable("events", self._name)
            onward = self._platform.next_page(reply, path)
            events = self._look(events)
            ordered = ordered and _ascending(latest, events)
            latest = _latest(latest, events, ceiling)
            for part, last in _parts(events):
                # The watermark moves with the last part of a page; where a platform does not keep the order,
                # only when everything was seen, else what lies behind it would never be asked for again.
                mark = latest if last and (ordered or not onward) else ""
                told = head if last and not onward else ""
                pulled += self._run(partial(self._settle, events=part, mark=mark, head=told))
            before, cursor = cursor, self._run(lambda store: store.pulled.cursor(self._name))
            if not onward:
                return pulled
            moved = ordered and before.cursor != cursor.cursor
            if (moved or number >= UNMOVED_PAGES) and gives_way():
                self._not_before = 0.0
                return pulled
            begun_anew = begun_anew and before.cursor == cursor.cursor
            path = onward
        raise ConfigFault("platform_endless")

    def _settle(self, store: Store, events: list[dict[str, Any]], mark: str, head: str) -> int:
        """Take a part of a page, and the watermark with the last one, which never moves back."""
        count = self._take(store, events)
        cursor = store.pulled.cursor(self._name)
        if mark or head:
            at = self._clock.now(store.head.at).iso()
            latest = max(cursor.cursor, mark)
            store.pulled.move(replace(Cursor(self._name), cursor=latest, etag=head, whole=True, at=at))
        return count

    def _ceiling(self, store: Store) -> str:
        """What the watermark does not move past: after one record from a platform whose clock ran ahead for a
        moment, nothing recorded since would ever be asked for."""
        known = self._clock.now(store.head.at).at
        return _utc((max(known, store.head.at or known) + AHEAD).isoformat())

    def _path(self, watermark: str) -> str:
        asked = {**self._question, "orderBy": "recordTime", "orderDirection": "ASC", "perPage": str(PER_PAGE)}
        if watermark:
            since = datetime.fromisoformat(watermark) - OVERLAP
            asked["GE_recordTime"] = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"events?{urlencode(asked, quote_via=quote, safe='')}"


def _parts(events: list[dict[str, Any]]) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """A page in parts that hold the writer for a moment only, and whether it is the last one; at least one."""
    part: list[dict[str, Any]] = []
    packs = 0
    for event in events:
        if part and packs >= PACKS_AT_ONCE:
            yield part, False
            part, packs = [], 0
        part.append(event)
        packs += 1 + len(texts(event.get("epcList"))) + len(texts(event.get("childEPCs")))
    yield part, True


def _latest(before: str, events: list[dict[str, Any]], ceiling: str) -> str:
    times = (_utc(str(event.get("recordTime", ""))) for event in events)
    return max([before, *(time for time in times if time <= ceiling)])


def _ascending(before: str, events: list[dict[str, Any]]) -> bool:
    """Whether a page goes on where the one before ended, as it was asked to."""
    times = [time for event in events if (time := _utc(str(event.get("recordTime", ""))))]
    floor = _utc_minus(before, OVERLAP) if before else ""
    return times == sorted(times) and (not times or times[0] >= floor)


def _utc_minus(watermark: str, span: timedelta) -> str:
    return _utc((datetime.fromisoformat(watermark) - span).isoformat())


def site_events(run: Run, platform: Platform, clock: Clock, wire: Wire) -> EventPull:
    """What the site's workstations recorded, this one's own aside."""

    def take(store: Store, events: list[dict[str, Any]]) -> int:
        heard = [body for body in events if hear(store, clock, wire, body)]
        say_overdrawn(store, clock, _approvals(heard, wire))
        return len(heard)

    # Places of a site without a number of its own do not tell by their names that they belong together.
    question = {"WD_readPoint": wire.site} if wire.gln or wire.usci else {}
    return EventPull(run, platform, clock, "events", question, take)


def hear(store: Store, clock: Clock, wire: Wire, body: Mapping[str, Any]) -> bool:
    """Take one event of the platform, inside the caller's transaction; False where it is known or says nothing."""
    told = read_event(body, wire)
    if told is None:
        return False
    if isinstance(told, Voided):
        return not store.site.is_own(told.event_id) and store.site.hear_void(told.event_id, told.declared)
    event = _unpacked(store, told)
    if not store.site.is_new(event.event_id):
        return False
    for other in store.site.hear(event):
        kind = "double_dispense" if other.kind is EventKind.DISPENSE else "contradicted"
        for facts in event.packs:
            if any(one.key == facts.key for one in other.packs):
                open_task(store, clock, kind, facts.key, _words(event))
    return True


def _approvals(heard: list[dict[str, Any]], wire: Wire) -> list[str]:
    """Numbers of the approvals that these dispenses went out under, each once."""
    dispensed = (
        one for one in heard if word(one.get("bizStep")) == "dispensing" and "errorDeclaration" not in one
    )
    refs = (document_of(entry, wire) for one in dispensed for entry in dicts(one.get("bizTransactionList")))
    return list(dict.fromkeys(ref.number for ref in refs if ref and ref.kind == APPROVAL))


def _unpacked(store: Store, event: Event) -> Event:
    """A case that is unpacked without naming its packs is unpacked of everything that lies in it."""
    parent = event.told("parent")
    if event.kind is not EventKind.UNPACK or parent is None or len(event.packs) > 1:
        return event
    inside = tuple(replace(pack.facts(), state="", parent=None) for pack in store.site.inside(parent))
    return replace(event, packs=(*event.packs, *inside))


def _words(event: Event) -> str:
    """Where and when the other record was made; no name of a person."""
    at = event.moment.at.astimezone(UTC).isoformat(timespec="seconds")
    return " ".join(part for part in (event.kind.value, event.place, at, event.event_id) if part)


def _utc(text: str) -> str:
    """A time as the watermark holds it, so that texts compare like times; empty for what is no time."""
    if not text or len(text) > 40:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if moment.tzinfo is None or not 2000 <= moment.year < 2200:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
