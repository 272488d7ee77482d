"""Which platform this ledger stands with, and what begins anew when it is another one.

Cursors, the confirmed head and what was asked about are one platform's: at another they would skip records, or be
refused. What was delivered stays delivered, what was recorded stays recorded, and a recall stays in force until
somebody withdraws it; everything else that the old platform gave goes when the new one has told all that it has.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.clock import Clock
from ledger.event import EventKind
from ledger.record import record
from ledger.store import Store

PLATFORM = "platform"
"""Name under which the ledger notes the origin of its platform."""
ANCHOR = "platform_head"
"""Name under which the ledger notes what the platform confirmed last: `ledger number hash`."""
ANCHORED = "platform_anchored"
"""Name under which it notes when that was last kept as proof; empty where it never was."""
PULLED = "pull_success"
"""Name under which it notes when everything was last whole and new; empty where it never was."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The ledger stands with another platform than before."""

    before: str
    after: str
    open: int
    """Records that had been sent to the old platform and not answered for: they may stand on both."""

    def params(self) -> dict[str, str]:
        """Parameters of the sentence."""
        return {"before": self.before, "after": self.after, "count": str(self.open)}


def turn_to(store: Store, clock: Clock, origin: str) -> Turned | None:
    """Stand with the platform of this origin, inside the caller's transaction; None where the ledger does already.

    The first platform of a ledger takes over what lies there: a signed file of reference data may have come before it.
    """
    before = store.noted(PLATFORM) or ""
    if not origin or origin == before:
        return None
    store.note(PLATFORM, origin)
    if not before:
        return None
    store.pulled.begin_anew()
    store.questions.begin_anew()
    for name in (ANCHOR, ANCHORED, PULLED):
        store.note(name, "")
    turned = Turned(before, origin, store.outbox.summary().sent)
    changed = EventKind.SETTINGS_CHANGED
    record(store, clock, changed, "", name="platform", before=before, after=origin, open=str(turned.open))
    return turned
