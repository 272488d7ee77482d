"""Every contact begins with who we are: the ledger's id and the head of its chain.

The platform remembers the highest head of each ledger. When it knows one that is not part of this chain, the
ledger was set back or cloned: it goes on here under a new id (ledger/identity.py), the person is told, and the
platform is told from which ledger the new one comes. When it confirms our head, that is kept as proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from ledger.clock import Clock
from ledger.errors import PlatformFault
from ledger.identity import RESUMED_FROM, Resumed, mark_of, resume_if_behind
from ledger.store import Store
from sync.allegiance import ANCHOR, ANCHORED
from sync.contract import Head, Met, Unreadable
from sync.reference_client import Introduction, ReferenceClient

T = TypeVar("T")

PROOF_EVERY = timedelta(hours=1)
"""A confirmation is kept for the audit this often; the ledger need not hold one for every contact."""
ABSENT_SECONDS = 3600.0
"""A platform without the contract is asked again after so long."""
ROUNDS = 4
"""A resumed ledger introduces itself anew; a platform that is never content is not believed."""


class Run(Protocol):
    """Executes a job in the writer's transaction and returns its result after COMMIT."""

    def __call__(self, job: Callable[[Store], T], /) -> T:
        """Run the job and wait for it."""
        ...


class Meeting:
    """Holds the meetings of one ledger with one platform."""

    def __init__(
        self,
        run: Run,
        client: ReferenceClient,
        clock: Clock,
        on_resumed: Callable[[Resumed], None] = lambda _: None,
        program: str = "",
    ) -> None:
        """`on_resumed` is called in the courier's thread when the ledger goes on under a new id."""
        self._run = run
        self._client = client
        self._clock = clock
        self._on_resumed = on_resumed
        self._program = program
        self._absent_until = 0.0
        self._unheard: str | None = None
        """Id that the ledger was given here and that no platform can know a head of yet."""
        self.retired = False
        """True once the platform says that this device is out of service."""

    def hold(self) -> Met | None:
        """Tell who we are and settle what the platform makes of it; None where it has no such contract."""
        if time.monotonic() < self._absent_until:
            return None
        for _ in range(ROUNDS):
            who = self._run(lambda store: introduction(store, self._program))
            met = self._client.meet(who)
            if met is None:
                self._absent_until = time.monotonic() + ABSENT_SECONDS
                return None
            self.retired = met.state == "retired"
            if met.state == "retired" or met.head is None:
                return met
            resumed = self._run(partial(self._settle, who=who, told=met.head))
            if resumed is not None:
                self._unheard = resumed.ledger_id
                self._on_resumed(resumed)
            elif met.state in ("known", "new"):
                self._unheard = None
                return met
        raise Unreadable("never_content", "contact")

    def _settle(self, store: Store, who: Introduction, told: Head) -> Resumed | None:
        """Go on under a new id where the platform knows more than is here, else keep what it confirms."""
        if store.ledger_id != who.ledger_id:
            return None  # resumed meanwhile: introduce the new one
        if store.hash_at(told.seq) != told.hash:
            resumed = None
            if store.ledger_id != self._unheard:
                resumed = resume_if_behind(store, self._clock, told.seq, told.hash)
            if resumed is None:
                # What it claims of an id that was made here cannot be: a ledger does not change its name at
                # anybody's whim.
                raise PlatformFault("contact_other_ledger", seq=str(told.seq))
            return resumed
        store.note(ANCHOR, f"{store.ledger_id} {told.seq} {told.hash.hex()}")
        now = self._clock.now(store.head.at).at
        last = store.noted(ANCHORED)
        if not last or not timedelta(0) <= now - datetime.fromisoformat(last) < PROOF_EVERY:
            store.anchor(told.seq, told.hash, now.isoformat(), "platform")
            store.note(ANCHORED, now.isoformat())
        return None


def introduction(store: Store, program: str = "") -> Introduction:
    """What the ledger says of itself."""
    head = Head(store.head.seq, store.head.hash) if store.head.seq else None
    noted = (store.noted(ANCHOR) or "").split()
    anchor = None
    if len(noted) == 3 and noted[0] == store.ledger_id:
        anchor = Head(int(noted[1]), bytes.fromhex(noted[2]))
    # What it says it grew out of must still be there, else it proves nothing.
    if anchor is not None and store.hash_at(anchor.seq) != anchor.hash:
        anchor = None
    from_ = store.noted(RESUMED_FROM)
    old = mark_of(from_) if from_ else None
    return Introduction(
        store.ledger_id,
        store.device_id,
        head,
        anchor,
        (old.ledger_id, old.seq, old.hash.hex()) if old else None,
        program,
    )
