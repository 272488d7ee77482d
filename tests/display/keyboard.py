"""A keyboard plugged into a test's X server: exact key positions and exact pauses, by the XTEST extension.

A wedge scanner is a US keyboard that knows nothing of the computer's layout, so it is played by key
positions. The pauses are kept by the X server itself, not by this process.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterable
from itertools import cycle
from types import TracebackType
from typing import Self

from scanner.keymap import ENTER, F8, KEYPAD, LEFT_ALT, LEFT_CTRL, LEFT_SHIFT, TAB, US

_PLACES = {
    char: (code, shift) for code, chars in US.items() for shift, char in enumerate(chars) if code != 86
}
_NUMBERS = {digit: code for code, digit in KEYPAD.items()}
_CONTROLS = {"\x1d": ("]", 0), "\x1e": ("6", 1), "\x04": ("d", 0)}

_NAMED = {
    "Esc": 1,
    "Tab": TAB,
    "Return": ENTER,
    **{f"F{number}": 58 + number for number in range(1, 11)},
    "F11": 87,
    "F12": 88,
}
_HELD = {"ctrl": LEFT_CTRL, "shift": LEFT_SHIFT, "alt": LEFT_ALT}
_LETTERS = {"fr": str.maketrans("qawz", "aqzw")}
"""Where a layout has a letter, as the letter at that place on a US keyboard."""
PRESS_MS = 20
_REVERT_TO_PARENT = 2

Move = tuple[int, bool]
"""A key position and whether it goes down."""


def scanner_keys(text: str, gs: str = "ctrl", suffix: int | None = ENTER) -> list[Move]:
    """The moves by which a scanner types the text on a US keyboard."""
    moves: list[Move] = []
    for char in text:
        if char == "\x1d" and gs in ("alt029", "alt0029"):
            moves.append((LEFT_ALT, True))
            for digit in gs.removeprefix("alt"):
                moves += _stroke(_NUMBERS[digit])
            moves.append((LEFT_ALT, False))
        elif char == "\x1d" and gs == "f8":
            moves += _stroke(F8)
        elif char in _CONTROLS:
            plain, shift = _CONTROLS[char]
            moves += _within(LEFT_CTRL, _within(LEFT_SHIFT, _key(plain)) if shift else _key(plain))
        else:
            moves += _key(char)
    return moves + (_stroke(suffix) if suffix else [])


def _key(char: str) -> list[Move]:
    code, shift = _PLACES[char]
    return _within(LEFT_SHIFT, _stroke(code)) if shift else _stroke(code)


def _stroke(code: int) -> list[Move]:
    return [(code, True), (code, False)]


def _within(modifier: int, moves: list[Move]) -> list[Move]:
    return [(modifier, True), *moves, (modifier, False)]


class Keyboard:
    """Moves keys on the server; a context manager, so that the connection is closed."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._connection = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        if not self._connection:
            raise OSError(f"no X server on {display}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._connection)

    def move(self, moves: Iterable[Move], pause_ms: int | Iterable[int] = 0) -> None:
        """Make the moves with a pause before each press; returns when the server has made them all.

        Pauses are taken in turn and start again when they are used up.
        """
        pauses = cycle([pause_ms] if isinstance(pause_ms, int) else pause_ms)
        for code, down in moves:
            delay = next(pauses) if down else 0
            self._test.XTestFakeKeyEvent(
                self._connection, ctypes.c_uint(code + 8), ctypes.c_int(down), ctypes.c_ulong(delay)
            )
        self._x.XSync(self._connection, 0)

    def focus(self, window: int) -> None:
        """Give the keyboard to a window, by its id; 0: to none. Moves made before go where it was."""
        self._x.XSetInputFocus(self._connection, ctypes.c_ulong(window), _REVERT_TO_PARENT, ctypes.c_ulong(0))
        self._x.XSync(self._connection, 0)

    def scan(
        self, text: str, pause_ms: int | Iterable[int] = 0, gs: str = "ctrl", suffix: int | None = ENTER
    ) -> None:
        """Type the text as a scanner does."""
        self.move(scanner_keys(text, gs, suffix), pause_ms)

    def type(self, text: str, pause_ms: int | Iterable[int], last: int | None = None) -> None:
        """Type printable text as a person does, ending with the key given."""
        self.move(scanner_keys(text, suffix=last), pause_ms)

    def press(self, keys: str, layout: str = "us") -> None:
        """Press what a person reads on the keys, as in "ctrl+z"; of a key with a digit its place, without Shift."""
        *held, key = keys.split("+")
        code = _NAMED[key] if key in _NAMED else _PLACES[key.translate(_LETTERS.get(layout, {}))][0]
        moves = _stroke(code)
        for name in reversed(held):
            moves = _within(_HELD[name], moves)
        self.move(moves, PRESS_MS)

    def tap(self, code: int) -> None:
        """Press and release one key."""
        self.move(_stroke(code))


__all__ = ["ENTER", "TAB", "Keyboard", "scanner_keys"]
