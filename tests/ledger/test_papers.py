"""Packs held against papers: shipments, recalls, prescriptions, trees of cases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.audit import check
from ledger.board import Board
from ledger.capture import Captured, Outcome
from ledger.catalog import Product
from ledger.codes.code import Level
from ledger.codes.identify import identify
from ledger.event import DocumentRef, EventKind
from ledger.finishing import Finished
from ledger.pack import State
from ledger.prescription import Prescription
from ledger.recalls import Recall
from ledger.shipment import Line, Shipment
from ledger.situation import Intent, Policy, TakeOut
from ledger.trees import Child
from tests.ledger.counter import GTIN, TODAY, Counter, gs1
from tests.ledger.filed import INSTITUTION, PATIENT, put, said
from tests.ledger.tasks.answers import CASE, pack

K = EventKind


def scan(counter: Counter, kind: EventKind, text: str, paper: str | None = None, **more: object) -> Captured:
    from ledger.capture import Scanned, capture
    from ledger.codes.code import Entry

    refs = (DocumentRef("prescription" if kind is K.DISPENSE else "desadv", paper),) if paper else ()
    intent = Intent(kind, "op-1", refs, **more)  # type: ignore[arg-type]
    return counter.writer.run(
        lambda store: capture(store, counter.workplace, Scanned(text, Entry.WEDGE), intent)
    )


# -- expected shipments


def test_a_delivery_is_held_against_its_document(counter: Counter) -> None:
    keys = tuple(sorted((str(identify(gs1(s)).key), 1) for s in "ABC"))
    put(counter, Shipment("DN-1", (Line(1, GTIN, 3, "L1", date(2028, 1, 31)),), serials=keys))
    assert scan(counter, K.RECEIVE, gs1("A"), "DN-1").outcome is Outcome.ACCEPTED
    extra = scan(counter, K.RECEIVE, gs1("X"), "DN-1")
    assert (extra.outcome, extra.needs) == ("asked", ("reason",))
    assert said(extra) == {"serial_not_listed"}
    taken = scan(counter, K.RECEIVE, gs1("X"), "DN-1", reason="sent in addition")
    assert taken.event is not None and "extra" in taken.event.flags
    board = counter.store(lambda store: store.boards.board("desadv", "DN-1"))
    assert isinstance(board, Board)
    assert (board.expected, board.seen, board.missing, board.extra) == (3, 1, 2, 1)


def test_over_delivery_and_differing_expiry_need_a_reason(counter: Counter) -> None:
    put(counter, Shipment("DN-2", (Line(1, GTIN, 1, "L1", date(2028, 2, 28)),)))
    differs = scan(counter, K.RECEIVE, gs1("A"), "DN-2")
    assert said(differs) == {"expiry_differs_from_document"}
    assert scan(counter, K.RECEIVE, gs1("A"), "DN-2", reason="label is right").outcome is Outcome.ACCEPTED
    over = scan(counter, K.RECEIVE, gs1("B"), "DN-2")
    assert "over_delivery" in said(over)
    wrong_lot = scan(counter, K.RECEIVE, gs1("C", lot="L9"), "DN-2")
    assert "lot_not_listed" in said(wrong_lot)


def test_case_brings_its_packs_in_one_event_and_each_only_once(counter: Counter) -> None:
    case = identify(CASE)
    children = [
        Child(str(identify(gs1(s)).key), GTIN, s, "L1", date(2028, 1, 31), "day", Level.UNIT) for s in "ABC"
    ]
    expired = Child(
        str(identify(gs1("OLD")).key), GTIN, "OLD", "L0", TODAY - timedelta(days=1), "day", Level.UNIT
    )
    for child in (*children, expired):
        counter.store(lambda store, c=child: store.trees.put(str(case.key), c))
    assert counter.receive(gs1("A")).outcome is Outcome.ACCEPTED, "scanned alone, before the case"
    received = counter.receive(CASE)
    assert received.event is not None
    assert [facts.key for facts in received.event.packs] == [
        case.key,
        *sorted(str(c.key) for c in (*children[1:], expired)),
    ]
    assert "case_expanded" in said(received)
    assert pack(counter, gs1("B")).parent == case.key
    assert pack(counter, gs1("OLD")).state is State.QUARANTINED
    for text in (CASE, gs1("A"), gs1("B")):
        assert counter.receive(text).outcome is Outcome.REPEATED
    counter.time += timedelta(minutes=10)
    assert counter.scan(CASE, K.VOID, reason="wrong case").outcome is Outcome.ACCEPTED
    assert pack(counter, gs1("B")).state is State.UNKNOWN
    assert pack(counter, gs1("A")).state is State.IN_STOCK


def test_case_cannot_be_voided_once_a_pack_of_it_was_dispensed(counter: Counter) -> None:
    case = str(identify(CASE).key)
    counter.store(
        lambda store: store.trees.put(
            case, Child(str(identify(gs1("A")).key), GTIN, "A", "L1", date(2028, 1, 31), "day")
        )
    )
    counter.receive(CASE)
    counter.dispense(gs1("A"))
    assert said(counter.scan(CASE, K.VOID, reason="x")) == {"void_not_last"}


def test_closing_a_short_delivery_wants_a_reason_that_cannot_be_passed_by(counter: Counter) -> None:
    from ledger.finishing import finish, reopen

    ref = DocumentRef("desadv", "DN-3")
    put(counter, Shipment("DN-3", (Line(1, GTIN, 3, "L1"),)))
    scan(counter, K.RECEIVE, gs1("A"), "DN-3")

    def close(reason: str | None = None) -> Finished:
        intent = Intent(K.RECEIVE, "op-1", reason=reason)
        return counter.writer.run(lambda store: finish(store, counter.workplace, ref, intent))

    asked = close()
    assert (asked.event, asked.needs, asked.problems[0].code) == (None, ("reason",), "document_differs")
    closed = close("two packs missing, carrier told")
    assert closed.event is not None
    assert (closed.event.told("expected"), closed.event.told("missing")) == ("3", "2")
    assert close("again").problems[0].code == "document_closed"
    late = scan(counter, K.RECEIVE, gs1("B"), "DN-3")
    assert said(late) == {"document_finished"}
    intent = Intent(K.RECEIVE, "op-1", reason="the rest has come")
    assert counter.writer.run(lambda store: reopen(store, counter.workplace, ref, intent)).event is not None
    assert scan(counter, K.RECEIVE, gs1("B"), "DN-3").outcome is Outcome.ACCEPTED
    assert counter.writer.run(check).chain_ok


def test_last_receipt_is_rolled_back_and_the_one_of_another_day_stays(counter: Counter) -> None:
    from ledger.finishing import roll_back

    ref = DocumentRef("desadv", "DN-4")
    put(counter, Shipment("DN-4", (Line(1, GTIN, 9, "L1"),)))
    scan(counter, K.RECEIVE, gs1("A"), "DN-4")
    counter.time += timedelta(days=1)
    for serial in "BCD":
        scan(counter, K.RECEIVE, gs1(serial), "DN-4")
    counter.dispense(gs1("D"))
    intent = Intent(K.VOID, "op-1", reason="wrong shipment")
    answers = counter.writer.run(lambda store: roll_back(store, counter.workplace, ref, intent))
    assert [answer.outcome for answer in answers] == ["refused", "accepted", "accepted"]
    assert [pack(counter, gs1(s)).state for s in "ABCD"] == ["in_stock", "unknown", "unknown", "dispensed"]
    finding = counter.writer.run(check)
    assert finding.chain_ok and finding.projection_ok


# -- recalls


def test_recalled_pack_stops_at_the_counter_at_once(counter: Counter) -> None:
    counter.receive(gs1("A"))
    put(counter, Recall("RC-1", GTIN, "L1", reason="sterility", day=TODAY))
    stop = counter.dispense(gs1("A"), reason="x")
    assert (stop.outcome, said(stop)) == ("refused", {"recalled"})
    assert counter.scan(gs1("A"), K.TRANSFER_OUT, partner=INSTITUTION).outcome is Outcome.REFUSED
    arrived = counter.receive(gs1("B"))
    assert arrived.outcome is Outcome.ACCEPTED and "recalled_to_quarantine" in said(arrived)
    assert pack(counter, gs1("B")).state is State.QUARANTINED
    assert said(counter.scan(gs1("B"), K.RELEASE, reason="x")) == {"recalled"}
    assert counter.receive(gs1("C", lot="L2")).outcome is Outcome.ACCEPTED
    assert counter.dispense(gs1("C", lot="L2")).outcome is Outcome.ACCEPTED


def test_undo_of_a_recalled_pack_goes_to_quarantine(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    put(counter, Recall("RC-1", GTIN, "L1", day=TODAY))
    assert said(counter.scan(gs1(), K.UNDO)) == {"undone_recalled_to_quarantine"}
    assert pack(counter, gs1()).state is State.QUARANTINED


def test_recall_of_a_lot_asks_where_the_lot_is_not_known(counter: Counter) -> None:
    code = "83386520001941653320"
    counter.receive(code, reason="label torn")
    put(counter, Recall("RC-2", "8338652", "1AK2003", day=TODAY))
    asked = counter.dispense(code, expiry=date(2028, 1, 1))
    assert asked.outcome is Outcome.ASKED and "recall_possible" in said(asked)
    stopped = counter.dispense(code, expiry=date(2028, 1, 1), lot="1AK2003")
    assert "recalled" in said(stopped)


# -- prescriptions


def test_only_what_is_prescribed_goes_out_and_no_more(counter: Counter) -> None:
    put(counter, Prescription("RX-1", (Line(1, GTIN, 1),), PATIENT))
    counter.receive(gs1("A"))
    counter.receive(gs1("B"))
    counter.receive(gs1("Z", gtin="09521234000020"))
    wrong = scan(counter, K.DISPENSE, gs1("Z", gtin="09521234000020"), "RX-1", reason="x")
    assert (wrong.outcome, said(wrong)) == ("refused", {"not_prescribed"})
    given = scan(counter, K.DISPENSE, gs1("A"), "RX-1")
    assert given.outcome is Outcome.ACCEPTED
    assert given.event is not None and given.event.told("subject") not in (None, PATIENT)
    filled = scan(counter, K.DISPENSE, gs1("B"), "RX-1")
    assert (filled.outcome, said(filled)) == ("asked", {"prescription_filled"})
    assert scan(counter, K.DISPENSE, gs1("A"), "RX-1").outcome is Outcome.REPEATED


def test_a_whole_pack_may_be_more_than_is_prescribed(counter: Counter) -> None:
    put(counter, Product(GTIN, "示例", "Demo", pack_size=10))
    put(counter, Prescription("RX-1", (Line(1, GTIN, 4, unit="unit"),), PATIENT))
    counter.receive(gs1("A"))
    whole = scan(counter, K.DISPENSE, gs1("A"), "RX-1")
    assert (whole.outcome, said(whole)) == ("asked", {"more_than_prescribed"})
    assert dict(whole.problems[0].params) == {"open": "4", "wanted": "10"}
    four = scan(counter, K.DISPENSE, gs1("A"), "RX-1", quantity=4)
    assert four.outcome is Outcome.ACCEPTED


def test_a_whole_pack_of_unknown_size_is_no_number_of_units(counter: Counter) -> None:
    put(counter, Prescription("RX-1", (Line(1, GTIN, 4, unit="unit"),), PATIENT))
    counter.receive(gs1("A"))
    asked = scan(counter, K.DISPENSE, gs1("A"), "RX-1")
    assert (asked.outcome, said(asked)) == ("asked", {"prescribed_in_units"})
    assert scan(counter, K.DISPENSE, gs1("A"), "RX-1", reason="whole").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("size", [None, 10])
def test_so_many_packs_without_serial_are_held_against_packs(counter: Counter, size: int | None) -> None:
    put(counter, Product(GTIN, "示例", "Demo", pack_size=size))
    put(counter, Prescription("RX-1", (Line(1, GTIN, 2),), PATIENT))
    heap = f"01{GTIN}1728013110L1"
    counter.receive(heap, quantity=9)
    asked = scan(counter, K.DISPENSE, heap, "RX-1", quantity=5)
    assert (asked.outcome, said(asked) - {"no_serial"}) == ("asked", {"more_than_prescribed"})
    assert scan(counter, K.DISPENSE, heap, "RX-1", quantity=2).outcome is Outcome.ACCEPTED


def test_prescription_says_what_may_leave_the_zone(counter: Counter) -> None:
    put(counter, Prescription("RX-5", (Line(1, GTIN, 2),), PATIENT, weeks=6, filing="F-1", consent=True))
    counter.receive(gs1("A"))
    asked = scan(counter, K.DISPENSE, gs1("A"), "RX-5")
    assert "take_out_needs_assessment" in said(asked)
    put(counter, Prescription("RX-5", (Line(1, GTIN, 2),), PATIENT, None, 6, "F-1", True, True, True))
    assert scan(counter, K.DISPENSE, gs1("A"), "RX-5").outcome is Outcome.ACCEPTED


def test_person_completes_what_the_prescription_says_and_makes_it_no_less(counter: Counter) -> None:
    put(counter, Prescription("RX-5", (Line(1, GTIN, 2),), PATIENT, weeks=6))
    counter.receive(gs1("A"))
    less = scan(counter, K.DISPENSE, gs1("A"), "RX-5", take_out=TakeOut(3, "F-1", consent=True))
    assert "take_out_needs_assessment" in said(less)
    full = TakeOut(3, "F-1", consent=True, assessed=True, signed=True)
    given = scan(counter, K.DISPENSE, gs1("A"), "RX-5", take_out=full)
    assert given.outcome is Outcome.ACCEPTED and "take_out_label" in said(given)
    told = {name: given.event.told(name) for name in TOLD} if given.event else {}
    yes = dict.fromkeys(("consent", "assessed", "signed"), "yes")
    assert told == {"take_out_weeks": "6", "filing": "F-1", **yes}, (
        "the record says what went out, and under what"
    )


TOLD = ("take_out_weeks", "filing", "consent", "assessed", "signed")


def supplied(counter: Counter, code: str, *, weeks: int = 4) -> None:
    """The patient gets a supply today, and comes back under another prescription."""
    for number in ("RX-1", "RX-2"):
        lines = (Line(1, GTIN, 5),)
        put(counter, Prescription(number, lines, PATIENT, weeks=weeks, filing="F", consent=True))
    counter.receive(code)
    assert scan(counter, K.DISPENSE, code, "RX-1").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("serials", ["AB", ""])
def test_early_refill_asks_and_is_recorded_with_its_reason(counter: Counter, serials: str) -> None:
    first, second = (gs1(one) for one in serials) if serials else (f"01{GTIN}1728013110L1",) * 2
    supplied(counter, first)
    counter.receive(second)
    counter.time += timedelta(days=20)
    asked = scan(counter, K.DISPENSE, second, "RX-2")
    assert (asked.outcome, asked.needs) == ("asked", ("reason",))
    assert "early_refill" in said(asked)
    given = scan(counter, K.DISPENSE, second, "RX-2", reason="travels; prescriber agrees")
    assert given.outcome is Outcome.ACCEPTED
    assert given.event is not None and given.event.reason == "travels; prescriber agrees"


def test_refill_near_the_end_and_more_of_the_same_supply_are_not_early(counter: Counter) -> None:
    supplied(counter, gs1("A"))
    for serial in "BC":
        counter.receive(gs1(serial))
    assert scan(counter, K.DISPENSE, gs1("B"), "RX-1").outcome is Outcome.ACCEPTED, "the same supply"
    counter.time += timedelta(days=21)
    assert scan(counter, K.DISPENSE, gs1("C"), "RX-2").outcome is Outcome.ACCEPTED, "a week before its end"


def test_supply_that_was_taken_back_makes_no_refill_early(counter: Counter) -> None:
    supplied(counter, gs1("A"))
    scan(counter, K.UNDO, gs1("A"))
    assert scan(counter, K.DISPENSE, gs1("A"), "RX-2").outcome is Outcome.ACCEPTED


def test_site_decides_how_much_an_early_refill_weighs(tmp_path: Path) -> None:
    for word, outcome in (("note", "accepted"), ("stop", "refused")):
        counter = Counter(tmp_path / word, Policy(early_refill=word))
        try:
            supplied(counter, gs1("A"))
            counter.receive(gs1("B"))
            assert scan(counter, K.DISPENSE, gs1("B"), "RX-2", reason="r").outcome == outcome
        finally:
            counter.close()
