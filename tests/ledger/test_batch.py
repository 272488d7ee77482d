"""Packs and records chosen from a list: each judged for itself, as at a scan."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.audit import check
from ledger.batch import last_record, set_apart
from ledger.capture import Captured, Outcome, Scanned, capture
from ledger.codes.code import Entry, Level
from ledger.codes.identify import identify
from ledger.event import DocumentRef, EventKind
from ledger.pack import Pack
from ledger.situation import Intent
from ledger.trees import Child
from tests.ledger.counter import GTIN, Counter, gs1

K = EventKind
REF = DocumentRef("desadv", "DN-1")
CASE = "00095212340000000020"
LOT_ONLY = f"01{GTIN}1728013110L1"


def receive(counter: Counter, text: str, **more: object) -> Captured:
    intent = Intent(K.RECEIVE, "op-1", (REF,), **more)  # type: ignore[arg-type]
    return counter.writer.run(
        lambda store: capture(store, counter.workplace, Scanned(text, Entry.WEDGE), intent)
    )


def state(counter: Counter, text: str) -> str:
    found = counter.store(lambda store: store.look_up(identify(text).key))
    assert isinstance(found, Pack)
    return found.state


def apart(counter: Counter, lot: str | None = None, reason: str | None = "truck too warm") -> list[Captured]:
    intent = Intent(K.QUARANTINE, "op-1", reason=reason)
    return list(counter.writer.run(lambda store: set_apart(store, counter.workplace, REF, intent, lot)))


def test_whole_delivery_is_set_apart_but_for_what_is_gone(counter: Counter) -> None:
    for one in "XY":
        child = Child(str(identify(gs1(one)).key), GTIN, one, "L1", date(2028, 1, 31), "day", Level.UNIT)
        counter.store(lambda store, c=child: store.trees.put(str(identify(CASE).key), c))
    for text in (CASE, gs1("A"), gs1("B"), gs1("C", lot="L2")):
        assert receive(counter, text).outcome is Outcome.ACCEPTED
    counter.receive(gs1("OTHER"))
    receive(counter, LOT_ONLY, quantity=5)
    counter.receive(LOT_ONLY, quantity=4)
    counter.dispense(gs1("A"))
    answers = apart(counter)
    assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
    assert len(answers) == 4, "the case with what is in it, two packs, the goods without serial"
    assert {state(counter, text) for text in (CASE, gs1("X"), gs1("Y"), gs1("B"), gs1("C", lot="L2"))} == {
        "quarantined"
    }
    assert (state(counter, gs1("A")), state(counter, gs1("OTHER"))) == ("dispensed", "in_stock")
    heap = counter.store(lambda store: store.look_up(f"heap:{GTIN}/L1#quarantine"))
    assert isinstance(heap, Pack) and heap.remaining == 5
    assert all(REF in answer.event.documents for answer in answers if answer.event)
    assert apart(counter) == [], "done once, and no other delivery's goods are touched"
    assert counter.store(check).projection_ok  # type: ignore[attr-defined]


def test_one_lot_of_a_delivery_and_not_without_a_reason(counter: Counter) -> None:
    for text in (gs1("A"), gs1("B", lot="L2")):
        receive(counter, text)
    asked = apart(counter, "L2", None)
    assert [(one.outcome, one.needs) for one in asked] == [("asked", ("reason",))]
    apart(counter, "L2")
    assert (state(counter, gs1("A")), state(counter, gs1("B", lot="L2"))) == ("in_stock", "quarantined")


def test_last_record_is_ones_own_and_one_that_stands(counter: Counter) -> None:
    assert counter.writer.run(lambda store: last_record(store, "op-1")) is None
    counter.receive(gs1("A"))
    counter.receive(gs1("B"), operator="op-2")
    own = counter.writer.run(lambda store: last_record(store, "op-1"))
    assert own is not None and own.packs[0].serial == "A"
    counter.time += timedelta(minutes=5)
    counter.scan(gs1("A"), K.VOID, reason="wrong")
    assert counter.writer.run(lambda store: last_record(store, "op-1")) is None
