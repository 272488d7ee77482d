"""ISO/IEC 15434 envelopes: [)> RS format GS data … RS EOT. Format 05 holds GS1 elements, format 06 data identifiers.

Format 06 is how Germany's IFA writes its PPN: 9N product, 1T lot, D expiry, S serial, 16D production, 8P GTIN.
"""

from __future__ import annotations

import re
from datetime import date

from ledger.codes import check, gs1
from ledger.codes.code import Code, Kind, Level, Problem, Severity
from ledger.codes.dates import yymmdd, yyyymmdd
from ledger.codes.gs1_table import GS

RS = "\x1e"
EOT = "\x04"
START = "[)>"
_FIELD = re.compile(r"([0-9]{0,3}[A-Z])([\x20-\x7e]+)")
_PPN = re.compile(r"[0-9A-Z]{4,22}")
_NUMBER = re.compile(r"[0-9]{2}")


def read(given: str, text: str, today: date) -> Code:
    """An envelope as a code; `text` begins with its start mark."""
    body = text[len(START) :].removesuffix(EOT)
    if not body.startswith(RS):
        return Code(given, problems=(Problem("envelope_shape"),))
    format_, gs, data = body[1:].removesuffix(RS).partition(GS)
    if RS in data:
        return Code(given, problems=(Problem("envelope_several"),))
    if not gs or _NUMBER.fullmatch(format_) is None:
        return Code(given, problems=(Problem("envelope_shape"),))
    if format_ == "05":
        elements, problems = gs1.split(data, today.year)
        return gs1.element_code(given, elements, problems or gs1.pairing(elements), today.year, Kind.FORMAT05)
    if format_ == "06":
        return _format06(given, data, today.year)
    return Code(given, problems=(Problem("envelope_format", params=(("found", format_),)),))


def _format06(given: str, data: str, year: int) -> Code:
    fields: dict[str, str] = {}
    problems: list[Problem] = []
    for piece in data.removesuffix(GS).split(GS):
        found = _FIELD.fullmatch(piece)
        if found is None:
            problems.append(Problem("format06_field", params=(("found", piece),)))
            continue
        name, value = found.groups()
        if fields.setdefault(name, value) != value:
            problems.append(
                Problem("gs1_repeated", params=(("ai", name), ("first", fields[name]), ("second", value)))
            )
    expiry = yymmdd(fields["D"], year) if "D" in fields else yyyymmdd(fields.get("14D", ""))
    made = yyyymmdd(fields.get("16D", ""))
    for name, day in (("D", expiry), ("14D", expiry), ("16D", made)):
        if name in fields and day is None:
            problems.append(Problem("date_impossible", params=(("ai", name), ("found", fields[name]))))
    product, prefix = _product(fields, problems)
    serial = fields.get("S")
    if product and not serial:
        problems.append(Problem("no_serial", Severity.NOTE))
    if expiry is not None and expiry.precision == "month":
        problems.append(Problem("expiry_month", Severity.NOTE, (("day", expiry.day.isoformat()),)))
    return Code(
        given,
        Kind.PPN,
        key=f"{prefix}:{product}/{serial}" if product and serial else None,
        product=product,
        serial=serial,
        lot=fields.get("1T"),
        expiry=expiry.day if expiry else None,
        expiry_precision=expiry.precision if expiry else None,
        production=made.day if made else None,
        level=gs1.trade_level(product)
        if product and prefix == "gs1"
        else Level.UNIT
        if product
        else Level.UNKNOWN,
        elements=tuple(fields.items()),
        problems=tuple(problems),
    )


def _product(fields: dict[str, str], problems: list[Problem]) -> tuple[str | None, str]:
    """The product and the prefix of its key: a PPN, or a GTIN that the envelope carries instead."""
    ppn, gtin = fields.get("9N"), fields.get("8P")
    if ppn is not None:
        expected = check.mod97_ppn(ppn[:-2])
        if _PPN.fullmatch(ppn) is None:
            problems.append(Problem("ppn_shape"))
        elif not ppn.endswith(expected):
            params = (("ai", "9N"), ("expected", expected), ("found", ppn[-2:]))
            problems.append(Problem("check_digit", params=params))
        return ppn, "ppn"
    if gtin is not None:
        if not (gtin.isdigit() and len(gtin) in (13, 14)):
            problems.append(Problem("format06_field", params=(("found", f"8P{gtin}"),)))
            return None, "gs1"
        if not check.mod10_holds(gtin):
            params = (("ai", "8P"), ("expected", check.mod10(gtin[:-1])), ("found", gtin[-1]))
            problems.append(Problem("check_digit", params=params))
        return gtin.rjust(14, "0"), "gs1"
    problems.append(Problem("format06_no_product"))
    return None, "ppn"
