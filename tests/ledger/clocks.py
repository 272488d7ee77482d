"""A world whose true time passes while the wall clock may be wrong."""

from __future__ import annotations

from datetime import timedelta

from ledger.clock import Clock
from tests.ledger.counter import CHINA, NOON

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class World:
    """True time that passes, a wall clock that may be wrong, and a monotonic clock that never is."""

    def __init__(self) -> None:
        self.true = NOON
        self.wrong = timedelta(0)
        """Wall clock minus true time."""
        self.boot = "boot-1"
        self._booted = NOON

    def pass_(self, by: timedelta) -> None:
        self.true += by

    def reboot(self) -> None:
        self.boot += "+"
        self._booted = self.true

    def clock(self) -> Clock:
        return Clock(
            lambda: self.true + self.wrong,
            CHINA,
            lambda: round((self.true - self._booted) / timedelta(milliseconds=1)),
            self.boot,
        )
