"""One reading of all clocks: a value, so that rules and events need no clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SKEW_MS = 300_000
"""A wall clock further than this from the platform's time is wrong, and the platform's time counts instead."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of all clocks."""

    at: datetime
    """The present as best known, with the local UTC offset, whole milliseconds: the wall clock, or the platform's
    time where that is known and the wall clock is wrong."""
    mono_ms: int
    """Milliseconds since boot, sleep included, unaffected by changes of the wall clock."""
    boot: str
    """Identity of this boot (or of this process where the system tells none)."""
    trust: str = "wall"
    """Why `at` may be believed, or not:

    `server`   the platform's time confirms or corrects it
    `told`     a person with the right to do so has vouched for the wall clock
    `wall`     the wall clock, and nothing speaks against it
    `suspect`  the wall clock stands before a time already recorded
    `leap`     the wall clock stands further ahead of everything recorded than a closed season explains
    """
    skew_ms: int | None = None
    """The platform's time minus the wall clock; None where no reply in this boot has told it lately."""
    heard_s: int | None = None
    """Seconds since the platform's time was heard."""
    _iso: str = field(default="", init=False, repr=False, compare=False)

    @property
    def trusted(self) -> bool:
        """True where later times may be judged by this one."""
        return self.trust in ("server", "told", "wall")

    @property
    def corrected(self) -> bool:
        """True where `at` is not what the wall clock says."""
        return self.skew_ms is not None and abs(self.skew_ms) > SKEW_MS

    @property
    def wall(self) -> datetime:
        """What the wall clock said."""
        return self.at - timedelta(milliseconds=self.skew_ms or 0) if self.corrected else self.at

    def floor(self, before: datetime | None) -> datetime | None:
        """The latest trusted time once this moment is on record.

        A wall clock only raises it, so that setting the clock back revives no expired pack. The platform's time
        and a person's word put it where they say: they end what a clock once far in the future has left behind.
        """
        if self.trust == "wall":
            return self.at if before is None else max(self.at, before)
        return self.at if self.trusted else before

    def iso(self) -> str:
        """ISO 8601 with milliseconds and offset: 2026-11-20T09:01:02.123+08:00."""
        if not self._iso:  # one event writes it four times
            object.__setattr__(self, "_iso", self.at.isoformat(timespec="milliseconds"))
        return self._iso


def new_event_id(moment: Moment) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) whose time is the moment's milliseconds."""
    millis = int(moment.at.timestamp() * 1000) & 0xFFFFFFFFFFFF
    time, chance = f"{millis:012x}", os.urandom(10)
    drawn = chance.hex()
    variant = "89ab"[chance[9] & 3]  # the last byte gives these two bits alone
    return f"{time[:8]}-{time[8:]}-7{drawn[:3]}-{variant}{drawn[3:6]}-{drawn[6:18]}"
