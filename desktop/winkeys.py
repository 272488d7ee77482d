"""Raw Input at the window, on Windows: scanners in keyboard mode are known by their device and read apart.

Written from the documentation (WM_INPUT, WM_KEYDOWN, MSG), small on purpose; it has run nowhere yet. Where it cannot
listen, the window's filter goes on telling scanners from persons by their pace.
"""

from __future__ import annotations

import logging
import sys
import time
from ctypes import wintypes

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QTimer
from PySide6.QtGui import QGuiApplication

from scanner.devicekeys import SILENCE_SECONDS
from scanner.models import Mode, Models
from scanner.rawinput import WM_INPUT, usb_identity
from scanner.rawkeys import RawKeys

_KEYS = {0x0100: True, 0x0101: False, 0x0104: True, 0x0105: False}
"""WM_KEYDOWN, WM_KEYUP, WM_SYSKEYDOWN, WM_SYSKEYUP -> pressed."""


def native_of(l_param: int) -> int:
    """The scan code of a key message as Qt reports it: bits 16 to 23, and bit 24 for the extended keys."""
    return (l_param >> 16 & 0xFF) | (0x100 if l_param >> 24 & 1 else 0)


class WinKeys(QAbstractNativeEventFilter):
    """Feeds key messages to `RawKeys` and keeps scanners' from the window, from `start` to `stop`."""

    def __init__(self, keys: RawKeys) -> None:
        super().__init__()
        self._keys = keys
        self._quiet = QTimer()
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(round(SILENCE_SECONDS * 1000))
        self._quiet.timeout.connect(keys.quiet)

    def start(self, application: QGuiApplication) -> bool:
        """Listen at the program's window; False where the system will not let us."""
        if sys.platform == "win32":
            from scanner.rawinput import listen

            try:
                listen(int(application.topLevelWindows()[0].winId()))
            except (OSError, IndexError) as error:
                logging.getLogger("devices").warning("no raw input: %s", error)
                return False
            application.installNativeEventFilter(self)
            return True
        return False

    def stop(self, application: QGuiApplication) -> None:
        """Leave all keys to the window."""
        self._quiet.stop()
        application.removeNativeEventFilter(self)

    def nativeEventFilter(  # type: ignore[override]  # noqa: N802
        self, kind: QByteArray | bytes, message: int
    ) -> tuple[bool, int]:
        """True for the key messages of a scanner."""
        if kind != b"windows_generic_MSG":
            return False, 0
        msg = wintypes.MSG.from_address(int(message))
        return self.take(msg.message, msg.lParam, msg.time), 0

    def take(self, what: int, l_param: int, at_ms: int) -> bool:
        """Take a message; True where it must go no further."""
        if what in _KEYS:
            return self._keys.message(native_of(l_param), pressed=_KEYS[what])
        if what == WM_INPUT and sys.platform == "win32":
            from scanner.rawinput import read

            key = read(l_param)
            if key is not None:
                self._keys.raw(key, at_ms or int(time.monotonic() * 1000))
                if self._keys.pending:
                    self._quiet.start()
        return False


def scanner_behind(models: Models, device: int) -> str:
    """The identity of the scanner behind a device handle, "" for a keyboard of a person."""
    if sys.platform == "win32":
        from scanner.rawinput import device_name

        found = usb_identity(device_name(device))
        model = models.find(*found) if found else None
        if found and model and model.mode is Mode.KEYBOARD:
            return f"HID {found[0]:04x}:{found[1]:04x}"
    return ""
