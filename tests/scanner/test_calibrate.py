"""One scan of the calibration symbol tells how a scanner has to be read, and what to set otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from scanner.burst import Burst
from scanner.calibrate import CALIBRATING, GS1_SYMBOL, SYMBOL, Calibration, Severity, calibrate
from scanner.keymap import DOWN, ENTER, F8, GS, RS, TAB, US, Stroke
from scanner.profile import Profile, Reading, Suffix
from scanner.wedge import Wedge
from tests.display.keyboard import scanner_keys
from tests.scanner.strokes import Player

FRENCH = str.maketrans("qwazQWAZm;1234567890-=[]/!@#", "azqwAZQW,m&é\"'(-è_çà)=^$!1§3")
GERMAN = str.maketrans("yzYZ-;'[]", "zyZYßöäü+")


def burst(strokes: Iterable[Stroke]) -> Burst:
    """What the wedge makes of the strokes while it calibrates."""
    wedge = Wedge(CALIBRATING, clock=lambda: 0.0)
    bursts = [burst for stroke in strokes for burst in wedge.feed(stroke).bursts]
    bursts += wedge.quiet().bursts
    assert len(bursts) == 1
    return bursts[0]


def scan(text: str = "]d1" + SYMBOL, pause: int = 5, gs: str = "ctrl", suffix: int | None = ENTER) -> Burst:
    return burst(Player().scan(text, pause, gs, suffix))


def through(layout: dict[int, str]) -> Callable[[Stroke], Stroke]:
    return lambda stroke: replace(stroke, text=stroke.text.translate(layout))


def codes(calibration: Calibration, severity: Severity | None = None) -> list[str]:
    return [one.code for one in calibration.advice if severity in (None, one.severity)]


def test_a_scanner_as_it_should_be() -> None:
    found = calibrate(scan(), device="HID 05e0:1200")
    assert found.advice == ()
    assert found.usable
    assert (found.layout, found.caps_lock, found.slowest_ms) == ("qwerty", False, 5)
    assert found.profile == Profile(
        "HID 05e0:1200", Reading.SCANCODE_US, 35, Suffix.ENTER, "ctrl", keys=(), aim=True
    )


@pytest.mark.parametrize(
    ("layout", "name"), [(FRENCH, "azerty"), (GERMAN, "qwertz"), ({ord("a"): "ф", ord("A"): "Ф"}, "other")]
)
@pytest.mark.parametrize("caps", [False, True])
def test_the_computers_layout_and_caps_lock_are_seen_and_do_no_harm(
    layout: dict[int, str], name: str, caps: bool
) -> None:
    strokes = [through(layout)(stroke) for stroke in Player(caps=caps).scan("]d1" + SYMBOL)]
    found = calibrate(burst(strokes))
    assert found.profile.reading is Reading.SCANCODE_US
    assert (found.layout, found.caps_lock, found.usable) == (name, caps, True)
    assert codes(found) == ["calibration_layout_harmless"]


@pytest.mark.parametrize(
    ("gs", "form"), [("ctrl", "ctrl"), ("alt029", "alt"), ("alt0029", "alt"), ("f8", "f8")]
)
def test_forms_of_gs(gs: str, form: str) -> None:
    found = calibrate(scan(gs=gs))
    assert found.profile.gs == form
    assert found.profile.keys == (((F8, GS),) if form == "f8" else ())
    assert found.usable


@pytest.mark.parametrize(("key", "form"), [(DOWN, "down"), (88, "key")])
def test_gs_as_any_other_key(key: int, form: str) -> None:
    moves = []
    for part in ("]d1" + SYMBOL).split(GS):
        moves += [*scanner_keys(part, suffix=None), (key, True), (key, False)]
    found = calibrate(burst(Player().play([*moves[:-2], (ENTER, True), (ENTER, False)])))
    assert found.profile.gs == form
    assert (key, GS) in found.profile.keys
    wedge = Wedge(found.profile)
    moves = [*scanner_keys("]d210ABCDE", suffix=None), (key, True), (key, False), *scanner_keys("21123")]
    bursts = [one for stroke in Player().play(moves) for one in wedge.feed(stroke).bursts]
    assert [(one.scan.text, one.scan.suspect) for one in bursts] == [("]d210ABCDE\x1d21123", "")]


@pytest.mark.parametrize("sent", ["|", "{GS}", "^", "<GS>", "~"])
def test_gs_replaced_by_something_printable(sent: str) -> None:
    found = calibrate(scan("]d1" + SYMBOL.replace(GS, sent)))
    assert found.profile.gs == "replaced"
    assert codes(found) == ["calibration_gs_replaced"]
    wedge = Wedge(found.profile)
    strokes = Player().scan(f"]d210ABCDE{sent}21123")
    assert [b.scan.text for s in strokes for b in wedge.feed(s).bursts] == ["]d210ABCDE\x1d21123"]


def test_gs_dropped_makes_gs1_codes_suspect() -> None:
    found = calibrate(scan("]d1" + SYMBOL.replace(GS, "")))
    assert not found.usable
    assert codes(found) == ["calibration_gs_dropped"]
    wedge = Wedge(found.profile)
    texts = ["]d201069012345678921712345678", "81234567890123456789"]
    bursts = [b for t in texts for s in Player(len(t) * 1000).scan(t) for b in wedge.feed(s).bursts]
    assert [one.scan.suspect for one in bursts] == ["gs_dropped", ""]


def test_rs_dropped_is_worth_a_note() -> None:
    found = calibrate(scan("]d1" + SYMBOL.replace(RS, "")))
    assert found.usable
    assert codes(found, Severity.NOTE) == ["calibration_rs_dropped"]


def test_a_scanner_programmed_for_the_computers_layout() -> None:
    texts = iter("]d1" + SYMBOL)
    strokes = [
        replace(stroke, text=next(texts), scan_code=16 + number % 10)
        for number, stroke in enumerate(Player().scan("x" * (3 + len(SYMBOL)), suffix=None))
        if stroke.pressed
    ]
    found = calibrate(burst(strokes))
    assert found.profile.reading is Reading.TEXT
    assert codes(found, Severity.SHOULD) == ["calibration_own_layout", "calibration_no_suffix"]
    assert found.usable


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("]d1" + SYMBOL.swapcase(), "calibration_case_swapped"),
        ("]d1" + SYMBOL.upper(), "calibration_case_lost"),
        ("]d1" + SYMBOL.replace("_", ""), "calibration_unreadable"),
        ("]d2010690123456789217", "calibration_other_symbol"),
        ("XY-" + SYMBOL, "calibration_prefix"),
        ("]d1" + SYMBOL + "~9", "calibration_extra"),
    ],
)
def test_what_has_to_be_set_otherwise(text: str, code: str) -> None:
    found = calibrate(scan(text))
    assert codes(found, Severity.MUST) == [code]
    assert not found.usable


def test_missing_characters_are_named() -> None:
    text = SYMBOL.replace("_", "").replace("{", "")
    (advice,) = calibrate(scan("]d1" + text)).advice
    assert dict(advice.params) == {"missing": "_{"}


def test_an_input_method_in_the_way() -> None:
    strokes = [replace(s, text="】" if s.text == "]" else s.text, scan_code=0) for s in Player().scan(SYMBOL)]
    assert codes(calibrate(burst(strokes)), Severity.MUST) == ["calibration_input_method"]


def test_no_aim_and_no_suffix_should_be_changed() -> None:
    found = calibrate(scan(SYMBOL, suffix=None))
    assert codes(found, Severity.SHOULD) == ["calibration_no_suffix", "calibration_no_aim"]
    assert (found.profile.aim, found.profile.suffix) == (False, Suffix.NONE)
    assert calibrate(scan(suffix=TAB)).profile.suffix is Suffix.TAB


@pytest.mark.parametrize(
    ("pause", "gap", "said"),
    [(20, 35, []), (50, 75, ["calibration_slow"]), (95, 100, ["calibration_too_slow"])],
)
def test_speed(pause: int, gap: int, said: list[str]) -> None:
    found = calibrate(scan(pause=pause))
    assert (found.profile.gap_ms, found.slowest_ms, codes(found)) == (gap, pause, said)


def test_the_gs1_symbol_decides_about_gs() -> None:
    plain = scan("]d1" + SYMBOL.replace(GS, ""))
    found = calibrate(plain, scan("]d2" + GS1_SYMBOL, gs="f8"))
    assert found.profile.gs == "f8"
    assert found.usable
    lost = calibrate(scan(), scan("]d2" + GS1_SYMBOL.replace(GS, "")))
    assert codes(lost, Severity.MUST) == ["calibration_gs_dropped"]
    assert codes(calibrate(scan(), scan("]d1" + GS1_SYMBOL)), Severity.MUST) == ["calibration_not_gs1"]
    assert codes(calibrate(scan(), scan()), Severity.MUST) == ["calibration_other_symbol"]


def test_the_symbol_holds_every_character_of_a_us_keyboard() -> None:
    assert {char for pair in US.values() for char in pair} == {char for char in SYMBOL if char.isprintable()}


def test_profiles_survive_json() -> None:
    for calibration in (
        calibrate(scan()),
        calibrate(scan("]d1" + SYMBOL.replace(GS, "|"))),
        calibrate(scan(gs="f8")),
    ):
        assert Profile.of(calibration.profile.json()) == calibration.profile
    assert Profile.of({}) == Profile()


@pytest.mark.parametrize(
    "plain", [{"gap_ms": 500}, {"gap_ms": "x"}, {"reading": "guess"}, {"keys": 5}, {"keys": [[1]]}]
)
def test_broken_profiles_are_refused(plain: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Profile.of(plain)


def test_functions_keys_are_known_by_default() -> None:
    assert (F8, GS) in Profile().keys
