"""Events about the workstation itself: who signed in, what was changed, exported, found out.

They stand in the same chain as the packs' events, so that an inspector sees them in their order; the platform
is not told of them.
"""

from __future__ import annotations

from ledger.clock import Clock
from ledger.event import ABOUT_PACKS, DocumentRef, Event, EventKind
from ledger.moment import new_event_id
from ledger.store import Store


def record(
    store: Store,
    clock: Clock,
    kind: EventKind,
    operator: str,
    *,
    reason: str | None = None,
    second: str | None = None,
    documents: tuple[DocumentRef, ...] = (),
    **detail: str,
) -> Event:
    """Append such an event, inside the caller's transaction. `detail` is what only this kind has."""
    assert kind not in ABOUT_PACKS
    moment = clock.now(store.head.at)
    return store.append(
        Event(
            event_id=new_event_id(moment),
            ledger_id=store.ledger_id,
            seq=store.head.seq + 1,
            kind=kind,
            moment=moment,
            device_id=store.device_id,
            operator=operator,
            place="",
            packs=(),
            documents=documents,
            reason=reason,
            second=second,
            verdict="",
            detail=tuple(sorted(detail.items())),
        ),
        None,
    )
