"""A shift at the running program: what a person does with keys and scanner, and what the ledger then says."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from desktop.controlcodes import PREFIX
from desktop.profiles import Profiles
from ledger.event import Event, EventKind
from ledger.pack import State
from ledger.store import Store
from scanner.calibrate import GS1_SYMBOL, SYMBOL
from scanner.profile import Reading
from tests.display import beside
from tests.display.conditions import PLAIN, Condition
from tests.display.keyboard import Keyboard
from tests.display.shift_world import (
    MINE,
    PROGRAM,
    Load,
    Platform,
    key,
)
from tests.display.xserver import PROJECT, Program, XServer

OUTPUT = PROJECT / "test-output"
T = TypeVar("T")


@dataclass
class Shift:
    """The running program, the person before it, and what stands behind it."""

    x: XServer
    keyboard: Keyboard
    home: Path
    language: str
    """Of the program when it is started next."""
    platform: Platform
    load: Load
    condition: Condition
    environment: Mapping[str, str]
    program: Program | None = None
    pictures: list[str] = field(default_factory=list)
    sent: dict[str, None] = field(default_factory=dict)
    """Every text that was scanned and may be in the ledger, in order."""

    def start(self) -> None:
        """Start the program and sign in by badge."""
        arguments = [sys.executable, "-c", PROGRAM, "--home", str(self.home), "--lang", self.language]
        self.program = self.x.start(arguments, **self.environment)
        before = self.count(EventKind.SIGNED_IN)

        def signed_in() -> bool:
            return self.count(EventKind.SIGNED_IN) > before

        for _ in range(60):
            if self.until(signed_in, 0.6):
                return
            self.keyboard.scan(MINE, 2)
        pytest.fail(f"nobody was signed in: {self.program.errors()}")

    def kill(self) -> None:
        """End the program as a power cut does."""
        assert self.program is not None
        self.program.process.send_signal(signal.SIGKILL)
        self.program.process.wait(10)

    def look(self, question: Callable[[Store], T]) -> T:
        """Ask the ledger, beside the program that writes it."""
        return beside.look(self.home, question)

    def events(self) -> list[Event]:
        return beside.events(self.home)

    def count(self, kind: EventKind) -> int:
        return sum(event.kind is kind for event in self.events())

    def state(self, product: str, serial: str) -> State:
        pack = self.look(lambda store: store.look_up(key(product, serial)))
        return pack.state if pack else State.UNKNOWN

    def outcomes(self, text: str) -> list[tuple[str, str]]:
        """What became of each scan of the text, and the first problem with it."""
        return [(scan.outcome, scan.problem) for scan in self.look(lambda store: store.scans_of(text))]

    def until(self, done: Callable[[], bool], seconds: float = 10) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if done():
                return True
            time.sleep(0.02)
        return done()

    def scan(self, text: str, *outcomes: str) -> None:
        """Scan until the ledger has kept the scan with one of the outcomes; a scan cut in two is scanned again."""
        for _ in range(6):
            if self.taken(text, len(self.outcomes(text))):
                outcome, problem = self.outcomes(text)[-1]
                if problem != "suspect_scan":  # else keys came late: it was told, and is scanned again
                    assert outcome in outcomes, (text, outcome, problem)
                    return
        pytest.fail(f"never taken: {text!r}")

    def taken(self, text: str, before: int) -> bool:
        """Scan once, into a text field where there is an input method; whether the ledger has kept one more of it."""
        self.sent[text] = None
        if self.condition.input_method:
            self.press("ctrl+p")  # the field of the palette, which is gone with the scan
            time.sleep(0.1)
        self.keyboard.scan(text, 2)
        return self.until(lambda: len(self.outcomes(text)) > before, 3)

    def control(self, word: str) -> None:
        self.scan(f"{PREFIX}{word}", "control")

    def press(self, keys: str) -> None:
        self.keyboard.press(keys, self.condition.layout)

    def calibrate(self) -> None:
        """Show the scanner's symbols to the window, by keys alone."""
        for _ in range(8):
            self.press("Esc")
            self.press("ctrl+7")
            time.sleep(1)
            self.press("Return")  # the button to calibrate has the focus
            for symbol in ("]d1" + SYMBOL, "]d2" + GS1_SYMBOL):
                time.sleep(0.6)
                self.keyboard.scan(symbol, 2)
            time.sleep(0.6)
            self.press("Return")
            if self.until(lambda: bool(Profiles.load(self.home).all()), 3):
                break
        (profile,) = Profiles.load(self.home).all()
        assert profile.reading is Reading.SCANCODE_US
        self.press("ctrl+1")
        time.sleep(0.3)

    def keep(self, name: str) -> None:
        """Look, as a person does before the next key, and leave a picture."""
        OUTPUT.mkdir(exist_ok=True)
        time.sleep(0.35)
        path = OUTPUT / f"{title_of(self.condition, self.language)}-{len(self.pictures):02}-{name}.png"
        self.x.screenshot(path)
        self.pictures.append(path.name)


def title_of(condition: Condition, language: str) -> str:
    """What tells this shift's pictures from others'."""
    return f"shift-{language}" if condition == PLAIN else f"shift-{condition}"
