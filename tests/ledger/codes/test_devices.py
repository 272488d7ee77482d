"""MA, HIBC, IFA's PPN and ISO 15434 envelopes."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.codes import check
from ledger.codes.code import Code, Kind, Level, Severity
from ledger.codes.identify import identify
from tests.ledger.codes.strings import GS, TODAY

RS, EOT = "\x1e", "\x04"


def read(text: str) -> Code:
    return identify(text, today=TODAY)


def words(code: Code) -> list[str]:
    return [problem.code for problem in code.problems]


def test_ma_with_all_fields() -> None:
    code = read("MA.156.M0.100350.01004YA10017.SLMSAGAAAC.M210628.LAY21062803.E220628.V220627.C3")
    assert (code.kind, code.product) == (Kind.MA, "MA.156.M0.100350.01004YA10017")
    assert code.key == "ma:MA.156.M0.100350.01004YA10017/LMSAGAAAC"
    assert (code.serial, code.lot) == ("LMSAGAAAC", "AY21062803")
    assert (code.production, code.expiry) == (date(2021, 6, 28), date(2022, 6, 27))
    assert code.problems == ()


def test_ma_checks_pass_on_published_labels() -> None:
    assert read("MA.156.M0.100011.2cscp023.Ste002.M200206.L343432.D555555.E200228.V200307.C9").problems == ()
    code = read("MA.156.M0.100204.13351764")
    assert (code.accepted, code.key, words(code)) == (True, None, ["no_serial"])


def test_ma_check_digits_only_warn() -> None:
    code = read("MA.156.M0.100274.13360111")
    assert code.accepted
    assert code.problems[0].code == "ma_check_digit"
    assert code.problems[0].severity is Severity.WARNING
    assert words(read("MA.156.M0.100204.13351764.SA.C0"))[0] == "ma_data_check_digit"


def test_ma_with_an_impossible_date() -> None:
    assert words(read("MA.156.M0.100204.13351764.SA.V221301")) == ["date_impossible"]


def test_hibc_primary() -> None:
    code = read("+A123BJC5D6E71G")
    assert (code.kind, code.product, code.key, words(code)) == (
        Kind.HIBC,
        "A123BJC5D6E71",
        None,
        ["no_serial"],
    )
    assert read("*+A123BJC5D6E71G*").product == "A123BJC5D6E71"
    unit = "+A123BJC5D6E70"
    assert read(unit + str(check.mod43(unit))).level is Level.UNIT


def test_hibc_both_in_one_symbol() -> None:
    code = read("+A123BJC5D6E71/$$52001510X3C")
    assert (code.product, code.lot, code.expiry) == ("A123BJC5D6E71", "10X3", date(2020, 1, 15))


def test_hibc_2d_with_serial_and_production() -> None:
    code = read("+A99912345/$$52001510X3/16D20111212/S77DEFG457")
    assert code.key == "hibc:A99912345/77DEFG45"
    assert (code.lot, code.production, code.serial) == ("10X3", date(2011, 12, 12), "77DEFG45")


def test_hibc_two_lines_in_one_text() -> None:
    code = read("+A123BJC5D6E71G+$$52001510X3GD")
    assert (code.product, code.lot) == ("A123BJC5D6E71", "10X3")
    assert read("+A123BJC5D6E71G+2001510X3GG").expiry == date(2020, 1, 15)


@pytest.mark.parametrize(
    ("data", "expiry", "precision", "lot", "serial"),
    [
        ("$$09053C001", date(2005, 9, 30), "month", "3C001", None),
        ("$$20928053C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$30509283C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$4050928223C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$5052713C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$605271223C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$73C001", None, None, "3C001", None),
        ("$$824", None, None, None, None),
        ("$$82409053C001", date(2005, 9, 30), "month", "3C001", None),
        ("$$90010020928053C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$9001007", None, None, None, None),
        ("$$+09050001", date(2005, 9, 30), "month", None, "0001"),
        ("$$+30509280001", date(2005, 9, 28), "day", None, "0001"),
        ("$$+70001", None, None, None, "0001"),
        ("$3C001", None, None, "3C001", None),
        ("$+0001", None, None, None, "0001"),
        ("052713C001", date(2005, 9, 28), "day", "3C001", None),
        ("$$73C001/S0001", None, None, "3C001", "0001"),
        ("$$73C001/14D20200101", date(2020, 1, 1), "day", "3C001", None),
        ("S0001/Q12", None, None, None, "0001"),
    ],
)
def test_hibc_secondary_data(
    data: str, expiry: date | None, precision: str | None, lot: str | None, serial: str | None
) -> None:
    whole = f"+A99912345/{data}"
    code = read(whole + str(check.mod43(whole)))
    assert code.accepted, code
    assert (code.expiry, code.expiry_precision, code.lot, code.serial) == (expiry, precision, lot, serial)
    if data[0] == "$" or data[0].isdigit():
        second = f"+{data}5"
        alone = read(second + str(check.mod43(second)))
        assert alone.accepted
        assert (alone.product, alone.expiry, alone.lot, alone.serial) == (None, expiry, lot, serial)


@pytest.mark.parametrize(
    "data",
    ["$$21328053C001", "$$5053663C001", "$$3050931A", "053673C001", "$$A", "$$8A", "16D20111312", "X1"],
)
def test_hibc_broken_secondary_data(data: str) -> None:
    whole = f"+A99912345/{data}"
    code = read(whole + str(check.mod43(whole)))
    assert not code.accepted
    assert words(code)[0] in {"date_impossible", "hibc_shape"}


def test_hibc_check_character() -> None:
    code = read("+A123BJC5D6E71H")
    assert dict(code.problems[0].params) == {"ai": "HIBC", "expected": "G", "found": "H"}


def envelope(*fields: str, number: str = "06") -> str:
    return f"[)>{RS}{number}{GS}{GS.join(fields)}{RS}{EOT}"


def test_ppn() -> None:
    code = read(envelope("9N110375286414", "1T12345ABCDE", "D270131", "S100251263"))
    assert (code.kind, code.key) == (Kind.PPN, "ppn:110375286414/100251263")
    assert (code.lot, code.expiry, code.accepted) == ("12345ABCDE", date(2027, 1, 31), True)
    assert code.elements[0] == ("9N", "110375286414")


def test_ppn_with_stand_ins_and_identifier() -> None:
    text = envelope("9N110375286414", "SA", "D270100", "16D20260101")
    for sent in (
        text,
        text.replace(GS, "<GS>").replace(RS, "<RS>").replace(EOT, "<EOT>"),
        text.replace(RS, "^^").replace(GS, "^]"),
    ):
        code = read("]d1" + sent)
        assert code.key == "ppn:110375286414/A"
        assert (code.expiry, code.expiry_precision, code.production) == (
            date(2027, 1, 31),
            "month",
            date(2026, 1, 1),
        )
    assert read(text.removesuffix(EOT)).accepted
    assert read(text.removesuffix(RS + EOT)).accepted


def test_ppn_faults() -> None:
    assert dict(read(envelope("9N110375286415", "SA")).problems[0].params)["expected"] == "14"
    assert words(read(envelope("9N110375286414", "D271301")))[0] == "date_impossible"
    assert words(read(envelope("9N110375286414", "SA", "SB"))) == ["gs1_repeated"]
    assert words(read(envelope("9N110375286414"))) == ["no_serial"]


def test_gtin_in_format_06_is_the_same_pack_as_in_gs1() -> None:
    assert read(envelope("8P06901234567892", "SA")).key == "gs1:06901234567892/A"
    assert words(read(envelope("8P06901234567893", "SA"))) == ["check_digit"]


def test_format_05_holds_gs1() -> None:
    code = read(envelope("010690123456789210AB", "21X", number="05"))
    assert (code.kind, code.key, code.lot) == (Kind.FORMAT05, "gs1:06901234567892/X", "AB")
    assert not read(envelope("0106901234567893", number="05")).accepted
