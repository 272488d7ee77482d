"""The courier: delivers what the outbox holds, in a thread of its own or once and at once.

One delivery is under way at any time. When the platform or the road fails the courier rests, longer with each
failure; when a person has to act it pauses and says why. What it does not deliver stays in the outbox.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from ledger.clock import Clock
from ledger.errors import PlatformFault, TraceDeskError
from sync.delivery import Delivery, Stopped
from sync.epcis import Wire
from sync.faults import Ambiguous, AuthFault, ConfigFault, Offline, Retry, answers, passing
from sync.pace import Pace
from sync.road import Park, Road, Run

log = logging.getLogger("tracedesk.sync")

STOP_SECONDS = 1.0
"""A stop waits no longer; a request that hangs on is left behind, and its batch is asked for next time."""

END_SECONDS = 5.0
"""A polite end waits so long for the batch in hand to be settled, before the line is cut under it."""


@dataclass(frozen=True, slots=True)
class CourierState:
    """How the courier stands, for those who watch it."""

    online: bool | None
    """What the last exchange said; None before the first."""
    busy: bool
    why: str
    """Code word of why it does not deliver: `platform_unreachable` …; empty when all is well."""
    last_success: str | None
    """When the platform last took or confirmed something, ISO 8601."""
    pull_why: str = ""
    """Code word of why nothing comes from the platform, which stops no delivery; empty when all is well."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a drain did."""

    sent: int
    """Records handed to the platform: settled ones, and those it has not answered for."""
    accepted: int
    parked: int
    pending: int
    """Records that still wait."""
    pulled: int
    online: bool
    why: str
    """Code word of why it stopped before the end; empty when nothing was left to do."""

    def json(self) -> dict[str, object]:
        """The result as its JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


class Puller(Protocol):
    """What comes the other way (sync/pull.py). It has a pace of its own and never stands in delivery's way."""

    why: str
    """Code word of why nothing comes; empty when all is well."""

    def meet(self) -> None:
        """Tell the platform who we are, before anything is sent; raises a PlatformFault where nobody is there."""
        ...

    def pull(self, leave: Callable[[], bool] = ..., /) -> int:
        """Take what is new and return how many items; what goes wrong is told by `why`, never raised. Once it has
        taken something it goes on next time where `leave` says so."""
        ...


class Courier:
    """Owns the road to the platform. `drain` runs in the caller's thread, `start` makes one."""

    def __init__(
        self,
        run: Run,
        platform: Road,
        wire: Wire,
        pace: Pace | None = None,
        clock: Clock | None = None,
        on_change: Callable[[CourierState], None] = lambda _: None,
        roll: Callable[[], float] = random.random,
        puller: Puller | None = None,
        park: Park | None = None,
        dedupe: str = "unknown",
    ) -> None:
        """`run` executes a job in the writer's transaction; `on_change` is called in the courier's thread."""
        self._run = run
        self._puller = puller
        self.pulled = 0
        self._platform = platform
        self._clock = clock or Clock()
        self._pace = pace or Pace()
        self._on_change = on_change
        self._roll = roll
        self._state = CourierState(None, busy=False, why="", last_success=None)
        self._noted: str | None = None
        self._stopping = threading.Event()
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._hurried = threading.Event()
        self._one = threading.Lock()
        self._thread: threading.Thread | None = None
        self._delivery = Delivery(
            run,
            platform,
            wire,
            self._clock,
            self._pace,
            self._rest,
            self._progressed,
            park,
            dedupe,
        )

    def drain(self) -> SyncResult:
        """Deliver everything now and return when nothing more can be done. Never raises a PlatformFault."""
        with self._one:
            pace = replace(self._pace, first=min(self._pace.first, 0.5))
            tally = self._delivery.tally
            accepted, parked, pulled = tally.accepted, tally.parked, self.pulled
            failures, before, bears_until = 0, accepted, time.monotonic() + pace.patience
            while True:
                fault = self._push()
                if tally.accepted > before:
                    before, failures, bears_until = tally.accepted, 0, time.monotonic() + pace.patience
                failures += 1
                asked = fault.after if isinstance(fault, Retry) else None
                seconds = pace.delay(failures, self._roll(), asked)
                if fault is None or not passing(fault) or time.monotonic() + seconds > bears_until:
                    break
                if self._stopping.wait(seconds):
                    break
            backlog = self._run(lambda books: books.outbox.summary())
            self._platform.close()
            taken, aside = tally.accepted - accepted, tally.parked - parked
            return SyncResult(
                sent=taken + aside + backlog.sent,
                accepted=taken,
                parked=aside,
                pending=backlog.pending,
                pulled=self.pulled - pulled,
                online=bool(self._state.online),
                why=self._state.why or self._state.pull_why,
            )

    def start(self) -> None:
        """Deliver in the background from now on."""
        if self._thread is None:
            self._woken.set()
            self._thread = threading.Thread(target=self._serve, name="courier", daemon=True)
            self._thread.start()

    def wake(self, now: bool = False) -> None:
        """Something new lies in the outbox. With `now` a rest or a pause ends too: a person asks for it."""
        if now:
            self._hurried.set()
        self._woken.set()

    def stop(self) -> None:
        """End within a second, whatever is under way; an open batch is settled by the next start."""
        self._stopping.set()
        self._hurried.set()
        self._woken.set()
        self._platform.abort()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def end(self) -> bool:
        """End once the batch in hand is settled, else as `stop` does; True when the thread is gone.

        False while a request still hangs on: ask again. Whoever begins another courier waits for that, because
        two of them would deliver the same records.
        """
        thread = self._thread
        self._ending.set()
        self._hurried.set()
        self._woken.set()
        if thread is None:
            return True
        if not self._stopping.is_set():
            thread.join(END_SECONDS)
            self._stopping.set()
            self._hurried.set()
            self._platform.abort()
        thread.join(STOP_SECONDS)
        return not thread.is_alive()

    def _serve(self) -> None:
        failures = 0
        while not self._leaving():
            if not failures:
                self._woken.wait(self._pace.idle)
                self._hurried.wait(self._pace.linger)
            self._woken.clear()
            self._hurried.clear()
            if self._leaving():
                break
            accepted = self._delivery.tally.accepted
            try:
                with self._one:
                    fault = self._push()
            except Exception:
                # A mistake of ours must not end deliveries for the day; the log has it, and the next try is later.
                log.exception("delivery broke")
                fault = TraceDeskError("courier_broken")
                self._tell(busy=False, why=fault.code)
            if fault is None:
                failures = 0
                continue
            if self._leaving():
                break
            failures = 1 if self._delivery.tally.accepted > accepted else failures + 1
            self._hurried.wait(self._seconds(fault, failures))
        self._platform.close()

    def _leaving(self) -> bool:
        return self._ending.is_set() or self._stopping.is_set()

    def _progressed(self) -> None:
        self._tell(busy=True)
        if self._ending.is_set():
            raise Stopped  # between two batches: nothing is open

    def _seconds(self, fault: TraceDeskError, failures: int) -> float:
        """How long to rest; where a person has to act, the longest rest."""
        if isinstance(fault, PlatformFault) and not isinstance(fault, AuthFault | ConfigFault):
            return self._pace.delay(failures, self._roll(), fault.after if isinstance(fault, Retry) else None)
        return self._pace.limit

    def _push(self) -> TraceDeskError | None:
        """One push and one pull, the push's failure as a value, and everybody told.

        Whatever the platform refuses to take, it is still asked for what is new; only where nobody answers, it
        is not.
        """
        self._tell(busy=True)
        fault: TraceDeskError | None = None
        online, why = self._state.online, ""
        try:
            if self._puller is not None:
                self._puller.meet()
            self._delivery.push()
            online = True
        except Stopped:
            why = "courier_stopped"
        except TraceDeskError as error:
            fault, why = error, error.code
            if isinstance(error, PlatformFault):  # the disk, the ledger are not its doing
                online = not isinstance(error, Offline | Ambiguous | ConfigFault)
        if self._puller is not None and not self._leaving() and answers(fault):
            self.pulled += self._puller.pull(self._woken.is_set if fault is None else self._retry_due(fault))
        if not self._leaving():
            self._note(why)
        self._tell(busy=False, online=online, why=why)
        return fault

    def _retry_due(self, fault: TraceDeskError) -> Callable[[], bool]:
        """Where delivery only rests the pull keeps the line, else each rest would see one page of a catalogue."""
        due = time.monotonic() + self._seconds(fault, 1)
        return lambda: self._leaving() or self._hurried.is_set() or time.monotonic() >= due

    def _note(self, why: str) -> None:
        """Keep the outcome, so that a later start can tell it; the ledger may be what failed."""
        if why == self._noted:
            return
        self._noted = why
        try:
            self._run(lambda books: books.note("last_failure", why))
        except TraceDeskError as error:
            log.warning("cannot note the outcome of a delivery: %s", error)

    def _tell(self, busy: bool, online: bool | None = None, why: str | None = None) -> None:
        self._state = CourierState(
            self._state.online if online is None else online,
            busy,
            self._state.why if why is None else why,
            self._delivery.last_success or self._state.last_success,
            self._puller.why if self._puller is not None else "",
        )
        self._on_change(self._state)

    def _rest(self, seconds: float) -> bool:
        """Wait inside a delivery; True when told to stop."""
        return self._stopping.wait(seconds) if seconds > 0 else self._stopping.is_set()
