"""What was set apart stays apart until somebody lets it back for itself: lost and found, with its case or without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.audit import check
from ledger.capture import Captured, Outcome
from ledger.codes.code import Level
from ledger.codes.identify import identify
from ledger.conflicts import platform_says
from ledger.event import EventKind
from ledger.recalls import Recall
from ledger.trees import Child
from tests.ledger.counter import GTIN, TODAY, Counter, gs1

K = EventKind
CASE, PALLET, THEIRS = "00095212340000000013", "00095212340000000020", "9521999000013"
A, B = gs1("A"), gs1("B")


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def accepted(answer: Captured) -> Captured:
    assert answer.outcome is Outcome.ACCEPTED, said(answer)
    return answer


def states(counter: Counter, *texts: str) -> list[str]:
    found = [counter.store(lambda store, t=t: store.look_up(identify(t).key)) for t in texts]
    return [one.state.value for one in found]  # type: ignore[attr-defined]


def declare(counter: Counter) -> None:
    for one in "AB":
        child = Child(f"gs1:{GTIN}/{one}", GTIN, one, "L1", date(2028, 1, 31), "day", Level.UNIT)
        counter.store(lambda store, c=child: store.trees.put(f"sscc:{CASE[2:]}", c))


@pytest.fixture
def loaded(counter: Counter) -> Counter:
    """A case with two packs, received."""
    declare(counter)
    accepted(counter.receive(CASE))
    return counter


@pytest.mark.parametrize("how", ["arrived warm", "set apart", "brought back"])
def test_what_was_lost_from_quarantine_is_found_into_quarantine(counter: Counter, how: str) -> None:
    accepted(counter.receive(A, damaged="temperature" if how == "arrived warm" else None))
    if how == "set apart":
        accepted(counter.scan(A, K.QUARANTINE, reason="wet"))
    elif how == "brought back":
        accepted(counter.dispense(A))
        accepted(counter.scan(A, K.RETURN, reason="not wanted"))
    accepted(counter.scan(A, K.COUNT, missing=True, reason="gone"))
    found = accepted(counter.scan(A, K.COUNT, reason="behind the shelf"))
    assert states(counter, A) == ["quarantined"] and "found_back_to_quarantine" in said(found)


def test_what_was_lost_from_the_shelf_is_found_onto_it(counter: Counter) -> None:
    accepted(counter.receive(A))
    accepted(counter.scan(A, K.QUARANTINE, reason="wet"))
    counter.time += timedelta(minutes=5)
    accepted(counter.scan(A, K.VOID, reason="another one"))
    accepted(counter.scan(A, K.COUNT, missing=True, reason="gone"))
    accepted(counter.scan(A, K.COUNT, reason="found"))
    assert states(counter, A) == ["in_stock"]


def test_what_was_set_apart_in_a_case_is_apart_when_the_case_is_found(loaded: Counter) -> None:
    accepted(loaded.scan(A, K.QUARANTINE, reason="wet"))
    accepted(loaded.scan(CASE, K.COUNT, missing=True, reason="gone"))
    assert states(loaded, CASE, A, B) == ["lost"] * 3
    accepted(loaded.scan(CASE, K.COUNT, reason="found"))
    assert states(loaded, CASE, A, B) == ["in_stock", "quarantined", "in_stock"]
    assert loaded.writer.run(check).projection_ok


def test_what_was_set_apart_before_its_case_is_not_let_back_with_it(loaded: Counter) -> None:
    accepted(loaded.scan(CASE, K.PACK, parent=identify(PALLET)))
    accepted(loaded.scan(A, K.QUARANTINE, reason="wet"))
    accepted(loaded.scan(PALLET, K.QUARANTINE, reason="too warm"))
    accepted(loaded.scan(PALLET, K.MOVE, place="Q-1"))
    back = accepted(loaded.scan(PALLET, K.RELEASE, reason="logger read"))
    assert states(loaded, PALLET, CASE, A, B) == ["in_stock", "in_stock", "quarantined", "in_stock"]
    assert "case_partly_released" in said(back)
    accepted(loaded.scan(A, K.RELEASE, reason="dry again"))
    assert states(loaded, A) == ["in_stock"]


def test_case_that_came_spoilt_is_let_back_whole(counter: Counter) -> None:
    declare(counter)
    accepted(counter.receive(CASE, damaged="temperature"))
    accepted(counter.scan(CASE, K.RELEASE, reason="logger read"))
    assert states(counter, CASE, A, B) == ["in_stock"] * 3


def test_recalled_pack_arrives_in_its_case_into_quarantine(counter: Counter) -> None:
    declare(counter)
    counter.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, serial="B", day=TODAY)))
    came = accepted(counter.receive(CASE))
    assert states(counter, CASE, A, B) == ["in_stock", "in_stock", "quarantined"]
    assert "case_children_apart" in said(came)


def test_case_that_holds_what_the_platform_denies_stays(loaded: Counter) -> None:
    key = identify(A).key or ""
    loaded.store(lambda store: platform_says(store, loaded.clock, key, confirmed=False, words="stolen"))
    kept = loaded.scan(CASE, K.TRANSFER_OUT, partner=THEIRS)
    assert (kept.outcome, said(kept)) == (Outcome.REFUSED, {"case_holds_unfit"})
    accepted(loaded.scan(CASE, K.QUARANTINE, reason="asked"))
    accepted(loaded.scan(CASE, K.RELEASE, reason="answered"))
    assert states(loaded, A, B) == ["quarantined", "in_stock"]
