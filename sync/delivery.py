"""One push: everything that is due, batch by batch, until the outbox is empty or the platform will not go on.

    outbox -> batch (written) -> document -> POST -> job (written) -> poll -> accepted | parked
                   \\ no usable answer: the batch stays open and is asked for at the start of the next push

There is no state here that a crash could lose: a push begins from what the ledger says, so trying again after
a failure and starting again after a crash are the same walk.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ledger.clock import Clock
from ledger.outbox import Batch
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
from sync.pace import Load, Pace
from sync.road import Park, Road, Run
from sync.settlement import Settlement

QUESTION = 50
"""Ids that are asked about at once."""
FAILURES = 5
"""How often a platform may fail (500) over a batch before the culprit is looked for in halves."""
FAILURES_IN_A_ROW = 16
"""So many failures without a success between them are an outage, not a culprit (2 log2 50 + 4)."""


class Stopped(Exception):
    """The courier was told to stop."""


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
        self._run = run
        self._road = road
        self._wire = wire
        self._clock = clock
        self._pace = pace
        self._rest = rest
        self._progressed = progressed
        self._load = Load()
        self._suspects: list[Batch] = []
        self._settlement = Settlement(run, road, clock, park)
        self.tally = self._settlement.tally

    @property
    def last_success(self) -> str | None:
        """When the platform last took or confirmed something, ISO 8601; None before the first time."""
        return self._settlement.last_success

    def push(self) -> None:
        """Deliver all that is due. Raises a PlatformFault when the platform will not go on; nothing is lost."""
        self._suspects.clear()
        self._settlement.failed_in_a_row = self._settlement.refused_in_a_row = 0
        before = self.tally.accepted
        self._greet()
        for batch_id in self._run(lambda books: books.outbox.open_ids()):
            if batch := self._settlement.open_batch(batch_id):
                self._recover(batch)
                self._progressed()
        while (due := self._settlement.next_batch(self._load)) is not None:
            self._send(due)
            self._progressed()
        self._judge_suspects(healthy=self.tally.accepted > before)

    def _greet(self) -> None:
        """Ask for the platform's limits, at first and after a long silence: it also tells that it is there."""
        if time.monotonic() - self._settlement.heard < self._pace.silence:
            return
        abilities = self._road.options()
        if abilities is not None:
            self._load = self._load.within(abilities.max_events, abilities.max_bytes)
        self._settlement.greeted()

    def _send(self, batch: Batch) -> None:
        """Post a batch and follow it to its end; the halves of a refused one too."""
        payloads = [parcel.payload for parcel in batch.parcels]
        doc_id = f"{self._wire.device_id}-{batch.batch_id}"
        try:
            receipt = self._road.capture(self._wire.document(payloads, self._clock.now().at, doc_id))
        except (Offline, AuthFault, ConfigFault) as fault:
            self._settlement.release(batch, fault.code)
            raise
        except Retry as fault:
            if not fault.maybe_carried_out:
                self._settlement.release(batch, fault.code)
            raise
        except Ambiguous:
            self._load = self._load.slower(len(payloads), sum(map(len, payloads)))
            raise
        except Failing as fault:
            self._failed(batch, fault)
        except TooLarge:
            self._lighten(batch)
        except Duplicate as refusal:
            rest = self._settlement.compare(batch)
            if rest is None or len(rest.parcels) == len(batch.parcels):
                self._refused(batch, refusal.words)
            elif rest.parcels:
                self._send(rest)
        except Rejected as refusal:
            self._refused(batch, refusal.words)
        else:
            self._load = self._load.taken(len(payloads), sum(map(len, payloads)))
            if receipt.stored:
                self._settlement.accept(batch)
            elif receipt.job_url:
                self._settlement.note_job(batch, receipt.job_url)
                self._follow(batch, receipt.job_url)
            else:
                self._confirm(batch)

    def _confirm(self, batch: Batch) -> None:
        """Settle a batch that was taken without a word on where to ask: only its events can tell.

        What is not there yet is not sent again at once; the platform may still be at work.
        """
        self._wait(self._pace.settle)
        rest = self._settlement.compare(batch)
        if rest is None:
            self._settlement.accept(batch)  # it said yes, and there is nothing to ask: more is not to be had
        elif rest.parcels:
            raise Ambiguous("platform_job_lost")

    def _follow(self, batch: Batch, url: str) -> None:
        """Poll a job to its end. Raises Retry when it takes too long; the batch stays open with its job."""
        give_up = time.monotonic() + self._pace.job_deadline
        for seconds in self._pace.poll_delays():
            self._wait(seconds)
            job = self._road.job(url)
            if job.state == "stored":
                self._settlement.accept(batch)
                return
            if job.state == "failed":
                if job.partly:
                    rest = self._settlement.compare(batch)
                    batch = batch if rest is None else rest
                self._refused(batch, job.words or "-")
                return
            if job.state == "unknown":
                # Not success: the platform forgot the job, or never finished it. The next push asks for the
                # events themselves.
                self._settlement.note_job(batch, "")
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
            self._repeat(batch)
            return
        self._wait(self._pace.window if self._dedupe == "none" else self._pace.settle)
        # One question at a time, each settled before the next: over a bad line a round that breaks off in the
        # middle must not have been for nothing. What is not there is due again.
        for start in range(0, len(batch.parcels), QUESTION):
            part = Batch(batch.batch_id, batch.parcels[start : start + QUESTION])
            rest = self._settlement.compare(part)
            if rest is None:  # it cannot be asked: at least once is what is left
                self._send(Batch(batch.batch_id, batch.parcels[start:]))
                return
            if absent := [parcel.key for parcel in rest.parcels]:
                self._settlement.give_back(batch, absent)

    def _repeat(self, batch: Batch) -> None:
        """Send a batch once more, in halves where it has become too much for the line."""
        size = sum(len(parcel.payload) for parcel in batch.parcels)
        if len(batch.parcels) == 1 or (len(batch.parcels) <= self._load.events and size <= self._load.size):
            self._send(batch)
            return
        moment = self._clock.now().iso()
        for half in self._run(lambda books: books.outbox.split(batch.batch_id, moment)):
            self._repeat(half)

    def _may_repeat(self, batch: Batch) -> bool:
        """True where the platform itself drops what comes twice, so that nobody need ask first.

        A hash of the content leaves the declaration out, so that a voided event has the hash of its original:
        a batch with declarations is asked about even there.
        """
        if self._dedupe == "hash":
            return not any(parcel.declaration_time for parcel in batch.parcels)
        return self._dedupe == "event_id"

    def _refused(self, batch: Batch, words: str) -> None:
        """Look for the culprit in halves; alone, it is parked with the platform's words."""
        if len(batch.parcels) > 1:
            self._halve(batch)
            return
        rest = self._settlement.compare(batch)  # some platforms refuse what they have already
        if rest is None or rest.parcels:
            self._settlement.park(batch, batch.parcels, words)

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
            self._settlement.park(batch, batch.parcels, "platform_too_large")

    def _failed(self, batch: Batch, fault: Failing) -> None:
        """Bounded patience with a platform that fails, then halves; a lone culprit is judged at the end."""
        self._run(lambda books: books.outbox.count_failure(batch.batch_id, fault.code))
        self._settlement.failed_in_a_row += 1
        if batch.attempts + 1 < FAILURES or self._settlement.failed_in_a_row >= FAILURES_IN_A_ROW:
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
            self._settlement.failed_in_a_row = 0
            self._wait(self._pace.settle)
            rest = self._settlement.compare(batch)
            if rest is None or rest.parcels:
                self._send(batch)
        for batch in self._suspects:
            self._settlement.park(batch, batch.parcels, "platform_failing")

    def _wait(self, seconds: float) -> None:
        if self._rest(seconds):
            raise Stopped
