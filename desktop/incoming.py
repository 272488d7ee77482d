"""What comes from the platform: when recalls and reference data were last fetched, what came, and why nothing does.

Plain values for whoever shows them: page, strip, command. No Qt, no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desktop.settings import Settings

if TYPE_CHECKING:
    from ledger.store import Store

KINDS = ("recalls", "products", "partners", "shipments", "prescriptions", "approvals", "trees", "operators")
"""What is told, the gravest first."""
NEVER = -1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what came."""

    name: str
    count: int
    """Items that the platform has given and not taken back."""
    moved: str
    """ISO time of the last new item; empty where none ever came."""
    whole: bool
    """Everything was seen; from then on only changes come."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """How the road from the platform stands."""

    last: str | None
    """ISO time when everything was last known to be whole and new."""
    why: str
    """Code word of why nothing comes; empty where all is well."""
    old: int
    """As `recalls_old` says."""
    kinds: tuple[Kind, ...]
    """Those of which something came."""
    refused: int
    """Items that will not do and were left out."""


def incoming_of(store: Store, settings: Settings) -> Incoming:
    """How the road from the platform stands now."""
    last = store.noted("pull_success") or None
    counts = store.pulled.counts()
    cursors = {cursor.kind: cursor for cursor in store.pulled.cursors()}
    return Incoming(
        last=last,
        why=store.noted("pull_why") or store.noted("last_failure") or "",
        old=recalls_old(last, settings),
        kinds=tuple(
            Kind(name, counts.get(name, 0), cursors[name].at, cursors[name].whole)
            for name in KINDS
            if name in cursors
        ),
        refused=len(store.pulled.refused(1000)),
    )


def recalls_old(last: str | None, settings: Settings) -> int:
    """Days since recalls last came, where those are more than the settings allow; 0 where all is well.

    NEVER where none ever came. Without a platform there is nothing to wait for.
    """
    allowed = settings.number("platform.recall_days")
    if not settings.text("platform.url") or not allowed:
        return 0
    if last is None:
        return NEVER
    passed = datetime.now(UTC) - datetime.fromisoformat(last)
    return passed.days if passed > timedelta(days=allowed) else 0
