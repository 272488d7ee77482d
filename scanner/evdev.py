"""Scanners that type, read from the Linux kernel instead of the window system, and taken away from it.

With the device grabbed (EVIOCGRAB) no key of it reaches the window system, so typing and scanning cannot mix.
Needs read access to /dev/input, which a udev rule or the group `input` gives; without it the window's own filter
goes on doing the work. Structures and requests: linux/input.h.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scanner.devicekeys import SILENCE_SECONDS, DeviceKeys
from scanner.keymap import ENTER, MODIFIERS, Stroke
from scanner.models import Mode, Models
from scanner.profile import Profile
from scanner.scan import Scan

EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
_EV_KEY, _EV_SYN, _SYN_DROPPED = 1, 0, 3
_LONG, _KEY_A = struct.calcsize("l"), 30
_EVIOCGRAB = 0x40044590
_EVIOCGKEY = 0x80604518  # 96 bytes: a bit for each key that is down


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input device of the kernel."""

    path: str
    vendor: int
    product: int
    name: str = ""

    @property
    def identity(self) -> str:
        """As a person and the settings know it: "HID 05e0:1200"."""
        return f"HID {self.vendor:04x}:{self.product:04x}"

    @property
    def readable(self) -> bool:
        """Whether this account may read it below the window system."""
        return os.access(self.path, os.R_OK)


def keyboards(
    models: Models, folder: Path = Path("/dev/input"), listed: Path = Path("/sys/class/input")
) -> list[InputDevice]:
    """The scanners in keyboard mode that are plugged in, whether they may be read or not; empty off Linux."""
    if sys.platform != "linux":
        return []
    found = [device for entry in sorted(listed.glob("event*")) if (device := _described(entry, folder))]
    return [
        device
        for device in found
        if (model := models.find(device.vendor, device.product)) and model.mode is Mode.KEYBOARD
    ]


def _described(entry: Path, folder: Path) -> InputDevice | None:
    """What the kernel tells everybody, without the device being opened."""
    try:
        vendor, product = (
            int((entry / "device" / "id" / what).read_text(), 16) for what in ("vendor", "product")
        )
        name = (entry / "device" / "name").read_text("utf-8", "replace").strip()
    except (OSError, ValueError):
        return None
    if not _types(entry / "device" / "capabilities" / "key"):
        return None  # a scanner's second interface, for volume keys and the like
    return InputDevice(str(folder / entry.name), vendor, product, name)


def _types(capabilities: Path) -> bool:
    """Whether a device has letters and Enter, by its map of keys: hexadecimal words of a C long, highest first."""
    try:
        words = capabilities.read_text().split()
        keys = sum(int(word, 16) << (place * 8 * _LONG) for place, word in enumerate(reversed(words)))
    except (OSError, ValueError):
        return True
    return bool(keys >> ENTER & 1 and keys >> _KEY_A & 1)


class EvdevScanner(threading.Thread):
    """Reads one scanner until it is stopped or pulled out.

    Callbacks run in this thread and must return at once; `on_end` is told what the system said, or "". `on_strokes`
    gets each scan with its key strokes just before `on_scan`, for the black box.
    """

    def __init__(
        self,
        device: InputDevice,
        profile: Profile | None = None,
        *,
        on_scan: Callable[[Scan], None],
        on_end: Callable[[str], None] = lambda _why: None,
        on_strokes: Callable[[Scan, tuple[Stroke, ...]], None] = lambda _scan, _strokes: None,
    ) -> None:
        super().__init__(name=f"evdev {device.identity}", daemon=True)
        self._device = device
        self._keys = DeviceKeys(device.identity, profile)
        self._on_scan = on_scan
        self._on_end = on_end
        self._on_strokes = on_strokes
        self._handle: int | None = None
        self._stopped = False
        self._bell: tuple[socket.socket, socket.socket] | None = None
        self._rest = b""

    def open(self) -> None:
        """Take the device before the thread starts, so that a refusal is known at once. Raises OSError."""
        handle = os.open(self._device.path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            grab(handle)
        except OSError:
            os.close(handle)
            raise
        self._handle, self._bell = handle, socket.socketpair()

    def stop(self) -> None:
        """End the thread; `join` waits for it. A second time is no harm."""
        self._stopped = True
        if self._bell is not None:
            with suppress(OSError):  # it has ended by itself just now
                self._bell[1].send(b"x")

    def run(self) -> None:
        """Read until stopped."""
        why = ""
        try:
            if self._handle is None:
                self.open()
            assert self._handle is not None
            assert self._bell is not None
            try:
                self._read(self._handle, self._bell[0])
            finally:
                os.close(self._handle)  # lets go of the device, too
                for end in self._bell:
                    end.close()
        except OSError as error:
            why = str(error)
        self._keys.reset()
        self._on_end(why)

    def _read(self, handle: int, bell: socket.socket) -> None:
        while not self._stopped:
            wait = SILENCE_SECONDS if self._keys.pending else None
            ready, _, _ = select.select([handle, bell.fileno()], [], [], wait)
            if bell.fileno() in ready:
                return
            if not ready:
                self._deliver([self._keys.quiet()])
                continue
            data = os.read(handle, 64 * EVENT.size)
            if not data:
                raise OSError("the device is gone")
            self._deliver(self.take(data))

    def _deliver(self, scans: Iterable[Scan | None]) -> None:
        for scan in scans:
            if scan is not None:
                self._on_strokes(scan, self._keys.last)
                self._on_scan(scan)

    def take(self, data: bytes) -> Iterable[Scan | None]:
        """The codes that these bytes of the kernel complete."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == _EV_SYN and code == _SYN_DROPPED:
                self._keys.reset()  # the kernel's buffer ran over: part of the code is missing
            elif kind == _EV_KEY and value in (0, 1):  # 2 is auto-repeat, which a scanner does not mean
                yield self._keys.key(seconds * 1000 + micros // 1000, code, pressed=bool(value))


def grab(handle: int) -> None:
    """Take the device away from everybody else, once no modifier of it is down.

    A modifier that is down when the device is grabbed stays down for the window system: nobody sees its release.
    Raises OSError where another program has grabbed it.
    """
    import fcntl

    for _ in range(50):
        down = fcntl.ioctl(handle, _EVIOCGKEY, bytes(96))
        if not any(down[code // 8] >> code % 8 & 1 for code in MODIFIERS):
            break
        threading.Event().wait(0.02)
    fcntl.ioctl(handle, _EVIOCGRAB, 1)
