"""A record declared wrong: undone, kept, and sent as it was."""

from __future__ import annotations

from datetime import timedelta

from ledger.capture import Outcome
from ledger.codes.identify import identify
from ledger.event import EventKind
from ledger.pack import Pack, State
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import CASE, K, asks_then, pack, said, state, whole


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


def test_an_undo_that_left_a_pack_unknown_can_be_declared_wrong(counter: Counter) -> None:
    """Nobody received it: what was undone by mistake is with the patient again."""
    for amount in ({}, {"quantity": 3, "units": 10}):
        serial = gs1(f"S{len(amount)}")
        counter.dispense(serial, document="RX-1", reason="x", **amount)
        given = state(counter, serial)
        counter.scan(serial, K.UNDO, reason="x")
        assert state(counter, serial) is State.UNKNOWN
        assert counter.scan(serial, K.VOID, reason="x").outcome is Outcome.ACCEPTED
        assert state(counter, serial) is given
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
