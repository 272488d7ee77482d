"""Transfers, moves, cases on their way and further codes on a pack."""

from __future__ import annotations

from datetime import timedelta

from ledger.capture import Outcome
from ledger.codes.identify import identify
from ledger.pack import State
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import CASE, OTHER_CASE, SITE, K, asks_then, pack, said, state, whole


def test_transfer_out_and_in(counter: Counter) -> None:
    counter.receive(gs1())
    asks_then(counter, K.TRANSFER_OUT, gs1(), ("partner",), partner=SITE)
    assert state(counter, gs1()) is State.IN_TRANSIT
    assert "pack_in_transit" in said(counter.dispense(gs1(), reason="x"))
    assert said(counter.receive(gs1())) == {"received_in_transit"}
    arrived = counter.scan(gs1(), K.TRANSFER_IN)
    assert arrived.outcome is Outcome.ACCEPTED
    assert counter.scan(gs1(), K.TRANSFER_IN).outcome is Outcome.REPEATED
    assert counter.scan(gs1("new"), K.TRANSFER_IN).outcome is Outcome.ACCEPTED
    assert whole(counter)


def test_expired_or_quarantined_packs_are_not_transferred(counter: Counter) -> None:
    counter.receive(gs1("A", "261119"))
    assert said(counter.scan(gs1("A", "261119"), K.TRANSFER_OUT, partner=SITE)) == {"pack_quarantined"}
    counter.receive(gs1("B", "261121"))
    counter.time += timedelta(days=3)
    assert "transfer_expired" in said(counter.scan(gs1("B", "261121"), K.TRANSFER_OUT, partner=SITE))


def test_move_changes_the_place_alone(counter: Counter) -> None:
    counter.receive(gs1(), place="A-1")
    asks_then(counter, K.MOVE, gs1(), ("place",), place="B-2")
    assert (state(counter, gs1()), pack(counter, gs1()).place) == (State.IN_STOCK, "B-2")
    assert said(counter.scan(gs1("X"), K.MOVE, place="B-2")) == {"not_in_stock"}


def test_pack_into_a_case_and_out_again(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.receive(gs1("B"))
    case = identify(CASE)
    asks_then(counter, K.PACK, gs1("A"), ("parent",), parent=case)
    counter.scan(gs1("B"), K.PACK, parent=case)
    assert pack(counter, CASE).state is State.IN_STOCK
    assert [pack(counter, gs1(s)).parent for s in "AB"] == [case.key, case.key]
    elsewhere = counter.scan(gs1("A"), K.PACK, parent=identify(OTHER_CASE))
    assert said(elsewhere) == {"packed_elsewhere"}
    assert counter.scan(gs1("A"), K.UNPACK).outcome is Outcome.ACCEPTED
    assert counter.scan(gs1("A"), K.UNPACK).outcome is Outcome.REPEATED
    assert pack(counter, gs1("A")).parent is None
    rest = counter.scan(CASE, K.UNPACK)
    assert rest.outcome is Outcome.ACCEPTED
    assert pack(counter, gs1("B")).parent is None
    assert whole(counter)


def test_case_goes_on_transfer_with_what_is_in_it(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.scan(gs1("A"), K.PACK, parent=identify(CASE))
    counter.scan(CASE, K.TRANSFER_OUT, partner=SITE)
    assert state(counter, gs1("A")) is State.IN_TRANSIT


def test_a_single_pack_is_no_case(counter: Counter) -> None:
    for serial in "AB":
        counter.receive(gs1(serial))
    unseen, here = identify(gs1("NEVER-SEEN")), identify(gs1("B"))
    for parent in (unseen, here):
        assert said(counter.scan(gs1("A"), K.PACK, parent=parent)) == {"pack_case_unit"}
    assert said(counter.scan(gs1("A"), K.PACK, parent=identify(gs1("A")))) == {"pack_into_itself"}
    carton = identify("83386520001941653320")
    assert counter.scan(gs1("A"), K.PACK, parent=carton).outcome is Outcome.ACCEPTED, (
        "a code that tells no level"
    )
    assert counter.scan(gs1("B"), K.PACK, parent=carton).outcome is Outcome.ACCEPTED, "a case by its contents"


def test_dispensing_takes_a_pack_out_of_its_case(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.scan(gs1("A"), K.PACK, parent=identify(CASE))
    done = counter.dispense(gs1("A"))
    assert done.event is not None and "taken_from_case" in done.event.flags
    assert pack(counter, gs1("A")).parent is None


def test_another_code_on_a_pack_names_it_from_then_on(counter: Counter) -> None:
    zone = identify("01095212340000371728013110L1\x1d21ZONE-1")
    counter.receive(gs1())
    labelled = asks_then(counter, K.LABEL, gs1(), ("label",), label=zone)
    assert labelled.event is not None and labelled.event.told("label") == zone.key
    by_label = counter.dispense(zone.input)
    assert by_label.outcome is Outcome.ACCEPTED
    assert by_label.key == identify(gs1()).key
    assert counter.dispense(gs1()).outcome is Outcome.REPEATED
    counter.receive(gs1("other"))
    assert said(counter.scan(gs1("other"), K.LABEL, label=zone)) == {"label_taken"}
    assert whole(counter)
