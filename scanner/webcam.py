"""Webcams: found by name, opened for newest frames, told apart when missing, busy or pulled out."""

from __future__ import annotations

import errno
import os
import struct
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.shot import Fault, Shot

if TYPE_CHECKING:
    import cv2

_V4L = Path("/sys/class/video4linux")
_VIDIOC_QUERYCAP = 0x80685600
_V4L2_CAP_VIDEO_CAPTURE = 0x00000001
_PROBED = 6
"""How many indices are probed where the system gives no list."""


@dataclass(frozen=True, slots=True)
class Device:
    """A webcam that the system knows."""

    index: int
    name: str


def webcams() -> tuple[Device, ...]:
    """The webcams of this machine, in the system's order.

    Linux lists them without touching them. Elsewhere each index has to be opened, which takes up to a second
    and lights the lamp: call it from a worker thread, and not while a camera runs.
    """
    return _listed() if sys.platform.startswith("linux") else _probed()


def _listed(root: Path = _V4L) -> tuple[Device, ...]:
    found = []
    for entry in root.glob("video*"):
        number = entry.name.removeprefix("video")
        if not number.isdigit():
            continue
        try:
            name = (entry / "name").read_text("utf-8", "replace").strip()
        except OSError:
            continue
        # A camera has a second node for its metadata, which gives no pictures.
        if _captures(Path("/dev") / entry.name) is not False:
            found.append(Device(int(number), name or entry.name))
    return tuple(sorted(found, key=lambda device: device.index))


def _captures(node: Path) -> bool | None:
    """Whether a device node delivers pictures; None where it cannot be asked."""
    try:
        import fcntl

        handle = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except (OSError, ImportError):
        return None
    try:
        answer = bytearray(104)
        fcntl.ioctl(handle, _VIDIOC_QUERYCAP, answer)
        capabilities, device_caps = struct.unpack_from("II", answer, 84)
        return bool((device_caps or capabilities) & _V4L2_CAP_VIDEO_CAPTURE)
    except OSError:
        return None
    finally:
        os.close(handle)


def _probed() -> tuple[Device, ...]:
    found = []
    for index in range(_PROBED):
        capture = _capture(index)
        if capture.isOpened():
            found.append(Device(index, f"Camera {index}"))
        capture.release()
    return tuple(found)


def _capture(index: int) -> cv2.VideoCapture:
    from scanner.vision import cv2

    # Each system's own interface: MSMF takes seconds to open, and the generic choice may fall back to files.
    road = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}.get(
        sys.platform, cv2.CAP_ANY
    )
    return cv2.VideoCapture(index, road)


class Webcam:
    """A webcam by index or by name, at 1080p as MJPEG where it can.

    By name it is found again after it was plugged into another port, which changes the index.
    """

    comes_back = True

    def __init__(self, which: int | str, size: tuple[int, int] = (1920, 1080)) -> None:
        self._which = which
        self._size = size
        self._capture: cv2.VideoCapture | None = None
        self._delivered = False
        self.index = which if isinstance(which, int) else None
        """The system's index of the device, once it is known."""
        self.name = which if isinstance(which, str) else f"Camera {which}"

    def open(self) -> Fault | None:
        """Open the device; tells missing, forbidden and busy apart."""
        device = self._find()
        if isinstance(device, Fault):
            return device
        from scanner.vision import cv2

        self.name, self.index = device.name, device.index
        capture = _capture(device.index)
        if not capture.isOpened():
            capture.release()
            return Fault("camera_busy", f"index {device.index}")
        # The order matters: with the raw format still set, 1080p is refused or comes at 5 frames a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture, self._delivered = capture, False
        return None

    def read(self, stop: threading.Event) -> Shot | Fault:
        """The next frame; blocks as long as the driver does."""
        from scanner.vision import cv2

        if self._capture is None or stop.is_set():
            return Fault("camera_ended")
        try:
            there, picture = self._capture.read()
        except cv2.error as error:
            return Fault("camera_wrong_format", str(error).strip().splitlines()[-1][:200])
        if not there or picture is None:
            # V4L2 lets several programs open a camera; the second one fails when it asks for the first frame.
            return Fault("camera_unplugged" if self._delivered else "camera_busy")
        if picture.dtype != "uint8" or picture.ndim not in (2, 3) or min(picture.shape[:2]) < 16:
            return Fault("camera_wrong_format", f"{picture.dtype} {picture.shape}")
        self._delivered = True
        return Shot(picture, time.monotonic())  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the camera, so that another program may have it."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _find(self) -> Device | Fault:
        if not sys.platform.startswith("linux"):
            return Device(self._which, self.name) if isinstance(self._which, int) else self._named(_probed())
        devices = _listed()
        if isinstance(self._which, str):
            device = self._named(devices)
        else:
            matching = [device for device in devices if device.index == self._which]
            device = matching[0] if matching else Fault("camera_missing", f"/dev/video{self._which}")
        return device if isinstance(device, Fault) else _openable(device)

    def _named(self, devices: tuple[Device, ...]) -> Device | Fault:
        wanted = str(self._which).casefold()
        for fits in (lambda name: name == wanted, lambda name: wanted in name):
            for device in devices:
                if fits(device.name.casefold()):
                    return device
        return Fault("camera_missing", str(self._which))


def _openable(device: Device) -> Device | Fault:
    node = f"/dev/video{device.index}"
    try:
        os.close(os.open(node, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            return Fault("camera_forbidden", node)
        return Fault(
            "camera_busy" if error.errno == errno.EBUSY else "camera_missing", f"{node}: {error.strerror}"
        )
    return device
