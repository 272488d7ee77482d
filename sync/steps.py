"""How each kind of event is said in the Core Business Vocabulary: one row a kind.

A pack that is dispensed is OBSERVEd, not DELETEd, because it may come back. What comes back is `receiving` with
`returned`: the vocabulary has no return step. An event that declares a record wrong is no row here, it replays
the bytes of the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from ledger.event import Event, EventKind
from ledger.pack import State


class Way(Enum):
    """Which way goods cross the border of the site, if they do."""

    NONE = 0
    IN = 1
    OUT = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of event in the words of the vocabulary."""

    biz_step: str
    disposition: str
    action: str = "OBSERVE"
    stays: bool = True
    """True when the packs are expected at the site after the event, so that a bizLocation is given."""
    way: Way = Way.NONE
    sold: bool = False
    """True when goods that cross the border change their owner too."""
    nested: bool = False
    """True for an AggregationEvent: the packs are children of a case."""
    amount: str = ""
    """Extension field for the units of an opened pack that the event is about."""
    reason: str = "td:reason"
    """Extension field for the reason, where it is a code word."""
    related: str = ""
    """Name of the event's detail that holds the id of the event it answers."""


_K = EventKind
STEPS = MappingProxyType(
    {
        _K.RECEIVE: Step("receiving", "in_progress", way=Way.IN, sold=True),
        _K.DISPENSE: Step("dispensing", "dispensed", stays=False, amount="td:dispensedAmount"),
        _K.UNDO: Step(
            "receiving",
            "returned",
            amount="td:returnedAmount",
            reason="td:returnReason",
            related="undoes",
        ),
        _K.RETURN: Step(
            "receiving",
            "returned",
            amount="td:returnedAmount",
            reason="td:returnReason",
            related="returns",
        ),
        _K.SUPPLIER_RETURN: Step(
            "shipping", "returned", stays=False, way=Way.OUT, sold=True, reason="td:returnReason"
        ),
        _K.TRANSFER_OUT: Step("shipping", "in_transit", stays=False, way=Way.OUT),
        _K.TRANSFER_IN: Step("receiving", "in_progress", way=Way.IN),
        _K.MOVE: Step("storing", "in_progress"),
        _K.QUARANTINE: Step("holding", "non_sellable_other"),
        _K.RELEASE: Step("inspecting", "conformant"),
        _K.DESTROY: Step("destroying", "destroyed", "DELETE", stays=False, reason="td:destructionReason"),
        _K.PACK: Step("packing", "in_progress", "ADD", nested=True),
        _K.UNPACK: Step("unpacking", "in_progress", "DELETE", nested=True),
        _K.COUNT: Step("cycle_counting", "in_progress"),
        _K.LABEL: Step("other", "in_progress"),
    }
)
"""Every kind that a platform is told of, the void aside."""

_HELD = MappingProxyType({"recalled": "recalled", "expired": "expired", "damaged": "damaged"})
"""Reasons of a quarantine that the vocabulary has a disposition for."""

_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}").fullmatch


def disposition_of(event: Event, step: Step) -> str:
    """The state that the goods are in after the event, as the vocabulary says it."""
    if event.kind is _K.DISPENSE and _any_opened(event):
        return "partially_dispensed"
    if event.kind is _K.QUARANTINE:
        return _HELD.get(event.reason or "", step.disposition)
    if event.kind is _K.COUNT and _all_lost(event):
        return "unknown"
    return step.disposition


def stays(event: Event, step: Step) -> bool:
    """True when the goods are expected at the site after the event."""
    if event.kind is _K.DISPENSE:
        return _any_opened(event)
    return step.stays and not (event.kind is _K.COUNT and _all_lost(event))


def _any_opened(event: Event) -> bool:
    return any(pack.state == State.OPENED for pack in event.packs)


def _all_lost(event: Event) -> bool:
    return all(pack.state == State.LOST for pack in event.packs)


def reason_word(event: Event) -> str | None:
    """The reason where it is a code word. What a person typed may name a patient and never leaves the house."""
    return event.reason if event.reason and _WORD(event.reason) else None
