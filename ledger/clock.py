"""Wall time, monotonic time and boot, read together, so that an order of events can be argued later.

Order in the ledger is the sequence number, never time. Rules on expiry use the latest time ever recorded, so
that setting the clock back cannot revive an expired pack.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from ledger.moment import Moment


class Clock:
    """Tells the moment. Tests give it a wall clock of their own."""

    def __init__(self, wall: Callable[[], datetime] | None = None, zone: tzinfo | None = None) -> None:
        self._wall = wall or (lambda: datetime.now(UTC))
        self._zone = zone
        self._boot = _boot_id()

    def now(self, not_before: datetime | None = None) -> Moment:
        """The present moment; marked suspect when it lies before `not_before`, the latest one recorded."""
        at = self._wall().astimezone(self._zone)
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        trust = "suspect" if not_before is not None and at < not_before else "wall"
        return Moment(at, time.monotonic_ns() // 1_000_000, self._boot, trust)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return str(uuid.uuid4())
