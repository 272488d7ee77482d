"""What the ledger is asked and told while batches are on their way: what is due, accepted, parked, given back.

Each answer is written in a transaction of its own before the next step is taken, so that a crash loses none.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.clock import Clock
from ledger.outbox import Batch, Parcel
from sync.agreement import agrees
from sync.faults import ConfigFault
from sync.lint import identity
from sync.pace import Load
from sync.road import Books, Park, Road, Run

REFUSALS_IN_A_ROW = 20
"""So many records refused, and none taken between them, are no poisoned records but a platform, or something before
it, that takes nothing: a person is told once, instead of getting a task for each record of the backlog."""


@dataclass(slots=True)
class Tally:
    """What pushes have done so far."""

    accepted: int = 0
    parked: int = 0


class Settlement:
    """Settles batches by what the platform says and holds. Used by one thread."""

    def __init__(self, run: Run, road: Road, clock: Clock, park: Park | None = None) -> None:
        """`park` sets refused records aside for a person, else they are only set aside."""
        self._run = run
        self._road = road
        self._clock = clock
        self._set_aside = park or self._only_park
        self.tally = Tally()
        self.last_success: str | None = None
        self.heard = -math.inf
        """When the platform last answered well, by `time.monotonic`."""
        self.failed_in_a_row = 0
        """Failures of the platform since it last took something."""
        self.refused_in_a_row = 0
        """Records refused since it last took something."""

    def greeted(self) -> None:
        """The platform is there: note it."""
        moment = self._clock.now().iso()
        self._run(lambda books: books.note("last_success", moment))
        self._succeeded(moment)

    def open_batch(self, batch_id: int) -> Batch | None:
        """A batch that is on its way; None when it is settled by now."""
        return self._run(lambda books: books.outbox.open_batch(batch_id))

    def next_batch(self, load: Load) -> Batch | None:
        """What is due now, no more than the load allows, written down as on its way."""
        moment = self._clock.now()
        return self._run(
            lambda books: books.outbox.next_batch(moment.at.timestamp(), moment.iso(), load.events, load.size)
        )

    def compare(self, batch: Batch) -> Batch | None:
        """Settle what the platform holds already; what it lacks comes back, None when it cannot be asked.

        Held with other content is a conflict and parked, because one of the two is wrong and no machine knows
        which.
        """
        held = self._road.events([f"urn:uuid:{parcel.event_id}" for parcel in batch.parcels])
        if held is None:
            return None
        copies: dict[tuple[str, str], list[dict[str, object]]] = {}
        for event in held:
            copies.setdefault(identity(event), []).append(event)
        same: list[Parcel] = []
        other: list[Parcel] = []
        absent: list[Parcel] = []
        for parcel in batch.parcels:
            ours = json.loads(parcel.payload)
            found = copies.get(identity(ours))
            if not found:
                absent.append(parcel)
            else:
                (same if any(agrees(ours, copy) for copy in found) else other).append(parcel)
        if same:
            self.accept(batch, same)
        if other:
            self.park(batch, other, "platform_conflict")
        return Batch(batch.batch_id, tuple(absent))

    def accept(self, batch: Batch, parcels: Iterable[Parcel] | None = None) -> None:
        """The platform has these of the batch, or all of it."""
        keys = None if parcels is None else [parcel.key for parcel in parcels]
        moment = self._clock.now().iso()

        def settle(books: Books) -> int:
            books.note("last_success", moment)
            return books.outbox.accept(batch.batch_id, keys)

        self.tally.accepted += self._run(settle)
        self.failed_in_a_row = self.refused_in_a_row = 0
        self._succeeded(moment)

    def park(self, batch: Batch, parcels: Iterable[Parcel], words: str) -> None:
        """The platform does not take these: set them aside with its words.

        Raises ConfigFault when it has refused so many without taking one between them.
        """
        keys = [parcel.key for parcel in parcels]
        parked = self._set_aside(batch.batch_id, keys, words)
        self.tally.parked += parked
        self.refused_in_a_row += parked
        if self.refused_in_a_row >= REFUSALS_IN_A_ROW:
            raise ConfigFault("platform_refuses_all")

    def give_back(self, batch: Batch, keys: list[tuple[str, str]]) -> None:
        """The platform does not have these: they are due again."""
        self._run(lambda books: books.outbox.give_back(batch.batch_id, keys))

    def note_job(self, batch: Batch, url: str) -> None:
        """Where to ask for the batch; empty where there is no place any more."""
        self._run(lambda books: books.outbox.note_job(batch.batch_id, url))

    def release(self, batch: Batch, why: str) -> None:
        """The platform has not carried the batch out: it is due again."""
        self._run(lambda books: books.outbox.release(batch.batch_id, 0.0, why))

    def _succeeded(self, moment: str) -> None:
        self.last_success = moment
        self.heard = time.monotonic()

    def _only_park(self, batch_id: int, keys: list[tuple[str, str]], words: str) -> int:
        return self._run(lambda books: books.outbox.park(batch_id, keys, words))
