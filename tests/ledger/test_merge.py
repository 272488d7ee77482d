"""One history out of two: the order that can be known, what contradicts, and the same end whatever came first."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.codes.code import Kind
from ledger.event import Event, EventKind, PackFacts
from ledger.heapmerge import heap_sums
from ledger.merge import Told, merge
from ledger.moment import Moment
from ledger.pack import State
from tests.ledger.counter import NOON

KEY = "gs1:09521234000013/S1"
HEAP = "heap:09521234000013/L1"
K = EventKind
LEADS = {K.RECEIVE: "in_stock", K.DISPENSE: "dispensed", K.QUARANTINE: "quarantined", K.MOVE: "in_stock"}
_ids = itertools.count()


def event(kind: EventKind, minute: float, device: str, seq: int, state: str = "", **facts: object) -> Event:
    detail = facts.pop("detail", ())
    return Event(
        f"e{next(_ids)}",
        "",
        seq,
        kind,
        Moment(NOON + timedelta(minutes=minute), 0, ""),
        device,
        "op",
        "",
        (PackFacts(KEY, Kind.GS1, "09521234000013", "S1", state=state, **facts),),  # type: ignore[arg-type]
        detail=detail,  # type: ignore[arg-type]
    )


def own(kind: EventKind, minute: float, seq: int) -> Event:
    return event(kind, minute, "own", seq, LEADS[kind])


def told(
    kind: EventKind, minute: float, seq: int, device: str = "b", after: int = 99, **rest: object
) -> Told:
    return Told(event(kind, minute, device, seq, **rest), after)  # type: ignore[arg-type]


def state_of(facts: PackFacts | None) -> str:
    return facts.state if facts else "unknown"


def test_what_was_dispensed_there_is_dispensed() -> None:
    found = merge(KEY, [own(K.RECEIVE, 0, 1)], [told(K.DISPENSE, 5, 1)])
    assert (state_of(found.facts), found.contradictions) == ("dispensed", ())


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 0)])
def test_a_clock_that_is_wrong_does_not_put_a_dispensed_pack_back_on_the_shelf(
    first: int, second: int
) -> None:
    found = merge(KEY, [own(K.RECEIVE, first, 1)], [told(K.DISPENSE, second, 1)])
    assert (state_of(found.facts), found.contradictions) == ("dispensed", ())


def test_two_dispenses_contradict_each_other() -> None:
    late = told(K.DISPENSE, 6, 1)
    found = merge(KEY, [own(K.RECEIVE, 0, 1), own(K.DISPENSE, 5, 2)], [late])
    assert state_of(found.facts) == "dispensed"
    assert found.contradictions == (late.event,)
    assert len(found.events) == 2


def test_a_pack_dispensed_there_although_set_apart_here_is_with_the_patient_and_a_person_looks() -> None:
    late = told(K.DISPENSE, 6, 1)
    found = merge(KEY, [own(K.RECEIVE, 0, 1), own(K.QUARANTINE, 5, 2)], [late])
    assert (state_of(found.facts), found.contradictions) == ("dispensed", (late.event,))


def test_what_was_recorded_knowing_of_it_comes_after_it_whatever_the_clocks_say() -> None:
    over_there = told(K.RECEIVE, 60, 1, after=0)
    found = merge(KEY, [own(K.QUARANTINE, 0, 1)], [over_there])
    assert [one.kind for one in found.events] == [K.RECEIVE, K.QUARANTINE]
    assert state_of(found.facts) == "quarantined"


def test_an_answer_comes_after_what_it_answers() -> None:
    mine = own(K.DISPENSE, 60, 2)
    undo = told(K.UNDO, 0, 1, detail=(("undoes", mine.event_id),))
    found = merge(KEY, [own(K.RECEIVE, 0, 1), mine], [undo])
    assert (state_of(found.facts), found.contradictions) == ("in_stock", ())


def test_both_counters_take_units_of_one_opened_pack() -> None:
    mine = event(K.DISPENSE, 5, "own", 2, "opened", quantity=3, units=10, remaining=7, out=3)
    there = told(K.DISPENSE, 6, 1, quantity=4, remaining=6)
    found = merge(KEY, [own(K.RECEIVE, 0, 1), mine], [there])
    assert found.facts is not None
    assert (found.facts.state, found.facts.remaining, found.facts.out) == ("opened", 3, 7)
    over = merge(KEY, [own(K.RECEIVE, 0, 1), mine], [there, told(K.DISPENSE, 7, 2, quantity=5, remaining=1)])
    assert over.facts is not None
    assert (over.facts.remaining, len(over.contradictions)) == (0, 1)


def test_a_heap_is_what_all_put_in_less_what_all_took() -> None:
    def facts(remaining: int, out: int = 0) -> PackFacts:
        return PackFacts(HEAP, Kind.GS1, "09521234000013", None, "L1", remaining=remaining, out=out)

    def heap(kind: EventKind, seq: int, body: PackFacts) -> Event:
        return Event(f"h{next(_ids)}", "", seq, kind, Moment(NOON, 0, ""), "own", "op", "", (body,))

    mine = [heap(K.RECEIVE, 1, facts(10)), heap(K.DISPENSE, 2, facts(8, 2))]
    there = [Told(heap(K.RECEIVE, 1, PackFacts(HEAP, Kind.GS1, quantity=5)), 2)]
    assert heap_sums(HEAP, mine, there) == (13, 2)
    adopted = [*mine, heap(K.ADOPTED, 3, facts(13, 2)), heap(K.DISPENSE, 4, facts(12, 3))]
    assert heap_sums(HEAP, adopted, there) == (12, 3)


KINDS = st.sampled_from(
    [K.RECEIVE, K.DISPENSE, K.QUARANTINE, K.RELEASE, K.MOVE, K.DESTROY, K.RETURN, K.COUNT]
)
TOLD = st.lists(st.tuples(KINDS, st.integers(0, 30), st.sampled_from("bcd")), max_size=7)


@settings(max_examples=200, deadline=None)
@given(TOLD, st.randoms())
def test_the_end_is_the_same_in_whatever_order_it_was_heard(
    drawn: list[tuple[K, int, str]], random: object
) -> None:
    others = [told(kind, minute, seq, device) for seq, (kind, minute, device) in enumerate(drawn)]
    mine = [own(K.RECEIVE, 3, 1)]
    shuffled = list(others)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = merge(KEY, mine, others), merge(KEY, mine, shuffled)
    assert first == second
    assert first.facts is not None
    State(first.facts.state)
    seen = [one.event_id for one in (*first.events, *first.contradictions)]
    assert len(set(seen)) >= len(first.events)
    if any(kind is K.DISPENSE for kind, _, _ in drawn) and not any(
        kind in (K.RETURN, K.COUNT) for kind, _, _ in drawn
    ):
        # Nobody brought it back: whatever else the others did, it is not on the shelf.
        assert first.facts.state not in ("in_stock", "opened")
