"""Two histories of goods without serial made one: sums, which no order of events changes.

Pure. A heap grows old: so the site's row of it is carried on from record to record (`recorded`, `heard`), and only
what is declared wrong makes anybody read all of it again (`heap_facts`). A lot has one expiry; where its packs say
several, the earliest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from ledger.event import Event, EventKind, PackFacts
from ledger.merge import Told, standing
from ledger.pack import HEAP, State

_K = EventKind
_SHELF_TO_APART = {_K.QUARANTINE: 1, _K.RETURN: 1, _K.RELEASE: -1}
_SPOILT = (State.QUARANTINED,)


def recorded(row: PackFacts, before: PackFacts | None, now: PackFacts) -> PackFacts:
    """The site's heap after a record of this ledger, which had left it as `before` and leaves it as `now`.

    Not for a void, nor for what was adopted, which the row holds already.
    """
    here = (row.remaining or 0) + (now.remaining or 0) - ((before.remaining or 0) if before else 0)
    out = (row.out or 0) + (now.out or 0) - ((before.out or 0) if before else 0)
    return _made(_earlier(replace(now, remaining=here, out=out), row))


def heard(row: PackFacts, event: Event) -> PackFacts:
    """The site's heap after an event of another workstation that stands."""
    here, out = heap_change(row.key, event)
    row = replace(row, remaining=(row.remaining or 0) + here, out=(row.out or 0) + out)
    return _made(reduce(_earlier, (one for one in event.packs if one.key == row.key), row))


def heap_facts(key: str, own: Sequence[Event], others: Sequence[Told]) -> PackFacts | None:
    """A heap as both histories leave it; None where neither knows it."""
    events = [*(told.event for told in others), *own]
    facts = [one for event in events for one in event.packs if one.key == key]
    if not facts:
        return None
    here, out = heap_sums(key, own, others)
    stands = [*(told.event for told in others), *standing(own)]
    dated = [one for event in stands for one in event.packs if one.key == key]
    left = replace(facts[-1], expiry=None, expiry_precision=None, remaining=here, out=out)
    return _made(reduce(_earlier, dated, left))


def heap_sums(key: str, own: Sequence[Event], others: Sequence[Told]) -> tuple[int, int]:
    """Packs of a heap here and with patients: what this ledger counts, and what the others put in or took.

    `own` are all events of this ledger about the heap, voided ones and voids included: their numbers are sums
    already, also of what they took over from the others when they were recorded.
    """
    here = out = 0
    last: PackFacts | None = None
    for event in own:
        facts = next((one for one in event.packs if one.key == key), None)
        if facts is None:
            continue
        if event.kind is not _K.ADOPTED:
            here += (facts.remaining or 0) - ((last.remaining or 0) if last else 0)
            out += (facts.out or 0) - ((last.out or 0) if last else 0)
        last = facts
    for told in others:
        more_here, more_out = heap_change(key, told.event)
        here, out = here + more_here, out + more_out
    return here, out


def heap_change(key: str, event: Event) -> tuple[int, int]:
    """What an event of another workstation does to a heap: packs here, packs with patients."""
    here = out = 0
    for facts in event.packs:
        if facts.key != key or facts.quantity is None:
            continue
        change_here, change_out = HEAP.get(event.kind, (0, 0))
        if facts.state in _SPOILT:
            change_here = _SHELF_TO_APART.get(event.kind, change_here)
            change_out = 0
        here += change_here * facts.quantity
        out += change_out * facts.quantity
    return here, out


def _earlier(heap: PackFacts, other: PackFacts) -> PackFacts:
    """The heap with the earlier expiry of the two."""
    if other.expiry is None or (heap.expiry is not None and heap.expiry <= other.expiry):
        return heap
    return replace(heap, expiry=other.expiry, expiry_precision=other.expiry_precision)


def _made(heap: PackFacts) -> PackFacts:
    state = State.QUARANTINED if heap.key.endswith("#quarantine") else State.IN_STOCK
    return replace(heap, state=state, quantity=None, out=heap.out or None)
