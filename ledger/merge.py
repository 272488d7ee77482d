"""Two histories of one pack made one: what this ledger recorded and what the site's other workstations told.

Pure. Events are put into the order in which they happened, as far as it can be known: within a ledger by number;
after everything that was known when it was recorded; after the event that it answers; else by time. Then the one
table of transitions decides: an event that cannot follow those before it does not count and is a contradiction,
unless it is a late paper that changes nothing. What has been handed to a patient stays handed out, whichever
order the clocks give. All workstations that know the same events come to the same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from ledger.event import Event, EventKind, PackFacts
from ledger.pack import TRANSITIONS, State

_K = EventKind
_HARMLESS = frozenset({_K.RECEIVE, _K.TRANSFER_IN, _K.COUNT, _K.LABEL, _K.MOVE, _K.UNDO})
"""Kinds that may come late, or twice from two desks, without anybody having to look at it."""
_STAYS = frozenset({_K.MOVE, _K.LABEL, _K.PACK, _K.UNPACK, _K.COUNT})
"""Kinds that leave the pack in the state it has, unless they say otherwise."""
_LEADS = {
    _K.RECEIVE: State.IN_STOCK,
    _K.TRANSFER_IN: State.IN_STOCK,
    _K.DISPENSE: State.DISPENSED,
    _K.RETURN: State.QUARANTINED,
    _K.SUPPLIER_RETURN: State.RETURNED,
    _K.TRANSFER_OUT: State.IN_TRANSIT,
    _K.QUARANTINE: State.QUARANTINED,
    _K.RELEASE: State.IN_STOCK,
    _K.DESTROY: State.DESTROYED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event of another workstation as it was taken."""

    event: Event
    """Its number is that of its own ledger."""
    after_seq: int
    """Number of this ledger's last event when it was taken: what came later here was recorded knowing it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One history."""

    events: tuple[Event, ...]
    """Those that count, in their order."""
    facts: PackFacts | None
    """The pack after them; None where none is left."""
    contradictions: tuple[Event, ...] = ()
    """Events that cannot have happened after those before them, and that a person must look at."""


class _Turn(NamedTuple):
    """Place of an event in the order."""

    at: datetime
    lifted: int
    device: str
    seq: int


def merge(key: str, own: Sequence[Event], others: Sequence[Told]) -> Merged:
    """The one history of a pack; `own` are the events of this ledger that still stand, in order."""
    ordered = _ordered(own, others)
    fold = _Fold(key, _full(key, ordered))
    for event in ordered:
        fold.take(event)
    return Merged(tuple(fold.counted), fold.facts, tuple(fold.contradictions))


def standing(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events that still stand: without the voided ones and the voids themselves."""
    gone = {event.told("voids") for event in events if event.kind is EventKind.VOID}
    if not gone:
        return tuple(events)
    return tuple(one for one in events if one.kind is not EventKind.VOID and one.event_id not in gone)


def _ordered(own: Sequence[Event], others: Sequence[Told]) -> list[Event]:
    turns: dict[str, _Turn] = {}
    latest: dict[str, datetime] = {}
    for told in sorted(others, key=lambda one: (one.event.device_id, one.event.seq, one.event.event_id)):
        event = told.event
        at = max(event.moment.at, latest.get(event.device_id, event.moment.at))
        latest[event.device_id] = at
        turns[event.event_id] = _Turn(at, 0, event.device_id, event.seq)
    before: datetime | None = None
    for event in own:
        known = [turns[one.event.event_id].at for one in others if one.after_seq < event.seq]
        at, lifted = event.moment.at, 0
        for floor in (*known, *((before,) if before else ())):
            if floor >= at:
                at, lifted = floor, 1
        before = at
        turns[event.event_id] = _Turn(at, lifted, event.device_id, event.seq)
    events = [*own, *(told.event for told in others)]
    for event in events:
        answered = event.told("undoes") or event.told("returns")
        first = turns.get(answered) if answered else None
        mine = turns[event.event_id]
        if first is not None and first >= mine:
            turns[event.event_id] = mine._replace(at=first.at, lifted=first.lifted + 1)
    return sorted(events, key=lambda event: turns[event.event_id])


def _full(key: str, events: Sequence[Event]) -> int | None:
    """Units of the unopened pack: what somebody counted, else the most that anybody had in hand."""
    most = 0
    for event in events:
        for facts in event.packs:
            if facts.key == key and event.kind is _K.DISPENSE and facts.quantity is not None:
                most = max(most, facts.units or 0, facts.quantity + (facts.remaining or 0))
    return most or None


class _Fold:
    """The pack while its events are taken one after the other."""

    def __init__(self, key: str, full: int | None) -> None:
        """`full` is how many units the unopened pack held, where anybody has opened it."""
        self._key = key
        self._full = full
        self.facts: PackFacts | None = None
        self.counted: list[Event] = []
        self.contradictions: list[Event] = []
        self._before_dispense = State.IN_STOCK

    def take(self, event: Event) -> None:
        facts = next((one for one in event.packs if one.key == self._key), None)
        if facts is None:
            return
        state = State(self.facts.state) if self.facts else State.UNKNOWN
        wanted = self._wanted(event, facts, state)
        allowed = TRANSITIONS.get((state, event.kind))
        if state is not State.UNKNOWN and allowed is None:
            if event.kind not in _HARMLESS:
                self.contradictions.append(event)
            if event.kind is not _K.DISPENSE or state is State.DISPENSED:
                return  # it does not count; only what a patient has is true whatever was thought before
        elif state is not State.UNKNOWN and allowed and wanted not in allowed:
            wanted = state if state in allowed else allowed[0]
        if event.kind is _K.DISPENSE:
            self._before_dispense = state
        self.facts = self._after(event, facts, wanted)
        if not facts.state:
            # The others say what was done, not how the pack stood then; what follows is judged by that.
            packs = tuple(self.facts if one.key == self._key else one for one in event.packs)
            event = replace(event, packs=packs)
        self.counted.append(event)

    def _wanted(self, event: Event, facts: PackFacts, state: State) -> State:
        if facts.state:
            return State(facts.state)
        if event.kind is _K.UNDO:
            return self._before_dispense
        if event.kind in _STAYS:
            return state if state is not State.UNKNOWN else State.IN_STOCK
        return _LEADS[event.kind]

    def _after(self, event: Event, facts: PackFacts, state: State) -> PackFacts:
        known = self.facts
        told = replace(facts, state=state)
        if known is not None:
            told = replace(
                told,
                product=facts.product or known.product,
                serial=facts.serial or known.serial,
                lot=facts.lot or known.lot,
                expiry=facts.expiry or known.expiry,
                expiry_precision=facts.expiry_precision if facts.expiry else known.expiry_precision,
                units=facts.units or known.units,
                place=facts.place or known.place,
                parent=facts.parent if event.kind in _PLACES else known.parent,
            )
        if event.kind in (_K.DISPENSE, _K.TRANSFER_OUT, _K.SUPPLIER_RETURN, _K.DESTROY):
            told = replace(told, parent=None)
        return self._counted_units(event, facts, told)

    def _counted_units(self, event: Event, facts: PackFacts, told: PackFacts) -> PackFacts:
        """Units of an opened pack: each workstation's own amounts, taken one after the other."""
        known, taken = self.facts, facts.quantity
        left = known.remaining if known else None
        out = (known.out if known else None) or 0
        if taken is None or event.kind not in (_K.DISPENSE, _K.UNDO, _K.RETURN):
            whole = told.state in (State.DISPENSED, State.IN_STOCK)
            return replace(told, remaining=None if whole else left, out=None if whole else (out or None))
        if event.kind is _K.DISPENSE:
            rest = (left if left is not None else self._full or taken) - taken
            if rest < 0:
                self.contradictions.append(event)
                rest = 0
            state = State.OPENED if rest else State.DISPENSED
            return replace(told, state=state, remaining=rest, out=out + taken, units=self._full)
        out = max(out - taken, 0)
        if event.kind is _K.UNDO:
            left = (left or 0) + taken
            full = told.units is not None and left >= told.units
            state = State.IN_STOCK if full or not out else State.OPENED
            return replace(told, state=state, remaining=None if full else left, out=out or None)
        whole = known is None or known.state == State.DISPENSED
        return replace(told, remaining=taken if whole and told.state == State.QUARANTINED else left, out=out)


_PLACES = frozenset({_K.RECEIVE, _K.TRANSFER_IN, _K.PACK, _K.UNPACK})
"""Kinds that say which case the pack lies in."""
