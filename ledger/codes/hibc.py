"""HIBC supplier labels (ANSI/HIBC 2.6): primary, secondary, both in one symbol, and 2D with further fields.

+A123BJC5D6E71G                 primary: labeler A123, product BJC5D6E7, unit of measure 1, check character G
+$$52001510X3GD                 secondary: expiry 20015, lot 10X3, link character G, check character D
+A123BJC5D6E71/$$52001510X3C    both, one check character over all
"""

from __future__ import annotations

import re
from datetime import date

from ledger.codes import check
from ledger.codes.code import Code, Kind, Level, Problem, Severity
from ledger.codes.dates import CodeDate, yyddd, yymmdd, yyyymmdd

_ITEM = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_TWO_LINES = re.compile(r"(\+[A-Z][A-Z0-9]{4,21}[0-9].)(\+[0-9$].+)", re.DOTALL)
_FULL_ASCII = re.compile(r"[a-z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9].", re.DOTALL)
_QUANTITY = {"8": 2, "9": 5}


class _Data:
    """What the secondary data say."""

    def __init__(self) -> None:
        self.lot: str | None = None
        self.serial: str | None = None
        self.expiry: CodeDate | None = None
        self.production: CodeDate | None = None
        self.elements: list[tuple[str, str]] = []
        self.problems: list[Problem] = []

    def date(self, name: str, raw: str, found: CodeDate | None) -> CodeDate | None:
        self.elements.append((name, raw))
        if found is None:
            self.problems.append(Problem("date_impossible", params=(("ai", name), ("found", raw))))
        return found


def full_ascii(text: str) -> bool:
    """Whether a lower-case letter stands where "+" and a capital were printed: Code 39 read as Full ASCII."""
    return _FULL_ASCII.fullmatch(text) is not None and check.mod43("+" + text[:-1].upper()) == text[-1]


def read(given: str, text: str, today: date) -> Code:
    """A text that begins with "+" as HIBC."""
    if text.startswith("+/"):
        return Code(given, Kind.HIBC, problems=(Problem("hibc_provider"),))
    lines = _TWO_LINES.fullmatch(text)
    if lines and check.mod43(lines[1][:-1]) == lines[1][-1] and check.mod43(lines[2][:-1]) == lines[2][-1]:
        return _two_lines(given, lines[1], lines[2], today.year)
    expected = check.mod43(text[:-1])
    if len(text) < 4 or expected is None:
        return Code(given, Kind.HIBC, problems=(Problem("hibc_shape"),))
    if expected != text[-1]:
        params = (("ai", "HIBC"), ("expected", expected), ("found", text[-1]))
        return Code(given, Kind.HIBC, problems=(Problem("check_digit", params=params),))
    body = text[1:-1]
    if body[0].isalpha():
        item, slash, data = body.partition("/")
        return _code(given, item, _secondary(data, today.year) if slash else _Data(), [("check", text[-1])])
    found = _secondary(body[:-1], today.year)
    return _code(given, None, found, [("link", body[-1])])


def _two_lines(given: str, first: str, second: str, year: int) -> Code:
    """Primary and secondary delivered as one text; the link character must be the primary's check character."""
    found = _secondary(second[1:-2], year)
    if second[-2] != first[-1]:
        found.problems.append(Problem("hibc_link", params=(("expected", first[-1]), ("found", second[-2]))))
    return _code(given, first[1:-1], found, [("check", first[-1])])


def _code(given: str, item: str | None, data: _Data, ends: list[tuple[str, str]]) -> Code:
    problems = data.problems
    if item is not None and _ITEM.fullmatch(item) is None:
        problems.insert(0, Problem("hibc_shape"))
    if item is None:
        problems.append(Problem("hibc_secondary", Severity.WARNING))
    elif data.serial is None:
        problems.append(Problem("no_serial", Severity.NOTE))
    if data.expiry is not None and data.expiry.precision == "month":
        problems.append(Problem("expiry_month", Severity.NOTE, (("day", data.expiry.day.isoformat()),)))
    return Code(
        given,
        Kind.HIBC,
        key=f"hibc:{item}/{data.serial}" if item and data.serial else None,
        product=item,
        serial=data.serial,
        lot=data.lot,
        expiry=data.expiry.day if data.expiry else None,
        expiry_precision=data.expiry.precision if data.expiry else None,
        production=data.production.day if data.production else None,
        # Unit of measure 0 is the unit of use; what 1 to 9 mean is the labeler's own affair.
        level=Level.UNIT if item and item.endswith("0") else Level.UNKNOWN,
        elements=(*([("DI", item)] if item else []), *data.elements, *ends),
        problems=tuple(problems),
    )


def _secondary(text: str, year: int) -> _Data:
    data = _Data()
    first, *more = text.split("/")
    if first.startswith("$$+"):
        data.serial = _dated(data, first[3:], year) or None
    elif first.startswith("$$"):
        data.lot = _dated(data, first[2:], year) or None
    elif first.startswith("$+"):
        data.serial = first[2:] or None
    elif first.startswith("$"):
        data.lot = first[1:] or None
    elif first[:5].isdigit() and len(first) >= 5:
        data.expiry = data.date("expiry", first[:5], yyddd(first[:5], year))
        data.lot = first[5:] or None
    else:
        more.insert(0, first)
    for piece in more:
        _supplement(data, piece)
    data.elements += [(name, value) for name, value in (("lot", data.lot), ("serial", data.serial)) if value]
    return data


def _dated(data: _Data, text: str, year: int) -> str:
    """Takes quantity and expiry from the front of `$$` data; what is left is the lot or the serial."""
    digits = _QUANTITY.get(text[:1])
    if digits is not None:
        quantity, text = text[1 : 1 + digits], text[1 + digits :]
        data.elements.append(("quantity", quantity))
        if len(quantity) < digits or not quantity.isdigit():
            data.problems.append(Problem("hibc_shape"))
    flag, rest = text[:1], text[1:]
    if flag in ("0", "1"):
        raw, rest = text[:4], text[4:]
        data.expiry = data.date("expiry", raw, yymmdd(raw[2:] + raw[:2] + "00", year))
    elif flag == "2":
        raw, rest = rest[:6], rest[6:]
        data.expiry = data.date("expiry", raw, _real_day(yymmdd(raw[4:] + raw[:4], year)))
    elif flag in ("3", "4"):
        raw, rest = rest[:6], rest[6 if flag == "3" else 8 :]
        data.expiry = data.date("expiry", raw, _real_day(yymmdd(raw, year)))
    elif flag in ("5", "6"):
        raw, rest = rest[:5], rest[5 if flag == "5" else 7 :]
        data.expiry = data.date("expiry", raw, yyddd(raw, year))
    elif flag != "7" and text:
        data.problems.append(Problem("hibc_shape"))
    return rest


def _real_day(found: CodeDate | None) -> CodeDate | None:
    return found if found and found.precision == "day" else None


def _supplement(data: _Data, piece: str) -> None:
    """Fields of 2D symbols: S serial, 16D production, 14D expiry, Q quantity."""
    if piece.startswith("16D"):
        data.production = data.date("16D", piece[3:], yyyymmdd(piece[3:]))
    elif piece.startswith("14D"):
        data.expiry = data.date("14D", piece[3:], yyyymmdd(piece[3:]))
    elif piece.startswith("S") and len(piece) > 1:
        data.serial = piece[1:]
    elif piece.startswith("Q") and piece[1:].isdigit():
        data.elements.append(("quantity", piece[1:]))
    else:
        data.problems.append(Problem("hibc_shape"))
