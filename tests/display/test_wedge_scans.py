"""Real key events on a real X server: scans arrive exactly, nothing leaks, typing stays where it belongs."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from scanner.keymap import ENTER, F8, LEFT_CTRL, TAB
from scanner.profile import GAP_MS
from tests.display.keyboard import Keyboard, scanner_keys
from tests.display.xserver import Program, XServer, needs_display

pytestmark = [pytest.mark.display, needs_display]

CODES = [
    "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2",
    "]C10106901234567892101hao\x1d21NI3hao;m_",
    "81234567890123456789",
    "]d2010690123456789221aA000000001111\x1d10{x}~`'\"",
]


@pytest.fixture(scope="module")
def keyboard(x: XServer) -> Iterator[Keyboard]:
    with Keyboard(x.display) as board:
        yield board


@pytest.fixture(scope="module")
def running(x: XServer) -> Iterator[Program]:
    program = x.start([sys.executable, "-m", "tests.display.wedge_window"])
    assert program.line()["ready"]
    yield program
    program.end()


@pytest.fixture
def window(running: Program) -> Program:
    for command in ("block 0", "focus edit", "profile", "forget"):
        running.ask(command)
    return running


def scan(window: Program, act: Callable[[], None], typed: int = 0, keys: int = 1000) -> dict[str, Any]:
    """Scan and report; once more where the server itself, by its own clock, stalled and so played no scanner.

    Where somebody types as well, so many keys come before those of the scan, which are so many.
    """
    for _ in range(6):
        act()
        report = window.ask("report")
        slowest = max(report["gaps"][typed : typed + keys - 1], default=0)
        if slowest <= GAP_MS:
            return report
    pytest.skip(f"the X server stalls: {slowest} ms between two keys")


def presses(text: str) -> int:
    """How many keys a scanner presses for the text."""
    return sum(down for _, down in scanner_keys(text))


def wait_for(window: Program, text: str) -> None:
    """Typed text may come late where the window is busy or an input method takes its time."""
    for _ in range(100):
        if window.ask("look")["edit"] == text:
            return
        time.sleep(0.1)
    assert window.ask("look")["edit"] == text


def assert_exact(report: dict[str, Any], code: str) -> None:
    assert report["scans"] == [code]
    assert report["suspect"] == [""]
    assert_untouched(report)


def assert_untouched(report: dict[str, Any]) -> None:
    assert report["edit"] == report["scanedit"] == ""
    assert report["typed"] == report["manual"] == []
    assert report["clicks"] == report["gs_shortcut"] == report["save_shortcut"] == report["f8_shortcut"] == 0


@pytest.mark.parametrize("block", [0, 30, 150])
@pytest.mark.parametrize("pause", [0, 5, 20])
def test_scans_into_a_field(window: Program, keyboard: Keyboard, pause: int, block: int) -> None:
    window.ask(f"block {block}")
    for code in CODES if pause < 10 else CODES[:1]:
        assert_exact(scan(window, partial(keyboard.scan, code, pause)), code)


@pytest.mark.parametrize("focus", ["edit", "scanedit", "sink", "button"])
@pytest.mark.parametrize("gs", ["ctrl", "alt029", "alt0029", "f8"])
def test_gs_in_every_form_wherever_the_focus_is(
    window: Program, keyboard: Keyboard, focus: str, gs: str
) -> None:
    window.ask(f"focus {focus}")
    assert_exact(scan(window, partial(keyboard.scan, CODES[0], 3, gs)), CODES[0])
    spaces = "]d2 blanks click a button "
    if gs == "ctrl":
        assert_exact(scan(window, partial(keyboard.scan, spaces, 3, gs, TAB)), spaces)


def test_a_scan_without_suffix_ends_by_silence(window: Program, keyboard: Keyboard) -> None:
    window.ask('profile {"suffix": "none"}')
    assert_exact(scan(window, partial(keyboard.scan, CODES[0], [500, *[3] * 200], suffix=None)), CODES[0])
    window.ask('profile {"suffix": "enter"}')
    report = scan(window, partial(keyboard.scan, CODES[0], [500, *[3] * 200], suffix=None))
    assert report["scans"] == [CODES[0]]
    assert report["suspect"] == ["scan_cut"]
    assert_untouched(report)
    time.sleep(0.5)  # what followed at once would be taken for the rest of it


def test_the_end_of_a_scan_that_began_in_another_window(
    window: Program, keyboard: Keyboard, x: XServer
) -> None:
    ours, moves = int(x.xdotool("getwindowfocus")), scanner_keys(CODES[0])

    def come_back() -> None:
        keyboard.focus(0)
        time.sleep(0.3)
        keyboard.move(moves[:40], 3)  # nobody gets these
        keyboard.focus(ours)
        keyboard.move(moves[40:], 3)

    report = scan(window, come_back)
    assert report["suspect"] == ["scan_split"] and CODES[0].endswith(report["scans"][0])
    assert_untouched(report)
    assert_exact(scan(window, partial(keyboard.scan, CODES[0], 3)), CODES[0])


def test_xdotool_types_a_scan(window: Program, x: XServer) -> None:
    names = {"]": "bracketright", "\x1d": "ctrl+bracketright", "-": "minus", "/": "slash"}
    keys = [names.get(char, char) for char in CODES[0]]

    def act() -> None:
        x.xdotool("key", "--delay", "2", *keys, "Return")

    assert_exact(scan(window, act), CODES[0])


def test_many_scans_in_a_row(window: Program, keyboard: Keyboard) -> None:
    codes = [f"]d2010690123456789221{number:08}" for number in range(25)]

    def act() -> None:
        for code in codes:
            keyboard.scan(code, 1)

    window.ask("block 150")
    report = scan(window, act)
    assert report["scans"] == codes
    assert_untouched(report)


TEXT = "Hello, World! (typed by hand) 12345678 ]x"


@pytest.mark.parametrize("fastest", [20, 40, 80])
@pytest.mark.parametrize("block", [0, 150])
def test_typing_stays_in_its_field(window: Program, keyboard: Keyboard, fastest: int, block: int) -> None:
    window.ask(f"block {block}")
    dice = random.Random(fastest)
    pauses = [dice.randint(fastest, fastest + (40 if fastest < 40 else 120)) for _ in range(200)]
    pauses[::5] = [60] * 40  # nobody types six keys in a row as fast as a scanner
    keyboard.type(TEXT, pauses)
    wait_for(window, TEXT)
    assert window.ask("report")["scans"] == []


@pytest.mark.parametrize("block", [0, 150])
def test_typing_and_scanning_take_turns(window: Program, keyboard: Keyboard, block: int) -> None:
    """From the quickest typing to the slowest, a scan in between each time."""
    window.ask(f"block {block}")
    for pauses in ([20, 20, 20, 60], [40, 70, 55], [200]):

        def act(pauses: list[int] = pauses) -> None:
            keyboard.type("before", pauses)
            keyboard.scan(CODES[0], [250, *[2] * 500])
            keyboard.type(" after", [250, *pauses])

        report = scan(window, act, len("before"), presses(CODES[0]))
        assert report["scans"] == [CODES[0]]
        assert report["edit"] == "before after"


@pytest.mark.parametrize("profile", ["", '{"gs": "f8", "keys": [[66, "\\u001d"]]}'])
def test_a_function_key_beside_a_scan_is_a_shortcut(
    window: Program, keyboard: Keyboard, profile: str
) -> None:
    """Even where the scanner itself says GS by it."""
    window.ask(f"profile {profile}".strip())

    def act() -> None:
        keyboard.tap(F8)
        keyboard.scan(CODES[0], [100, *[2] * 200], "f8")

    report = scan(window, act, 1)
    assert (report["scans"], report["suspect"]) == ([CODES[0]], [""])
    assert report["f8_shortcut"] == 1


def test_a_typed_code_and_enter_is_manual_entry(window: Program, keyboard: Keyboard) -> None:
    window.ask("focus scanedit")
    keyboard.type("81234567890123456789", 60, last=ENTER)
    report = window.ask("report")
    assert report["manual"] == [report["scanedit"]] == ["81234567890123456789"]
    assert report["scans"] == []


def test_shortcuts_and_repeats_work_as_ever(window: Program, keyboard: Keyboard) -> None:
    keyboard.type("abc", 60)
    keyboard.move([(LEFT_CTRL, True), (31, True), (31, False), (LEFT_CTRL, False)], 60)
    keyboard.move([(LEFT_CTRL, True), (30, True), (30, False), (LEFT_CTRL, False)], 60)  # select all
    keyboard.type("x", 60)
    report = window.ask("report")
    assert report["save_shortcut"] == 1
    assert report["edit"] == "x"
    keyboard.move([(45, True)])
    window.ask("report", seconds=30)  # long enough for the server to repeat the key
    keyboard.move([(44, True), (44, False), (45, False)], 900)
    assert window.ask("report")["scans"] == []


def test_a_typed_key_reaches_the_sink_and_the_button(window: Program, keyboard: Keyboard) -> None:
    window.ask("focus sink")
    keyboard.type("8a", 60)
    assert window.ask("report")["typed"] == ["8", "a"]
    window.ask("focus button")
    keyboard.type(" ", 60)
    assert window.ask("report")["clicks"] == 1
