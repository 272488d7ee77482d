from __future__ import annotations

from datetime import date

import pytest

from ledger.codes.code import Code, Entry, Kind, Level, Severity
from ledger.codes.identify import identify
from tests.ledger.codes.strings import GS, TODAY

GTIN = "06901234567892"


def read(text: str, today: date = TODAY) -> Code:
    return identify(text, entry=Entry.CAMERA, today=today)


def words(code: Code) -> list[str]:
    return [problem.code for problem in code.problems]


def test_the_example_of_the_china_guide() -> None:
    code = read(f"]d201{GTIN}11141231" + "17150707" + f"10A213B1{GS}211234")
    assert code.accepted
    assert (code.kind, code.key) == (Kind.GS1, f"gs1:{GTIN}/1234")
    assert (code.product, code.serial, code.lot) == (GTIN, "1234", "A213B1")
    assert (code.production, code.expiry, code.expiry_precision) == (
        date(2014, 12, 31),
        date(2015, 7, 7),
        "day",
    )
    assert code.level is Level.UNIT
    assert code.problems == ()


def test_day_00_is_the_last_day_of_the_month() -> None:
    code = read(f"]d201{GTIN}17280200" + "211")
    assert (code.expiry, code.expiry_precision) == (date(2028, 2, 29), "month")
    assert [(p.code, p.severity) for p in code.problems] == [("expiry_month", Severity.NOTE)]


@pytest.mark.parametrize(
    ("yy", "year"), [("76", 2076), ("77", 1977), ("26", 2026), ("99", 1999), ("00", 2000)]
)
def test_the_century_lies_49_years_back_to_50_ahead(yy: str, year: int) -> None:
    assert read(f"]d201{GTIN}17{yy}0115").expiry == date(year, 1, 15)


def test_the_century_moves_with_today() -> None:
    assert read(f"]d201{GTIN}17200115", date(2071, 1, 1)).expiry == date(2120, 1, 15)
    assert read(f"]d201{GTIN}17990115", date(2049, 12, 31)).expiry == date(2099, 1, 15)


def test_no_serial_means_no_key() -> None:
    code = read(f"]d201{GTIN}10AB")
    assert code.accepted
    assert (code.key, code.product, code.lot) == (None, GTIN, "AB")
    assert [(p.code, p.severity) for p in code.problems] == [("no_serial", Severity.NOTE)]


def test_an_equal_repeat_stands_once_and_a_different_one_is_fatal() -> None:
    same = read(f"]d210AB{GS}01{GTIN}10AB")
    assert same.accepted
    assert same.elements == (("10", "AB"), ("01", GTIN))
    other = read(f"]d210AB{GS}01{GTIN}10AC")
    assert not other.accepted
    assert words(other) == ["gs1_repeated"]


def test_a_missing_companion_is_a_warning_and_an_excluded_one_fatal() -> None:
    assert next((p.code, p.severity) for p in read("]d210AB").problems) == ("gs1_required", Severity.WARNING)
    assert "gs1_excluded" in words(read(f"]d201{GTIN}375"))
    assert not read(f"]d201{GTIN}375").accepted


def test_a_companion_may_be_a_group_of_ais() -> None:
    lone = read(f"]d201{GTIN}8030AAAA")
    assert "gs1_required" in words(lone)
    assert read(f"]d201{GTIN}211{GS}8030AAAA").problems == ()
    assert "gs1_required" not in words(read(f"]d201{GTIN}3103000123" + "392012"))


def test_a_logistic_unit() -> None:
    code = read("]C100106141412345678908")
    assert (code.kind, code.key, code.level) == (Kind.SSCC, "sscc:106141412345678908", Level.CASE)
    with_content = read(f"]C10010614141234567890802{GTIN}3710")
    assert with_content.accepted
    assert (with_content.key, with_content.product) == ("sscc:106141412345678908", None)


@pytest.mark.parametrize(
    ("indicator", "level"), [("0", Level.UNIT), ("1", Level.CASE), ("8", Level.CASE), ("9", Level.UNKNOWN)]
)
def test_the_level_is_the_indicator_digit(indicator: str, level: Level) -> None:
    from ledger.codes.check import mod10

    gtin = f"{indicator}690123456789"
    assert read(f"]d201{gtin}{mod10(gtin)}").level is level


def test_pieces_of_one_item_are_different_packs() -> None:
    first, second = read(f"]d28006{GTIN}0102{GS}21A"), read(f"]d28006{GTIN}0202{GS}21A")
    assert first.product == second.product == GTIN
    assert first.key != second.key


def test_a_code_that_names_no_product_is_told() -> None:
    code = read("]d28004690012345")
    assert code.accepted
    assert words(code) == ["gs1_no_product"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("", "empty"),
        (f"01{GTIN[:-1]}3", "check_digit"),
        (f"01{GTIN}17261332", "date_impossible"),
        (f"01{GTIN}17260230", "date_impossible"),
        (f"01{GTIN}7003" + "2601012460", "time_impossible"),
        (f"01{GTIN}10", "gs1_value_empty"),
        (f"01{GTIN}10{GS}211", "gs1_value_empty"),
        (f"01{GTIN[:-2]}", "gs1_value_length"),
        (f"01{GTIN}10" + "A" * 21, "gs1_value_too_long"),
        ("01069O1234567892", "gs1_not_digit"),
        (f"01{GTIN}10批号", "gs1_bad_character"),
        (f"01{GTIN}10A B", "gs1_bad_character"),
        (f"01{GTIN}10AB  ", "gs1_trailing_blank"),
        (f"01{GTIN}17261231 ", "gs1_trailing_blank"),
        (f"{GS}01{GTIN}", "gs1_separator_first"),
        (f"01{GTIN}10AB{GS}{GS}211", "gs1_separator_doubled"),
        (f"01{GTIN}10AB{GS}{GS}", "gs1_separator_doubled"),
        (f"01{GTIN}9", "gs1_unknown_ai"),
        (f"01{GTIN}8015123", "gs1_unknown_ai"),
        (f"8006{GTIN}0302{GS}21A", "gs1_piece"),
        (f"01{GTIN}7030998AB", "gs1_country"),
        (f"01{GTIN}422999", "gs1_country"),
        ("00106141412345678908" + "4307XX", "gs1_country"),
        ("8004X00012", "gs1_prefix"),
        ("00106141412345678908" + "7041XYZ", "gs1_package"),
        ("8020A" + GS + "415" + "2856480155727" + "3911998" + "100", "gs1_currency"),
        ("80131987654Ad4X4bL5ttr2310c2X", "check_digit"),
        ("415" + "2856480155727" + "8020A" + GS + "8007GB98MIDL07009312345679", "gs1_content"),
        (f"01{GTIN}8014" + "123456", "check_digit"),
        ("8003" + "12345678901231", "gs1_content"),
        (f"01{GTIN}4330000001X", "gs1_content"),
    ],
)
def test_what_is_wrong_has_a_name(data: str, word: str) -> None:
    code = read("]d2" + data)
    assert not code.accepted
    assert words(code)[0] == word


def test_a_wrong_check_digit_says_which_was_expected() -> None:
    problem = read(f"]d201{GTIN[:-1]}7").problems[0]
    assert dict(problem.params) == {"ai": "01", "expected": "2", "found": "7"}


@pytest.mark.parametrize(
    "data",
    [
        "8013" + "1987654Ad4X4bL5ttr2310c2K",
        "415285648015572780" + "20A" + GS + "8007GB98MIDL07009312345678",
        "00106141412345678908"
        + "4307CN"
        + GS
        + "4309"
        + "01234567890123456789"
        + GS
        + "43211"
        + GS
        + "4330000001-",
        "00106141412345678908" + "4302A%20B",
        "8018" + "012345678901234560" + GS + "7258" + "2/3" + GS + "72521" + GS + "725019991231",
        "8017" + "012345678901234560" + GS + "724110",
        f"01{GTIN}8001" + "12345678901" + "919",
        f"01{GTIN}7040" + "1ABC",
        f"01{GTIN}7007" + "250101" + "260101",
        f"01{GTIN}7011" + "250101" + "2359",
        f"01{GTIN}8008" + "25010112" + "30" + "59",
        "8110" + "012345612345611110123",
        "8112" + "001234561234560123456",
        "8010" + "1234ABC" + GS + "80111",
    ],
)
def test_rules_that_medicines_never_meet_are_kept_as_well(data: str) -> None:
    assert read("]d2" + data).accepted, read("]d2" + data)


@pytest.mark.parametrize(
    "data",
    [
        "00106141412345678908" + "4309" + "18000000013600000000",
        "00106141412345678908" + "4309" + "18000000003600000001",
        "00106141412345678908" + "43212",
        "00106141412345678908" + "4302A%2",
        "8018" + "012345678901234560" + GS + "7258" + "3/2",
        "8018" + "012345678901234560" + GS + "7258" + "0/2",
        "8018" + "012345678901234560" + GS + "72523",
        "8018" + "012345678901234560" + GS + "725019990229",
        "8017" + "012345678901234560" + GS + "724111",
        f"01{GTIN}8001" + "00005678901919",
        f"01{GTIN}8001" + "12345678901" + "229",
        f"01{GTIN}7040" + "1AB+",
        f"01{GTIN}7007" + "250100",
        f"01{GTIN}7007" + "250101" + "2601",
        f"01{GTIN}7011" + "250101" + "2360",
        f"01{GTIN}8008" + "25010124",
        f"01{GTIN}211{GS}8030AAA=",
        f"01{GTIN}211{GS}8030A+AA",
        "8010" + "1234abc",
        "8010" + "1234ABC" + GS + "80110",
        "8110" + "71234561234561111012",
        "8112" + "201234561234560123456",
        "8007" + "XX361234567890",
        "8007" + "CH56",
    ],
)
def test_and_broken_ones_are_refused(data: str) -> None:
    assert not read("]d2" + data).accepted
