"""The camera sees a pack for as long as it is held there: the same pack is one scan, not one every second.

Only codes with a serial are dropped; without one, two equal scans may be two packs.
"""

from __future__ import annotations

AGAIN_S = 3.0
"""Seconds without a sight of a pack after which the camera's next sight of it counts."""
_MOST = 64


class Recent:
    """The packs that the camera saw a moment ago."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def saw(self, key: str, at: float) -> bool:
        """Take note of a sight, at a monotonic time; True when this pack was in sight until just now."""
        before = self._at.pop(key, None)
        self._at[key] = at
        while len(self._at) > _MOST:
            self._at.pop(next(iter(self._at)))
        return before is not None and at - before < AGAIN_S

    def clear(self) -> None:
        """Forget: the same pack is meant to be taken again, as for another task."""
        self._at.clear()
