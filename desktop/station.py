"""The workstation without a window: ledger, writer, courier and settings, built together and stopped together.

The window and the commands both stand on this; nothing here knows Qt. What it hands back are futures and
values; callbacks come in the thread named in their description.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.dispatch import Dispatch
from desktop.road import road_settings
from desktop.settings import Settings
from desktop.sitekeeper import site_key
from desktop.status import Status, status_of
from desktop.workplace import scanned_of, wire_of, workplace_of
from ledger.capture import Captured, Scanned, Workplace, capture
from ledger.clock import Clock
from ledger.conflicts import park
from ledger.errors import EnvironmentFault, UserError
from ledger.identity import Resumed, settle
from ledger.opening import tell_opening
from ledger.patients import Patients
from ledger.scans import RawScan
from ledger.situation import Intent
from ledger.stages import Progress, silent
from ledger.store import Store
from ledger.timekeeping import Timekeeper
from ledger.writer import Writer
from scanner.scan import Scan

if TYPE_CHECKING:
    from ledger.backup import Backup
    from ledger.timekeeping import Shift
    from sync.allegiance import Turned
    from sync.courier import Courier, CourierState, SyncResult

T = TypeVar("T")
log = logging.getLogger("tracedesk.station")


class Station:
    """One workstation at work. Raises what `Writer` raises when the ledger cannot be opened."""

    def __init__(
        self,
        home: Path,
        settings: Settings,
        clock: Clock | None = None,
        on_notice: Callable[[str, dict[str, str]], None] | None = None,
    ) -> None:
        """`on_notice` is told, as a code word and its parameters, what the person must know of clock and ledger:
        here when the ledger goes on under a new id, in the writer thread when the clock has shifted."""
        self.home = home
        self.settings = settings
        self.clock = clock or Clock()
        self._on_notice = on_notice or _log_notice
        self._timekeeper = Timekeeper(self.clock)
        self.writer = Writer(home)
        self.site_key = site_key(home)
        """Wraps the keys of patients, kept as well as this machine can."""
        self._on_courier: Callable[[CourierState], None] = lambda _: None
        self._dispatch = Dispatch(self._courier_wanted)
        self._road = road_settings(settings)
        try:
            self.writer.run(self._hand_key)
            self._settle()
            self._device_id = self.writer.run(lambda store: store.device_id)
            self._workplace = workplace_of(settings, self.clock, self._device_id)
        except BaseException:
            self.writer.close()
            raise

    def capture(
        self, scan: Scan, intent: Intent, *, other: Scan | None = None, product: str | None = None
    ) -> Future[Captured]:
        """Take one scan down the whole walk; the future is resolved in the writer thread, after COMMIT.

        `other` is the other symbol of the same pack; `product` names goods that bear no code at all. When
        the walk itself breaks, the raw scan is still kept and the future carries the error.
        """
        scanned = replace(scanned_of(scan), other=scanned_of(other) if other else None, product=product)
        workplace = self._workplace
        shifts: list[Shift | None] = []

        def job(store: Store) -> Captured:
            shifts.append(self._timekeeper.look(store, intent.operator))
            return capture(store, workplace, scanned, intent)

        future = self.writer.submit(job)
        future.add_done_callback(lambda done: self._after_capture(done, scanned, intent, shifts))
        return future

    @property
    def device_id(self) -> str:
        """This workstation, as every record names it."""
        return self._device_id

    @property
    def workplace(self) -> Workplace:
        """What capture and its kin need to know of this workstation."""
        return self._workplace

    def run(self, job: Callable[[Store], T]) -> T:
        """Run a job in the writer and wait for its result."""
        return self.writer.run(job)

    def begin(self) -> None:
        """Record that a window works with this ledger from now on. Takes a while: not for the window's own thread."""
        if self.settings.text("platform.url"):
            for needed in ("desktop.road", "sync.courier", "sync.pull"):
                import_module(
                    needed
                )  # here, so that `start_delivery` finds it loaded: that took 0.1 s of the window
        self.writer.run(lambda store: tell_opening(store, self.clock, window=True))
        if missing := self.writer.run(lambda store: Patients.of(store).without_key()):
            self._on_notice("patient_keys_gone", {"number": str(missing)})
        elif self.site_key.name is not None:
            try:
                self.site_key.key()
            except EnvironmentFault as error:
                self._on_notice(error.code, error.params)

    def status(self) -> Future[Status]:
        """The present status, counted in the writer thread."""
        return self.writer.submit(lambda store: status_of(store, self.settings))

    def start_delivery(self, on_change: Callable[[CourierState], None]) -> None:
        """Deliver in the background from now on; `on_change` is called in the courier's thread."""
        self._on_courier = on_change
        self._dispatch.start()

    def renew_delivery(self) -> None:
        """Deliver by the settings and secrets as they are now: the courier is ended politely and begun anew, elsewhere.

        Nothing is lost or doubled by it: the batch in hand is settled, or asked for as after a crash.
        """
        self._dispatch.renew()

    def deliver_now(self) -> None:
        """Deliver now, because a person asks for it: a rest of the courier ends too."""
        self._dispatch.wake(now=True)

    def drain(self) -> SyncResult:
        """Deliver everything that can be delivered, in this thread; raise UserError without a platform."""
        if not self.settings.text("platform.url"):
            raise UserError("no_platform_configured")
        return self._new_courier(lambda _: None).drain()

    def apply(self, settings: Settings) -> None:
        """Work by other settings from the next scan on; a changed road to the platform is taken at once."""
        self.settings = settings
        self._workplace = workplace_of(settings, self.clock, self._device_id)
        before, self._road = self._road, road_settings(settings)
        if self._road != before:
            self.renew_delivery()

    def close(self) -> None:
        """Stop in reverse order; everything handed over is saved first."""
        self._dispatch.close()
        self.writer.close()

    def _courier_wanted(self) -> Courier | None:
        """A courier by the present settings; None without a platform."""
        return self._new_courier(self._on_courier) if self.settings.text("platform.url") else None

    def _new_courier(self, on_change: Callable[[CourierState], None]) -> Courier:
        from desktop.road import platform_of
        from sync.courier import Courier
        from sync.pull import pulling

        platform = platform_of(self.settings)
        wire = wire_of(self.settings, self._device_id)

        def resumed(found: Resumed) -> None:
            self._on_notice(f"resumed_{found.why}", found.params())

        def turned(found: Turned) -> None:
            self._on_notice("platform_turned_open" if found.open else "platform_turned", found.params())

        return Courier(
            run=self.writer.run,
            platform=platform,
            wire=wire,
            clock=self.clock,
            on_change=on_change,
            puller=pulling(self.writer.run, platform, wire, self.clock, resumed, on_turned=turned),
            park=self._park,
            dedupe=self.settings.text("platform.dedupe"),
        )

    def _park(self, batch_id: int, keys: list[tuple[str, str]], words: str) -> int:
        """Set refused records aside, each with a task for a person."""
        return self.writer.run(lambda store: park(store, self.clock, batch_id, keys, words))

    def back_up(self, folder: Path, keep: int, progress: Progress = silent) -> Backup | None:
        """Make today's backup in the folder, prove it and keep the latest so many; None when it is there already.

        Runs in the caller's thread, beside the writer.
        """
        from ledger.backup import nightly

        return nightly(self.home, folder, keep, self.clock.now().at.date(), progress)

    def _settle(self) -> None:
        """The first job: is this the ledger that was here, and does the clock stand where it should?"""
        if since := self.writer.run(lambda store: store.noted("retired")):
            raise UserError("station_retired", since=since[:10])
        resumed, shift = self.writer.run(
            lambda store: (settle(store, self.home, self.clock), self._timekeeper.look(store))
        )
        self.writer.run(lambda store: tell_opening(store, self.clock, window=False))
        # A kill before the first idle moment must leave a mark too, else the next start finds it gone.
        self.writer.run(lambda store: store.mark())
        if resumed:
            self._on_notice(f"resumed_{resumed.why}", resumed.params())
        if shift:
            self._on_notice(shift.code, shift.params())

    def _hand_key(self, store: Store) -> None:
        """Let the writer open what is known of patients; got now, so that no scan waits for a keyring."""
        store.site_key = self.site_key
        if self.site_key.name is not None:
            with suppress(EnvironmentFault):  # said when somebody wants it
                self.site_key.key()

    def _after_capture(
        self, done: Future[Captured], scanned: Scanned, intent: Intent, shifts: list[Shift | None]
    ) -> None:
        error = done.exception()
        if error is None:
            if shifts and shifts[-1]:
                self._on_notice(shifts[-1].code, shifts[-1].params())
            self._dispatch.wake()  # ends no rest: a busy day would hammer a platform that is out
            return
        self._timekeeper.forget()  # what it had noted was undone with the capture
        moment = self.clock.now()
        raw = RawScan(
            at=moment.iso(),
            text=scanned.text,
            symbology=scanned.symbology or scanned.aim,
            source=scanned.entry,
            device=scanned.device,
            operator=intent.operator,
            verb=intent.verb,
            parser="",
            outcome="failed",
            problem=type(error).__name__,
            seq=None,
        )
        self.writer.submit(lambda store: store.keep_scan(raw))


def _log_notice(code: str, params: dict[str, str]) -> None:
    log.warning("%s %s", code, params)
