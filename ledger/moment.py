"""One reading of all clocks: a value, so that rules and events need no clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime

SKEW_MS = 300_000
"""A wall clock further than this from the platform's time is wrong, and the platform's time counts instead."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of all clocks."""

    at: datetime
    """The present as best known, with the local UTC offset, whole milliseconds: the wall clock, or the platform's
    time where that is known, may be believed, and the wall clock is wrong. For records; rules go by `reckoned`."""
    mono_ms: int
    """Milliseconds since boot, sleep included, unaffected by changes of the wall clock."""
    boot: str
    """Identity of this boot (or of this process where the system tells none)."""
    trust: str = "wall"
    """Why `at` may be believed, or not:

    `server`   the platform's time confirms it, or corrects it by a day at most
    `platform` the platform's time alone: it goes on from the record, and the wall clock cannot be right
    `told`     a person with the right to do so has vouched for the wall clock
    `wall`     the wall clock, and nothing speaks against it
    `suspect`  the wall clock stands before a time already recorded
    `leap`     the wall clock stands further ahead of everything recorded than a closed season explains
    """
    skew_ms: int | None = None
    """The platform's time minus the wall clock; None where no reply in this boot has told it lately."""
    heard_s: int | None = None
    """Seconds since the platform's time was heard."""
    read: datetime | None = None
    """What the wall clock said where `at` is something else."""
    _iso: str = field(default="", init=False, repr=False, compare=False)

    @property
    def trusted(self) -> bool:
        """True where later times may be judged by this one."""
        return self.trust in ("server", "told", "wall")

    @property
    def corrected(self) -> bool:
        """True where `at` is the platform's time and not what the wall clock says."""
        return self.apart and self.trust in ("server", "platform")

    @property
    def disputed(self) -> bool:
        """True where the platform says a time that is not believed: a person has to look."""
        return self.apart and not self.corrected

    @property
    def apart(self) -> bool:
        """True where platform and wall clock say different times."""
        return self.skew_ms is not None and abs(self.skew_ms) > SKEW_MS

    @property
    def wall(self) -> datetime:
        """What the wall clock said."""
        return self.read or self.at

    def reckoned(self, floor: datetime | None) -> datetime:
        """The time that rules on expiry and on rights go by, never before the wall clock's: a platform whose date
        is wrong may make a good pack look expired, never an expired one good. `floor` is the latest trusted time
        on record, which counts where the wall clock stands before it."""
        if self.trust == "suspect" and floor is not None:
            return floor
        return max(self.at, self.wall)

    def floor(self, before: datetime | None) -> datetime | None:
        """The latest trusted time once this moment is on record.

        A wall clock only raises it, so that setting the clock back revives no expired pack. A person's word, and
        wall clock and platform where they say the same, put it where they say: that ends what a clock once far in
        the future has left behind.
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
