"""Which keyboard a key came from, on Windows: the Raw Input interface, by ctypes.

WM_INPUT names the device of each key before the ordinary key message arrives, so a known scanner can be told from
the keyboard beside it. Written from the documentation (winuser.h: RAWINPUT, RAWINPUTDEVICELIST,
RegisterRawInputDevices) and tested on bytes only: it has never run on Windows.
"""

from __future__ import annotations

import ctypes
import re
import struct
import sys
from dataclasses import dataclass

WM_INPUT = 0x00FF
_RIDEV_INPUTSINK = 0x00000100
_RID_INPUT = 0x10000003
_RIDI_DEVICENAME = 0x20000007
_KEYBOARD = 1
_HEADER = struct.Struct("=IIQQ")
"""RAWINPUTHEADER on 64-bit Windows: type, size, device, wParam."""
_KEY = struct.Struct("=HHHHII")
"""RAWKEYBOARD: MakeCode, Flags, Reserved, VKey, Message, ExtraInformation."""
_BREAK, _E0, _E1 = 1, 2, 4
_NAME = re.compile(r"VID_([0-9A-F]{4})&PID_([0-9A-F]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawKey:
    """A key and the keyboard that it came from."""

    device: int
    """The system's handle of the keyboard; `device_name` tells its name."""
    native: int
    """Scan code as Qt reports it on Windows: set 1, with bit 8 for the extended keys."""
    pressed: bool


def parse(data: bytes) -> RawKey | None:
    """A RAWINPUT structure; None for what is no key of a real keyboard."""
    if len(data) < _HEADER.size + _KEY.size:
        return None
    kind, _size, device, _message = _HEADER.unpack_from(data)
    if kind != _KEYBOARD or not device:  # 0: injected by a program
        return None
    code, flags, _, _, _, _ = _KEY.unpack_from(data, _HEADER.size)
    if flags & _E1 or not code:  # Pause; overrun
        return None
    return RawKey(device, code | (0x100 if flags & _E0 else 0), not flags & _BREAK)


def usb_identity(name: str) -> tuple[int, int] | None:
    r"""Vendor and product from a device name such as `\\?\HID#VID_05E0&PID_1200#7&2f#{884b96c3-…}`."""
    found = _NAME.search(name)
    return (int(found[1], 16), int(found[2], 16)) if found else None


if sys.platform == "win32":
    _user32 = ctypes.WinDLL("user32", use_last_error=True)

    class _RawInputDevice(ctypes.Structure):
        _fields_ = (
            ("page", ctypes.c_ushort),
            ("usage", ctypes.c_ushort),
            ("flags", ctypes.c_ulong),
            ("window", ctypes.c_void_p),
        )

    def listen(window: int) -> None:
        """Ask for WM_INPUT of all keyboards at this window, focused or not. Raises OSError."""
        wanted = _RawInputDevice(1, 6, _RIDEV_INPUTSINK, window)
        if not _user32.RegisterRawInputDevices(ctypes.byref(wanted), 1, ctypes.sizeof(wanted)):
            raise ctypes.WinError(ctypes.get_last_error())

    def read(l_param: int) -> RawKey | None:
        """The key of a WM_INPUT message."""
        size = ctypes.c_uint(0)
        handle = ctypes.c_void_p(l_param)
        _user32.GetRawInputData(handle, _RID_INPUT, None, ctypes.byref(size), _HEADER.size)
        buffer = ctypes.create_string_buffer(size.value)
        got = _user32.GetRawInputData(handle, _RID_INPUT, buffer, ctypes.byref(size), _HEADER.size)
        return parse(buffer.raw[:got]) if 0 < got <= size.value else None

    def device_name(device: int) -> str:
        """The name of a keyboard, "" where the system does not tell."""
        size = ctypes.c_uint(0)
        handle = ctypes.c_void_p(device)
        _user32.GetRawInputDeviceInfoW(handle, _RIDI_DEVICENAME, None, ctypes.byref(size))
        buffer = ctypes.create_unicode_buffer(size.value + 1)
        got = _user32.GetRawInputDeviceInfoW(handle, _RIDI_DEVICENAME, buffer, ctypes.byref(size))
        return buffer.value if 0 < got <= size.value else ""
