from __future__ import annotations

import itertools

import pytest

from ledger.clock import Clock
from ledger.codes.code import Kind
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import IllegalTransition, State, step

LEGAL = {
    (State.UNKNOWN, EventKind.RECEIVE, State.IN_STOCK),
    (State.UNKNOWN, EventKind.RECEIVE, State.QUARANTINED),
    (State.UNKNOWN, EventKind.DISPENSE, State.DISPENSED),
    (State.IN_STOCK, EventKind.DISPENSE, State.DISPENSED),
}


@pytest.mark.parametrize(("state", "kind", "target"), list(itertools.product(State, EventKind, State)))
def test_every_cell_of_the_transition_table(state: State, kind: EventKind, target: State) -> None:
    event = Event(
        "id", "ledger", 1, kind, Clock().now(), "device", "op", "", (PackFacts("k", Kind.CN20),), target
    )
    if (state, kind, target) in LEGAL:
        assert step(state, event) is target
    else:
        with pytest.raises(IllegalTransition):
            step(state, event)
