"""Key events as X delivers them, read before input methods and dead keys have their way with them.

Between X and the window stand an input method and Qt's compose table. Both swallow keys or give them back late
and in another order; a scan typed into a Chinese or German text field arrives maimed. X's own events carry the
key positions, and this filter only reads them: it neither changes nor stops anything.
Layout of the event: xcb/xproto.h, xcb_key_press_event_t.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray

from scanner.keymap import ALT, ALTGR, CTRL, META, SHIFT

_PRESS, _RELEASE = 2, 3
_EVENT = struct.Struct("=BBHI III hhhh H")
_STATE = ((1, SHIFT), (4, CTRL), (8, ALT), (64, META), (128, ALTGR))


@dataclass(frozen=True, slots=True)
class NativeKey:
    """One key event of the X server."""

    at_ms: int
    key_code: int
    """What Qt calls the native scan code."""
    modifiers: int
    pressed: bool
    repeat: bool


class XcbKeys(QAbstractNativeEventFilter):
    """Tells of every key event before Qt handles it."""

    def __init__(self, take: Callable[[NativeKey], None]) -> None:
        super().__init__()
        self._take = take
        self._released = (0, 0)

    def nativeEventFilter(  # type: ignore[override]  # noqa: N802
        self, kind: QByteArray | bytes, message: int
    ) -> tuple[bool, int]:
        """Read key events; every event goes on as it came."""
        if kind == b"xcb_generic_event_t":
            address = int(message)
            what = ctypes.c_uint8.from_address(address).value
            if what in (_PRESS, _RELEASE):
                self._read(ctypes.string_at(address, _EVENT.size))
        return False, 0

    def _read(self, event: bytes) -> None:
        what, code, _, at_ms, *_, state = _EVENT.unpack(event)
        pressed = what == _PRESS
        self._take(
            NativeKey(
                at_ms=at_ms,
                key_code=code,
                modifiers=sum(bit for mask, bit in _STATE if state & mask),
                pressed=pressed,
                repeat=pressed and self._released == (at_ms, code),
            )
        )
        if not pressed:
            self._released = (at_ms, code)
