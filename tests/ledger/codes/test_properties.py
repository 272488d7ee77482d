"""What holds for every text: no exception, every string that can be built is read as it was meant."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.codes import check, gs1, gs1_table
from ledger.codes.code import Code, Entry, Kind
from ledger.codes.identify import identify
from tests.ledger.codes.strings import GS, TODAY, element_string, link

CSET82 = st.sampled_from(check.CSET82)
lots = st.text(CSET82, min_size=1, max_size=20)
days = st.dates(min_value=TODAY.replace(year=1980), max_value=TODAY.replace(year=2070)).map(
    lambda d: f"{d:%y%m%d}"
)
months = days.map(lambda day: day[:4] + "00")
gtins = st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda digits: digits + check.mod10(digits))
VALUES = {
    "01": gtins,
    "10": lots,
    "11": days,
    "17": days | months,
    "21": lots,
    "30": st.from_regex(r"[0-9]{1,8}", fullmatch=True),
    "240": st.text(CSET82, min_size=1, max_size=30),
    "710": lots,
    "7003": days.map(lambda day: day + "2359"),
    "91": st.text(CSET82, min_size=1, max_size=90),
}


@st.composite
def elements(draw: st.DrawFn) -> list[tuple[str, str]]:
    numbers = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1))
    return [(number, draw(VALUES[number])) for number in numbers]


@given(elements(), st.sampled_from(["]d2", "]C1", "]Q3"]))
def test_an_element_string_is_read_as_it_was_built(built: list[tuple[str, str]], identifier: str) -> None:
    code = identify(identifier + element_string(built), today=TODAY)
    assert code.accepted
    assert list(code.elements) == built
    values = dict(built)
    if {"01", "21"} <= values.keys():
        assert code.key == f"gs1:{values['01']}/{values['21']}"
    assert code.lot == values.get("10")


@given(elements().filter(lambda built: all("(" not in value for _, value in built)))
def test_the_bracketed_form_says_the_same(built: list[tuple[str, str]]) -> None:
    text = "".join(f"({number}){value}" for number, value in built)
    assert list(identify(text, today=TODAY).elements) == built


@given(
    gtins,
    lots | st.none(),
    lots | st.none(),
    days | months | st.none(),
    st.sampled_from(["https://id.gs1.org", "HTTP://A.CN:8080/x/01"]),
)
def test_a_link_is_read_as_it_was_built(
    gtin: str, lot: str | None, serial: str | None, day: str | None, stem: str
) -> None:
    path = [("01", gtin), *((n, v) for n, v in (("10", lot), ("21", serial)) if v is not None)]
    query = [("17", day)] if day else []
    code = identify(link(path, query, stem), today=TODAY)
    assert code.accepted, code
    assert list(code.elements) == path + query
    assert (code.kind, code.serial, code.lot) == (Kind.DIGITAL_LINK, serial, lot)


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(gtin: str, place: int, by: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + by) % 10) + gtin[place + 1 :]
    assert not identify(f"]d201{wrong}", today=TODAY).accepted


@given(elements())
def test_without_its_separators_a_string_is_never_mended_silently(built: list[tuple[str, str]]) -> None:
    text = element_string(built)
    code = identify("]d2" + text.replace(GS, ""), today=TODAY)
    if code.accepted:  # then it can be read from left to right as it stands
        assert list(code.elements) == list(dict.fromkeys(gs1.split(text.replace(GS, ""), TODAY.year)[0]))


def consistent(code: Code, text: str) -> None:
    assert code.input == text
    assert code.accepted == all(problem.severity != "fatal" for problem in code.problems)
    assert code.problems or code.key
    assert code.key is None or code.accepted or code.kind is not Kind.UNKNOWN
    assert (code.expiry is None) == (code.expiry_precision is None)


@given(st.text(), st.sampled_from(list(Entry)))
def test_any_text_gets_an_answer(text: str, entry: Entry) -> None:
    consistent(identify(text, entry=entry, today=TODAY), text)


@given(
    st.text(st.characters(codec=None, categories=None), max_size=60),
    st.sampled_from(["", "]d2", "]Q1", "]E0", "MA.", "+", "[)>\x1e06\x1d", "https://a/01/", "("]),
)
def test_surrogates_and_controls_get_an_answer(text: str, start: str) -> None:
    consistent(identify(start + text, today=TODAY), start + text)


SEEDS = [
    "83386520001941653320",
    f"]d20106901234567892172612311012AB{GS}21XY",
    "https://id.gs1.org/01/06901234567892/10/AB/21/1?17=261231&x=y",
    "MA.156.M0.100350.01004YA10017.SLMSAGAAAC.M210628.LAY21062803.E220628.V220627.C3",
    f"[)>\x1e06{GS}9N110375286414{GS}1T1{GS}D270131{GS}SX\x1e\x04",
    "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
    "(01)06901234567892(17)261231(10)A",
    "010415013832707721100251263204341727013110403751B",
    "6925265101481",
    "=A99991712345600",
]
ALPHABET = "0123456789ABCDEFabcdefghijxyz]()[>{}<+*/%&?=.,:;|^\\-_ \x00\x04\x1d\x1e\r\n８药é\ud800\uf70b"


def fuzz(count: int) -> None:
    """Damages good codes at random, always in the same way."""
    dice = random.Random(20261122)
    for _ in range(count):
        text = dice.choice(SEEDS)
        for _ in range(dice.randint(0, 4)):
            at, action = dice.randrange(len(text) + 1), dice.randrange(4)
            if action == 0:
                text = text[:at] + dice.choice(ALPHABET) + text[at:]
            elif action == 1:
                text = text[:at] + text[at + dice.randint(1, 4) :]
            elif action == 2:
                text = text[:at] + dice.choice(ALPHABET) + text[at + 1 :]
            else:
                text = text[:at] + dice.choice(SEEDS)[dice.randrange(9) :]
        consistent(identify(text, today=TODAY), text)


def test_damaged_codes_get_an_answer() -> None:
    fuzz(20_000)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_million_damaged_codes_get_an_answer() -> None:
    fuzz(1_000_000)


@pytest.mark.parametrize("size", [4096, 4097, 10_240, 1_000_000])
@pytest.mark.parametrize(
    "unit",
    [
        "8",
        "a.",
        "\x00",
        "(01)",
        "]d2",
        f"10A{GS}",
        "\ud800",
        "/01",
        "&1=1",
        ".S1",
        f"SA{GS}",
        "%41",
        "<GS>",
        "１",
    ],
)
def test_long_hostile_texts_get_an_answer(unit: str, size: int) -> None:
    for start in (
        "",
        "]d2",
        "https://a/01/06901234567892?",
        "MA.156.M0.100204.13351764",
        f"[)>\x1e06{GS}",
        "+A9991",
        "01069012345678",
    ):
        text = (start + unit * size)[:size]
        code = identify(text, today=TODAY)
        consistent(code, text)
        assert size <= 4096 or [problem.code for problem in code.problems] == ["too_long"]


@settings(max_examples=25)
@given(st.sampled_from(gs1_table.NUMBERS))
def test_what_requires_an_ai_is_satisfied_by_one_of_its_groups(number: str) -> None:
    ai = gs1_table.find(number)
    assert ai is not None
    for rule in ai.requires:
        for group in rule:
            assert all(group), (number, "a pattern of the table matches no AI")
    for first, second in combinations(sorted(ai.excludes | {number}), 2):
        assert first != second


@settings(max_examples=200)
@given(st.sampled_from(gs1_table.NUMBERS), st.data())
def test_values_made_from_the_table_have_its_shape(number: str, data: st.DataObject) -> None:
    ai = gs1_table.find(number)
    assert ai is not None
    value = ""
    for part in ai.parts:
        alphabet = {"N": "0123456789", "X": check.CSET82, "Y": "#-/0123456789ABCXYZ", "Z": "AZaz09-_"}[
            part.characters
        ]
        value += data.draw(st.text(st.sampled_from(alphabet), min_size=part.low, max_size=part.high))
    found = ai.shape.match(value + (GS + "10A" if ai.separated else ""))
    assert found is not None
    assert found.group() == value
