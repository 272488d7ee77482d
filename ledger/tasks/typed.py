"""What a person reads from the label and types: an expiry date, in the forms that labels use."""

from __future__ import annotations

import calendar
import re
from datetime import date

from ledger.errors import UserError

_DAY = re.compile(r"([0-9]{4})[-./年]?([0-9]{2})[-./月]?([0-9]{2})日?")
_MONTH = re.compile(r"([0-9]{4})[-./年]?([0-9]{2})月?")


def typed_expiry(text: str) -> tuple[date, str]:
    """Last day of use and its precision (`day` or `month`) from 2027-05-31, 20270531, 2027-05, 2027年05月 …

    A month means its last day. Raises UserError for anything else, impossible dates included; two-digit years
    are refused because nobody can say which part of them is the year.
    """
    plain = text.strip().translate(_NARROW)
    try:
        if match := _DAY.fullmatch(plain):
            year, month, day = (int(part) for part in match.groups())
            return date(year, month, day), "day"
        if match := _MONTH.fullmatch(plain):
            year, month = (int(part) for part in match.groups())
            return date(year, month, calendar.monthrange(year, month)[1]), "month"
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise UserError("expiry_unreadable", typed=text)


_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF0F: "/", 0xFF0E: "."}
