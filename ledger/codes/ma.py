"""MA codes, the device identifiers of 中关村工信二维码 (one of China's three issuers of UDI).

    MA.156.M0.100350.01004YA10017.SLMSAGAAAC.M210628.LAY21062803.E220628.V220627.C3

The identifier is everything up to the item; fields follow, each a letter and its value. Check digits are public
(Luhn over mapped characters) and only warned about: published labels exist that fail them.
"""

from __future__ import annotations

import re
from datetime import date

from ledger.codes import check
from ledger.codes.code import Code, Kind, Problem, Severity
from ledger.codes.dates import CodeDate, yymmdd

_SHAPE = re.compile(
    r"(MA\.\d{3}\.[A-Z0-9]{2}\.[A-Za-z0-9]{4,10}\.[0-9A-Za-z][^.\s]{1,20}\d)((?:\.[A-Z][^.\s]*)*)", re.ASCII
)
_DATES = "MPEV"


def read(given: str, text: str, today: date) -> Code:
    """An MA code with its fields; a text that begins like one but is none is refused."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return Code(given, Kind.MA, problems=(Problem("ma_shape"),))
    product, tail = found.groups()
    problems = [_check("ma_check_digit", product[:-1], product[-1])]
    fields: dict[str, str] = {}
    elements = [("DI", product)]
    for field in tail.split(".")[1:]:
        name, value = field[0], field[1:]
        if name in fields:
            problems.append(_problem("ma_field_twice", field=name))
        fields.setdefault(name, value)
        elements.append((name, value))
    if "C" in fields:
        problems.append(_check("ma_data_check_digit", tail[: tail.rindex(".C")], fields["C"]))
    days: dict[str, CodeDate] = {}
    for name in _DATES:
        if name in fields:
            day = yymmdd(fields[name], today.year)
            if day is None:
                problems.append(_problem("date_impossible", ai=name, found=fields[name]))
            else:
                days[name] = day
    # V is the last day of use, E the day from which the pack is expired: the earlier one is safe.
    end = min((days[name] for name in "VE" if name in days), default=None)
    made = days.get("M") or days.get("P")
    serial = fields.get("S") or None
    if serial is None:
        problems.append(Problem("no_serial", Severity.NOTE))
    return Code(
        given,
        Kind.MA,
        key=f"ma:{product}/{serial}" if serial else None,
        product=product,
        serial=serial,
        lot=fields.get("L") or None,
        expiry=end.day if end else None,
        expiry_precision=end.precision if end else None,
        production=made.day if made else None,
        elements=tuple(elements),
        problems=tuple(problem for problem in problems if problem is not None),
    )


def _problem(code: str, **params: str) -> Problem:
    return Problem(code, params=tuple(params.items()))


def _check(code: str, text: str, given: str) -> Problem | None:
    expected = check.luhn_ma(text)
    if expected == given:
        return None
    return Problem(code, Severity.WARNING, (("expected", expected or "?"), ("found", given)))
