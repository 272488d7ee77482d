"""What comes from the platform in each round: who we are is told, then kind by kind what is new.

    meet -> (which kinds have moved) -> page -> one transaction: items and cursor -> next page … -> next kind

A page is read whole and judged before the writer sees it, and one transaction takes it together with the cursor;
so a crash at any place repeats a page at most, which changes nothing. Kinds do not wait for each other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType

from ledger.clock import Clock
from ledger.errors import PlatformFault, TraceDeskError
from ledger.identity import Resumed
from ledger.store import Store
from sync.allegiance import PULLED, Turned, turn_to
from sync.arrivals import arrivals
from sync.contract import KINDS, PAGE_ITEMS, Met, UpdateNeeded
from sync.epcis import Wire
from sync.eventpull import site_events
from sync.faults import Ambiguous, Offline
from sync.meeting import Meeting, Run
from sync.origin import origin
from sync.platform import Platform
from sync.reference import begin_again, take
from sync.reference_client import CursorGone, NotModified, ReferenceClient
from sync.verification import Verification

log = logging.getLogger("tracedesk.sync")

Source = Callable[[Met | None, Callable[[], bool]], int]
"""Pulls something of its own and counts it; asks after each page whether it has to give way."""

POLL_SECONDS = 300.0
"""A platform that does not tell what has moved is asked for every kind this often."""
ABSENT_SECONDS = 3600.0
"""What a platform does not have is asked for again after so long."""
NOTED_EVERY = timedelta(minutes=5)
"""That all is well is noted this often, that something is not at once."""
AT_ONCE = MappingProxyType({"trees": 20, "shipments": 20, "prescriptions": 50})
"""Items of a page where one item is many rows; a scan must never wait long for the writer."""
MOST_PAGES = 2000
"""Pages of one kind in one round; a platform that never comes to an end does not hold the others up."""


def pulling(
    run: Run,
    platform: Platform,
    wire: Wire,
    clock: Clock,
    on_resumed: Callable[[Resumed], None] = lambda _: None,
    program: str = "",
    on_turned: Callable[[Turned], None] = lambda _: None,
) -> Pull:
    """Everything that a workstation pulls, over the line that it delivers on; `wire` says which site it is.

    `on_turned` is called in the courier's thread when the ledger stands with another platform than before.
    """
    client = ReferenceClient(platform, clock)
    meeting = Meeting(run, client, clock, on_resumed, program)
    sources = (
        site_events(run, platform, clock, wire).pull,
        arrivals(run, platform, clock, wire).pull,
        Verification(run, client, clock, wire).ask,
    )

    def turn() -> None:
        turned = run(lambda store: turn_to(store, clock, origin(platform.line.base)))
        if turned is not None:
            on_turned(turned)

    return Pull(run, client, clock, meeting, sources, turn=turn)


class Pull:
    """Pulls over one line. Used by the courier's thread; `sources` are asked after the reference data."""

    def __init__(
        self,
        run: Run,
        client: ReferenceClient,
        clock: Clock,
        meeting: Meeting,
        sources: tuple[Source, ...] = (),
        turn: Callable[[], None] = lambda: None,
    ) -> None:
        """`run` executes a job in the writer's transaction. A source pulls something of its own and counts it.

        `turn` makes the ledger stand with this platform, before anything is asked or sent."""
        self._turn = turn
        self._run = run
        self._client = client
        self._clock = clock
        self._meeting = meeting
        self._sources = sources
        self._leave: Callable[[], bool] = lambda: False
        self._took = False
        """A page was taken in this round."""
        self._met: Met | None = None
        self._asked: dict[str, float] = {}
        self._absent: dict[str, float] = {}
        self._told: str | None = None
        self._told_at = datetime.min.replace(tzinfo=UTC)
        self.why = ""
        """Code word of why nothing comes; empty when all is well."""
        self.params: dict[str, str] = {}
        """What the sentence of `why` needs."""

    def meet(self) -> None:
        """Tell the platform who we are; raises where nobody answers. What it answers is kept for `pull`."""
        self._say(None)
        self._met = None
        self._turn()
        try:
            self._met = self._meeting.hold()
            if self._meeting.retired:
                self._say(PlatformFault("device_retired"))
        except (Offline, Ambiguous):
            raise
        except PlatformFault as fault:
            self._say(fault)

    def pull(self, leave: Callable[[], bool] = lambda: False) -> int:
        """Take everything that is new; how many items that were. Faults are told by `why`.

        It goes on next time where `leave` says that delivery wants the line, but never before something was taken:
        neither a catalogue without end nor a busy day holds the other up.
        """
        pulled = 0
        self._leave, self._took = leave, False
        if not self._may_pull():
            self._note()
            return 0
        for kind in KINDS:
            pulled += self._guarded(partial(self._kind, kind))
        for source in self._sources:
            pulled += self._guarded(partial(source, self._met, self._gives_way))
        self._note()
        return pulled

    def _note(self) -> None:
        """Keep how the pull ended, so that a window or a command opened later can tell it."""
        why, told = self.why, self._told
        moment = self._clock.now()
        if why == told and moment.at - self._told_at < NOTED_EVERY:
            return

        def note(store: Store) -> None:
            store.note("pull_why", why)
            if not why:
                store.note(PULLED, moment.iso())

        try:
            self._run(note)
        except TraceDeskError as error:
            log.warning("cannot note the outcome of a pull: %s", error)
        self._told, self._told_at = why, moment.at

    def _may_pull(self) -> bool:
        fault_is_final = self.why.startswith("reference_update") or self.why == "reference_platform_old"
        return not (fault_is_final or self._meeting.retired)

    def _gives_way(self) -> bool:
        """Asked after each page: True where the rest has to wait for delivery."""
        self._took = True
        return self._leave()

    def _guarded(self, work: Callable[[], int]) -> int:
        """One source's share; its failure is told and ends this share alone."""
        if self._took and self._leave():
            return 0
        try:
            return work()
        except UpdateNeeded as fault:
            self._say(fault)
        except TraceDeskError as fault:
            log.warning("pull failed: %s", fault)
            self._say(fault)
        except Exception:
            # A mistake of ours, or a reply that nobody thought of: the other kinds go on, and so does delivery.
            log.exception("pull broke")
            self._say(TraceDeskError("pull_broken"))
        return 0

    def _kind(self, kind: str) -> int:
        now = time.monotonic()
        if now < self._absent.get(kind, now):
            return 0
        cursor = self._run(lambda store: store.pulled.cursor(kind))
        heads = self._met.heads if self._met else None
        if heads is not None:
            if cursor.whole and heads.get(kind, "") == cursor.cursor:
                return 0
        elif cursor.whole and now - self._asked.get(kind, -POLL_SECONDS) < POLL_SECONDS:
            return 0
        pulled = 0
        for _ in range(MOST_PAGES):
            try:
                etag = cursor.etag if cursor.whole else ""
                page = self._client.page(kind, cursor.cursor, etag, AT_ONCE.get(kind, PAGE_ITEMS))
            except NotModified:
                break
            except CursorGone:
                if not cursor.cursor:
                    break
                cursor = self._run(partial(begin_again, kind=kind))
                continue
            if page is None:
                self._absent[kind] = now + ABSENT_SECONDS
                break
            before = cursor
            taken = self._run(partial(take, clock=self._clock, page=page, cursor=before))
            pulled += taken.changed
            if taken.refused:
                named = ", ".join(f"{name} ({why})" for name, why in taken.refused[:20])
                log.warning("%s: %d items refused: %s", kind, len(taken.refused), named)
                self._say(PlatformFault("reference_refused", kind=kind, count=str(len(taken.refused))))
            cursor = self._run(lambda store: store.pulled.cursor(kind))
            if not page.more or cursor.cursor == before.cursor:
                break
            if self._gives_way():
                return pulled  # the cursor is not whole: it is asked for again next time
        self._asked[kind] = now
        return pulled

    def _say(self, fault: TraceDeskError | None) -> None:
        if fault is None:
            self.why, self.params = "", {}
        elif not self.why:
            self.why, self.params = fault.code, dict(fault.params)
