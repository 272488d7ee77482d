"""Texts of nothing but digits: China's 20-digit drug code, SSCC, the GTINs, and the numbers that are mistaken for them.

The length decides. What has a check digit must hold it; the drug code has four that only its owner can compute.
"""

from __future__ import annotations

from datetime import date

from ledger.codes import check, gs1
from ledger.codes.aim import Carrier
from ledger.codes.code import Code, Kind, Level, Problem, Severity

DRUG_CODE = 20
"""Length of the drug traceability code (NMPAB/T 1002-2019)."""
VETERINARY_CODE = 24
"""Length of China's veterinary trace code: 8 for the date, 5 for the company, 11 at random."""


def read(given: str, text: str, carrier: Carrier, today: date) -> Code:
    """What a number is; every number is answered, most of them by a refusal that says what was scanned."""
    size = len(text)
    if size == DRUG_CODE:
        return _twenty(given, text, today)
    if size == 18:
        return sscc(given, text) if check.mod10_holds(text) else _wrong_length(given, text)
    if size in (8, 12, 13):
        return _retail(given, text)
    if size == 14:
        return _fourteen(given, text, carrier)
    if size >= 16 and text.startswith("01"):
        code = gs1.read(given, text, today)
        if code.accepted or size != VETERINARY_CODE:
            return code
    if size == VETERINARY_CODE:
        return Code(given, problems=(Problem("veterinary_code"),))
    return _wrong_length(given, text)


def drug_code(given: str, text: str) -> Code:
    """The 20 digits as 7 for the drug and pack, 9 for the pack's number, 4 that only the platform can check."""
    return Code(given, Kind.CN20, key=f"cn20:{text}", product=text[:7], serial=text[7:16])


def sscc(given: str, text: str) -> Code:
    """Eighteen digits, printed without their AI, as a logistic unit."""
    problems = []
    if text[0] == "8":
        problems.append(Problem("sscc_or_cut_drug_code", Severity.WARNING))
    return Code(
        given,
        Kind.SSCC,
        key=f"sscc:{text}",
        level=Level.CASE,
        elements=(("00", text),),
        problems=tuple(problems),
    )


def _twenty(given: str, text: str, today: date) -> Code:
    if text[0] == "8":
        return drug_code(given, text)
    if text.startswith("00"):
        return gs1.read(given, text, today)
    if text.startswith("01"):
        code = gs1.read(given, text, today)
        if code.accepted:
            return code
    return Code(given, problems=(Problem("drug_code_prefix", params=(("found", text[0]),)),))


def _wrong_length(given: str, text: str) -> Code:
    params = (("expected", str(DRUG_CODE)), ("found", str(len(text))))
    return Code(given, problems=(Problem("wrong_length", params=params),))


def _check_digit(text: str) -> Problem:
    params = (("ai", "01"), ("expected", check.mod10(text[:-1])), ("found", text[-1]))
    return Problem("check_digit", params=params)


def _retail(given: str, text: str) -> Code:
    """EAN-13, UPC-A and EAN-8 name a kind of product, never one pack."""
    if not check.mod10_holds(text):
        return Code(given, Kind.GTIN, problems=(_check_digit(text),))
    word = {8: "ean8_code", 12: "upc_code", 13: "ean_code"}[len(text)]
    if len(text) == 13 and text.startswith("69"):
        word = "commodity_code"
    product = text.rjust(14, "0")
    return Code(given, Kind.GTIN, product=product, level=Level.UNIT, problems=(Problem(word),))


def _fourteen(given: str, text: str, carrier: Carrier) -> Code:
    """A GTIN-14, or China's 14-digit drug standard code 本位码, which has the same check digit.

    Its digits 869 could begin a GTIN as well; the symbology decides, ITF-14 only ever holds a GTIN.
    """
    if not check.mod10_holds(text):
        return Code(given, Kind.GTIN, problems=(_check_digit(text),))
    if text.startswith("869") and carrier is not Carrier.ITF14:
        return Code(given, problems=(Problem("standard_code"),))
    note = Problem("no_serial", Severity.NOTE)
    return Code(
        given,
        Kind.GTIN,
        product=text,
        level=gs1.trade_level(text),
        elements=(("01", text),),
        problems=(note,),
    )
