"""The site's row of goods without serial, carried on from record to record, is what all records together say."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.capture import Scanned, Workplace, capture, void_event
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.event import Event, EventKind, PackFacts
from ledger.heapmerge import heap_facts
from ledger.merge import standing
from ledger.situation import Policy
from tests.ledger import papers
from tests.ledger.counter import CHINA, GTIN, NOON, intent_of, wire

K = EventKind
KEYS = (f"heap:{GTIN}/L1", f"heap:{GTIN}/L1#quarantine")
LATE, EARLY = f"01{GTIN}1728013110L1", f"01{GTIN}1727123110L1"


class Desk:
    """A counter in memory; the platform's part is played by a list."""

    def __init__(self, name: str, told: list[Event]) -> None:
        self.store, self.time = papers.store(), NOON
        self.store.device_id = name
        self.workplace = Workplace(Clock(lambda: self.time, CHINA), Policy(), wire)
        self.told, self.heard, self.sent = told, 0, 0

    def scan(self, text: str, kind: EventKind, number: int) -> None:
        self.time += timedelta(minutes=2)
        with self.store.transaction():
            intent = intent_of(kind, quantity=number, reason="r")
            capture(self.store, self.workplace, Scanned(text, Entry.WEDGE), intent)

    def void(self) -> None:
        """Declare this desk's last record of the heap wrong."""
        pack = self.store.look_up(KEYS[0])
        events = standing(self.store.events_of(pack.pack_id)) if pack else ()
        own = [one for one in events if one.kind is not K.ADOPTED]
        if own:
            with self.store.transaction():
                void_event(self.store, self.workplace, own[-1], intent_of(K.VOID, reason="r"))

    def sync(self, shuffled: random.Random) -> None:
        events = [Event.from_canonical(body) for _, body, _ in self.store.chain()]
        self.told += [one for one in events[self.sent :] if one.kind is not K.ADOPTED]
        self.sent = len(events)
        news, self.heard = self.told[self.heard :], len(self.told)
        shuffled.shuffle(news)
        with self.store.transaction():
            for event in news:
                voids = event.told("voids")
                if voids and not self.store.site.is_own(voids):
                    self.store.site.hear_void(voids, "")
                elif not voids:
                    self.store.site.hear(event)

    def row(self, key: str) -> tuple[object, ...] | None:
        """What the site's row says."""
        found = self.store.site._heap(key)
        return _numbers(found) if found else None

    def anew(self, key: str) -> tuple[object, ...] | None:
        """What all records together say."""
        found = heap_facts(key, self.store.site._own_events(key), self.store.site._told(key))
        return _numbers(found) if found else None


def _numbers(heap: PackFacts) -> tuple[object, ...]:
    return heap.state, heap.remaining or 0, heap.out or 0, heap.expiry


DEEDS = st.tuples(
    st.integers(0, 1),
    st.sampled_from(
        [K.RECEIVE, K.DISPENSE, K.UNDO, K.RETURN, K.QUARANTINE, K.RELEASE, K.COUNT, "void", "sync"]
    ),
    st.integers(1, 4),
    st.sampled_from([LATE, EARLY]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(DEEDS, max_size=25), st.randoms(use_true_random=False))
def test_a_row_carried_on_is_a_row_made_anew(
    deeds: list[tuple[int, object, int, str]], shuffled: random.Random
) -> None:
    told: list[Event] = []
    desks = [Desk(name, told) for name in "ab"]
    for desk in desks:
        desk.scan(LATE, K.RECEIVE, 9)
        desk.sync(shuffled)
    for which, deed, number, text in deeds:
        desk = desks[which]
        if deed == "sync":
            desk.sync(shuffled)
        elif deed == "void":
            desk.void()
        else:
            desk.scan(text, EventKind(deed), number)
        for one in desks:
            for key in KEYS:
                if one.store.site.is_told(key):
                    assert one.row(key) == one.anew(key)
    for desk in desks * 2:
        desk.sync(shuffled)
    if any(deed is K.COUNT for _, deed, _, _ in deeds):
        return  # what was counted at one counter is that counter's number alone
    # Who alone knows of a heap has no row of the site beside its own. How much of it lies apart is told by the
    # platform's form of an event (tests/sync/test_two_counters.py), which is not in play here.
    rows = [desk.row(KEYS[0]) for desk in desks if desk.row(KEYS[0])]
    assert len({row[1:3] for row in rows if row}) <= 1


def test_a_record_or_a_telling_reads_no_more_of_a_long_history() -> None:
    told: list[Event] = []
    desks = [Desk(name, told) for name in "ab"]
    same = random.Random(1)
    for desk in desks:
        desk.scan(LATE, K.RECEIVE, 50)
        desk.sync(same)
    for _ in range(30):
        for desk in desks:
            desk.scan(LATE, K.DISPENSE, 1)
    for desk in desks:
        desk.sync(same)
    read: list[bytes] = []
    whole = Event.from_canonical

    def counted(body: bytes) -> Event:
        read.append(body)
        return whole(body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Event, "from_canonical", staticmethod(counted))
        desks[0].scan(LATE, K.DISPENSE, 1)
    assert 0 < len(read) < 8
