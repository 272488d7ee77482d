"""Scanners are programmed for a US keyboard; the computer is not. Scans are exact all the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

import pytest

from scanner.keymap import CAPS_LOCK
from tests.display.keyboard import Keyboard
from tests.display.test_wedge_scans import assert_exact, assert_untouched, scan
from tests.display.xserver import Program, XServer, needs_display

pytestmark = [pytest.mark.display, needs_display]

EVERY_KEY = "]d201069012345678921712345678\x1d17271231\x1d10aQzZyYmM;_-1/2+=`'[{}~^@#$%&*()<>?:|\\"
CODES = [EVERY_KEY, "81234567890123456789", "+A1426EMK1A13"]
LAYOUTS = ["us", "gb", "fr", "de", "es", "it", "ru"]


@pytest.fixture(scope="module")
def keyboard(x: XServer) -> Iterator[Keyboard]:
    with Keyboard(x.display) as board:
        yield board


@pytest.fixture(scope="module", params=LAYOUTS)
def window(x: XServer, request: pytest.FixtureRequest) -> Iterator[Program]:
    """The window on a computer with the layout."""
    x.layout(request.param)
    program = x.start([sys.executable, "-m", "tests.display.wedge_window"])
    assert program.line()["ready"]
    program.tell("report")
    program.line()
    yield program
    program.end()
    x.layout("us")


@pytest.mark.parametrize("focus", ["edit", "scanedit", "sink"])
def test_every_character_of_a_calibrated_scanner(window: Program, keyboard: Keyboard, focus: str) -> None:
    """A plain field is the hard case: Qt's dead keys swallow what they can in it."""
    window.ask(f"focus {focus}")
    window.ask('profile {"reading": "scancode-US"}')
    for gs in ("ctrl", "alt029"):
        assert_exact(scan(window, partial(keyboard.scan, EVERY_KEY, 2, gs)), EVERY_KEY)


@pytest.mark.parametrize("focus", ["edit", "scanedit"])
@pytest.mark.parametrize("caps", [False, True])
def test_codes_without_calibration(window: Program, keyboard: Keyboard, focus: str, caps: bool) -> None:
    window.ask(f"focus {focus}")
    window.ask("profile")
    if caps:
        keyboard.tap(CAPS_LOCK)
    try:
        for code in CODES:
            report = scan(window, partial(keyboard.scan, code, 2))
            assert report["scans"] == [code]
            # a reading that two layouts dispute is right here, too, but must not pass without a word
            assert report["suspect"] in ([""], ["caps_lock_unsure"])
            assert_untouched(report)
    finally:
        if caps:
            keyboard.tap(CAPS_LOCK)


def test_dead_keys_still_compose_for_a_person(x: XServer, keyboard: Keyboard) -> None:
    x.layout("de")
    program = x.start([sys.executable, "-m", "tests.display.wedge_window"])
    assert program.line()["ready"]
    keyboard.type("caf=e", 70)  # on a German keyboard "=" is the acute accent
    assert program.ask("report")["edit"] == "café"
    program.end()
    x.layout("us")


def test_a_scanner_programmed_for_the_computers_own_layout(x: XServer, keyboard: Keyboard) -> None:
    x.layout("fr")
    program = x.start([sys.executable, "-m", "tests.display.wedge_window", "sink"])
    assert program.line()["ready"]
    program.ask("report")
    digits = "*!@#$%^&*()!@#$%^&*("  # the keys whose capitals are digits on a French keyboard
    report = scan(program, partial(keyboard.scan, digits, 2))
    assert report["scans"] == ["81234567890123456789"]
    assert report["suspect"] == [""]
    assert report["forms"] == ["text"]
    program.ask('profile {"reading": "text"}')
    program.ask("focus edit")
    report = scan(program, partial(keyboard.scan, digits, 2))
    assert report["scans"] == ["81234567890123456789"]
    assert report["edit"] == ""
    program.end()
    x.layout("us")
