"""Key strokes of one keyboard that is known to be a scanner: every stroke is data, nobody types on it.

Read below the window system, a scanner needs no timing to be told from typing, and layout, Caps Lock, input
method and focus cannot touch it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from scanner.burst import read
from scanner.keymap import ENTER, KEYPAD_ENTER, MODIFIERS, TAB, Stroke
from scanner.profile import Profile, Suffix
from scanner.scan import Scan, Source

SILENCE_SECONDS = 0.12
_ENDS = (ENTER, KEYPAD_ENTER, TAB)


class DeviceKeys:
    """Puts the strokes of one scanner together to codes."""

    def __init__(
        self, device: str, profile: Profile | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._device = device
        self._profile = profile or Profile(device=device)
        self._clock = clock
        self._strokes: list[Stroke] = []
        self.last: tuple[Stroke, ...] = ()
        """The strokes of the code that was completed last, its suffix included."""
        self._held = 0
        self._usual = self._profile.suffix

    @property
    def pending(self) -> bool:
        """True while keys of a code have come: after SILENCE_SECONDS without more, call `quiet`."""
        return any(stroke.pressed for stroke in self._strokes)

    def key(self, at_ms: int, code: int, *, pressed: bool) -> Scan | None:
        """Take a key by its position; the code that it completes."""
        bit = MODIFIERS.get(code, 0)
        self._strokes.append(Stroke(at_ms, 0, "", code, self._held, pressed))
        self._held = self._held | bit if pressed else self._held & ~bit
        if pressed and code in _ENDS:
            return self._end(Suffix.TAB if code == TAB else Suffix.ENTER)
        return None

    def quiet(self) -> Scan | None:
        """No key came for a while: what came so far is a code."""
        return self._end(Suffix.NONE)

    def reset(self) -> bool:
        """The device is gone: forget half a code. True when there was one."""
        lost = self.pending
        self._strokes.clear()
        self._held = 0
        return lost

    def _end(self, suffix: Suffix) -> Scan | None:
        strokes = tuple(self._strokes)
        self._strokes.clear()
        said = read(strokes if suffix is Suffix.NONE else strokes[:-1], self._profile)
        if not said.text:
            return None
        self.last = strokes
        cut = suffix is Suffix.NONE and self._usual in (Suffix.ENTER, Suffix.TAB)
        if suffix is not Suffix.NONE:
            self._usual = suffix
        return Scan(
            said.text,
            Source.WEDGE,
            device=self._device,
            at=self._clock(),
            suspect="scan_cut" if cut else said.doubt,
        )


def replayed(strokes: Iterable[Stroke], device: str = "", profile: Profile | None = None) -> list[Scan]:
    """What the strokes of a scanner read today."""
    keys = DeviceKeys(device, profile, clock=lambda: 0.0)
    scans = [keys.key(stroke.at_ms, stroke.scan_code, pressed=stroke.pressed) for stroke in strokes]
    return [scan for scan in (*scans, keys.quiet()) if scan is not None]
