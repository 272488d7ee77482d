"""One reading of all clocks: a value, so that rules and events need no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of all clocks."""

    at: datetime
    """Wall time with the local UTC offset, whole milliseconds."""
    mono_ms: int
    """Milliseconds since boot, unaffected by changes of the wall clock."""
    boot: str
    """Identity of this boot (or of this process where the system tells none)."""
    trust: str = "wall"
    """`wall`, or `suspect` when the wall clock stands before a time already recorded."""

    def iso(self) -> str:
        """ISO 8601 with milliseconds and offset: 2026-11-20T09:01:02.123+08:00."""
        return self.at.isoformat(timespec="milliseconds")
