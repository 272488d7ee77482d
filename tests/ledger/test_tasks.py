"""Every verb beyond plain receive and dispense, on real files: what it does, asks, refuses and repeats."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit, check
from ledger.capture import Captured, Outcome
from ledger.codes.identify import identify
from ledger.event import EventKind
from ledger.pack import Pack, State
from ledger.situation import Policy, TakeOut
from tests.ledger.counter import CN20, GTIN, Counter, gs1
from tests.length import examples

CASE = "00095212340000000013"
OTHER_CASE = "00095212340000000020"
SITE = "9521999000006"
K = EventKind


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def pack(counter: Counter, text: str) -> Pack:
    found = counter.store(lambda store: store.look_up(identify(text).key))
    assert isinstance(found, Pack)
    return found


def state(counter: Counter, text: str) -> State:
    return pack(counter, text).state


def whole(counter: Counter) -> bool:
    finding = counter.writer.run(check)
    return finding.chain_ok and finding.projection_ok


def asks_then(
    counter: Counter, kind: EventKind, text: str, needs: tuple[str, ...], **answers: object
) -> Captured:
    """The verb asks, and once it is answered it is accepted, and then repeated kindly."""
    asked = counter.scan(text, kind)
    assert (asked.outcome, asked.needs) == ("asked", needs)
    done = counter.scan(text, kind, **answers)
    assert done.outcome is Outcome.ACCEPTED, said(done)
    again = counter.scan(text, kind, **answers)
    assert (again.outcome, again.event) == ("repeated", done.event)
    return done


# -- undo, returns


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


# -- transfers and moves


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


# -- quarantine, release, destroy


def test_quarantine_and_release(counter: Counter) -> None:
    counter.receive(gs1())
    asks_then(counter, K.QUARANTINE, gs1(), ("reason",), reason="seal broken")
    assert "pack_quarantined" in said(counter.dispense(gs1(), reason="x"))
    asks_then(counter, K.RELEASE, gs1(), ("reason",), reason="inspected, sound")
    assert counter.dispense(gs1()).outcome is Outcome.ACCEPTED


def test_suspect_pack_that_nobody_knows_can_be_quarantined(counter: Counter) -> None:
    assert counter.scan(gs1(), K.QUARANTINE, reason="found in the corridor").outcome is Outcome.ACCEPTED
    assert state(counter, gs1()) is State.QUARANTINED


def test_expired_pack_is_not_released(counter: Counter) -> None:
    counter.receive(gs1(expiry="261119"))
    assert "release_expired" in said(counter.scan(gs1(expiry="261119"), K.RELEASE, reason="x"))


def test_dispensed_pack_is_not_quarantined(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1())
    assert said(counter.scan(gs1(), K.QUARANTINE, reason="recall")) == {"quarantine_dispensed"}


def test_destroying_takes_two_persons_and_a_reason(counter: Counter) -> None:
    counter.receive(gs1())
    asked = counter.scan(gs1(), K.DESTROY)
    assert set(asked.needs) == {"reason", "second"}
    alone = counter.scan(gs1(), K.DESTROY, reason="expired", second="op-1")
    assert "second_is_first" in said(alone)
    done = counter.scan(gs1(), K.DESTROY, reason="expired", second="op-2")
    assert done.event is not None and done.event.second == "op-2"
    assert counter.scan(gs1(), K.DESTROY, reason="expired", second="op-2").outcome is Outcome.REPEATED
    refused = counter.receive(gs1())
    assert (refused.outcome, said(refused)) == ("refused", {"received_after_destroy_by_you"})


# -- damaged on arrival


@pytest.mark.parametrize("word", ["damaged", "temperature"])
def test_damaged_and_warm_packs_are_received_into_quarantine(counter: Counter, word: str) -> None:
    answer = counter.receive(gs1(), damaged=word)
    assert (answer.outcome, said(answer)) == ("accepted", {f"{word}_to_quarantine"})
    assert state(counter, gs1()) is State.QUARANTINED


# -- split packs


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


# -- first to expire


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


# -- cases


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


def test_dispensing_takes_a_pack_out_of_its_case(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.scan(gs1("A"), K.PACK, parent=identify(CASE))
    done = counter.dispense(gs1("A"))
    assert done.event is not None and "taken_from_case" in done.event.flags
    assert pack(counter, gs1("A")).parent is None


# -- labels


def test_another_code_on_a_pack_names_it_from_then_on(counter: Counter) -> None:
    zone = identify("01095212340000371728013110Z\x1d21ZONE-1")
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


# -- counting


def test_count_confirms_misses_and_finds(counter: Counter) -> None:
    counter.receive(gs1("A"))
    counter.receive(gs1("B"))
    seen = counter.scan(gs1("A"), K.COUNT, document="ST-1", place="A-1")
    assert seen.outcome is Outcome.ACCEPTED
    assert counter.scan(gs1("A"), K.COUNT, document="ST-1").outcome is Outcome.REPEATED
    assert counter.scan(gs1("B"), K.COUNT, document="ST-1", missing=True).needs == ("reason",)
    assert (
        counter.scan(gs1("B"), K.COUNT, document="ST-1", missing=True, reason="gone").outcome
        is Outcome.ACCEPTED
    )
    assert state(counter, gs1("B")) is State.LOST
    assert "pack_lost" in said(counter.dispense(gs1("B"), reason="x"))
    assert counter.scan(gs1("B"), K.COUNT, document="ST-2").needs == ("reason",)
    assert (
        counter.scan(gs1("B"), K.COUNT, document="ST-2", reason="behind the shelf").outcome
        is Outcome.ACCEPTED
    )
    assert state(counter, gs1("B")) is State.IN_STOCK
    extra = counter.scan(gs1("C"), K.COUNT, document="ST-2", reason="no papers")
    assert extra.event is not None and extra.event.flags == ("extra",)
    counter.dispense(gs1("A"))
    assert said(counter.scan(gs1("A"), K.COUNT, document="ST-3")) == {"count_not_here"}


# -- void


def test_void_undoes_the_last_record_and_keeps_it(counter: Counter) -> None:
    received = counter.receive(gs1(), lot="L1")
    done = asks_then(counter, K.VOID, gs1(), ("reason",), reason="wrong delivery")
    assert done.event is not None and received.event is not None
    assert done.event.told("voids") == received.event.event_id
    assert state(counter, gs1()) is State.UNKNOWN
    assert counter.receive(gs1()).outcome is Outcome.ACCEPTED
    kinds = counter.store(
        lambda store: [e.kind for e in store.events_of(store.look_up(identify(gs1()).key).pack_id)]
    )
    assert kinds == ["receive", "void", "receive"]
    assert whole(counter)


def test_voids_go_back_one_record_at_a_time(counter: Counter) -> None:
    counter.receive(gs1())
    counter.dispense(gs1(), quantity=3, units=10)
    counter.scan(gs1(), K.RETURN, quantity=1, reason="x")
    counter.scan(gs1(), K.VOID, reason="not returned")
    assert counter.scan(gs1(), K.VOID, reason="not returned").outcome is Outcome.REPEATED, "pressed twice"
    assert (state(counter, gs1()), pack(counter, gs1()).out) == (State.OPENED, 3)
    undone = counter.scan(gs1(), K.UNDO)
    assert undone.outcome is Outcome.ACCEPTED, "the dispense is the last record that stands"
    counter.time += timedelta(minutes=5)
    assert counter.scan(gs1(), K.VOID, reason="a").outcome is Outcome.ACCEPTED
    counter.time += timedelta(minutes=5)
    assert counter.scan(gs1(), K.VOID, reason="b").outcome is Outcome.ACCEPTED
    assert state(counter, gs1()) is State.IN_STOCK
    assert whole(counter)


def test_void_replays_the_frozen_bytes_under_the_same_event_id(counter: Counter) -> None:
    received = counter.receive(gs1())
    counter.scan(gs1(), K.VOID, reason="wrong")
    rows = counter.store(
        lambda store: store._connection.execute(
            "SELECT event_id, declaration_time, payload FROM outbox ORDER BY seq"
        ).fetchall()  # type: ignore[attr-defined]
    )
    assert received.event is not None
    (first_id, none, payload), (second_id, declared, replayed) = rows  # type: ignore[misc]
    assert (first_id, none) == (second_id, "") == (received.event.event_id, "")
    assert declared
    assert replayed == b"not: " + payload


def test_every_kind_of_record_can_be_voided_back_to_where_it_stood(counter: Counter) -> None:
    walk: list[tuple[EventKind, dict[str, object]]] = [
        (K.RECEIVE, {"place": "A-1"}),
        (K.MOVE, {"place": "B-2"}),
        (K.PACK, {"parent": identify(CASE)}),
        (K.UNPACK, {}),
        (K.DISPENSE, {"quantity": 3, "units": 10}),
        (K.RETURN, {"quantity": 1, "reason": "x"}),
        (K.QUARANTINE, {"reason": "x"}),
        (K.RELEASE, {"reason": "x"}),
        (K.COUNT, {"missing": True, "reason": "x"}),
    ]
    stood = []
    for kind, answers in walk:
        stood.append(_position(counter))
        done = counter.scan(gs1(), kind, **answers)
        assert done.outcome is Outcome.ACCEPTED, (kind, said(done))
        counter.scan(gs1(), K.VOID, reason="test")
        after = _position(counter)
        assert after == (stood[-1] or (State.UNKNOWN, None, None, None, "")), kind
        assert counter.scan(gs1(), kind, **answers).outcome is Outcome.ACCEPTED, kind
    assert whole(counter)


def _position(counter: Counter) -> tuple[object, ...] | None:
    found = counter.store(lambda store: store.look_up(identify(gs1()).key))
    if not isinstance(found, Pack):
        return None
    return (found.state, found.remaining, found.out, found.parent, found.place)


# -- goods without serial and without code


def test_codeless_goods_need_a_reason_and_are_marked(counter: Counter) -> None:
    from ledger.capture import Scanned, capture
    from ledger.codes.code import Entry
    from tests.ledger.counter import intent_of

    def scan(kind: EventKind, **answers: object) -> Captured:
        wanted = intent_of(kind, **answers)
        scanned = Scanned("", Entry.MANUAL, product=GTIN)
        return counter.writer.run(lambda store: capture(store, counter.workplace, scanned, wanted))

    label = {"lot": "L1", "expiry": date(2028, 1, 31)}
    assert scan(K.RECEIVE, **label).needs == ("reason",)
    done = scan(K.RECEIVE, reason="no code on old stock", quantity=20, **label)
    assert done.event is not None
    assert (done.event.flags, done.key, done.event.packs[0].remaining) == (
        ("codeless",),
        f"heap:{GTIN}/L1",
        20,
    )
    assert scan(K.DISPENSE, reason="no code", quantity=21, **label).outcome is Outcome.REFUSED
    assert scan(K.DISPENSE, reason="no code", quantity=5, lot="L1").outcome is Outcome.ACCEPTED
    assert whole(counter)


def test_what_bears_no_code_is_counted_apart(counter: Counter) -> None:
    from ledger.capture import Scanned, capture
    from ledger.codeless import Codeless, codeless
    from ledger.codes.code import Entry
    from tests.ledger.counter import intent_of

    def scan(kind: EventKind, quantity: int) -> Captured:
        label = {"lot": "L1", "expiry": date(2028, 1, 31)}
        wanted = intent_of(kind, reason="no code", second="op-2", quantity=quantity, **label)
        scanned = Scanned("", Entry.MANUAL, product=GTIN)
        return counter.writer.run(lambda store: capture(store, counter.workplace, scanned, wanted))

    assert counter.writer.run(lambda store: list(codeless(store))) == []
    counter.receive(f"01{GTIN}1728013110L1", quantity=50)
    for kind, quantity in ((K.RECEIVE, 20), (K.DISPENSE, 5), (K.RETURN, 2), (K.DESTROY, 1), (K.COUNT, 60)):
        answer = scan(kind, quantity) if kind is not K.DESTROY else None
        assert answer is None or answer.outcome is Outcome.ACCEPTED, (kind, said(answer))
    assert counter.writer.run(lambda store: list(codeless(store))) == [Codeless(GTIN, "L1", 20, 3)]


heap_steps = st.tuples(
    st.sampled_from(
        [
            "receive",
            "dispense",
            "undo",
            "return",
            "quarantine",
            "release",
            "destroy",
            "supplier_return",
            "count",
            "transfer_out",
        ]
    ),
    st.integers(0, 9),
    st.booleans(),
)


@settings(max_examples=examples(20, 300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(heap_steps, max_size=20))
def test_no_heap_ever_holds_less_than_nothing(walk: list[tuple[str, int, bool]]) -> None:
    lot_only = "01095212340000131728013110L1"
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for kind, quantity, damaged in walk:
                answers = {"quantity": quantity, "reason": "r", "second": "op-2", "partner": SITE}
                counter.scan(lot_only, EventKind(kind), damaged="damaged" if damaged else None, **answers)
            numbers = counter.store(
                lambda store: store._connection.execute(
                    "SELECT remaining, coalesce(out, 0) FROM pack"
                ).fetchall()  # type: ignore[attr-defined]
            )
            assert all(left >= 0 and out >= 0 for left, out in numbers)  # type: ignore[attr-defined]
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok


# -- take-out, second person


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


# -- random walks over every verb

verbs = st.sampled_from(
    sorted(
        kind
        for kind in EventKind
        if kind
        in {
            K.RECEIVE,
            K.DISPENSE,
            K.UNDO,
            K.RETURN,
            K.SUPPLIER_RETURN,
            K.TRANSFER_OUT,
            K.TRANSFER_IN,
            K.MOVE,
            K.QUARANTINE,
            K.RELEASE,
            K.DESTROY,
            K.PACK,
            K.UNPACK,
            K.COUNT,
            K.LABEL,
            K.VOID,
        }
    )
)
wild = st.tuples(
    verbs,
    st.sampled_from([gs1("A"), gs1("B", "261119"), gs1("C", "261125"), CASE, CN20]),
    st.fixed_dictionaries(
        {
            "reason": st.sampled_from([None, "r"]),
            "second": st.sampled_from([None, "op-2"]),
            "place": st.sampled_from([None, "A-1", "B-2"]),
            "partner": st.sampled_from([None, SITE]),
            "quantity": st.sampled_from([None, None, 1, 3, 11]),
            "units": st.sampled_from([None, 10]),
            "missing": st.booleans(),
            "parent": st.sampled_from([None, identify(CASE), identify(OTHER_CASE)]),
            "label": st.sampled_from([None, identify(gs1("Z1")), identify(gs1("A"))]),
            "damaged": st.sampled_from([None, "damaged"]),
            "document": st.sampled_from([None, "D-1"]),
        }
    ),
    st.sampled_from([0, 1, 24, 24 * 12]),
)


@settings(max_examples=examples(40, 600), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(wild, max_size=30))
def test_any_walk_over_every_verb_is_legal_and_leaves_a_whole_ledger(
    walk: list[tuple[EventKind, str, dict[str, object], int]],
) -> None:
    with TemporaryDirectory() as folder:
        counter = Counter(Path(folder))
        try:
            for kind, text, answers, hours in walk:
                before = counter.store(lambda store: store.head.seq)
                answer = counter.scan(text, kind, **answers)
                grown = counter.store(lambda store: store.head.seq) - before  # type: ignore[operator]
                assert grown == (1 if answer.outcome is Outcome.ACCEPTED else 0)
                if answer.outcome in (Outcome.ASKED, Outcome.REFUSED):
                    assert answer.event is None and answer.problems
                counter.time += timedelta(hours=hours)
            numbers = counter.store(
                lambda store: store._connection.execute(  # type: ignore[attr-defined]
                    "SELECT units, remaining, out FROM pack WHERE units IS NOT NULL"
                ).fetchall()
            )
            for units, remaining, out in numbers:  # type: ignore[attr-defined]
                assert 0 <= remaining <= units and 0 <= out <= units and remaining + out <= units
        finally:
            counter.close()
        finding = audit(Path(folder))
        assert finding.chain_ok and finding.projection_ok
