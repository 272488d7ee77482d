"""The pack: its states and the one table of transitions between them.

A state is a fold over the pack's events; nothing else changes it. What a pack *is* (expired, recalled, near
expiry) is no state but a flag that the rules work out for the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from ledger.codes.code import Kind, Level
from ledger.event import EventKind, PackFacts


class State(StrEnum):
    """Where a pack stands in the eyes of this ledger."""

    __hash__ = str.__hash__  # as EventKind's

    UNKNOWN = "unknown"
    """Never recorded here, or its only record was declared wrong."""
    IN_STOCK = "in_stock"
    OPENED = "opened"
    """In stock with some of its units dispensed."""
    DISPENSED = "dispensed"
    QUARANTINED = "quarantined"
    """Here, but not to be dispensed: expired, damaged, suspect, brought back."""
    IN_TRANSIT = "in_transit"
    """Sent to another site and not yet seen there."""
    RETURNED = "returned"
    """Sent back to the supplier."""
    DESTROYED = "destroyed"
    LOST = "lost"
    """Not found when the stock was counted."""


_HERE = (State.IN_STOCK, State.OPENED, State.QUARANTINED)
_ARRIVED = (State.IN_STOCK, State.QUARANTINED)
_SPLIT = (State.OPENED, State.DISPENSED)
_K = EventKind


def _table() -> dict[tuple[State, EventKind], tuple[State, ...]]:
    table: dict[tuple[State, EventKind], tuple[State, ...]] = {
        (State.UNKNOWN, _K.RECEIVE): _ARRIVED,
        (State.RETURNED, _K.RECEIVE): _ARRIVED,
        (State.UNKNOWN, _K.TRANSFER_IN): _ARRIVED,
        (State.IN_TRANSIT, _K.TRANSFER_IN): _ARRIVED,
        (State.UNKNOWN, _K.DISPENSE): _SPLIT,
        (State.IN_STOCK, _K.DISPENSE): _SPLIT,
        (State.OPENED, _K.DISPENSE): _SPLIT,
        # What comes back goes to the state it had, or to quarantine when it may not be dispensed again.
        (State.DISPENSED, _K.UNDO): (State.UNKNOWN, *_HERE),
        (State.OPENED, _K.UNDO): (State.UNKNOWN, *_HERE),
        (State.DISPENSED, _K.RETURN): (State.QUARANTINED,),
        (State.OPENED, _K.RETURN): (State.OPENED,),
        (State.QUARANTINED, _K.RETURN): (State.QUARANTINED,),  # units of it that another patient has
        (State.IN_STOCK, _K.TRANSFER_OUT): (State.IN_TRANSIT,),
        (State.UNKNOWN, _K.QUARANTINE): (State.QUARANTINED,),
        (State.IN_STOCK, _K.QUARANTINE): (State.QUARANTINED,),
        (State.OPENED, _K.QUARANTINE): (State.QUARANTINED,),
        (State.QUARANTINED, _K.RELEASE): (State.IN_STOCK, State.OPENED),
        (State.IN_STOCK, _K.PACK): (State.IN_STOCK,),
        (State.UNKNOWN, _K.PACK): (State.IN_STOCK,),  # the case itself, when its code is new
        (State.UNKNOWN, _K.COUNT): _ARRIVED,
        (State.LOST, _K.COUNT): _HERE,
    }
    for here in _HERE:
        table[here, _K.MOVE] = (here,)
        table[here, _K.UNPACK] = (here,)
        table[here, _K.LABEL] = (here,)
        table[here, _K.COUNT] = (here, State.LOST)
        table[here, _K.SUPPLIER_RETURN] = (State.RETURNED,)
        table[here, _K.DESTROY] = (State.DESTROYED,)
    for state in State:
        table[state, _K.ADOPTED] = tuple(State)  # what others did is told as it came out, not step by step
        # A void gives back the state before the event that it voids, whichever that was; an undone dispense of a pack
        # that nobody received has left it unknown.
        table[state, _K.VOID] = tuple(State)
    return table


TRANSITIONS = MappingProxyType(_table())
"""(state, event) -> the states it may lead to; a pair that is absent is no transition at all."""

HEAP = MappingProxyType(
    {
        _K.RECEIVE: (1, 0),
        _K.TRANSFER_IN: (1, 0),
        _K.DISPENSE: (-1, 1),
        _K.UNDO: (1, -1),
        _K.RETURN: (0, -1),
        _K.SUPPLIER_RETURN: (-1, 0),
        _K.TRANSFER_OUT: (-1, 0),
        _K.DESTROY: (-1, 0),
        _K.QUARANTINE: (-1, 0),
        _K.RELEASE: (1, 0),
    }
)
"""What an event does to goods without serial: (change of what is here, change of what patients have) a pack.

Goods without serial are one heap per product and lot. A heap is in stock whatever its number; what is set apart
or comes back from patients lies in a second heap of the same product and lot, the quarantined one.
"""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack, a case or a heap of packs without serial, as the projection holds it."""

    pack_id: int
    key: str
    state: State
    product: str | None
    serial: str | None
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    level: Level
    units: int | None
    """Units in the full pack, once somebody opened it."""
    remaining: int | None
    """Units left of an opened pack; packs in a heap."""
    out: int | None
    """Units of an opened pack, or packs of a heap, that patients have."""
    parent: str | None
    """Key of the case that it lies in."""
    place: str
    last_seq: int
    """Sequence number of the event that led here."""

    @property
    def is_heap(self) -> bool:
        """True for goods without serial."""
        return self.key.startswith("heap:")

    def facts(self, kind: Kind = Kind.UNKNOWN) -> PackFacts:
        """The pack as facts of an event that changes nothing of it."""
        return PackFacts(
            key=self.key,
            kind=kind,
            product=self.product,
            serial=self.serial,
            lot=self.lot,
            expiry=self.expiry,
            expiry_precision=self.expiry_precision,
            level=self.level,
            state=self.state,
            units=self.units,
            remaining=self.remaining,
            out=self.out,
            parent=self.parent,
            place=self.place,
        )


class IllegalTransition(AssertionError):
    """An event was about to be saved that the table does not know: a fault of this program."""


def step(state: State, kind: EventKind, target: str, key: str = "") -> State:
    """The state after such an event; raise IllegalTransition where the table has no such way."""
    if key.startswith("heap:"):
        if kind not in HEAP and kind not in (_K.COUNT, _K.VOID, _K.ADOPTED):
            raise IllegalTransition(f"heap --{kind}--> {target}")
        return State(target)
    for way in TRANSITIONS.get((state, kind), ()):
        if way == target:
            return way
    raise IllegalTransition(f"{state} --{kind}--> {target}")


def heap_key(product: str, lot: str, *, quarantined: bool = False) -> str:
    """The key of goods without serial: one heap per product and lot, and one beside it for what is set apart."""
    return f"heap:{product}/{lot}" + ("#quarantine" if quarantined else "")
