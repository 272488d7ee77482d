"""What other workstations of the site have taken in under a document, as the platform told us.

A board counts this ledger's own records, because the chain explains them. What came in at another counter stands
beside it, so that nobody reports as missing what lies on a shelf already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.codes.code import Level
from ledger.event import Event
from ledger.merge import standing
from ledger.tasks.receive import ARRIVALS

if TYPE_CHECKING:
    from ledger.store import Store

_TOLD = (
    "SELECT body FROM told_document JOIN told_event USING (event_id) WHERE kind = ? AND number = ?"
    " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_document.event_id)"
)


def taken_in(store: Store, kind: str, number: str) -> int:
    """Packs that others took in under the document and did not take back; one that was scanned here too is ours.

    Cases do not count, what they brought along does. Takes as long as the packs told are many.
    """
    keys: set[str] = set()
    heaps = 0
    for (body,) in store.connection.execute(_TOLD, (kind, number)).fetchall():
        event = Event.from_canonical(body)
        if event.kind not in ARRIVALS:
            continue
        for facts in event.packs:
            if facts.key.startswith("heap:"):
                heaps += facts.quantity or 0
            elif facts.level is not Level.CASE:
                keys.add(facts.key)
    return heaps + sum(not _came_here(store, key) for key in keys)


def _came_here(store: Store, key: str) -> bool:
    pack = store.look_up(key)
    return pack is not None and any(
        event.kind in ARRIVALS for event in standing(store.events_of(pack.pack_id))
    )
