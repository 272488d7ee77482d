"""A device comes into service with a one-time code and leaves it with an empty outbox.

Coming: the code is traded once for this device's own credentials and what the platform knows of the site. Leaving:
everything is delivered first, then the platform is told the final head of the ledger, so that nothing can ever be
added to it unnoticed; for a replacement it gives the one-time code of the successor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.clock import Clock
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.record import record
from ledger.store import Store
from sync.contract import Enrolled
from sync.courier import SyncResult
from sync.meeting import Run, introduction
from sync.reference_client import ReferenceClient

RETIRED = "retired"
"""Name under which the ledger notes since when its device is out of service; empty or absent while it serves."""
SETTINGS = frozenset(
    {
        "site.gln",
        "site.name",
        "site.usci",
        "platform.id_base",
        "platform.org_base",
        "platform.namespace",
        "platform.dedupe",
    }
)
"""What a platform may set at enrolment; nothing else of its answer is used."""
CODE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Left:
    """A device has left service."""

    code: str
    """One-time code for its successor; empty where it has none."""
    seq: int
    """Final number of its ledger."""


def enrol(run: Run, client: ReferenceClient, code: str, name: str, public: bytes) -> Enrolled:
    """Trade a one-time code for credentials. Raises UserError for a code that cannot be one, else our faults."""
    text = code.strip()
    if not text or len(text) > CODE_LIMIT or not text.isprintable():
        raise UserError("enrol_code_unreadable")
    device_id, waiting = run(lambda store: (store.device_id, store.outbox.summary().pending))
    if waiting:
        # They belong to whichever platform they were recorded for.
        raise UserError("enrol_not_drained", pending=str(waiting))
    given = client.enrol(text, device_id, name, public)
    run(lambda store: store.note(RETIRED, ""))
    return given


def leave(
    run: Run,
    drain: Callable[[], SyncResult],
    client: ReferenceClient,
    clock: Clock,
    who: str,
    *,
    replaced: bool,
) -> Left:
    """Deliver everything, then put this device out of service; nothing is recorded here any more.

    Raises UserError while anything waits or lies parked: whoever leaves then would leave it for ever.
    """
    result = drain()
    parked = run(lambda store: store.outbox.summary().parked)
    if result.pending or parked:
        raise UserError("retire_not_drained", pending=str(result.pending), parked=str(parked))
    run(lambda store: _note(store, clock, who))
    code = client.retire(run(introduction), replaced)
    at = clock.now().iso()
    run(lambda store: store.note(RETIRED, at))
    return Left(code, run(lambda store: store.head.seq))


def _note(store: Store, clock: Clock, who: str) -> None:
    """The last event of the ledger says why it ends."""
    record(store, clock, EventKind.SETTINGS_CHANGED, who, name="device.state", before="", after=RETIRED)
