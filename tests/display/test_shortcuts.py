"""The window's keys under other layouts, with Caps Lock and a Chinese input method: each does what it says.

Keys are pressed by what a person reads on them; those with digits by their place, for a French keyboard has the
digits above Shift.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop.pages.index import BESIDE, PAGES, WORK
from desktop.settings import Settings
from tests.display.conditions import EACH, EVERYTHING, PLAIN, Condition
from tests.display.inputmethod import needs_pinyin
from tests.display.keyboard import Keyboard
from tests.display.xserver import Program, XServer, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display]

LONG = [PLAIN, *EACH, Condition("fr", caps_lock=True), Condition("de"), Condition("ru")]


@dataclass
class Desk:
    """The running window and the keyboard before it."""

    keyboard: Keyboard
    layout: str
    program: Program

    def state(self) -> dict[str, Any]:
        return self.program.ask("state")

    def press(self, combination: str, **expected: object) -> dict[str, Any]:
        """Press them once, and wait until the window shows what is expected."""
        self.keyboard.press(combination, self.layout)
        deadline = time.monotonic() + 10
        while True:
            shown = self.state()
            if {name: shown[name] for name in expected} == expected:
                return shown
            assert time.monotonic() < deadline, (combination, expected, shown)
            time.sleep(0.02)


@pytest.fixture(
    params=[
        pytest.param(EVERYTHING, marks=needs_pinyin),
        *(pytest.param(one, marks=[pytest.mark.long, needs_pinyin]) for one in LONG),
    ],
    ids=str,
)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    condition: Condition = request.param
    home = tmp_path / "home"
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()
    with (
        xserver("1366x768") as x,
        Keyboard(x.display) as keyboard,
        condition.holds(x, keyboard) as environment,
    ):
        yield Desk(keyboard, condition.layout, started(x, home, environment))


def started(x: XServer, home: Path, environment: Any) -> Program:
    program = x.start([sys.executable, "-m", "tests.display.told_window", str(home)], **environment)
    assert program.line()["ready"]
    return program


def test_every_key_does_what_it_says(desk: Desk) -> None:
    pages = list(enumerate((WORK, *(name for name in PAGES if name not in BESIDE)), 1))
    for place, page in pages:
        desk.press(f"ctrl+{place}", page=page)
    for place, page in reversed(pages):
        opened = desk.press("ctrl+p", palette=True)
        assert opened["method"] and opened["focus"] == "QLineEdit", "a field that takes an input method"
        shown = desk.press(f"ctrl+{place}", page=page, palette=False)
        assert shown["text"] == "", "and nothing was typed"
    desk.press("F1", keys=True)
    desk.press("F1", keys=False)
    desk.press("ctrl+l", language="en")
    desk.press("ctrl+l", language="zh_CN")
    desk.press("F3", task="dispense")
    desk.press("F2", task="receive")
    before = desk.state()["sound"]
    desk.press("F9", sound=not before)
    desk.press("F4", focus="ScanLineEdit")
    desk.press("Esc", focus="ScanSink")
    desk.keyboard.press("ctrl+q", desk.layout)
    assert desk.program.process.wait(15) == 0
    assert desk.program.errors() == ""
