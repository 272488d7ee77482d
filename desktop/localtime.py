"""A time of the ledger as people here read it."""

from __future__ import annotations

from datetime import date, datetime


def day_and_minute(iso: str | None) -> str:
    """Local time, without the year where it is this one; empty for None, what is no time as it stands."""
    if not iso:
        return ""
    try:
        at = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    return f"{at:%m-%d %H:%M}" if at.year == datetime.now().year else f"{at:%Y-%m-%d %H:%M}"


def minute_or_day(at: datetime, today: date) -> str:
    """Local time for a narrow column: day and minute in this year, the whole date alone in another."""
    at = at.astimezone()
    return f"{at:%m-%d %H:%M}" if at.year == today.year else f"{at:%Y-%m-%d}"
