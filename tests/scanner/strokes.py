"""Key strokes for tests: a US keyboard played by a scanner or by a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

from scanner.keymap import (
    ALT,
    CTRL,
    ENTER,
    KEYPAD,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_SHIFT,
    MODIFIERS,
    SHIFT,
    TAB,
    US,
    Stroke,
)
from tests.display.keyboard import Move, scanner_keys

_TEXTS = {ENTER: "\r", TAB: "\t"}


class Player:
    """Turns moves into strokes, with text and modifiers as a window system with a US layout reports them."""

    def __init__(self, at_ms: int = 1000, caps: bool = False) -> None:
        self.at_ms = at_ms
        self._held = 0
        self._caps = caps

    def play(self, moves: Iterable[Move], pauses: int | Iterable[int] = 5) -> Iterator[Stroke]:
        """The strokes of the moves, with a pause before each press."""
        pause = cycle([pauses]) if isinstance(pauses, int) else cycle(pauses)
        for code, down in moves:
            if down:
                self.at_ms += next(pause)
            yield self._stroke(code, down)

    def scan(
        self, text: str, pauses: int | Iterable[int] = 5, gs: str = "ctrl", suffix: int | None = ENTER
    ) -> list[Stroke]:
        """What a scanner types."""
        return list(self.play(scanner_keys(text, gs, suffix), pauses))

    def rest(self, ms: int) -> None:
        """Let time pass."""
        self.at_ms += ms

    def _stroke(self, code: int, down: bool) -> Stroke:
        before = self._held
        bit = MODIFIERS.get(code, 0)
        self._held = self._held | bit if down else self._held & ~bit
        return Stroke(self.at_ms, 0, self._text(code), code, before, down)

    def _text(self, code: int) -> str:
        if code in KEYPAD:
            return "" if self._held & ALT else KEYPAD[code]
        plain, shifted = US.get(code, (_TEXTS.get(code, ""), ""))
        shift = bool(self._held & SHIFT)
        char = shifted if shift and shifted else plain
        if self._caps and char.isalpha():
            char = char.swapcase()
        if self._held & CTRL and char:
            return {"]": "\x1d", "^": "\x1e", "6": "\x1e", "[": "\x1b"}.get(char, chr(ord(char.upper()) & 31))
        return char


__all__ = ["ENTER", "LEFT_ALT", "LEFT_CTRL", "LEFT_SHIFT", "TAB", "Player"]
