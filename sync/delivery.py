"""One push: everything that is due, batch by batch, until the outbox is empty or the platform will not go on.

    outbox -> batch (written) -> document -> POST -> job (written) -> poll -> accepted | parked
                   \\ no usable answer: the batch stays open and is asked for at the start of the next push

There is no state here that a crash could lose: a push begins from what the ledger says, so trying again after
a failure and starting again after a crash are the same walk.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ledger.clock import Clock
from ledger.outbox import Batch, Parcel
from sync.agreement import agrees
from sync.epcis import Wire
from sync.faults import (
    Ambiguous,
    AuthFault,
    ConfigFault,
    Duplicate,
    Failing,
    Offline,
    Rejected,
    Retry,
    TooLarge,
)
from sync.lint import identity
from sync.pace import Load, Pace
from sync.road import Books, Park, Road, Run

QUESTION = 50
"""Ids that are asked about at once."""
FAILURES = 5
"""How often a platform may fail (500) over a batch before the culprit is looked for in halves."""
FAILURES_IN_A_ROW = 16
"""So many failures without a success between them are an outage, not a culprit (2 log2 50 + 4)."""


class Stopped(Exception):
    """The courier was told to stop."""


@dataclass(slots=True)
class Tally:
    """What one push has done so far."""

    accepted: int = 0
    parked: int = 0


class Delivery:
    """Pushes batches over one road. Used by one thread."""

    def __init__(
        self,
        run: Run,
        road: Road,
        wire: Wire,
        clock: Clock,
        pace: Pace,
        rest: Callable[[float], bool],
        progressed: Callable[[], None],
        park: Park | None = None,
        dedupe: str = "unknown",
    ) -> None:
        """`rest(seconds)` waits and returns True when told to stop; `progressed` is called after each batch;
        `park` sets refused records aside for a person, else they are only set aside; `dedupe` is how the platform
        tells a record that comes twice: by its `event_id`, by the `hash` of its content, `none` or `unknown`."""
        self._dedupe = dedupe
        self._set_aside = park or self._only_park
        self._run = run
        self._road = road
        self._wire = wire
        self._clock = clock
        self._pace = pace
        self._rest = rest
        self._progressed = progressed
        self._load = Load()
        self._heard = -math.inf
        self._failed_in_a_row = 0
        self._suspects: list[Batch] = []
        self.tally = Tally()
        self.last_success: str | None = None

    def push(self) -> None:
        """Deliver all that is due. Raises a PlatformFault when the platform will not go on; nothing is lost."""
        self._suspects.clear()
        self._failed_in_a_row = 0
        before = self.tally.accepted
        self._greet()
        for batch_id in self._run(lambda books: books.outbox.open_ids()):
            if batch := self._open(batch_id):
                self._recover(batch)
                self._progressed()
        while (due := self._next()) is not None:
            self._send(due)
            self._progressed()
        self._judge_suspects(healthy=self.tally.accepted > before)

    def _greet(self) -> None:
        """Ask for the platform's limits, at first and after a long silence: it also tells that it is there."""
        if time.monotonic() - self._heard < self._pace.silence:
            return
        abilities = self._road.options()
        if abilities is not None:
            self._load = self._load.within(abilities.max_events, abilities.max_bytes)
        moment = self._clock.now().iso()
        self._run(lambda books: books.note("last_success", moment))
        self._succeeded(moment)

    def _open(self, batch_id: int) -> Batch | None:
        return self._run(lambda books: books.outbox.open_batch(batch_id))

    def _next(self) -> Batch | None:
        moment = self._clock.now()
        load = self._load
        return self._run(
            lambda books: books.outbox.next_batch(moment.at.timestamp(), moment.iso(), load.events, load.size)
        )

    def _send(self, batch: Batch) -> None:
        """Post a batch and follow it to its end; the halves of a refused one too."""
        payloads = [parcel.payload for parcel in batch.parcels]
        doc_id = f"{self._wire.device_id}-{batch.batch_id}"
        try:
            receipt = self._road.capture(self._wire.document(payloads, self._clock.now().at, doc_id))
        except (Offline, AuthFault, ConfigFault) as fault:
            self._release(batch, fault.code)
            raise
        except Retry as fault:
            if not fault.maybe_carried_out:
                self._release(batch, fault.code)
            raise
        except Failing as fault:
            self._failed(batch, fault)
        except TooLarge:
            self._lighten(batch)
        except Duplicate as refusal:
            rest = self._compare(batch)
            if rest is None or len(rest.parcels) == len(batch.parcels):
                self._refused(batch, refusal.words)
            elif rest.parcels:
                self._send(rest)
        except Rejected as refusal:
            self._refused(batch, refusal.words)
        else:
            self._load = self._load.taken(len(payloads), sum(map(len, payloads)))
            if receipt.stored:
                self._accept(batch)
            elif receipt.job_url:
                self._note_job(batch, receipt.job_url)
                self._follow(batch, receipt.job_url)
            else:
                self._confirm(batch)

    def _confirm(self, batch: Batch) -> None:
        """Settle a batch that was taken without a word on where to ask: only its events can tell.

        What is not there yet is not sent again at once; the platform may still be at work.
        """
        self._wait(self._pace.settle)
        rest = self._compare(batch)
        if rest is None:
            self._accept(batch)  # it said yes, and there is nothing to ask: more is not to be had
        elif rest.parcels:
            raise Ambiguous("platform_job_lost")

    def _follow(self, batch: Batch, url: str) -> None:
        """Poll a job to its end. Raises Retry when it takes too long; the batch stays open with its job."""
        give_up = time.monotonic() + self._pace.job_deadline
        for seconds in self._pace.poll_delays():
            self._wait(seconds)
            job = self._road.job(url)
            if job.state == "stored":
                self._accept(batch)
                return
            if job.state == "failed":
                if job.partly:
                    rest = self._compare(batch)
                    batch = batch if rest is None else rest
                self._refused(batch, job.words or "-")
                return
            if job.state == "unknown":
                # Not success: the platform forgot the job, or never finished it. The next push asks for the
                # events themselves.
                self._note_job(batch, "")
                raise Ambiguous("platform_job_lost")
            if time.monotonic() > give_up:
                raise Retry("platform_job_slow")

    def _recover(self, batch: Batch) -> None:
        """Settle a batch that may have arrived: ask its job, else ask for its events, and send what is missing."""
        if not batch.parcels:
            self._run(lambda books: books.outbox.accept(batch.batch_id))
            return
        if batch.job_url:
            self._follow(batch, batch.job_url)
            return
        if self._may_repeat(batch):
            self._send(batch)
            return
        self._wait(self._pace.window if self._dedupe == "none" else self._pace.settle)
        # One question at a time, each settled before the next: over a bad line a round that breaks off in the
        # middle must not have been for nothing. What is not there is due again.
        for start in range(0, len(batch.parcels), QUESTION):
            part = Batch(batch.batch_id, batch.parcels[start : start + QUESTION])
            rest = self._compare(part)
            if rest is None:  # it cannot be asked: at least once is what is left
                self._send(Batch(batch.batch_id, batch.parcels[start:]))
                return
            if absent := [parcel.key for parcel in rest.parcels]:
                self._give_back(batch, absent)

    def _give_back(self, batch: Batch, keys: list[tuple[str, str]]) -> None:
        self._run(lambda books: books.outbox.give_back(batch.batch_id, keys))

    def _may_repeat(self, batch: Batch) -> bool:
        """True where the platform itself drops what comes twice, so that nobody need ask first.

        A hash of the content leaves the declaration out, so that a voided event has the hash of its original:
        a batch with declarations is asked about even there.
        """
        if self._dedupe == "hash":
            return not any(parcel.declaration_time for parcel in batch.parcels)
        return self._dedupe == "event_id"

    def _compare(self, batch: Batch) -> Batch | None:
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
            self._accept(batch, same)
        if other:
            self._park(batch, other, "platform_conflict")
        return Batch(batch.batch_id, tuple(absent))

    def _refused(self, batch: Batch, words: str) -> None:
        """Look for the culprit in halves; alone, it is parked with the platform's words."""
        if len(batch.parcels) > 1:
            self._halve(batch)
            return
        rest = self._compare(batch)  # some platforms refuse what they have already
        if rest is None or rest.parcels:
            self._park(batch, batch.parcels, words)

    def _halve(self, batch: Batch) -> None:
        moment = self._clock.now().iso()
        for half in self._run(lambda books: books.outbox.split(batch.batch_id, moment)):
            self._send(half)

    def _lighten(self, batch: Batch) -> None:
        size = sum(len(parcel.payload) for parcel in batch.parcels)
        self._load = self._load.below(len(batch.parcels), size)
        if len(batch.parcels) > 1:
            self._halve(batch)
        else:
            self._park(batch, batch.parcels, "platform_too_large")

    def _failed(self, batch: Batch, fault: Failing) -> None:
        """Bounded patience with a platform that fails, then halves; a lone culprit is judged at the end."""
        self._run(lambda books: books.outbox.count_failure(batch.batch_id, fault.code))
        self._failed_in_a_row += 1
        if batch.attempts + 1 < FAILURES or self._failed_in_a_row >= FAILURES_IN_A_ROW:
            raise fault
        if len(batch.parcels) > 1:
            self._halve(batch)
        else:
            self._suspects.append(batch)

    def _judge_suspects(self, healthy: bool) -> None:
        """Park what the platform fails over alone, but only when it took other events in the same push.

        Without that proof an outage would park the whole backlog, event by event.
        """
        suspects, self._suspects = self._suspects, []
        if not suspects:
            return
        if not healthy:
            raise Failing("platform_failing", status="500")
        for batch in suspects:
            self._failed_in_a_row = 0
            self._wait(self._pace.settle)
            rest = self._compare(batch)
            if rest is None or rest.parcels:
                self._send(batch)
        for batch in self._suspects:
            self._park(batch, batch.parcels, "platform_failing")

    def _accept(self, batch: Batch, parcels: Iterable[Parcel] | None = None) -> None:
        keys = None if parcels is None else [parcel.key for parcel in parcels]
        moment = self._clock.now().iso()

        def settle(books: Books) -> int:
            books.note("last_success", moment)
            return books.outbox.accept(batch.batch_id, keys)

        self.tally.accepted += self._run(settle)
        self._failed_in_a_row = 0
        self._succeeded(moment)

    def _succeeded(self, moment: str) -> None:
        self.last_success = moment
        self._heard = time.monotonic()

    def _park(self, batch: Batch, parcels: Iterable[Parcel], words: str) -> None:
        keys = [parcel.key for parcel in parcels]
        self.tally.parked += self._set_aside(batch.batch_id, keys, words)

    def _only_park(self, batch_id: int, keys: list[tuple[str, str]], words: str) -> int:
        return self._run(lambda books: books.outbox.park(batch_id, keys, words))

    def _note_job(self, batch: Batch, url: str) -> None:
        self._run(lambda books: books.outbox.note_job(batch.batch_id, url))

    def _release(self, batch: Batch, why: str) -> None:
        self._run(lambda books: books.outbox.release(batch.batch_id, 0.0, why))

    def _wait(self, seconds: float) -> None:
        if self._rest(seconds):
            raise Stopped
