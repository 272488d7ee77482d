from __future__ import annotations

from datetime import date

import pytest

from ledger.codes.code import Code, Entry, Kind, Level, Severity
from ledger.codes.identify import PARSER_VERSION, ZonePattern, identify
from tests.ledger.codes.strings import GS, TODAY

GTIN = "06901234567892"
WHOLE = f"01{GTIN}1726123110AB{GS}21X1"
OWNERS_SAMPLES = [
    "83386520001941653320",
    "88298420000560224025",
    "89400130000122611086",
    "87709840000000015538",
    "87796580000023200900",
    "87004720000000005994",
    "88003850100000131888",
    "81012350000000157474",
    "88818000000004149600",
    "87618890000000010614",
    "86092470000000045784",
    "86092470000000045783",
]


def read(text: str, entry: Entry = Entry.WEDGE, aim: str = "", symbology: str = "") -> Code:
    return identify(text, entry=entry, aim=aim, symbology=symbology, today=TODAY)


def words(code: Code) -> list[str]:
    return [problem.code for problem in code.problems]


@pytest.mark.parametrize("text", OWNERS_SAMPLES)
@pytest.mark.parametrize("identifier", ["", "]C0"])
def test_drug_codes(text: str, identifier: str) -> None:
    code = read(identifier + text)
    assert code.accepted
    assert (code.kind, code.key, code.product, code.serial) == (
        Kind.CN20,
        f"cn20:{text}",
        text[:7],
        text[7:16],
    )
    assert (code.level, code.lot, code.expiry, code.elements, code.problems) == (
        Level.UNKNOWN,
        None,
        None,
        (),
        (),
    )


def test_two_check_digits_make_two_keys() -> None:
    first, second = (read(f"8609247000000004578{digit}") for digit in "43")
    assert first.key != second.key
    assert (first.product, first.serial) == (second.product, second.serial)


def test_a_gs1_128_is_no_drug_code() -> None:
    assert read("]C183386520001941653320").kind is Kind.GS1


@pytest.mark.parametrize("identifier", ["]d2", "]C1", "]Q3", "]e0", "]J1", "]z1"])
def test_gs1_symbols(identifier: str) -> None:
    for code in (read(identifier + WHOLE), read(WHOLE, aim=identifier)):
        assert code.key == f"gs1:{GTIN}/X1"
        assert code.problems == ()


@pytest.mark.parametrize("identifier", ["]d1", "]C0", "]Q1", "]A0", "]A1", "]L2", "]z0"])
def test_gs1_data_in_another_symbol_are_told(identifier: str) -> None:
    for text in (identifier + WHOLE, f"{identifier}01{GTIN}"):
        code = read(text)
        assert code.accepted
        assert words(code)[0] == "fnc1_missing"


def test_an_identifier_in_the_text_counts_more_than_one_beside_it() -> None:
    assert read("]C0" + OWNERS_SAMPLES[0], aim="]C1").kind is Kind.CN20


def test_input_is_kept_as_given() -> None:
    given = f"]d2{WHOLE}\r\n"
    assert read(given).input == given


@pytest.mark.parametrize("frame", ["\r", "\n", "\r\n", "\t", "\n\t\r"])
def test_device_framing_is_taken_off(frame: str) -> None:
    assert read(f"{frame}]d2{WHOLE}{frame}").problems == ()
    assert read(OWNERS_SAMPLES[0] + frame).accepted


def test_bare_element_strings() -> None:
    assert read(WHOLE).key == f"gs1:{GTIN}/X1"
    assert read(f"10AB{GS}01{GTIN}21X").key == f"gs1:{GTIN}/X"
    assert read("1726123110AB").lot == "AB"
    assert read("1199999910AB").kind is Kind.OPAQUE


STAND_INS = [
    "<GS>",
    "{GS}",
    "[GS]",
    "<gs>",
    "\\x1d",
    "\\x1D",
    "\\u001d",
    "^]",
    "\uf70b",
    "\uf701",
    "\u241d",
    "<FNC1>",
]


@pytest.mark.parametrize("sent", STAND_INS)
@pytest.mark.parametrize("identifier", ["]d2", ""])
def test_separators_in_other_forms(sent: str, identifier: str) -> None:
    code = read(identifier + WHOLE.replace(GS, sent))
    assert code.key == f"gs1:{GTIN}/X1"
    assert code.problems == ()


@pytest.mark.parametrize("sent", ["|", "^"])
def test_a_replaced_separator_is_read_and_told(sent: str) -> None:
    code = read("]d2" + WHOLE.replace(GS, sent))
    assert code.key == f"gs1:{GTIN}/X1"
    assert [(p.code, p.severity, p.params) for p in code.problems] == [
        ("separator_replaced", Severity.WARNING, (("found", sent),))
    ]


def test_a_slash_may_be_data_and_is_never_taken_for_a_separator() -> None:
    assert read("]d2" + WHOLE.replace(GS, "/")).lot == "AB/21X1"
    assert not read(f"]d201{GTIN}10{'A' * 15}/21{'B' * 9}").accepted


def test_where_a_real_separator_is_present_the_word_is_data() -> None:
    assert read(f"]d201{GTIN}10A<GS>B{GS}211").lot == "A<GS>B"


def test_a_lost_separator_is_never_guessed() -> None:
    german = read("010415013832707721100251263204341727013110403751B")
    assert words(german) == ["separator_ambiguous"]
    assert german.key is None
    one_way = read(f"]d201{GTIN}10ABCDEFGHIJKLMNOPQR21SERIAL")
    assert words(one_way) == ["separator_lost"]
    assert not one_way.accepted


def test_a_string_that_parses_is_judged_by_its_parse() -> None:
    assert read("]d2" + WHOLE.replace(GS, "")).lot == "AB21X1"


def test_brackets() -> None:
    printed = f"(01){GTIN}(11)141231(17)150707(10)A213B1(21)1234"
    assert read(printed).key == f"gs1:{GTIN}/1234"
    typed = f"（01） {GTIN} （17） 261231 （10） A(B)C"
    assert read(typed, Entry.MANUAL).lot == "A(B)C"
    assert words(read("(01)")) == ["gs1_value_empty"]
    assert words(read("(AB)12")) == ["brackets"]
    assert words(read(f"(01){GTIN}(18)1")) == ["gs1_unknown_ai"]
    assert words(read("(01)1234(17)261231")) == ["gs1_value_length"]


def test_manual_entry_is_read_kindly() -> None:
    assert read("８３３８６５２０００１９４１６５３３２０", Entry.MANUAL).key == "cn20:83386520001941653320"
    assert read(" 8338652 000194165 3320 ", Entry.MANUAL).key == "cn20:83386520001941653320"
    assert read("8338652-000194165-3320", Entry.MANUAL).key == "cn20:83386520001941653320"
    assert read("8338652 000194165 3320").key is None


def test_digital_links_from_any_symbol() -> None:
    for identifier in ("", "]Q1", "]d1", "]z0"):
        code = read(f"{identifier}https://example.cn/a/01/{GTIN}/10/A%2FB/21/X1?17=261200&linkType=all")
        assert (code.kind, code.key, code.lot) == (Kind.DIGITAL_LINK, f"gs1:{GTIN}/X1", "A/B")
        assert (code.expiry, code.expiry_precision) == (date(2026, 12, 31), "month")
    assert read(f"HTTPS://ID.GS1.ORG/01/{GTIN}/21/X").accepted
    assert read("https://id.gs1.org/00/106141412345678908").key == "sscc:106141412345678908"


@pytest.mark.parametrize("text", ["106141412345678908", "00106141412345678908", "(00)106141412345678908"])
def test_logistic_units_as_printed(text: str) -> None:
    code = read(text)
    assert (code.kind, code.key, code.level) == (Kind.SSCC, "sscc:106141412345678908", Level.CASE)
    assert code.elements == (("00", "106141412345678908"),)
    assert code.accepted


def test_an_sscc_that_could_be_a_cut_drug_code_is_told() -> None:
    from ledger.codes.check import mod10

    digits = "83386520001941653"
    assert words(read(digits + mod10(digits))) == ["sscc_or_cut_drug_code"]


def test_a_gtin_of_a_case() -> None:
    for code in (read("]I116901234567899"), read("16901234567899", symbology="ITF"), read("16901234567899")):
        assert (code.kind, code.product, code.level, code.key) == (
            Kind.GTIN,
            "16901234567899",
            Level.CASE,
            None,
        )
        assert words(code) == ["no_serial"]


def test_a_gtin_14_that_looks_like_the_drug_standard_code_is_told_by_its_symbology() -> None:
    assert words(read("86900080000078")) == ["standard_code"]
    assert read("]I186900080000078").product == "86900080000078"
    assert read("86900080000078", symbology="ITF14").product == "86900080000078"
    assert words(read("86900080000079")) == ["check_digit"]
    assert read("]d20186900080000078").accepted


def test_an_ean_comes_as_a_gtin_that_is_refused() -> None:
    code = read("]E06925265101481")
    assert (code.kind, code.product, code.accepted) == (Kind.GTIN, "06925265101481", False)


def test_a_zone_code_is_what_is_configured() -> None:
    prefix = ZonePattern(prefix="LC-")
    assert identify("LC-00aB", zone=prefix).key == "zone:LC-00aB"
    assert identify("lc-00aB", zone=prefix).key is None
    shape = ZonePattern(pattern=r"https://lc\.example/c/(?P<code>[A-Z0-9]{6})")
    assert identify("]Q1https://lc.example/c/AB12CD", zone=shape).key == "zone:AB12CD"
    query = ZonePattern(query_key="c")
    assert identify("https://lc.example/x?a=1&c=A%2F1", zone=query).key == "zone:A/1"
    assert identify("https://lc.example/x?a=1", zone=query).key is None
    both = ZonePattern(prefix="A", query_key="c", pattern="A[0-9]")
    assert identify("https://lc.example/x?c=A1", zone=both).key == "zone:A1"
    assert identify("https://lc.example/x?c=B1", zone=both).key is None
    assert identify(OWNERS_SAMPLES[0], zone=ZonePattern(prefix="83")).kind is Kind.ZONE
    assert identify(OWNERS_SAMPLES[0], zone=ZonePattern()).kind is Kind.CN20
    assert ZonePattern(pattern="[").error()
    assert identify("[", zone=ZonePattern(pattern="[")).key is None
    assert not ZonePattern(pattern="[a]").error()


def test_a_device_code_of_unknown_form_is_kept_whole() -> None:
    code = read("AHM.1234.ABC")
    assert (code.kind, code.product, code.key, code.accepted) == (Kind.AHM, "AHM.1234.ABC", None, True)


def test_today_is_the_calendars_when_not_given() -> None:
    assert identify(f"]d201{GTIN}17261231").expiry == date(2026, 12, 31)


def test_the_version_is_told() -> None:
    assert PARSER_VERSION
