"""The last day of use as a clerk types it from a label: 270531 in one go, 2705 where only the month is printed.

The ledger's own reading (`ledger.tasks.typed`) wants four digits of the year, because a file or a command has nobody
who looks at what was understood. Here the reading is shown beside the field before it counts.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from ledger.errors import UserError
from ledger.tasks.typed import typed_expiry

_SIX, _FOUR = re.compile(r"([0-9]{2})[-./]?([0-9]{2})[-./]?([0-9]{2})"), re.compile(r"([0-9]{2})([0-9]{2})")
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF0F: "/", 0xFF0E: "."}
_AHEAD = 50
"""Two digits of a year mean the one from 49 years back to 50 ahead: GS1 General Specifications 7.12."""


def read_expiry(text: str, today: date) -> tuple[date, str]:
    """Last day of use and its precision (`day` or `month`); raise UserError where it cannot be read.

    YYMMDD as in codes, day 00 for the month's end; YYMM; and everything that the ledger reads, which goes first:
    202705 is a month of this century, and no day of the year 2020.
    """
    plain = text.strip().translate(_NARROW)
    try:
        return typed_expiry(plain)
    except UserError:
        pass
    try:
        if match := _SIX.fullmatch(plain):
            year, month, day = (int(part) for part in match.groups())
            if day:
                return date(_whole(year, today), month, day), "day"
            return _month(_whole(year, today), month), "month"
        if match := _FOUR.fullmatch(plain):
            year, month = (int(part) for part in match.groups())
            return _month(_whole(year, today), month), "month"
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise UserError("expiry_unreadable", typed=text)


def expiry_shown(last_day: date, precision: str | None) -> str:
    """The day as it is written here: 2027-05-31, or 2027-05 where only the month is known."""
    return last_day.strftime("%Y-%m" if precision == "month" else "%Y-%m-%d")


def _whole(year: int, today: date) -> int:
    century = today.year - today.year % 100
    found = century + year
    if found - today.year > _AHEAD:
        return found - 100
    return found + 100 if today.year - found >= _AHEAD else found


def _month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
