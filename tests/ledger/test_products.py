"""Products that do not go out like others: under an approval, before two people, never split, in so many units."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.approval import Approval
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.event import DocumentRef, EventKind
from tests.ledger.counter import GTIN, TODAY, Counter, gs1
from tests.ledger.filed import INSTITUTION, PATIENT, put, said

K = EventKind
OTHER = "00000000-5a36-4e0e-8f2b-2f6f3f0c7d11"


def approval(**changes: object) -> Approval:
    facts: dict[str, object] = {
        "number": "AP-1",
        "product": GTIN,
        "institution": INSTITUTION,
        "valid_from": TODAY - timedelta(days=30),
        "valid_to": TODAY + timedelta(days=30),
    }
    return Approval(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (None, "approval_missing"),
        (approval(suspended=True), "approval_suspended"),
        (approval(valid_from=TODAY + timedelta(days=1)), "approval_not_yet"),
        (approval(valid_to=TODAY - timedelta(days=1)), "approval_over"),
        (approval(patient=OTHER), "approval_other_patient"),
        (approval(lot="L9"), "approval_other_lot"),
        (approval(institution="9521234000006"), "approval_missing"),
        (approval(quantity=0), "approval_used_up"),
    ],
)
def test_special_product_goes_out_under_an_approval_or_not_at_all(
    counter: Counter, given: Approval | None, word: str
) -> None:
    from dataclasses import replace

    counter.workplace = replace(counter.workplace, institution=INSTITUTION)
    put(counter, Product(GTIN, "特许药", "Special", needs_approval=True))
    if given:
        put(counter, given)
    counter.receive(gs1())
    stopped = counter.dispense(gs1(), reason="x", patient=PATIENT)
    assert (stopped.outcome, said(stopped)) == ("refused", {word})


def test_dispense_names_its_approval_and_uses_it_up(counter: Counter) -> None:
    from dataclasses import replace

    counter.workplace = replace(counter.workplace, institution=INSTITUTION)
    put(
        counter,
        Product(GTIN, "特许药", "Special", needs_approval=True),
        approval(quantity=1, patient=PATIENT),
    )
    counter.receive(gs1("A"))
    counter.receive(gs1("B"))
    given = counter.dispense(gs1("A"), patient=PATIENT)
    assert given.event is not None
    assert DocumentRef("approval", "AP-1") in given.event.documents
    assert said(counter.dispense(gs1("B"), patient=PATIENT, reason="x")) == {"approval_used_up"}
    assert counter.dispense(gs1("A"), patient=PATIENT).outcome is Outcome.REPEATED
    counter.scan(gs1("A"), K.UNDO)
    assert counter.dispense(gs1("B"), patient=PATIENT).outcome is Outcome.ACCEPTED


def test_controlled_product_takes_a_second_person(counter: Counter) -> None:
    put(counter, Product(GTIN, "麻醉药", "Controlled", second_person=True))
    counter.receive(gs1())
    asked = counter.dispense(gs1())
    assert (asked.outcome, asked.needs) == ("asked", ("second",))
    given = counter.dispense(gs1(), second="op-2")
    assert given.event is not None and given.event.second == "op-2"


def test_product_that_must_not_be_split(counter: Counter) -> None:
    put(counter, Product(GTIN, "整盒", "Whole", pack_size=10, split_allowed=False))
    counter.receive(gs1())
    assert said(counter.dispense(gs1(), quantity=3)) == {"split_forbidden"}


def test_pack_size_of_the_catalogue_answers_for_the_units(counter: Counter) -> None:
    put(counter, Product(GTIN, "片剂", "Tablets", pack_size=30))
    counter.receive(gs1())
    given = counter.dispense(gs1(), quantity=3)
    assert given.event is not None and given.event.packs[0].remaining == 27
