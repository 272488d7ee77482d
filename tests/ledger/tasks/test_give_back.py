"""Undo, returns of patients and returns to the supplier."""

from __future__ import annotations

from datetime import timedelta

from ledger.capture import Outcome
from ledger.pack import State
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import K, asks_then, pack, said, state, whole


def test_undo_gives_back_the_state_before_the_dispense(counter: Counter) -> None:
    counter.receive(gs1(), place="A-1")
    dispensed = counter.dispense(gs1())
    undone = counter.scan(gs1(), K.UNDO)
    assert undone.outcome is Outcome.ACCEPTED
    assert undone.event is not None and dispensed.event is not None
    assert undone.event.told("undoes") == dispensed.event.event_id
    assert (state(counter, gs1()), pack(counter, gs1()).place) == (State.IN_STOCK, "A-1")
    assert counter.scan(gs1(), K.UNDO).outcome is Outcome.REPEATED
    assert counter.dispense(gs1()).outcome is Outcome.ACCEPTED
    assert whole(counter)


def test_undo_after_the_window_or_after_expiry_goes_to_quarantine(counter: Counter) -> None:
    soon, later = gs1("B", "261225"), gs1("A")
    counter.receive(soon)
    counter.time += timedelta(days=27)
    counter.dispense(soon, reason="x")
    counter.time += timedelta(days=9)
    assert said(counter.scan(soon, K.UNDO)) == {"undone_to_quarantine"}
    assert state(counter, soon) is State.QUARANTINED
    counter.receive(later)
    counter.dispense(later)
    counter.time += timedelta(days=11)
    undone = counter.scan(later, K.UNDO)
    assert (undone.outcome, said(undone)) == ("accepted", {"undone_late_to_quarantine"})
    assert state(counter, later) is State.QUARANTINED


def test_undo_of_a_pack_that_was_never_received_makes_it_unknown_again(counter: Counter) -> None:
    counter.dispense(gs1(), reason="borrowed")
    assert counter.scan(gs1(), K.UNDO).outcome is Outcome.ACCEPTED
    assert state(counter, gs1()) is State.UNKNOWN
    assert counter.receive(gs1()).outcome is Outcome.ACCEPTED


def test_only_a_dispense_is_undone(counter: Counter) -> None:
    counter.receive(gs1())
    for text in (gs1(), gs1("never-seen")):
        refused = counter.scan(text, K.UNDO)
        assert (refused.outcome, said(refused)) == ("refused", {"nothing_to_undo"})


def test_what_a_patient_brings_back_goes_to_quarantine_never_to_stock(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    done = asks_then(counter, K.RETURN, gs1(), ("reason",), reason="not tolerated")
    assert state(counter, gs1()) is State.QUARANTINED
    assert done.event is not None and done.event.told("returns")
    assert said(counter.scan(gs1("X"), K.RETURN)) == {"return_not_dispensed"}


def test_supplier_return_ends_the_pack_until_it_is_received_again(counter: Counter) -> None:
    counter.receive(gs1())
    asks_then(counter, K.SUPPLIER_RETURN, gs1(), ("reason",), reason="damaged carton")
    assert state(counter, gs1()) is State.RETURNED
    assert "pack_returned" in said(counter.dispense(gs1(), reason="x"))
    again = counter.receive(gs1())
    assert (again.outcome, said(again)) == ("accepted", {"received_again"})


def test_each_patient_may_bring_units_of_one_pack_back(counter: Counter) -> None:
    counter.receive(gs1())
    assert counter.dispense(gs1(), quantity=5, units=10).outcome is Outcome.ACCEPTED
    assert counter.dispense(gs1(), quantity=5, reason="another patient").outcome is Outcome.ACCEPTED
    answers: dict[str, object] = {"quantity": 3, "reason": "unused"}
    assert counter.scan(gs1(), K.RETURN, **answers).outcome is Outcome.ACCEPTED
    assert counter.scan(gs1(), K.RETURN, **answers).outcome is Outcome.REPEATED
    counter.time += timedelta(hours=1)
    second = counter.scan(gs1(), K.RETURN, **answers)
    assert (second.outcome, said(second)) == (Outcome.ACCEPTED, {"returned_units_apart"})
    assert (pack(counter, gs1()).out, pack(counter, gs1()).remaining) == (4, 3)
    counter.time += timedelta(hours=1)
    assert said(counter.scan(gs1(), K.RETURN, quantity=5, reason="unused")) == {"return_too_many"}
    assert counter.scan(gs1(), K.RETURN, quantity=4, reason="unused").outcome is Outcome.ACCEPTED
    counter.time += timedelta(hours=1)
    assert counter.scan(gs1(), K.RETURN, quantity=1, reason="unused").outcome is Outcome.REPEATED
    assert whole(counter)
