"""What a person reads from the label and types: expiry, lot, a reason; made fit for a record or refused."""

from __future__ import annotations

import calendar
import re
import unicodedata
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
            return date(_year(year), month, day), "day"
        if match := _MONTH.fullmatch(plain):
            year, month = (int(part) for part in match.groups())
            return date(_year(year), month, calendar.monthrange(year, month)[1]), "month"
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise UserError("expiry_unreadable", typed=text)


def _year(year: int) -> int:
    """The year, where a medicine may expire in it: 270512 is the twelfth of May 2027, and no month of the year 2705."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    return year


_FIRST_YEAR, _LAST_YEAR = 1990, 2189
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF0F: "/", 0xFF0E: "."}


def typed_lot(text: str) -> str:
    """A lot as typed: blanks at the ends and full-width forms set right. Raises UserError when it is none."""
    plain = _WIDE.sub(lambda found: chr(ord(found.group()) - 0xFEE0), text).strip()
    if not plain or len(plain) > 50 or not plain.isprintable():
        raise UserError("lot_unreadable", typed=text)
    return plain


def typed_text(text: str | None) -> str | None:
    """A free text as it may stand in a record: one line, NFC, no control characters, 200 characters at most."""
    if text is None:
        return None
    kept = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())[:200] or None


_WIDE = re.compile("[\uff01-\uff5e]")
