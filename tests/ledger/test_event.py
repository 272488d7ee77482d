from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.codes.code import Kind, Level
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.link import GENESIS, link
from ledger.moment import Moment, new_event_id

AT = datetime(2026, 11, 20, 9, 1, 2, 123000, timezone(timedelta(hours=8)))

texts = st.text(max_size=20)
optional = st.none() | texts
dates = st.dates(date(1950, 1, 1), date(2099, 12, 31))
packs = st.builds(
    PackFacts,
    key=texts,
    kind=st.sampled_from(Kind),
    product=optional,
    serial=optional,
    lot=optional,
    expiry=st.none() | dates,
    expiry_precision=st.none() | st.sampled_from(["day", "month"]),
    production=st.none() | dates,
    level=st.sampled_from(Level),
    symbology=texts,
    entry=st.sampled_from(["scan", "manual"]),
    state=texts,
    quantity=st.none() | st.integers(0, 10**6),
    units=st.none() | st.integers(0, 10**6),
    remaining=st.none() | st.integers(0, 10**6),
    out=st.none() | st.integers(0, 10**6),
    parent=optional,
    place=texts,
)
moments = st.builds(
    Moment,
    at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
    ),
    mono_ms=st.integers(0, 2**50),
    boot=texts,
    trust=st.sampled_from(["wall", "suspect"]),
)
events = st.builds(
    Event,
    event_id=texts,
    ledger_id=texts,
    seq=st.integers(1, 2**40),
    kind=st.sampled_from(EventKind),
    moment=moments,
    device_id=texts,
    operator=texts,
    place=texts,
    packs=st.lists(packs, max_size=3).map(tuple),
    partner=optional,
    documents=st.lists(st.builds(DocumentRef, texts, texts, optional), max_size=2).map(tuple),
    reason=optional,
    second=optional,
    flags=st.lists(texts, max_size=3).map(tuple),
    verdict=texts,
    detail=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)


@given(events)
def test_an_event_comes_back_from_its_bytes_and_gives_the_same_bytes_again(event: Event) -> None:
    body = event.canonical()
    back = Event.from_canonical(body)
    assert back == event
    assert back.canonical() == body


@given(events)
def test_canonical_bytes_are_sorted_compact_json(event: Event) -> None:
    raw = json.loads(event.canonical())
    assert list(raw) == sorted(raw)
    assert raw["v"] == 1
    assert not any(isinstance(value, float) for value in raw.values())
    # Whatever library writes them: who verifies an export elsewhere has only this rule to go by.
    again = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode("utf-8") == event.canonical()


def test_the_link_is_sha256_of_previous_hash_and_body() -> None:
    assert link(GENESIS, b"body") == hashlib.sha256(bytes(32) + b"body").digest()


def test_event_ids_are_uuid_version_7_with_the_moments_milliseconds() -> None:
    moment = Moment(AT, 5, "boot")
    ids = [new_event_id(moment) for _ in range(1000)]
    assert len(set(ids)) == 1000
    for text in ids:
        made = UUID(text)
        assert made.version == 7
        assert made.variant == "specified in RFC 4122"
        assert made.int >> 80 == int(AT.timestamp() * 1000)
