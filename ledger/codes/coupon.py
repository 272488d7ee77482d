"""North American coupons in AI 8110 and 8112: fields whose length stands in the digit before them.

No medicine bears one; they are read through so that every AI of the dictionary is judged as GS1's engine does.
Sources: North American Coupon Application Guideline (8110), GS1 AI (8112) Coupon Data Specification.
"""

from __future__ import annotations

from ledger.codes.dates import yymmdd

_WINDOW = 2000
"""Coupon dates carry no century that matters here: only whether the day exists, and which is earlier."""


class _Short(Exception):
    """The digits ended before the field did, or an indicator is out of its range."""


class _Reader:
    def __init__(self, digits: str) -> None:
        self.digits = digits
        self.at = 0

    def take(self, count: int) -> str:
        field = self.digits[self.at : self.at + count]
        if len(field) < count:
            raise _Short
        self.at += count
        return field

    def one(self, allowed: str) -> str:
        digit = self.take(1)
        if digit not in allowed:
            raise _Short
        return digit

    def sized(self, allowed: str, plus: int = 0) -> str:
        """A field whose length is the digit before it plus a constant."""
        return self.take(int(self.one(allowed)) + plus)

    def option(self, indicator: str) -> bool:
        if self.digits[self.at : self.at + 1] != indicator:
            return False
        self.at += 1
        return True

    @property
    def done(self) -> bool:
        return self.at == len(self.digits)


def offer_holds(value: str) -> bool:
    """Whether AI 8112 holds format, funder, offer code and serial, and nothing more."""
    if not value.isdigit():
        return False
    reader = _Reader(value)
    try:
        reader.one("01")
        reader.sized("0123456", 6)
        reader.take(6)
        reader.sized("0123456789", 6)
    except _Short:
        return False
    return reader.done


def paper_coupon_holds(value: str) -> bool:
    """Whether AI 8110 holds its fixed fields and only well-formed optional ones, in order."""
    if not value.isdigit():
        return False
    reader = _Reader(value)
    try:
        return _paper_coupon(reader)
    except _Short:
        return False


def _purchase(reader: _Reader) -> None:
    """A purchase requirement, its code and its family code."""
    reader.sized("12345")
    reader.one("012349")
    reader.take(3)


def _company(reader: _Reader) -> None:
    """A company prefix, or 9 for "the same company"."""
    if not reader.option("9"):
        reader.sized("0123456", 6)


def _coupon_date(reader: _Reader) -> str:
    field = reader.take(6)
    if yymmdd(field, _WINDOW) is None or field.endswith("00"):
        raise _Short
    return field


def _paper_coupon(reader: _Reader) -> bool:
    reader.sized("0123456", 6)
    reader.take(6)
    reader.sized("12345")
    _purchase(reader)
    if reader.option("1"):
        reader.one("0123")
        _purchase(reader)
        _company(reader)
    if reader.option("2"):
        _purchase(reader)
        _company(reader)
    expiry = _coupon_date(reader) if reader.option("3") else ""
    start = _coupon_date(reader) if reader.option("4") else ""
    if expiry and start and expiry < start:
        return False
    if reader.option("5"):
        reader.sized("0123456789", 6)
    if reader.option("6"):
        reader.sized("1234567", 6)
    if reader.option("9"):
        reader.one("01256")
        reader.one("012")
        reader.take(1)
        reader.one("01")
    return reader.done
