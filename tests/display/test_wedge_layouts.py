"""Scanners are programmed for a US keyboard; the computer is not. Scans are exact all the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from scanner.calibrate import SYMBOL
from scanner.keymap import CAPS_LOCK
from tests.display.keyboard import Keyboard
from tests.display.test_wedge_scans import assert_exact, scan
from tests.display.xserver import Program, XServer, needs_display

pytestmark = [pytest.mark.display, needs_display]

EVERY_KEY = "]d201069012345678921712345678\x1d17271231\x1d10aQzZyYmM;_-1/2+=`'[{}~^@#$%&*()<>?:|\\"
CODES = ["]d20106901234567892172702001012aB-1/2\x1d21hM;_", "81234567890123456789", "+A1426EMK1A13"]
LAYOUTS = ["us", "fr", "de", *(pytest.param(name, marks=pytest.mark.long) for name in ("gb", "es", "ru"))]


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
    yield program
    program.end()
    x.layout("us")


@pytest.mark.parametrize("focus", ["edit", "scanedit", "sink"])
def test_every_character_of_a_calibrated_scanner(window: Program, keyboard: Keyboard, focus: str) -> None:
    """A plain field is the hard case: Qt's dead keys swallow what they can in it."""
    window.ask(f"focus {focus}")
    window.ask('profile {"reading": "scancode-US"}')
    for gs in ("ctrl", "alt029") if focus == "edit" else ("ctrl",):
        assert_exact(scan(window, partial(keyboard.scan, EVERY_KEY, 2, gs)), EVERY_KEY)


@pytest.mark.parametrize("pause", [0, 20])
def test_a_busy_window(window: Program, keyboard: Keyboard, pause: int) -> None:
    window.ask("focus edit")
    window.ask('profile {"reading": "scancode-US"}')
    window.ask("block 150")
    try:
        assert_exact(scan(window, partial(keyboard.scan, CODES[0], pause)), CODES[0])
    finally:
        window.ask("block 0")


@pytest.mark.parametrize("focus", ["edit", "scanedit"])
@pytest.mark.parametrize("caps", [False, True])
def test_codes_without_calibration(window: Program, keyboard: Keyboard, focus: str, caps: bool) -> None:
    window.ask(f"focus {focus}")
    window.ask("profile")
    if caps:
        keyboard.tap(CAPS_LOCK)
    try:
        for code in CODES:
            assert_exact(scan(window, partial(keyboard.scan, code, 2)), code)
    finally:
        if caps:
            keyboard.tap(CAPS_LOCK)


@pytest.mark.parametrize("caps", [False, True])
@pytest.mark.parametrize("gs", ["ctrl", "f8"])
def test_calibration(window: Program, keyboard: Keyboard, caps: bool, gs: str) -> None:
    window.ask("focus sink")
    window.ask("calibrate")
    if caps:
        keyboard.tap(CAPS_LOCK)
    try:
        scan(window, partial(keyboard.scan, "]d1" + SYMBOL, 2, gs))
        learned = window.ask("learned")
    finally:
        if caps:
            keyboard.tap(CAPS_LOCK)
    profile = learned["profile"]
    assert (profile["reading"], profile["gs"], profile["suffix"]) == ("scancode-US", gs, "enter")
    assert learned["usable"]
    assert learned["caps_lock"] is caps
    assert learned["layout"] in ("qwerty", "azerty", "qwertz", "other")
    window.ask(f"profile {json.dumps(profile)}")
    assert_exact(scan(window, partial(keyboard.scan, EVERY_KEY, 2, gs)), EVERY_KEY)


def test_calibration_names_the_computers_layout(x: XServer, keyboard: Keyboard) -> None:
    names = {}
    for layout in ("us", "fr", "de", "ru"):
        x.layout(layout)
        program = x.start([sys.executable, "-m", "tests.display.wedge_window", "sink"])
        assert program.line()["ready"]
        program.ask("calibrate")
        scan(program, partial(keyboard.scan, "]d1" + SYMBOL, 2))
        names[layout] = program.ask("learned")["layout"]
        program.end()
    x.layout("us")
    assert names == {"us": "qwerty", "fr": "azerty", "de": "qwertz", "ru": "other"}


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
