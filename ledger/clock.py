"""Wall time, monotonic time, boot and the platform's time, read together, so that a time can be argued later.

Order in the ledger is the sequence number, never time. Rules on expiry use the best trusted time: the
platform's while it is fresh, else the wall clock, but never a time before the latest trusted one on record.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from ledger.moment import SKEW_MS, Moment

FRESH_MS = 7 * 86_400_000
"""So long the platform's time is carried on by the monotonic clock. Quartz is 100 ppm off at worst, which is a
minute in a week: well inside SKEW_MS."""

LEAP = timedelta(days=31)
"""So far may the wall clock stand ahead of the latest record before it needs a confirmation. A closed season is
shorter; a date set wrong by a month or an empty battery is not."""

SLACK = timedelta(seconds=2)
"""So far may a wall clock that is being disciplined step back and not be suspect."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the platform said the time was, and when by the monotonic clock."""

    at: datetime
    mono_ms: int
    boot: str


class Clock:
    """Tells the moment. Tests give it clocks of their own. Safe to use from several threads."""

    def __init__(
        self,
        wall: Callable[[], datetime] | None = None,
        zone: tzinfo | None = None,
        monotonic: Callable[[], int] | None = None,
        boot: str | None = None,
    ) -> None:
        """`monotonic` in milliseconds since boot, sleep included."""
        self._wall = wall or (lambda: datetime.now(UTC))
        self._zone = zone
        self._monotonic = monotonic or _since_boot
        self._boot = boot or _boot_id()
        self._heard: Heard | None = None

    def now(self, not_before: datetime | None = None) -> Moment:
        """The present moment, judged by `not_before`, the latest trusted time on record."""
        at = self._wall().astimezone(self._zone)
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        mono = self._monotonic()
        heard = self._heard
        if heard and 0 <= mono - heard.mono_ms <= FRESH_MS:
            age = mono - heard.mono_ms
            skew = round((heard.at - at) / timedelta(milliseconds=1)) + age
            if abs(skew) > SKEW_MS:
                at += timedelta(milliseconds=skew)
            return Moment(at, mono, self._boot, "server", skew, age // 1000)
        trust = "wall"
        if not_before is not None and at < not_before - SLACK:
            trust = "suspect"
        elif not_before is not None and at > not_before + LEAP:
            trust = "leap"
        return Moment(at, mono, self._boot, trust)

    @property
    def heard(self) -> Heard | None:
        """The platform's time as last heard in this boot."""
        return self._heard

    def hear(self, date: datetime, round_trip_ms: int = 0) -> None:
        """Take the platform's time from the Date of a reply that was understood, just when it has come.

        HTTP cuts the second off and the reply took its way, so the middle of both is taken.
        """
        middle = date + timedelta(milliseconds=500 + round_trip_ms // 2)
        self._heard = Heard(middle, self._monotonic(), self._boot)

    def recall(self, heard: Heard) -> None:
        """Take up what an earlier process heard; nothing happens when that was in another boot."""
        known = self._heard
        if heard.boot == self._boot and (known is None or known.mono_ms < heard.mono_ms):
            self._heard = heard


if sys.platform == "win32":

    def _since_boot() -> int:
        return time.monotonic_ns() // 1_000_000  # counts while the machine sleeps

else:
    # Plain monotonic time stands still while a machine sleeps, on Linux and on macOS, and a night's sleep would
    # look like a clock that somebody set ahead.
    _SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def _since_boot() -> int:
        return time.clock_gettime_ns(_SLEEPLESS) // 1_000_000


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return str(uuid.uuid4())
