"""Keys that are known by the keyboard they came from: scanners' are put together to codes, persons' are let through.

For Windows, which names the keyboard of a key (WM_INPUT) just before it sends the ordinary message (WM_KEYDOWN): what
is told of each key here decides about the message behind it. Pure: the messages come from desktop/winkeys.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from scanner.devicekeys import DeviceKeys
from scanner.keymap import Stroke, position
from scanner.profile import Profile, Reading
from scanner.rawinput import RawKey
from scanner.scan import Scan

_MOST = 400
"""Keys without their message are forgotten beyond so many: a message may have gone to another window."""


class RawKeys:
    """Every key of a scanner becomes part of a code and is kept from the window; every other key is left alone."""

    def __init__(
        self,
        identify: Callable[[int], str],
        profile_of: Callable[[str], Profile | None],
        *,
        on_scan: Callable[[Scan], None],
        on_strokes: Callable[[Scan, tuple[Stroke, ...], Profile | None], None],
    ) -> None:
        """`identify` names the scanner behind a device handle ("HID 05e0:1200"), "" for a person's keyboard."""
        self._identify, self._profile_of = identify, profile_of
        self._on_scan, self._on_strokes = on_scan, on_strokes
        self._names: dict[int, str] = {}
        self._keys: dict[int, tuple[DeviceKeys, Profile | None]] = {}
        self._announced: deque[tuple[int, bool, bool]] = deque(maxlen=_MOST)

    @property
    def pending(self) -> bool:
        """True while part of a code has come: after SILENCE_SECONDS without more, call `quiet`."""
        return any(keys.pending for keys, _ in self._keys.values())

    def raw(self, key: RawKey, at_ms: int) -> None:
        """Take a key with its keyboard; its ordinary message follows."""
        scanner = self._scanner(key.device)
        self._announced.append((key.native, key.pressed, scanner is not None))
        if scanner is not None:
            keys, profile = scanner
            self._deliver(
                keys.key(at_ms, position(key.native, "windows"), pressed=key.pressed), keys, profile
            )

    def message(self, native: int, *, pressed: bool) -> bool:
        """Whether the ordinary message of a key is a scanner's and must not reach the window."""
        while self._announced:
            announced, down, scanners = self._announced.popleft()
            if (announced, down) == (native, pressed):
                return scanners
        return False

    def quiet(self) -> None:
        """No key came for a while: what came so far is a code."""
        for keys, profile in self._keys.values():
            if keys.pending:
                self._deliver(keys.quiet(), keys, profile)

    def forget(self) -> None:
        """Calibrations have changed, or other keyboards were plugged in: look anew."""
        self._names.clear()
        self._keys.clear()

    def _scanner(self, device: int) -> tuple[DeviceKeys, Profile | None] | None:
        if device not in self._names:
            self._names[device] = name = self._identify(device)
            profile = self._profile_of(name) if name else None
            # A scanner set to the computer's own layout is understood by the window alone.
            if name and (profile is None or profile.reading is not Reading.TEXT):
                self._keys[device] = (DeviceKeys(name, profile), profile)
        return self._keys.get(device)

    def _deliver(self, scan: Scan | None, keys: DeviceKeys, profile: Profile | None) -> None:
        if scan is not None:
            self._on_strokes(scan, keys.last, profile)
            self._on_scan(scan)
