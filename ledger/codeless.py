"""无码库: goods that bear no code at all, counted apart from those whose code has no serial.

Both lie in one heap a product and lot; what came and went without any code is told by the events' own mark, so
that an inspector sees how much was handed out without a code, and when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ledger.event import Event, EventKind
from ledger.merge import standing
from ledger.store import Store

MARK = "codeless"
"""The flag of an event about goods without any code."""

_COLUMN = {
    EventKind.RECEIVE: ("received", 1),
    EventKind.TRANSFER_IN: ("received", 1),
    EventKind.DISPENSE: ("dispensed", 1),
    EventKind.UNDO: ("dispensed", -1),
    EventKind.RETURN: ("dispensed", -1),
    EventKind.SUPPLIER_RETURN: ("gone", 1),
    EventKind.TRANSFER_OUT: ("gone", 1),
    EventKind.DESTROY: ("gone", 1),
}


@dataclass(frozen=True, slots=True)
class Codeless:
    """What came and went of one product and lot without any code, in packs."""

    product: str
    lot: str
    received: int = 0
    dispensed: int = 0
    """What patients got and did not bring back."""
    gone: int = 0
    """Destroyed, sent back or sent on."""


def codeless(store: Store) -> Iterator[Codeless]:
    """Every product and lot of which anything came or went without a code, in order. Takes as long as they are many."""
    found: dict[tuple[str, str], Codeless] = {}
    for key in store.heaps():
        pack = store.look_up(key)
        assert pack is not None
        for event in standing(store.events_of(pack.pack_id)):
            if MARK in event.flags and event.packs[0].key == key:
                _add(found, event)
    return (found[one] for one in sorted(found))


def _add(found: dict[tuple[str, str], Codeless], event: Event) -> None:
    facts = event.packs[0]
    one = facts.product or "", facts.lot or ""
    column, sign = _COLUMN.get(event.kind, ("", 0))
    if not column:
        return
    before = found.get(one, Codeless(*one))
    found[one] = replace(before, **{column: getattr(before, column) + sign * (facts.quantity or 0)})
