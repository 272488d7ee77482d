from __future__ import annotations

import itertools

import pytest

from ledger.event import EventKind
from ledger.pack import IllegalTransition, State, step

LEGAL = {
    (State.UNKNOWN, EventKind.RECEIVE, State.IN_STOCK),
    (State.UNKNOWN, EventKind.RECEIVE, State.QUARANTINED),
    (State.UNKNOWN, EventKind.DISPENSE, State.DISPENSED),
    (State.IN_STOCK, EventKind.DISPENSE, State.DISPENSED),
}


@pytest.mark.parametrize(("state", "kind", "target"), list(itertools.product(State, EventKind, State)))
def test_every_cell_of_the_transition_table(state: State, kind: EventKind, target: State) -> None:
    if (state, kind, target) in LEGAL:
        assert step(state, kind, target) is target
    else:
        with pytest.raises(IllegalTransition):
            step(state, kind, target)
