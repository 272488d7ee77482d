"""Raw Input structures as Windows documents them; nothing here runs on Windows."""

from __future__ import annotations

import struct

import pytest

from scanner.keymap import position
from scanner.rawinput import RawKey, parse, usb_identity


def raw(code: int, flags: int, device: int = 0x10041, kind: int = 1) -> bytes:
    return struct.pack("=IIQQ", kind, 40, device, 0) + struct.pack("=HHHHII", code, flags, 0, 0x41, 0x100, 0)


def test_keys() -> None:
    assert parse(raw(0x1E, 0)) == RawKey(0x10041, 0x1E, pressed=True)
    assert parse(raw(0x1E, 1)) == RawKey(0x10041, 0x1E, pressed=False)
    extended = parse(raw(0x1C, 2))
    assert extended
    assert position(extended.native, "windows") == 96


@pytest.mark.parametrize("data", [b"", raw(0x1D, 4), raw(0x1E, 0, device=0), raw(0x1E, 0, kind=0), raw(0, 0)])
def test_what_is_no_key_of_a_keyboard(data: bytes) -> None:
    assert parse(data) is None


def test_names_of_devices() -> None:
    assert usb_identity(r"\\?\HID#VID_05E0&PID_1200#7&2f#{884b96c3-56ef-11d1}") == (0x05E0, 0x1200)
    assert usb_identity(r"\\?\ACPI#PNP0303#4&1d401fb5&0#{884b96c3-56ef-11d1}") is None
