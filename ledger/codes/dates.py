"""Dates as codes carry them: six digits without a century, day 00 for "some time in that month"."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple


class CodeDate(NamedTuple):
    """A date and how exactly the code gives it; a month stands for its last day."""

    day: date
    precision: Literal["day", "month"] = "day"


def full_year(two: int, this_year: int) -> int:
    """The year meant by two digits: 49 years back to 50 years ahead (General Specifications 7.12)."""
    ahead = two - this_year % 100
    century = this_year - this_year % 100
    if ahead >= 51:
        century -= 100
    elif ahead <= -50:
        century += 100
    return century + two


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@lru_cache(maxsize=4096)
def yymmdd(text: str, this_year: int) -> CodeDate | None:
    """Six digits YYMMDD, day 00 allowed; None when there is no such day."""
    if len(text) != 6 or not _digits(text):
        return None
    return _day(full_year(int(text[:2]), this_year), int(text[2:4]), int(text[4:]))


@lru_cache(maxsize=1024)
def yyyymmdd(text: str) -> CodeDate | None:
    """Eight digits YYYYMMDD, day 00 allowed; None when there is no such day."""
    if len(text) != 8 or not _digits(text):
        return None
    return _day(int(text[:4]), int(text[4:6]), int(text[6:]))


def yyddd(text: str, this_year: int) -> CodeDate | None:
    """Five digits YYDDD, the day counted from 1 January; None when the year has no such day."""
    if len(text) != 5 or not _digits(text):
        return None
    year, count = full_year(int(text[:2]), this_year), int(text[2:])
    if not 1 <= count <= 365 + (monthrange(year, 2)[1] == 29):
        return None
    return CodeDate(date(year, 1, 1) + timedelta(days=count - 1))


def _day(year: int, month: int, day: int) -> CodeDate | None:
    if not 1 <= year <= 9999 or not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day == 0:
        return CodeDate(date(year, month, last), "month")
    return CodeDate(date(year, month, day)) if day <= last else None
