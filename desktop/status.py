"""How a station stands: what is recorded, delivered, refused, and whether one may go home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.incoming import recalls_old
from desktop.settings import Settings
from ledger.store import Store, exists, open_reader


@dataclass(frozen=True, slots=True)
class Status:
    """What a person wants to know before going home."""

    pending: int
    """Events recorded and not yet accepted by the platform, without the parked ones."""
    oldest_pending: str | None
    """ISO time of the oldest of them."""
    parked: int
    """Events that the platform refused and a person must look at."""
    provisional: int
    """Packs that the platform has not been asked about."""
    last_success: str | None
    """ISO time of the last successful exchange with the platform, never of a mere attempt."""
    head: str
    safe_to_leave: bool
    why: str
    """Code word of the reason: `all_delivered`, `events_parked`, `no_platform`, `events_waiting`, `no_events`."""
    accepted: int = 0
    """Records that the platform has accepted in all."""
    sent: int = 0
    """Those of the pending ones that were posted, and no answer yet settles them."""
    last_failure: str = ""
    """Code word of why nothing has succeeded since `last_success`; empty where the last attempt went well."""
    last_pull: str | None = None
    """ISO time when recalls and reference data were last known to be whole and new."""
    recalls_old: int = 0
    """Days since then, where that is longer than the settings allow; 0 where it is not, -1 where none ever came."""

    def json(self) -> dict[str, object]:
        """The status as its JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def status_of(store: Store, settings: Settings) -> Status:
    """The status as the ledger has it now."""
    backlog = store.outbox.summary()
    if backlog.parked:
        why = "events_parked"
    elif backlog.pending:
        why = "events_waiting" if settings.text("platform.url") else "no_platform"
    else:
        why = "all_delivered" if store.head.seq else "no_events"
    return Status(
        pending=backlog.pending,
        oldest_pending=backlog.oldest_pending,
        parked=backlog.parked,
        provisional=store.packs() - store.worklist.confirmed(),
        last_success=store.noted("last_success"),
        head=store.head.hash.hex(),
        safe_to_leave=not backlog.pending and not backlog.parked,
        why=why,
        accepted=backlog.accepted,
        sent=backlog.sent,
        last_failure=store.noted("last_failure") or "",
        last_pull=store.noted("pull_success") or None,
        recalls_old=recalls_old(store.noted("pull_success") or None, settings),
    )


def read_status(home: Path, settings: Settings) -> Status:
    """The status read beside a writer that may be running."""
    if not exists(home):
        return Status(0, None, 0, 0, None, bytes(32).hex(), safe_to_leave=True, why="no_events")
    store = open_reader(home)
    try:
        return status_of(store, settings)
    finally:
        store.close()
