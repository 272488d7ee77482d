"""How each kind of event is said in the Core Business Vocabulary: one row a kind, and a row for each special case.

A pack that is dispensed is OBSERVEd, not DELETEd, because it may come back. What comes back is `receiving` with
`returned`: the vocabulary has no return step. An event that declares a record wrong is no row here, it replays
the bytes of the record. The rows are those of the golden documents in tests/golden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from ledger.event import Event, EventKind
from ledger.pack import State


class Way(Enum):
    """Which way goods cross the border of the site, if they do."""

    NONE = 0
    IN = 1
    OUT = 2


HELD, OWNED, PLACED = "possessing_party", "owning_party", "location"
"""What a source or destination says: who has the goods, whose they are, where they are."""


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of event in the words of the vocabulary."""

    biz_step: str
    disposition: str
    action: str = "OBSERVE"
    stays: bool = True
    """True when the packs are expected at the site after the event, so that a bizLocation is given."""
    way: Way = Way.NONE
    source: tuple[str, ...] = ()
    """What is said of the side that the goods leave, in this order."""
    destination: tuple[str, ...] = ()
    within: bool = False
    """True for a transfer: the goods stay with the organisation where the site belongs to one."""
    nested: bool = False
    """True for an AggregationEvent: the packs are children of a case."""
    linked: bool = False
    """True for a TransactionEvent: the packs are tied to documents."""
    amount: str = ""
    """Extension field for the units of an opened pack that the event is about."""
    reason: str = "td:reason"
    """Extension field for the reason, where it is a code word."""
    related: str = ""
    """Name of the event's detail that holds the id of the event it answers."""
    set_apart: str = ""
    """Extension field that says that packs which came back wait for a decision."""


_K = EventKind
_SOLD = (HELD, OWNED, PLACED)
STEPS = MappingProxyType(
    {
        _K.RECEIVE: Step("receiving", "in_progress", way=Way.IN, source=_SOLD, destination=_SOLD),
        _K.DISPENSE: Step("dispensing", "dispensed", stays=False, amount="td:dispensedAmount"),
        _K.UNDO: Step(
            "receiving",
            "returned",
            amount="td:returnedAmount",
            reason="td:returnReason",
            related="undoes",
            set_apart="td:restockDecision",
        ),
        _K.RETURN: Step(
            "receiving",
            "returned",
            way=Way.IN,
            source=(PLACED,),
            destination=(PLACED,),
            amount="td:returnedAmount",
            reason="td:returnReason",
            related="returns",
            set_apart="td:restockDecision",
        ),
        _K.SUPPLIER_RETURN: Step(
            "shipping",
            "returned",
            stays=False,
            way=Way.OUT,
            source=(OWNED, HELD, PLACED),
            destination=(OWNED, HELD, PLACED),
            reason="td:returnReason",
        ),
        _K.TRANSFER_OUT: Step(
            "shipping",
            "in_transit",
            stays=False,
            way=Way.OUT,
            source=(HELD, PLACED),
            destination=(HELD, PLACED),
            within=True,
        ),
        _K.TRANSFER_IN: Step(
            "receiving",
            "in_progress",
            way=Way.IN,
            source=(HELD, PLACED),
            destination=(HELD, PLACED),
            within=True,
        ),
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

_HANDED = replace(STEPS[_K.RECEIVE], source=(HELD,), destination=(HELD,))
"""Packs came without a despatch advice."""
_UNSHIPPED = Step("void_shipping", "in_progress", related="undoes")
"""What was sent off is still here: the goods did not leave."""
_DISPOSED = Step(
    "shipping",
    "disposed",
    stays=False,
    way=Way.OUT,
    source=(HELD, OWNED),
    destination=(HELD,),
    reason="td:destructionReason",
)
"""Somebody else takes the packs away and destroys them; they are not destroyed yet."""
_ACCEPTED = Step("accepting", "in_progress", "ADD", stays=False, linked=True)
"""Packs are tied to documents that came later than they did."""

_SHIPPED = frozenset({_K.TRANSFER_OUT.value, _K.SUPPLIER_RETURN.value})
_HELD = MappingProxyType({"recalled": "recalled", "expired": "expired", "damaged": "damaged"})
"""Reasons of a quarantine that the vocabulary has a disposition for."""
_SHELVED = MappingProxyType({"restock": "sellable_not_accessible", "to_counter": "sellable_accessible"})
"""Reasons of a move that it has one for: back into the store, or out where it is dispensed from."""

_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}").fullmatch


def step_of(event: Event) -> Step | None:
    """The row that says the event; None for a kind that the platform is not told of."""
    kind = event.kind
    if kind is _K.DOCUMENT_FINISHED and event.packs:
        return _ACCEPTED
    step = STEPS.get(kind)
    if step is None:
        return None
    if kind is _K.DESTROY and event.partner:
        return _DISPOSED
    if kind is _K.UNDO and event.told("undone") in _SHIPPED:
        return _UNSHIPPED
    if kind is _K.RECEIVE and not any(ref.kind == "desadv" for ref in event.documents):
        # Whose the goods were and whence they came is the sender's to say, on a despatch advice; without one
        # only who handed them over is known.
        return _HANDED
    return step


def disposition_of(event: Event, step: Step) -> str:
    """The state that the goods are in after the event, as the vocabulary says it."""
    kind = event.kind
    if kind is _K.DISPENSE and _any_opened(event):
        return "partially_dispensed"
    if kind is _K.RECEIVE and event.told("expected"):
        return "mismatch_quantity"
    if kind in (_K.RECEIVE, _K.TRANSFER_IN) and _all_set_apart(event):
        # The other workstations of the site must not take it for stock.
        return next((word for word in _HELD if word in event.flags), "non_sellable_other")
    if kind is _K.QUARANTINE:
        return _HELD.get(event.reason or "", step.disposition)
    if kind is _K.MOVE:
        return _SHELVED.get(event.reason or "", step.disposition)
    if kind is _K.UNPACK and event.told("parent") in {pack.key for pack in event.packs}:
        return "completeness_verified"
    if kind is _K.COUNT and _all_lost(event):
        return "unknown"
    return step.disposition


def persistent_of(event: Event) -> dict[str, list[str]] | None:
    """The state that stays with the packs until it is taken away: that they are recalled."""
    if event.kind is _K.QUARANTINE and event.reason == "recalled":
        return {"set": ["recalled"]}
    if event.kind is _K.RELEASE and any(ref.kind == "recall-notice" for ref in event.documents):
        return {"unset": ["recalled"]}
    return None


def stays(event: Event, step: Step) -> bool:
    """True when the goods are expected at the site after the event."""
    if event.kind is _K.DISPENSE:
        return _any_opened(event)
    return step.stays and not (event.kind is _K.COUNT and _all_lost(event))


def _any_opened(event: Event) -> bool:
    return any(pack.state == State.OPENED for pack in event.packs)


def _all_set_apart(event: Event) -> bool:
    return bool(event.packs) and all(pack.state == State.QUARANTINED for pack in event.packs)


def _all_lost(event: Event) -> bool:
    return all(pack.state == State.LOST for pack in event.packs)


def reason_word(event: Event) -> str | None:
    """The reason where it is a code word. What a person typed may name a patient and never leaves the house."""
    said = event.reason or event.told("codeless")  # why goods bear no code, where nothing else was asked
    return said if said and _WORD(said) else None


def reason_told(event: Event) -> str | None:
    """The reason where it is a code word that the disposition does not say already."""
    said = _HELD if event.kind is _K.QUARANTINE else _SHELVED if event.kind is _K.MOVE else ()
    return None if event.reason in said else reason_word(event)
