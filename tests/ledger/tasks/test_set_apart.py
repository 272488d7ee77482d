"""Quarantine, release, destruction, and goods that arrive damaged."""

from __future__ import annotations

import pytest

from ledger.capture import Outcome
from ledger.pack import State
from tests.ledger.counter import Counter, gs1
from tests.ledger.tasks.answers import K, asks_then, said, state


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


@pytest.mark.parametrize("word", ["damaged", "temperature"])
def test_damaged_and_warm_packs_are_received_into_quarantine(counter: Counter, word: str) -> None:
    answer = counter.receive(gs1(), damaged=word)
    assert (answer.outcome, said(answer)) == ("accepted", {f"{word}_to_quarantine"})
    assert state(counter, gs1()) is State.QUARANTINED
