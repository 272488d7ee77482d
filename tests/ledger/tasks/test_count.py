"""Counting confirms, misses and finds."""

from __future__ import annotations

from ledger.capture import Outcome
from ledger.pack import State
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import K, said, state


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
