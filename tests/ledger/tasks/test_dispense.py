"""Split packs, the pack that expires first, and medicines that leave the zone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ledger.capture import Outcome
from ledger.pack import State
from ledger.situation import Policy, TakeOut
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import K, pack, said, state, whole


def test_split_pack_is_opened_counted_and_closed_by_its_last_unit(counter: Counter) -> None:
    counter.receive(gs1())
    asked = counter.dispense(gs1(), quantity=4, document="RX-1")
    assert (asked.outcome, asked.needs) == ("asked", ("units",))
    first = counter.dispense(gs1(), quantity=4, units=10, document="RX-1")
    assert first.event is not None and "opened" in first.event.flags
    assert counter.dispense(gs1(), quantity=4, units=10, document="RX-1").outcome is Outcome.REPEATED
    assert (state(counter, gs1()), pack(counter, gs1()).remaining) == (State.OPENED, 6)
    how_many = counter.dispense(gs1(), document="RX-2")
    assert (how_many.outcome, how_many.needs) == ("asked", ("quantity",))
    too_many = counter.dispense(gs1(), quantity=7, document="RX-2")
    assert said(too_many) == {"quantity_too_large"}
    last = counter.dispense(gs1(), quantity=6, document="RX-2")
    assert last.outcome is Outcome.ACCEPTED
    now = pack(counter, gs1())
    assert (now.state, now.remaining, now.out, now.units) == (State.DISPENSED, 0, 10, 10)
    assert whole(counter)


def test_same_number_from_the_same_pack_a_moment_later_asks(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1(), quantity=2, units=10)
    assert said(counter.dispense(gs1(), quantity=2)) == {"split_again"}
    assert counter.dispense(gs1(), quantity=2, reason="second patient").outcome is Outcome.ACCEPTED
    assert pack(counter, gs1()).remaining == 6


def test_part_of_a_split_pack_comes_back_to_the_same_serial(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1(), quantity=4, units=10)
    asked = counter.scan(gs1(), K.RETURN, reason="stopped")
    assert asked.needs == ("quantity",)
    assert "return_too_many" in said(counter.scan(gs1(), K.RETURN, reason="stopped", quantity=5))
    back = counter.scan(gs1(), K.RETURN, reason="stopped", quantity=3)
    assert (back.outcome, said(back)) == ("accepted", {"returned_units_apart"})
    now = pack(counter, gs1())
    assert (now.state, now.remaining, now.out) == (State.OPENED, 6, 1)


def test_undo_of_a_split_gives_the_units_back(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1(), quantity=4, units=10, document="RX-1")
    counter.dispense(gs1(), quantity=3, document="RX-2")
    counter.scan(gs1(), K.UNDO)
    assert (state(counter, gs1()), pack(counter, gs1()).remaining) == (State.OPENED, 6)


def test_opened_pack_is_good_for_its_days_only(tmp_path: Path) -> None:
    counter = Counter(tmp_path, Policy(opened_days=7))
    try:
        counter.receive(gs1())
        counter.dispense(gs1(), quantity=1, units=10)
        counter.time += timedelta(days=7)
        assert counter.dispense(gs1(), quantity=1).outcome is Outcome.ACCEPTED
        counter.time += timedelta(days=1)
        assert said(counter.dispense(gs1(), quantity=1)) == {"opened_too_long"}
    finally:
        counter.close()


def test_a_pack_that_expires_earlier_is_offered_first(counter: Counter) -> None:
    counter.receive(gs1("late", "290131", "L2"), place="B-1")
    counter.receive(gs1("soon", "280131", "L1"), place="A-1")
    asked = counter.dispense(gs1("late", "290131", "L2"))
    assert (asked.outcome, said(asked)) == ("asked", {"fefo"})
    params = dict(next(problem for problem in asked.problems if problem.code == "fefo").params)
    assert params == {"lot": "L1", "expiry": "2028-01-31", "place": "A-1"}
    told = counter.dispense(gs1("late", "290131", "L2"), reason="the other one is reserved")
    assert told.event is not None and "not_first_to_expire" in told.event.flags
    assert counter.dispense(gs1("soon", "280131", "L1")).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("out", "outcome", "word"),
    [
        (TakeOut(4, "F-1", consent=True), "accepted", None),
        (TakeOut(4), "asked", "take_out_needs_filing"),
        (TakeOut(5, "F-1", consent=True), "asked", "take_out_needs_assessment"),
        (TakeOut(12, "F-1", consent=True, assessed=True, signed=True), "accepted", None),
        (TakeOut(13, "F-1", consent=True, assessed=True, signed=True), "refused", "take_out_too_long"),
    ],
)
def test_take_out_of_the_zone(counter: Counter, out: TakeOut, outcome: str, word: str | None) -> None:
    counter.receive(gs1())
    answer = counter.dispense(gs1(), take_out=out)
    assert answer.outcome == outcome
    assert word is None or word in said(answer)


def test_next_portion_for_the_same_prescription_is_asked_about_and_recorded(counter: Counter) -> None:
    counter.receive(gs1())
    answers: dict[str, object] = {"document": "RX-1", "quantity": 3}
    first = counter.dispense(gs1(), units=10, **answers)
    assert first.outcome is Outcome.ACCEPTED
    assert counter.dispense(gs1(), **answers).outcome is Outcome.REPEATED, "the scanner was pressed twice"
    counter.time += timedelta(days=1)
    asked = counter.dispense(gs1(), **answers)
    assert (asked.outcome, said(asked)) == (Outcome.ASKED, {"split_again"})
    again = counter.dispense(gs1(), reason="the next three days", **answers)
    assert (again.outcome, pack(counter, gs1()).remaining) == (Outcome.ACCEPTED, 4)
