"""How close a pack is to its last day, as a colour that people know: the same limits on every page."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

NEAR, SOON = 30, 180
"""Days; see `Heat`."""


class Heat(StrEnum):
    """How close the last day of use is."""

    EXPIRED = "expired"
    NEAR = "near"
    """Fewer than NEAR days are left."""
    SOON = "soon"
    """Fewer than SOON days are left."""
    FINE = "fine"
    UNKNOWN = "unknown"
    """Nobody knows the last day."""

    @property
    def tone(self) -> str:
        """The palette's name for it; empty where nothing stands out."""
        return _TONES[self]


_TONES = {Heat.EXPIRED: "stop", Heat.NEAR: "held", Heat.SOON: "ask", Heat.FINE: "", Heat.UNKNOWN: ""}


def heat(expiry: date | None, today: date) -> Heat:
    """The heat of a last day of use; that day itself may still be used."""
    if expiry is None:
        return Heat.UNKNOWN
    if expiry < today:
        return Heat.EXPIRED
    if expiry < near_end(today):
        return Heat.NEAR
    return Heat.SOON if expiry < soon_end(today) else Heat.FINE


def near_end(today: date) -> date:
    """The first day that is not near any more."""
    return today + timedelta(days=NEAR)


def soon_end(today: date) -> date:
    """The first day that is not soon any more."""
    return today + timedelta(days=SOON)
