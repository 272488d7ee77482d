"""The pack: its states and the one table of transitions between them.

A state is a fold over the pack's events; nothing else changes it. What a pack *is* (expired, near expiry) is no
state but a flag that the rules work out for the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.codes.code import Level
from ledger.event import EventKind


class State(StrEnum):
    """Where a pack stands in the eyes of this ledger."""

    UNKNOWN = "unknown"
    """Never recorded here."""
    IN_STOCK = "in_stock"
    QUARANTINED = "quarantined"
    """Received, but not to be dispensed: expired or damaged on arrival."""
    DISPENSED = "dispensed"


TRANSITIONS: dict[tuple[State, EventKind], tuple[State, ...]] = {
    (State.UNKNOWN, EventKind.RECEIVE): (State.IN_STOCK, State.QUARANTINED),
    (State.UNKNOWN, EventKind.DISPENSE): (State.DISPENSED,),
    (State.IN_STOCK, EventKind.DISPENSE): (State.DISPENSED,),
}
"""(state, event) -> the states it may lead to; a pair that is absent is no transition at all."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as the projection holds it."""

    pack_id: int
    state: State
    product: str | None
    serial: str | None
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    level: Level
    last_seq: int
    """Sequence number of the event that led to this state."""


class IllegalTransition(AssertionError):
    """An event was about to be saved that the table does not know: a fault of this program."""


def step(state: State, kind: EventKind, target: str) -> State:
    """The state after such an event; raise IllegalTransition where the table has no such way."""
    if target not in TRANSITIONS.get((state, kind), ()):
        raise IllegalTransition(f"{state} --{kind}--> {target}")
    return State(target)
