"""Every code word has a sentence in both languages, with the same parameters, and survives hostile input."""

from __future__ import annotations

import errno
import json
import os
import re
import string
from pathlib import Path

import pytest

from desktop.words import _USUAL, LANGUAGES, Words
from ledger.codes.code import Problem

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "words"
AREAS = sorted(path.name for path in (FOLDER / "en").glob("*.json"))


def texts(language: str, area: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / language / area).read_text("utf-8"))
    return found


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same_things(area: str) -> None:
    zh, en = texts("zh_CN", area), texts("en", area)
    assert zh.keys() == en.keys()
    for code in zh:
        assert fields(zh[code]) == fields(en[code]), code
        assert zh[code].strip(), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_word_stands_in_two_areas(language: str) -> None:
    seen: dict[str, str] = {}
    for area in AREAS:
        for code in texts(language, area):
            assert code not in seen, f"{code} in {area} and {seen[code]}"
            seen[code] = area


def test_every_code_word_in_the_source_has_a_sentence() -> None:
    """Code words are string literals handed to the makers of problems and errors."""
    makers = re.compile(
        r"(?:Problem|findings\.(?:note|warn|ask|stop)|UserError|SettingsError|EnvironmentFault|LedgerLocked"
        r"|LedgerNewer|LedgerForeign|LedgerDamaged|DiskFull|UsageFault|say)\(\s*\"([a-z][a-z0-9_]+)\""
    )
    words = Words("en")
    missing = {
        f"{path.relative_to(ROOT)}: {code}"
        for package in ("ledger", "desktop", "sync", "scanner")
        for path in (ROOT / package).rglob("*.py")
        for code in makers.findall(path.read_text("utf-8"))
        if not words.knows(code)
    }
    assert not missing


def test_a_hostile_parameter_cannot_break_a_line_or_the_sentence() -> None:
    words = Words("en")
    said = words.say("product_unknown", product="a\nb\x1d{x}\x00\ud800" + "y" * 500)
    assert "\n" not in said and "\x00" not in said and "<GS>" in said and "{x}" in said
    assert len(said) < 300


def test_an_unknown_code_word_is_shown_as_it_stands() -> None:
    assert Words("en").problem(Problem("no_such_word", params=(("a", "b"),))) == "no_such_word b"


def test_chinese_is_the_first_language() -> None:
    assert LANGUAGES[0] == "zh_CN"
    assert Words("xx").language == "zh_CN"


def test_a_name_is_said_in_the_language_at_hand_and_in_the_other_where_it_has_none() -> None:
    chinese, english = (Words(language) for language in ("zh_CN", "en"))
    assert (chinese.name(("药", "Drug")), english.name(("药", "Drug"))) == ("药", "Drug")
    assert chinese.name(("", "Drug")) == "Drug" and english.name(("药", "")) == "药"
    assert chinese.name(("", "")) == english.name(("", "")) == ""


@pytest.mark.parametrize("number", _USUAL)
def test_a_reason_of_the_operating_system_is_said_in_the_language_at_hand(number: int) -> None:
    chinese = Words("zh_CN").say("file_unreadable", file="a.csv", why=os.strerror(number))
    assert os.strerror(number) not in chinese
    assert "system_" not in chinese
    assert f"（{Words('zh_CN').say(f'system_{errno.errorcode[number].lower()}')}）" in chinese


def test_a_reason_that_nobody_has_words_for_is_said_as_it_is() -> None:
    assert "ValueError" in Words("zh_CN").say("file_unreadable", file="a.csv", why="ValueError")


def test_what_is_not_known_of_another_pack_is_a_stroke_and_no_hole() -> None:
    place = Problem("fefo", params=(("lot", "L1"), ("expiry", "2027-01-21"), ("place", "")))
    assert "货位 –。" in Words("zh_CN").problem(place)
