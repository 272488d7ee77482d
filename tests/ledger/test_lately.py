"""Goods without serial have one long history: a scan looks at its end alone, and decides as if it had read it all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.capture import Outcome, Scanned, Workplace, capture, void_event
from ledger.clock import Clock
from ledger.codes.code import Entry, Level
from ledger.event import Event, EventKind
from ledger.merge import standing
from ledger.situation import Policy
from ledger.trees import Child
from tests.ledger import papers
from tests.ledger.counter import CHINA, GTIN, NOON, Counter, intent_of, wire

K = EventKind
CASE = "00095212340000000013"
HEAP = f"01{GTIN}1728013110L1"
DEEDS = st.lists(
    st.tuples(st.sampled_from([K.DISPENSE, K.UNDO, K.RETURN, K.QUARANTINE, K.VOID]), st.integers(1, 3))
)


@settings(max_examples=60, deadline=None)
@given(DEEDS)
def test_the_end_of_a_history_is_the_end_of_all_of_it(deeds: list[tuple[EventKind, int]]) -> None:
    store, time = papers.store(), NOON
    workplace = Workplace(Clock(lambda: time, CHINA), Policy(), wire)
    with store.transaction():
        capture(store, workplace, Scanned(HEAP, Entry.WEDGE), intent_of(K.RECEIVE, quantity=9))
    pack = store.look_up(f"heap:{GTIN}/L1")
    assert pack is not None
    for kind, number in deeds:
        time += timedelta(minutes=1)
        whole = standing(store.events_of(pack.pack_id))
        intent = intent_of(kind, quantity=number, reason="r")
        with store.transaction():
            if kind is K.VOID and whole:
                done = void_event(store, workplace, whole[-1], intent)
                assert done.outcome is Outcome.ACCEPTED
                before = [one for event in whole[:-1] for one in event.packs if one.key == pack.key]
                left = store.look_up(pack.key)
                assert left is not None and (left.remaining or 0) == (
                    (before[-1].remaining or 0) if before else 0
                )
            elif kind is not K.VOID:
                capture(store, workplace, Scanned(HEAP, Entry.WEDGE), intent)
        events = store.events_of(pack.pack_id)
        whole = standing(events)
        for wanted in (K.DISPENSE, K.RECEIVE):
            since = store.latest_of(pack.pack_id, lambda event, wanted=wanted: event.kind is wanted)
            assert since == events[len(events) - len(since) :]
            found = [one for one in whole if one.kind is wanted]
            assert [one for one in standing(since) if one.kind is wanted] == found[-1:]


def test_a_scan_reads_no_more_of_a_long_history(counter: Counter) -> None:
    counter.receive(HEAP, quantity=99)
    for _ in range(40):
        counter.time += timedelta(seconds=30)
        assert counter.dispense(HEAP, reason="r").outcome is Outcome.ACCEPTED
    with reads() as read:
        assert counter.dispense(HEAP, reason="r").outcome is Outcome.ACCEPTED
        assert counter.scan(HEAP, K.UNDO).outcome is Outcome.ACCEPTED
    assert 0 < len(read) < 6


def test_a_void_of_a_case_reads_each_record_once(counter: Counter) -> None:
    for serial in range(30):
        child = Child(f"gs1:{GTIN}/{serial}", GTIN, str(serial), "L1", date(2028, 1, 31), "day", Level.UNIT)
        counter.store(lambda store, c=child: store.trees.put(f"sscc:{CASE[2:]}", c))
    came = counter.receive(CASE).event
    assert came is not None and len(came.packs) == 31
    counter.scan(CASE, K.QUARANTINE, reason="r")
    counter.time += timedelta(minutes=5)
    with reads() as read:
        assert counter.scan(CASE, K.VOID, reason="r").outcome is Outcome.ACCEPTED
    assert 0 < len(read) < 6
    with reads() as read:
        assert counter.scan(CASE, K.QUARANTINE, reason="r").outcome is Outcome.ACCEPTED
        assert counter.scan(CASE, K.COUNT, missing=True, reason="r").outcome is Outcome.ACCEPTED
        assert counter.scan(CASE, K.COUNT, reason="r").outcome is Outcome.ACCEPTED
    assert 0 < len(read) < 20


@contextmanager
def reads() -> Iterator[list[Event]]:
    """The events that are read meanwhile."""
    read: list[Event] = []
    whole = Event.from_canonical

    def counted(body: bytes) -> Event:
        read.append(whole(body))
        return read[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Event, "from_canonical", staticmethod(counted))
        yield read
