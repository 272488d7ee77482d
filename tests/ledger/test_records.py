"""What was recorded of a pack counts, whatever code it is scanned by and whatever somebody types later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.approval import Approval
from ledger.capture import Captured, Outcome
from ledger.catalog import Product
from ledger.codes.code import Level
from ledger.codes.identify import ZonePattern, identify
from ledger.event import EventKind
from ledger.recalls import Recall
from ledger.trees import Child
from tests.ledger.counter import CN20, GTIN, TODAY, Counter, gs1

K = EventKind
CASE, OURS, THEIRS = "00095212340000000013", "9521999000006", "9521999000013"
DRUG, OTHER_CN20 = CN20[:7], "83386520001941663321"
GOOD = date(2028, 1, 31)


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def accepted(answer: Captured) -> Captured:
    assert answer.outcome is Outcome.ACCEPTED, said(answer)
    return answer


def stopped(answer: Captured, word: str) -> None:
    assert (answer.outcome, word in said(answer)) == (Outcome.REFUSED, True), said(answer)


def declare(counter: Counter, key: str | None, expiry: date | None = GOOD, level: Level = Level.UNIT) -> None:
    """The sender tells what lies in the case."""
    assert key is not None
    child = Child(key, GTIN, "A", "L1", expiry, "day" if expiry else None, level)
    counter.store(lambda store: store.trees.put(f"sscc:{CASE[2:]}", child))


def special(counter: Counter, product: str, **limits: object) -> None:
    """The product needs an approval, and there is one."""
    counter.workplace = replace(counter.workplace, institution=OURS)
    grant = Approval("AP-1", product, OURS, TODAY, TODAY + timedelta(days=9), **limits)  # type: ignore[arg-type]
    counter.store(lambda store: store.catalog.load([Product(product, "药", "drug", needs_approval=True)]))
    counter.store(lambda store: store.documents.put(grant))


def test_another_lot_typed_does_not_hide_a_recall(counter: Counter) -> None:
    accepted(counter.receive(CN20, lot="BAD", expiry=GOOD))
    counter.store(lambda store: store.recalls.put(Recall("RC-1", DRUG, lot="BAD", day=TODAY)))
    stopped(counter.dispense(CN20), "recalled")
    stopped(counter.dispense(CN20, lot="GOOD", reason="r"), "recalled")


@pytest.mark.parametrize("verb", [K.DISPENSE, K.TRANSFER_OUT])
def test_what_is_typed_against_the_record_stops(counter: Counter, verb: EventKind) -> None:
    accepted(counter.receive(CN20, lot="L8", expiry=GOOD))
    more = {"reason": "r", "partner": THEIRS}
    stopped(counter.scan(CN20, verb, lot="L9", **more), "lot_differs_from_record")
    stopped(counter.scan(CN20, verb, expiry=GOOD.replace(day=30), **more), "expiry_differs_from_record")
    accepted(counter.scan(CN20, verb, lot="L8", expiry=GOOD, **more))


def test_recorded_lot_is_held_against_the_approval(counter: Counter) -> None:
    special(counter, DRUG, lot="L9")
    accepted(counter.receive(CN20, lot="L9", expiry=GOOD))
    accepted(counter.receive(OTHER_CN20, lot="L8", reason="r", expiry=GOOD))
    stopped(counter.dispense(OTHER_CN20), "approval_other_lot")
    stopped(counter.dispense(OTHER_CN20, lot="L9", reason="r"), "approval_other_lot")
    accepted(counter.dispense(CN20))


def test_code_that_names_no_product_goes_by_what_the_sender_declared(counter: Counter) -> None:
    counter.workplace = replace(counter.workplace, zone=ZonePattern(prefix="LC-"))
    special(counter, GTIN, suspended=True)
    declare(counter, "zone:LC-1")
    accepted(counter.receive(CASE))
    stopped(counter.dispense("LC-1", reason="r"), "approval_suspended")
    counter.store(lambda store: store.recalls.put(Recall("RC-1", GTIN, lot="L1", day=TODAY)))
    stopped(counter.dispense("LC-1", reason="r"), "recalled")


def test_pack_that_comes_before_its_case_is_what_the_sender_declared(counter: Counter) -> None:
    counter.workplace = replace(counter.workplace, zone=ZonePattern(prefix="LC-"))
    declare(counter, "zone:LC-1")
    event = accepted(counter.receive("LC-1")).event
    assert event is not None
    assert (event.packs[0].product, event.packs[0].lot, event.packs[0].expiry) == (GTIN, "L1", GOOD)


def test_case_whose_code_does_not_say_so_never_goes_over_the_counter(counter: Counter) -> None:
    accepted(counter.receive(OTHER_CN20, lot="L1", expiry=GOOD))
    accepted(counter.scan(OTHER_CN20, K.PACK, parent=identify(CN20)))
    stopped(counter.dispense(CN20, lot="L1", expiry=GOOD, reason="r"), "case_at_counter")


def test_expiry_in_the_code_counts_where_the_record_has_none(counter: Counter) -> None:
    declare(counter, identify(gs1("A")).key, expiry=None)
    accepted(counter.receive(CASE))
    accepted(counter.scan(CASE, K.UNPACK))
    past = gs1("A", "261001")
    stopped(counter.scan(past, K.TRANSFER_OUT, partner=THEIRS), "transfer_expired")
    accepted(counter.scan(past, K.QUARANTINE, reason="old"))
    counter.time += timedelta(minutes=5)
    stopped(counter.scan(past, K.RELEASE, reason="r"), "release_expired")


def test_label_of_another_lot_or_expiry_is_of_another_pack(counter: Counter) -> None:
    accepted(counter.receive(gs1("A")))
    for other in (gs1("Z", "291231"), gs1("Z", lot="L2")):
        assert counter.scan(gs1("A"), K.LABEL, label=identify(other)).outcome is Outcome.REFUSED
    accepted(counter.scan(gs1("A"), K.LABEL, label=identify(gs1("Z"))))
    stopped(counter.dispense(gs1("Z", "261201"), reason="r"), "expiry_differs_from_record")
    accepted(counter.dispense(gs1("Z")))


def test_expiry_declared_wrong_teaches_nobody(counter: Counter) -> None:
    accepted(counter.receive(CN20, lot="L9", expiry=GOOD.replace(year=2030)))
    counter.time += timedelta(minutes=5)
    accepted(counter.scan(CN20, K.VOID, reason="misread"))
    assert counter.receive(OTHER_CN20, lot="L9").outcome is Outcome.ASKED
    event = accepted(counter.receive(CN20, lot="L9", expiry=GOOD)).event
    assert event is not None and event.packs[0].expiry == GOOD


@pytest.mark.parametrize(
    ("verb", "more"), [(K.DISPENSE, {"reason": "r"}), (K.TRANSFER_OUT, {"partner": THEIRS})]
)
def test_a_month_on_the_label_does_not_speak_against_a_day_in_it(
    counter: Counter, verb: EventKind, more: dict[str, object]
) -> None:
    """GS1 General Specifications: a day of 00 is the whole month. The sender's day counts, which is the earlier."""
    label = gs1("A", "261200")
    declare(counter, identify(label).key, date(2026, 12, 15))
    accepted(counter.receive(CASE))
    counter.scan(label, K.UNPACK)
    done = accepted(counter.scan(label, verb, **more)).event
    assert done is not None and done.packs[0].expiry == date(2026, 12, 15)


def test_a_month_on_the_label_revives_nothing(counter: Counter) -> None:
    label = gs1("A", "261100")
    declare(counter, identify(label).key, date(2026, 11, 21))
    accepted(counter.receive(CASE))
    counter.time += timedelta(days=2)
    stopped(counter.dispense(label, reason="r"), "expired")
    stopped(counter.dispense(gs1("A", "261000"), reason="r"), "expiry_differs_from_record")
