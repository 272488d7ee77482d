"""What comes between a scanner and its text on other people's computers: layout, Caps Lock, a Chinese input method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from scanner.keymap import CAPS_LOCK
from tests.display.inputmethod import pinyin
from tests.display.keyboard import Keyboard
from tests.display.xserver import XServer


@dataclass(frozen=True)
class Condition:
    """How a computer is set."""

    layout: str = "us"
    caps_lock: bool = False
    input_method: bool = False
    """Chinese, at work in whichever field takes one."""

    def __str__(self) -> str:
        more = [word for word, on in (("caps", self.caps_lock), ("pinyin", self.input_method)) if on]
        return "-".join([self.layout, *more])

    @contextmanager
    def holds(self, x: XServer, keyboard: Keyboard) -> Iterator[Mapping[str, str]]:
        """Set the X server so; yields the environment for programs. All is as before afterwards."""
        if self.input_method:
            with pinyin(x) as environment, self._keys(x, keyboard):
                yield environment
        else:
            with self._keys(x, keyboard):
                yield {}

    @contextmanager
    def _keys(self, x: XServer, keyboard: Keyboard) -> Iterator[None]:
        x.layout(self.layout)
        if self.caps_lock:
            keyboard.tap(CAPS_LOCK)
        try:
            yield
        finally:
            if self.caps_lock:
                keyboard.tap(CAPS_LOCK)
            x.layout("us")


PLAIN = Condition()
EVERYTHING = Condition("fr", caps_lock=True, input_method=True)
"""All at once."""
EACH = (Condition(input_method=True), Condition(caps_lock=True), Condition("fr"))
