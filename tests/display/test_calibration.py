"""A scanner is calibrated at the real window, on a French keyboard with Caps Lock, and reads exactly."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.profiles import Profiles
from desktop.settings import Settings
from ledger.store import exists, open_reader
from scanner.calibrate import GS1_SYMBOL, SYMBOL
from scanner.keymap import CAPS_LOCK
from tests.display.keyboard import Keyboard
from tests.display.xserver import PROJECT, XServer, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display]

PROGRAM = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
CODE = "]d201095212340000131731053110aB;M_q-1/2\x1d21zYwA"


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with xserver("1366x768") as server:
        yield server


def until(done: Callable[[], bool], again: Callable[[], object] = lambda: None, every: float = 4) -> None:
    """Wait, doing something again where nothing comes of it: the X server itself may tear a scan."""
    for _ in range(8):
        again()
        deadline = time.monotonic() + every
        while time.monotonic() < deadline:
            if done():
                return
            time.sleep(0.05)
    pytest.fail("it did not come about")


@pytest.mark.parametrize("gs", ["ctrl", pytest.param("alt029", marks=pytest.mark.long)])
def test_a_scanner_is_calibrated_and_then_reads_exactly(x: XServer, tmp_path: Path, gs: str) -> None:
    home = tmp_path / "home"
    settings = Settings(home)
    settings.set("people.later", True)
    settings.save()
    x.layout("fr")
    with Keyboard(x.display) as keyboard:
        keyboard.tap(CAPS_LOCK)
        try:
            program = x.start([sys.executable, "-c", PROGRAM, "--home", str(home), "--lang", "zh_CN"])
            until(lambda: exists(home))
            time.sleep(2)

            def calibrate() -> None:
                x.xdotool("key", "Escape")
                x.xdotool(
                    "mousemove", "85", "749", "click", "1"
                )  # what the strip says of the scanner leads there
                time.sleep(1)
                x.xdotool("key", "Return")  # the button to calibrate has the focus
                time.sleep(1)
                keyboard.scan("]d1" + SYMBOL, 2, gs)
                time.sleep(1)
                keyboard.scan("]d2" + GS1_SYMBOL, 2, gs)
                time.sleep(1)
                x.screenshot(PROJECT / "test-output" / f"calibration-{gs}.png")
                x.xdotool("key", "Return")

            (PROJECT / "test-output").mkdir(exist_ok=True)
            until(lambda: bool(Profiles.load(home).all()), calibrate)
            (profile,) = Profiles.load(home).all()
            assert (profile.reading.name, profile.gs, profile.aim) == (
                "SCANCODE_US",
                gs[:4].rstrip("0"),
                True,
            )
            x.xdotool("key", "Escape")
            until(lambda: kept(home, CODE), lambda: keyboard.scan(CODE, 2, gs))
            x.xdotool("key", "ctrl+q")
            assert program.process.wait(15) == 0
            assert program.errors() == ""
        finally:
            keyboard.tap(CAPS_LOCK)
            x.layout("us")


def kept(home: Path, code: str) -> bool:
    """Whether a pack was recorded from exactly this scan."""
    store = open_reader(home)
    try:
        return any(scan.outcome == "accepted" for scan in store.scans_of(code))
    finally:
        store.close()
