"""What GS1 asks of a value beyond its length and characters: one small judge for each rule of the dictionary.

A judge takes one component of a value and returns None, or the problem without the AI, which the caller adds.
The rules carry the names of GS1's Barcode Syntax Dictionary, so that the table can be held against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ledger.codes import check
from ledger.codes.code import Problem
from ledger.codes.coupon import offer_holds, paper_coupon_holds
from ledger.codes.dates import yymmdd, yyyymmdd

Judge = Callable[[str, int], Problem | None]
"""(component, this year) -> None or what is wrong with it."""


def _problem(code: str, **params: str) -> Problem:
    return Problem(code, params=tuple(params.items()))


def _csum(piece: str, _: int) -> Problem | None:
    if check.mod10_holds(piece):
        return None
    return _problem("check_digit", expected=check.mod10(piece[:-1]), found=piece[-1])


def _csumalpha(piece: str, _: int) -> Problem | None:
    if len(piece) < 2:
        return _problem("gs1_content", rule="csumalpha", found=piece)
    expected = check.pair(piece[:-2])
    return None if piece.endswith(expected) else _problem("check_digit", expected=expected, found=piece[-2:])


def _date(piece: str, year: int) -> Problem | None:
    return None if yymmdd(piece, year) else _problem("date_impossible", found=piece)


def _exact_date(piece: str, year: int) -> Problem | None:
    found = yymmdd(piece, year)
    return None if found and found.precision == "day" else _problem("date_impossible", found=piece)


def _full_date(piece: str, _: int) -> Problem | None:
    found = yyyymmdd(piece)
    return None if found and found.precision == "day" else _problem("date_impossible", found=piece)


def _piece_of_total(piece: str, _: int) -> Problem | None:
    half = len(piece) // 2
    number, total = int(piece[:half]), int(piece[half:])
    return None if 0 < number <= total else _problem("gs1_piece", found=f"{number}/{total}")


def _matches(code: str, rule: str, pattern: str) -> Judge:
    matches = re.compile(pattern).fullmatch

    def judge(piece: str, _: int) -> Problem | None:
        return None if matches(piece) else _problem(code, rule=rule, found=piece)

    return judge


def _listed(code: str, allowed: frozenset[str]) -> Judge:
    def judge(piece: str, _: int) -> Problem | None:
        return None if piece in allowed else _problem(code, found=piece)

    return judge


def _holds(rule: str, holds: Callable[[str], bool]) -> Judge:
    def judge(piece: str, _: int) -> Problem | None:
        return None if holds(piece) else _problem("gs1_content", rule=rule, found=piece)

    return judge


def _position(piece: str) -> bool:
    at, _, end = piece.partition("/")
    return all(n.isdigit() and n[0] != "0" for n in (at, end)) and int(at) <= int(end)


def _padding(piece: str) -> bool:
    data = piece.rstrip("=")
    pads = len(piece) - len(data)
    return "=" not in data and pads <= 2 and (pads == 0 or len(piece) % 3 == 0)


def judges(lists: Mapping[str, str]) -> dict[str, Judge]:
    """Every rule by its name in the dictionary; `lists` holds the code lists of the resource."""
    listed = {name: frozenset(codes.split()) for name, codes in lists.items()}
    account = re.compile(r"[A-Z]{2}[0-9A-Z]{9,32}")

    def iban(piece: str) -> bool:
        whole = account.fullmatch(piece) is not None
        return whole and piece[:2] in listed["country_alpha2"] and check.mod97_iban(piece)

    rules: dict[str, Judge] = {
        "csum": _csum,
        "csumalpha": _csumalpha,
        # The shortest company prefix has four digits; which prefixes exist is not public knowledge.
        "gcppos1": _matches("gs1_prefix", "gcppos1", r"[0-9]{4}.*"),
        "gcppos2": _matches("gs1_prefix", "gcppos2", r".[0-9]{4}.*"),
        "yymmd0": _date,
        "yymmdd": _exact_date,
        "yyyymmdd": _full_date,
        "hh": _matches("time_impossible", "hh", r"[01][0-9]|2[0-3]"),
        "mi": _matches("time_impossible", "mi", r"[0-5][0-9]"),
        "ss": _matches("time_impossible", "ss", r"[0-5][0-9]"),
        "hhmi": _matches("time_impossible", "hhmi", r"([01][0-9]|2[0-3])[0-5][0-9]"),
        "pieceoftotal": _piece_of_total,
        "iso3166": _listed("gs1_country", listed["country"]),
        "iso3166999": _listed("gs1_country", listed["country"] | {"999"}),
        "iso3166alpha2": _listed("gs1_country", listed["country_alpha2"]),
        "iso4217": _listed("gs1_currency", listed["currency"]),
        "packagetype": _listed("gs1_package", listed["package"]),
        "iban": _holds("iban", iban),
        "posinseqslash": _holds("posinseqslash", _position),
        # Padding is optional, two at most, and fills up to a multiple of three as the dictionary's own test has it.
        "base64url": _holds("base64url", _padding),
        "couponcode": _holds("couponcode", paper_coupon_holds),
        "couponposoffer": _holds("couponposoffer", offer_holds),
    }
    patterns = {
        "iso5218": r"[0129]",
        "yesno": r"[01]",
        "winding": r"[019]",
        "zero": r"0*",
        "nonzero": r".*[1-9].*",
        "nozeroprefix": r"[1-9].*",
        "hyphen": r"-*",
        "hasnondigit": r".*[^0-9].*",
        "importeridx": r"[-0-9A-Z_a-z]",
        "mediatype": r"0[1-9]|10|[89][0-9]",
        "pcenc": r"(?:[^%]|%[0-9A-Fa-f]{2})*",
        "latitude": r"0[0-9]{9}|1[0-7][0-9]{8}|180{8}",
        "longitude": r"[0-2][0-9]{9}|3[0-5][0-9]{8}|360{8}",
    }
    return rules | {name: _matches("gs1_content", name, pattern) for name, pattern in patterns.items()}
