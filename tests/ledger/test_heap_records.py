"""Goods without serial are held to what is known of their lot, as packs are; papers that name somebody else stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.approval import Approval
from ledger.capture import Captured, Outcome
from ledger.catalog import Product
from ledger.correction import correct
from ledger.event import EventKind
from ledger.prescription import Prescription
from ledger.shipment import Line
from ledger.situation import Intent
from tests.ledger.counter import GTIN, TODAY, Counter, gs1

K = EventKind
OURS = "9521999000006"
HEAP, EARLY = f"01{GTIN}1728013110L1", f"01{GTIN}1726113010L1"
CASE_HEAP = "01195212340000101728013110L1"
ANNA, BORIS = "0192f0c4-0000-7000-8000-00000000000a", "0192f0c4-0000-7000-8000-00000000000b"


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown", "no_serial"}


def accepted(answer: Captured) -> Captured:
    assert answer.outcome is Outcome.ACCEPTED, said(answer)
    return answer


def stopped(answer: Captured, word: str) -> None:
    assert (answer.outcome, word in said(answer)) == (Outcome.REFUSED, True), said(answer)


def grants(counter: Counter, *more: Approval) -> None:
    counter.workplace = replace(counter.workplace, institution=OURS)
    counter.store(lambda store: store.catalog.load([Product(GTIN, "药", "drug", needs_approval=True)]))
    for one in more:
        counter.store(lambda store, one=one: store.documents.put(one))


def grant(number: str, **limits: object) -> Approval:
    return Approval(number, GTIN, OURS, TODAY, TODAY + timedelta(days=9), **limits)  # type: ignore[arg-type]


@pytest.mark.parametrize("why", ["damaged", "temperature"])
def test_lot_of_which_all_was_set_apart_is_not_dispensed(counter: Counter, why: str) -> None:
    accepted(counter.receive(HEAP, damaged=why))
    stopped(counter.dispense(HEAP, reason="r"), "pack_quarantined")
    accepted(counter.scan(HEAP, K.RELEASE, reason="looked at"))
    accepted(counter.dispense(HEAP, reason="r"))


def test_later_expiry_in_a_code_does_not_revive_a_lot(counter: Counter) -> None:
    accepted(counter.receive(EARLY))
    asked = counter.receive(HEAP)
    assert asked.outcome is Outcome.ASKED and "expiry_differs_from_record" in said(asked)
    more = accepted(counter.receive(HEAP, reason="supplier asked")).event
    assert more is not None and more.packs[0].expiry == date(2026, 11, 30)
    accepted(counter.scan(HEAP, K.QUARANTINE, reason="two dates"))
    asked = counter.dispense(HEAP)
    assert asked.outcome is Outcome.ASKED and "heap_expiry_later" in said(asked)
    gone = accepted(counter.dispense(HEAP, reason="label looked at")).event
    assert gone is not None and gone.packs[0].expiry == date(2026, 11, 30), "the earlier one still counts"
    counter.time += timedelta(days=40)
    stopped(counter.dispense(HEAP, reason="r"), "expired")
    stopped(counter.dispense(EARLY, reason="r"), "expired")


def test_earlier_expiry_in_a_code_counts_for_the_lot(counter: Counter) -> None:
    accepted(counter.receive(HEAP))
    accepted(counter.receive(EARLY, reason="supplier asked"))
    found = counter.store(lambda store: store.look_up(f"heap:{GTIN}/L1"))
    assert found.expiry == date(2026, 11, 30)  # type: ignore[attr-defined]


def test_an_earlier_expiry_in_a_code_than_on_record_goes_out_nowhere(counter: Counter) -> None:
    accepted(counter.receive(HEAP))
    stopped(counter.dispense(EARLY, reason="r"), "expiry_differs_from_record")


def test_cases_without_serial_do_not_go_over_the_counter(counter: Counter) -> None:
    accepted(counter.receive(CASE_HEAP))
    stopped(counter.dispense(CASE_HEAP, reason="r"), "case_at_counter")


def test_what_is_taken_back_under_a_prescription_is_free_under_its_approval(counter: Counter) -> None:
    grants(counter, grant("AP-1", quantity=2))
    counter.store(lambda store: store.documents.put(Prescription("RX-1", (Line(1, GTIN, 5),), ANNA, TODAY)))
    accepted(counter.receive(HEAP, quantity=9))
    accepted(counter.dispense(HEAP, document="RX-1", quantity=2))
    stopped(counter.dispense(HEAP, document="RX-1", quantity=1), "approval_used_up")
    accepted(counter.scan(HEAP, K.UNDO, document="RX-1", quantity=2))
    assert counter.store(lambda store: store.documents.standing("AP-1")).used == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [HEAP, gs1("A")])
def test_prescription_of_another_patient_stops(counter: Counter, text: str) -> None:
    counter.store(lambda store: store.documents.put(Prescription("RX-1", (Line(1, GTIN, 5),), ANNA, TODAY)))
    accepted(counter.receive(text))
    stopped(counter.dispense(text, document="RX-1", patient=BORIS, reason="r"), "prescription_other_patient")
    accepted(counter.dispense(text, document="RX-1", patient=ANNA))


def test_number_of_no_prescription_is_told(counter: Counter) -> None:
    accepted(counter.receive(gs1("A")))
    assert "prescription_unknown" in said(accepted(counter.dispense(gs1("A"), document="RX-9")))


def test_corrected_dispense_counts_under_its_new_approval_alone(counter: Counter) -> None:
    grants(counter, grant("AP-1", patient=ANNA), grant("AP-2", patient=BORIS))
    accepted(counter.receive(gs1("A")))
    wrong = accepted(counter.dispense(gs1("A"), patient=ANNA)).event
    assert wrong is not None
    right = Intent(K.DISPENSE, "op-1", reason="misread", patient=BORIS)
    done = counter.writer.run(lambda store: correct(store, counter.workplace, wrong, right))
    event = accepted(done).event
    assert event is not None and [ref.number for ref in event.documents] == ["AP-2"]
    used = [counter.store(lambda store, n=n: store.documents.standing(n)).used for n in ("AP-1", "AP-2")]  # type: ignore[attr-defined,misc]
    assert used == [0, 1]
