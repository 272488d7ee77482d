"""Positions become text as on a US keyboard, whatever the computer's layout says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.keymap import ALT, CTRL, GS, META, RS, SHIFT, Kind, Stroke, kind, layout_text, position, us_text
from tests.scanner.strokes import Player

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


@given(st.text(alphabet=PRINTABLE + GS + RS + "\x04"))
def test_every_ascii_text_comes_back_from_its_positions(text: str) -> None:
    assert us_text(Player().scan(text, suffix=None)) == text


@given(st.text(alphabet=PRINTABLE), st.booleans())
def test_positions_do_not_care_for_caps_lock_or_layout(text: str, caps: bool) -> None:
    strokes = [replace(stroke, text="é") for stroke in Player(caps=caps).scan(text)]
    assert us_text(strokes) == text


@pytest.mark.parametrize("gs", ["ctrl", "alt029", "alt0029", "f8"])
def test_gs_in_every_form(gs: str) -> None:
    strokes = Player().scan("10AB\x1d21x", gs=gs)
    assert us_text(strokes) == "10AB\x1d21x"
    assert layout_text(strokes) == "10AB\x1d21x"


def test_the_layout_reading_is_what_the_computer_said() -> None:
    assert layout_text(Player(caps=True).scan("aB1]")) == "Ab1]"


def test_no_reading_by_position_where_a_position_is_unknown() -> None:
    strokes = [replace(Player().scan("a")[0], scan_code=0)]
    assert us_text(strokes) is None
    assert layout_text(strokes) == "a"


def test_shift_held_before_the_first_stroke_counts() -> None:
    assert us_text([Stroke(0, 0, "A", 30, SHIFT)]) == "A"


@pytest.mark.parametrize(
    ("code", "text", "modifiers", "expected"),
    [
        (30, "a", 0, Kind.CHARACTER),
        (30, "ф", 0, Kind.CHARACTER),
        (27, "\x1d", CTRL, Kind.SEPARATOR),
        (27, "$", CTRL, Kind.SEPARATOR),
        (7, "\x1e", CTRL | SHIFT, Kind.SEPARATOR),
        (79, "", ALT, Kind.SEPARATOR),
        (79, "1", 0, Kind.CHARACTER),
        (31, "\x13", CTRL, Kind.CONTROL),
        (33, "f", ALT, Kind.OTHER),
        (30, "a", META, Kind.OTHER),
        (16, "@", CTRL | ALT, Kind.CHARACTER),  # AltGr as Windows reports it
        (28, "\r", 0, Kind.TERMINATOR),
        (96, "\r", 0, Kind.TERMINATOR),
        (15, "\t", 0, Kind.TERMINATOR),
        (28, "\r", ALT, Kind.OTHER),
        (36, "\n", CTRL, Kind.TERMINATOR),  # Ctrl+J
        (66, "", 0, Kind.FUNCTION),
        (108, "", 0, Kind.FUNCTION),
        (103, "", 0, Kind.OTHER),
        (14, "\b", 0, Kind.OTHER),
        (42, "", 0, Kind.MODIFIER),
        (58, "", 0, Kind.LOCK),
        (0, "x", 0, Kind.CHARACTER),
        (0, "\r", 0, Kind.TERMINATOR),
        (0, "", 0, Kind.OTHER),
    ],
)
def test_kinds(code: int, text: str, modifiers: int, expected: Kind) -> None:
    assert kind(Stroke(0, 0, text, code, modifiers)) is expected


@pytest.mark.parametrize(
    ("native", "platform", "code"),
    [
        (38, "xcb", 30),
        (30, "windows", 30),
        (0x11C, "windows", 96),
        (0x150, "windows", 108),
        (12, "cocoa", 0),
        (0, "xcb", 0),
    ],
)
def test_positions_of_platforms(native: int, platform: str, code: int) -> None:
    assert position(native, platform) == code
