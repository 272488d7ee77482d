"""A Chinese input method is on and in Chinese mode: scans are exact, and Chinese can still be typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

import pytest

from scanner.keymap import CAPS_LOCK
from tests.display.inputmethod import needs_pinyin, pinyin
from tests.display.keyboard import Keyboard
from tests.display.test_wedge_scans import assert_exact, scan, wait_for
from tests.display.xserver import Program, XServer, needs_display

pytestmark = [pytest.mark.display, needs_display, needs_pinyin]

CODES = ["]d201069012345678921712345678\x1d17271231\x1d10aBnihao-1/2", "81234567890123456789"]


@pytest.fixture(scope="module")
def keyboard(x: XServer) -> Iterator[Keyboard]:
    with Keyboard(x.display) as board:
        yield board


@pytest.fixture(scope="module")
def running(x: XServer) -> Iterator[Program]:
    with pinyin(x) as environment:
        program = x.start([sys.executable, "-m", "tests.display.wedge_window"], **environment)
        assert program.line()["ready"]
        yield program
        program.end()


@pytest.fixture
def window(running: Program, keyboard: Keyboard) -> Program:
    """The window, with proof that the input method is at work in its text field."""
    for command in ("block 0", "focus edit", "profile", "forget"):
        running.ask(command)
    keyboard.type("nihao ", 80)
    wait_for(running, "你好")
    running.ask("report")
    return running


@pytest.mark.parametrize("focus", ["edit", "scanedit", "sink", "button"])
@pytest.mark.parametrize("block", [0, 150])
def test_scans_are_exact(window: Program, keyboard: Keyboard, focus: str, block: int) -> None:
    window.ask(f"focus {focus}")
    window.ask(f"block {block}")
    for pause in (0, 5, 20):
        for code in CODES:
            assert_exact(scan(window, partial(keyboard.scan, code, pause)), code)


@pytest.mark.parametrize("block", [0, 150])
def test_a_french_keyboard_with_caps_lock_on(
    x: XServer, window: Program, keyboard: Keyboard, block: int
) -> None:
    """Everything at once that comes between a scanner and its text."""
    x.layout("fr")
    window.ask('profile {"reading": "scancode-US", "gs": "ctrl", "suffix": "enter"}')
    window.ask("focus edit")
    window.ask(f"block {block}")
    keyboard.tap(CAPS_LOCK)
    try:
        for pause in (0, 5):
            for code in CODES:
                assert_exact(scan(window, partial(keyboard.scan, code, pause)), code)
    finally:
        keyboard.tap(CAPS_LOCK)
        x.layout("us")


def test_chinese_before_and_after_a_scan(window: Program, keyboard: Keyboard) -> None:
    keyboard.type("nihao ", 70)
    keyboard.scan(CODES[0], [300, *[2] * 300])
    keyboard.type("nihao ", [400, 70, 70, 70, 70, 70])
    wait_for(window, "你好你好")
    report = window.ask("report")
    assert report["scans"] == [CODES[0]]
    assert report["suspect"] == [""]


def test_mixed_typing_stays_in_order(window: Program, keyboard: Keyboard) -> None:
    keyboard.type("25nihao 25 zhongguo 8", [60, 45, 50])
    wait_for(window, "25你好25 中国8")
    assert window.ask("report")["scans"] == []


def test_many_scans_do_not_keep_the_input_method_busy(window: Program, keyboard: Keyboard) -> None:
    """A late answer must reach neither the next scan nor the next field."""
    codes = [f"]d2010690123456789221zhongguoNihao{number:04}%;:" for number in range(20)]

    def act() -> None:
        for code in codes:
            keyboard.scan(code, 1)

    assert scan(window, act)["scans"] == codes
    window.ask("focus sink")
    assert_exact(scan(window, partial(keyboard.scan, CODES[0], 1)), CODES[0])
    window.ask("focus edit")
    keyboard.type("nihao ", [600, 70, 70, 70, 70, 70])
    wait_for(window, "你好")
