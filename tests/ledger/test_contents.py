"""What lies in a case goes where the case goes, each pack under its own rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit, check
from ledger.capture import Captured, Outcome, void_event
from ledger.catalog import Product
from ledger.codes.code import Level
from ledger.codes.identify import identify
from ledger.event import EventKind
from ledger.pack import Pack, State
from ledger.recalls import Recall
from ledger.situation import Intent
from ledger.store import Store
from ledger.trees import Child
from tests.ledger.counter import GTIN, TODAY, Counter, gs1

K = EventKind
PALLET, CASE = "00095212340000000013", "00095212340000000020"
SITE = "9521999000006"
SERIALS = "ABC"


def key(text: str) -> str:
    found = identify(text).key
    assert found is not None
    return found


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown", "no_serial"}


def state(counter: Counter, text: str) -> State:
    found = counter.store(lambda store: store.look_up(key(text)))
    assert isinstance(found, Pack), text
    return found.state


def states(counter: Counter, *texts: str) -> list[str]:
    return [state(counter, text).value for text in (*texts, *(gs1(one) for one in SERIALS))]


@pytest.fixture
def loaded(counter: Counter) -> Counter:
    """A case with three packs in it, received in one scan and put on a pallet."""
    for one in SERIALS:
        child = Child(key(gs1(one)), GTIN, one, "L1", date(2028, 1, 31), "day", Level.UNIT)
        counter.store(lambda store, c=child: store.trees.put(key(CASE), c))
    assert counter.receive(CASE).outcome is Outcome.ACCEPTED
    assert counter.scan(CASE, K.PACK, parent=identify(PALLET)).outcome is Outcome.ACCEPTED
    return counter


def test_case_is_received_with_all_that_is_declared_in_it(loaded: Counter) -> None:
    assert set(states(loaded, PALLET, CASE)) == {"in_stock"}
    assert loaded.receive(gs1("A")).outcome is Outcome.REPEATED


def test_what_lies_in_it_travels_and_arrives_with_it(loaded: Counter) -> None:
    gone = loaded.scan(PALLET, K.TRANSFER_OUT, partner=SITE)
    assert gone.event is not None and len(gone.event.packs) == 5
    assert set(states(loaded, PALLET, CASE)) == {"in_transit"}
    back = loaded.scan(PALLET, K.TRANSFER_IN, partner=SITE)
    assert back.event is not None and "case_expanded" in said(back)
    assert set(states(loaded, PALLET, CASE)) == {"in_stock"}
    loaded.time += timedelta(minutes=10)
    assert loaded.scan(PALLET, K.VOID, reason="not yet here").outcome is Outcome.ACCEPTED
    assert set(states(loaded, PALLET, CASE)) == {"in_transit"}
    assert loaded.store(check).projection_ok  # type: ignore[attr-defined]


def test_what_has_spoilt_on_the_way_is_set_apart_alone(loaded: Counter) -> None:
    loaded.scan(CASE, K.TRANSFER_OUT, partner=SITE)
    recall = Recall("RC-1", GTIN, serial="B", day=TODAY)
    loaded.store(lambda store: store.recalls.put(recall))
    loaded.scan(CASE, K.TRANSFER_IN, partner=SITE)
    assert states(loaded, CASE) == ["in_stock", "in_stock", "quarantined", "in_stock"]


def test_case_damaged_on_the_way_arrives_in_quarantine_whole(loaded: Counter) -> None:
    loaded.scan(CASE, K.TRANSFER_OUT, partner=SITE)
    loaded.scan(CASE, K.TRANSFER_IN, partner=SITE, damaged="temperature")
    assert set(states(loaded, CASE)) == {"quarantined"}


@pytest.mark.parametrize("why", ["quarantined", "expired", "recalled"])
def test_case_that_holds_what_may_not_leave_stays(loaded: Counter, why: str) -> None:
    if why == "quarantined":
        loaded.scan(gs1("B"), K.QUARANTINE, reason="wet")
    elif why == "recalled":
        loaded.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, serial="B", day=TODAY)))
    else:
        loaded.time += timedelta(days=600)
    answer = loaded.scan(CASE, K.TRANSFER_OUT, partner=SITE)
    assert (answer.outcome, said(answer)) == ("refused", {"case_holds_unfit"})
    if why != "expired":
        loaded.scan(gs1("B"), K.UNPACK)
        assert loaded.scan(CASE, K.TRANSFER_OUT, partner=SITE).outcome is Outcome.ACCEPTED
        assert state(loaded, gs1("A")) is State.IN_TRANSIT and state(loaded, gs1("B")) is not State.IN_TRANSIT


def test_case_is_set_apart_and_let_back_whole_but_for_what_is_unfit(loaded: Counter) -> None:
    loaded.scan(CASE, K.QUARANTINE, reason="too warm")
    assert set(states(loaded, CASE)) == {"quarantined"}
    assert loaded.dispense(gs1("A")).outcome is Outcome.REFUSED, "no pack of it slips to the counter"
    loaded.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, serial="C", day=TODAY)))
    back = loaded.scan(CASE, K.RELEASE, reason="logger read, in range")
    assert "case_partly_released" in said(back)
    assert states(loaded, CASE) == ["in_stock", "in_stock", "in_stock", "quarantined"]


def test_end_of_a_case_is_the_end_of_all_in_it(loaded: Counter) -> None:
    loaded.scan(gs1("A"), K.QUARANTINE, reason="wet")
    done = loaded.scan(CASE, K.DESTROY, reason="burnt", second="op-2")
    assert done.event is not None and len(done.event.packs) == 4
    assert set(states(loaded, CASE)) == {"destroyed"} and state(loaded, PALLET) is State.IN_STOCK


def test_case_goes_back_to_the_supplier_and_comes_again(loaded: Counter) -> None:
    loaded.scan(CASE, K.SUPPLIER_RETURN, reason="ordered twice")
    assert set(states(loaded, CASE)) == {"returned"}
    loaded.receive(CASE)
    assert set(states(loaded, CASE)) == {"in_stock"}


def test_case_is_moved_and_counted_with_all_in_it(loaded: Counter) -> None:
    loaded.scan(CASE, K.MOVE, place="R-7")
    place = loaded.store(lambda store: store.look_up(key(gs1("C"))).place)  # type: ignore[attr-defined]
    assert place == "R-7"
    lost = loaded.scan(CASE, K.COUNT, missing=True, reason="not on the shelf")
    assert lost.outcome is Outcome.ACCEPTED and set(states(loaded, CASE)) == {"lost"}
    loaded.time += timedelta(days=1)
    found = loaded.scan(CASE, K.COUNT, reason="stood in the corridor")
    assert found.outcome is Outcome.ACCEPTED and set(states(loaded, CASE)) == {"in_stock"}
    loaded.time += timedelta(days=1)
    counted = loaded.scan(CASE, K.COUNT)
    assert counted.event is not None and len(counted.event.packs) == 4


def test_case_is_never_put_into_what_lies_in_it(loaded: Counter) -> None:
    answer = loaded.scan(PALLET, K.PACK, parent=identify(CASE))
    assert (answer.outcome, said(answer)) == ("refused", {"pack_into_itself"})


# -- goods without serial in two heaps

LOT_ONLY = f"01{GTIN}1728013110L1"


def heaps(counter: Counter) -> tuple[int, int]:
    def look(name: str) -> int:
        found = counter.store(lambda store: store.look_up(name))
        return (found.remaining or 0) if isinstance(found, Pack) else 0

    return look(f"heap:{GTIN}/L1"), look(f"heap:{GTIN}/L1#quarantine")


@pytest.mark.parametrize("verb", [K.DESTROY, K.SUPPLIER_RETURN])
@pytest.mark.parametrize(("apart", "left"), [(True, (3, 0)), (False, (1, 2))])
def test_what_ends_is_taken_from_the_heap_that_is_meant(
    counter: Counter, verb: EventKind, apart: bool, left: tuple[int, int]
) -> None:
    counter.receive(LOT_ONLY, quantity=5)
    counter.scan(LOT_ONLY, K.QUARANTINE, quantity=2, reason="wet")
    answers: dict[str, object] = {"quantity": 2, "reason": "wet", "second": "op-2"}
    asked = counter.scan(LOT_ONLY, verb, **answers)
    assert (asked.outcome, asked.needs, said(asked)) == ("asked", ("apart",), {"heap_which"})
    assert heaps(counter) == (3, 2)
    assert counter.scan(LOT_ONLY, verb, apart=apart, **answers).outcome is Outcome.ACCEPTED
    assert heaps(counter) == left


def test_only_heap_there_is_needs_no_choice_and_no_heap_gives_more_than_it_holds(counter: Counter) -> None:
    counter.receive(LOT_ONLY, quantity=2, damaged="damaged")
    answers: dict[str, object] = {"reason": "wet", "second": "op-2"}
    assert said(counter.scan(LOT_ONLY, K.DESTROY, quantity=3, **answers)) == {"quantity_too_large"}
    assert said(counter.scan(LOT_ONLY, K.DESTROY, apart=False, **answers)) == {"quantity_too_large"}
    assert counter.scan(LOT_ONLY, K.DESTROY, quantity=2, **answers).outcome is Outcome.ACCEPTED
    assert heaps(counter) == (0, 0)


def test_quarantined_heap_is_counted_for_itself(counter: Counter) -> None:
    counter.receive(LOT_ONLY, quantity=4)
    counter.scan(LOT_ONLY, K.QUARANTINE, quantity=3, reason="wet")
    assert counter.scan(LOT_ONLY, K.COUNT, quantity=3, apart=True).outcome is Outcome.ACCEPTED
    assert counter.scan(LOT_ONLY, K.COUNT, quantity=2, apart=True).needs == ("reason",)
    counter.scan(LOT_ONLY, K.COUNT, quantity=2, apart=True, reason="one broken")
    assert heaps(counter) == (1, 2)


@pytest.mark.parametrize("text", [LOT_ONLY, gs1("A")], ids=["lot", "serial"])
def test_two_persons_are_two(counter: Counter, text: str) -> None:
    counter.receive(text)
    asked = counter.scan(text, K.DESTROY, reason="wet")
    assert asked.needs == ("second",)
    alone = counter.scan(text, K.DESTROY, reason="wet", second="op-1")
    assert (alone.outcome, said(alone)) == ("refused", {"second_is_first"})
    product = Product(GTIN, "药", "drug", second_person=True)
    counter.store(lambda store: store.catalog.load([product]))
    assert counter.dispense(text).needs == ("second",)
    assert said(counter.dispense(text, second="op-1")) == {"second_is_first"}
    assert counter.dispense(text, second="op-2").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("why", ["expired", "recalled"])
def test_undone_heap_goods_that_are_unfit_go_to_quarantine(counter: Counter, why: str) -> None:
    counter.receive(LOT_ONLY, quantity=3)
    counter.dispense(LOT_ONLY)
    if why == "expired":
        counter.time = datetime(2028, 2, 1, tzinfo=UTC)
    else:
        counter.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, lot="L1", day=TODAY)))
    undone = counter.scan(LOT_ONLY, K.UNDO, reason="not taken")
    assert undone.outcome is Outcome.ACCEPTED and any("quarantine" in one for one in said(undone))
    assert heaps(counter) == (2, 1)


def test_near_expiry_of_a_heap_is_the_products_own(counter: Counter) -> None:
    counter.store(lambda store: store.catalog.load([Product(GTIN, "药", "drug", near_expiry_days=900)]))
    counter.receive(LOT_ONLY)
    assert "near_expiry" in said(counter.dispense(LOT_ONLY))


# -- random walks over cases and their packs

steps = st.tuples(
    st.sampled_from([kind for kind in K if kind in {
        K.RECEIVE, K.TRANSFER_OUT, K.TRANSFER_IN, K.SUPPLIER_RETURN, K.MOVE, K.QUARANTINE, K.RELEASE,
        K.DESTROY, K.COUNT, K.UNPACK, K.PACK, K.VOID, K.DISPENSE, K.UNDO}]),
    st.sampled_from([PALLET, CASE, gs1("A"), gs1("B", "261121")]),
    st.booleans(),
    st.sampled_from([0, 1, 48]),
)  # fmt: skip


heap_steps = st.tuples(
    st.sampled_from([
        K.RECEIVE, K.DISPENSE, K.UNDO, K.RETURN, K.QUARANTINE, K.RELEASE, K.DESTROY, K.SUPPLIER_RETURN,
        K.COUNT, K.TRANSFER_OUT, K.TRANSFER_IN, K.VOID]),
    st.integers(0, 6),
    st.sampled_from([None, True, False]),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(heap_steps, max_size=25))
def test_any_walk_of_heaps_with_voids_leaves_a_whole_ledger_and_no_number_below_zero(
    walk: list[tuple[EventKind, int, bool | None, bool]],
) -> None:
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for kind, quantity, apart, damaged in walk:
                if kind is K.VOID:
                    _void_the_latest(counter)
                else:
                    answers: dict[str, object] = {"reason": "r", "second": "op-2", "partner": SITE}
                    more = {"quantity": quantity, "apart": apart, "damaged": "damaged" if damaged else None}
                    counter.scan(LOT_ONLY, kind, **answers, **more)
                shelf, set_apart = heaps(counter)
                assert shelf >= 0 and set_apart >= 0
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok


def _void_the_latest(counter: Counter) -> None:
    """Declare the latest record wrong, whatever it was, as from a list."""

    def job(store: Store) -> Captured | None:
        if not store.head.seq:
            return None
        event = store.event(store.head.seq)
        if event.kind is K.VOID:
            return None
        return void_event(store, counter.workplace, event, Intent(K.VOID, "op-1", reason="r"))

    answer = counter.writer.run(job)
    assert answer is None or answer.outcome is Outcome.ACCEPTED


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=25))
def test_any_walk_of_cases_is_legal_and_leaves_a_whole_ledger(
    walk: list[tuple[EventKind, str, bool, int]],
) -> None:
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for one, day in (("A", date(2028, 1, 31)), ("B", date(2026, 11, 21))):
                child = Child(key(gs1(one)), GTIN, one, "L1", day, "day", Level.UNIT)
                counter.store(lambda store, c=child: store.trees.put(key(CASE), c))
            counter.receive(CASE)
            counter.scan(CASE, K.PACK, parent=identify(PALLET))
            for kind, text, flag, hours in walk:
                answers: dict[str, object] = {"reason": "r", "second": "op-2", "partner": SITE, "place": "P"}
                answers |= {"missing": flag and kind is K.COUNT, "damaged": "damaged" if flag else None}
                answer = counter.scan(text, kind, parent=identify(CASE), **answers)
                assert answer.event is not None or answer.problems
                counter.time += timedelta(hours=hours)
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok
