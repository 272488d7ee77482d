"""Wall time, monotonic time, boot and the platform's time, read together, so that a time can be argued later.

Order in the ledger is the sequence number, never time. The platform is believed as far as something here speaks
for it: by a day against the wall clock, further only where it goes on from the record and the wall clock does not.
What it says beyond that counts for nothing and is told to a person. Rules on expiry never go by a time before the
wall clock's or, where that stands before it, the latest trusted one on record (`Moment.reckoned`).
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

TRUSTED_APART = timedelta(days=1, milliseconds=SKEW_MS)
"""So far from the wall clock is the platform believed on its word alone: a time zone mistaken, a date changed by
one, the minutes aside that a clock is off anyway. More is either an attack or a fault that a person has to see."""

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
        trust, skew, age = "wall", None, None
        if not_before is not None and at < not_before - SLACK:
            trust = "suspect"
        elif not_before is not None and at > not_before + LEAP:
            trust = "leap"
        heard = self._heard
        if heard and 0 <= mono - heard.mono_ms <= FRESH_MS:
            passed = mono - heard.mono_ms
            skew, age = round((heard.at - at) / timedelta(milliseconds=1)) + passed, passed // 1000
            said = at + timedelta(milliseconds=skew)
            if abs(skew) <= SKEW_MS:
                return Moment(at, mono, self._boot, "server", skew, age)
            if word := _believed(said, at, trust, not_before):
                best = said if not_before is None else max(said, not_before.astimezone(said.tzinfo))
                return Moment(best, mono, self._boot, word, skew, age, at)
        return Moment(at, mono, self._boot, trust, skew, age)

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


def _believed(said: datetime, wall: datetime, trust: str, floor: datetime | None) -> str:
    """Why the platform's time counts instead of the wall clock's; empty where it does not."""
    if abs(said - wall) <= TRUSTED_APART:
        return "server"
    # The record speaks for the platform and against the wall clock. It is no floor for later times, else it could
    # be led on without end, a month at a time.
    if floor is not None and trust != "wall" and floor - SLACK <= said <= floor + LEAP:
        return "platform"
    return ""


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
