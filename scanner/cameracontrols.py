"""Zoom, focus, exposure and light of a webcam, where it offers them: Video4Linux controls beside the running stream.

The kernel lets a device's controls be set through another handle than the one that streams, so nothing of it touches
the capture. Numbers and structures: linux/videodev2.h, linux/v4l2-controls.h. Other systems offer none here: their
drivers show dialogues of their own.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_QUERYCTRL, _G_CTRL, _S_CTRL = 0xC0445624, 0xC008561B, 0xC008561C
_QUERY = struct.Struct("=II32siiiiI8x")
_VALUE = struct.Struct("=Ii")
_DISABLED = 0x1
_CAMERA, _FLASH = 0x009A0900, 0x009C0900
_IDS = {"zoom": _CAMERA + 13, "focus": _CAMERA + 10, "exposure": _CAMERA + 2, "torch": _FLASH + 8}
_FOCUS_AUTO, _EXPOSURE_AUTO, _LED_MODE = _CAMERA + 12, _CAMERA + 1, _FLASH + 1
_EXPOSURE_MANUAL, _EXPOSURE_BY_CAMERA, _EXPOSURE_ALL_AUTO = 1, 3, 0
_LED_OFF, _LED_TORCH = 0, 2

Ioctl = Callable[[int, int, bytearray], object]


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be turned."""

    name: str
    """zoom, focus, exposure or torch."""
    lowest: int
    highest: int
    step: int
    value: int
    auto: bool | None = None
    """Whether the camera does it by itself now; None where it cannot."""


def _system(handle: int, request: int, data: bytearray) -> object:
    import fcntl

    return fcntl.ioctl(handle, request, data)


class CameraControls:
    """The controls of one device node. Every call opens the node anew and may take some milliseconds."""

    def __init__(self, node: str, ioctl: Ioctl = _system) -> None:
        self._node, self._ioctl = node, ioctl

    def offered(self) -> tuple[Control, ...]:
        """What this camera offers, as it stands; nothing where it cannot be asked."""
        found = []
        with suppress(OSError):
            handle = os.open(self._node, os.O_RDWR | os.O_NONBLOCK)
            try:
                for name, number in _IDS.items():
                    control = self._ask(handle, name, number)
                    if control is not None:
                        found.append(control)
            finally:
                os.close(handle)
        return tuple(found)

    def turn(self, name: str, value: int | None) -> bool:
        """Set a control, None to leave it to the camera; False where the camera does not follow."""
        number = _IDS[name]
        with suppress(OSError):
            handle = os.open(self._node, os.O_RDWR | os.O_NONBLOCK)
            try:
                if name == "focus":
                    self._try(handle, _FOCUS_AUTO, int(value is None))
                elif name == "exposure" and value is None:
                    self._try(handle, _EXPOSURE_AUTO, _EXPOSURE_BY_CAMERA) or self._try(
                        handle, _EXPOSURE_AUTO, _EXPOSURE_ALL_AUTO
                    )
                elif name == "exposure":
                    self._try(handle, _EXPOSURE_AUTO, _EXPOSURE_MANUAL)
                elif name == "torch":
                    self._try(handle, _LED_MODE, _LED_TORCH if value else _LED_OFF)
                if value is not None:
                    self._ioctl(handle, _S_CTRL, bytearray(_VALUE.pack(number, value)))
                return True
            finally:
                os.close(handle)
        return False

    def _ask(self, handle: int, name: str, number: int) -> Control | None:
        query = bytearray(_QUERY.pack(number, 0, b"", 0, 0, 0, 0, 0))
        try:
            self._ioctl(handle, _QUERYCTRL, query)
        except OSError:
            return None
        _, _, _, lowest, highest, step, _, flags = _QUERY.unpack(query)
        if flags & _DISABLED or highest <= lowest:
            return None
        value = self._read(handle, number)
        auto: bool | None = None
        if name == "focus" and (on := self._read(handle, _FOCUS_AUTO)) is not None:
            auto = bool(on)
        elif name == "exposure" and (mode := self._read(handle, _EXPOSURE_AUTO)) is not None:
            auto = mode != _EXPOSURE_MANUAL
        return Control(name, lowest, highest, max(1, step), lowest if value is None else value, auto)

    def _read(self, handle: int, number: int) -> int | None:
        data = bytearray(_VALUE.pack(number, 0))
        try:
            self._ioctl(handle, _G_CTRL, data)
        except OSError:
            return None
        value: int = _VALUE.unpack(data)[1]
        return value

    def _try(self, handle: int, number: int, value: int) -> bool:
        try:
            self._ioctl(handle, _S_CTRL, bytearray(_VALUE.pack(number, value)))
        except OSError:
            return False
        return True


def controls_of(index: int) -> CameraControls | None:
    """The controls of the webcam with this index, where this system has them."""
    return CameraControls(f"/dev/video{index}") if sys.platform.startswith("linux") else None


class Turner:
    """Sets controls in a thread of its own, the newest wish of each: a slider moves faster than a lens."""

    def __init__(self, controls: CameraControls) -> None:
        self._controls = controls
        self._wishes: dict[str, int | None] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="camera controls", daemon=True)
        self._thread.start()

    def turn(self, name: str, value: int | None) -> None:
        """Wish for a value; None leaves it to the camera."""
        with self._changed:
            self._wishes[name] = value
            self._changed.notify()

    def stop(self) -> None:
        """Fulfil what was wished for, and end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wishes and not self._stopped:
                    self._changed.wait()
                if not self._wishes:
                    return
                name, value = self._wishes.popitem()
            self._controls.turn(name, value)
