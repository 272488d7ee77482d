"""The HID interfaces of this machine, and how one is opened: Linux's hidraw nodes, elsewhere the package hidapi.

On Linux the kernel lists them for everybody under /sys and lets whoever may read /dev/hidrawN have their reports,
so nothing has to be installed there. A report comes as the device sends it, its identifier in front.
"""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.hidpos import HidDevice

POINT_OF_SALE = 0x8C
"""Usage page of bar code scanners (HID Point of Sale Usage Tables 1.02)."""
_LINUX: bool = sys.platform == "linux"
_SYS, _DEV = Path("/sys/class/hidraw"), Path("/dev")


@dataclass(frozen=True, slots=True)
class HidInterface:
    """One interface of a USB HID device."""

    path: str
    vendor: int
    product: int
    name: str = ""
    serial_number: str = ""
    socket: str = ""
    """Where the device is plugged in, where the system tells."""
    page: int = 0
    """Usage page of its first collection; 0 where the system does not tell."""

    @property
    def identity(self) -> str:
        """What stays the same when the device is plugged in elsewhere, else the socket."""
        return f"{self.vendor:04x}:{self.product:04x}:{self.serial_number or '@' + self.socket}"


class NotInstalled(OSError):
    """The package hidapi, which opens HID devices on this system, is not there."""


def interfaces(folder: Path = _SYS) -> list[HidInterface]:
    """Every HID interface that the system lists; none of them is opened."""
    if _LINUX:
        found = [_described(entry) for entry in sorted(folder.glob("hidraw*"))]
        return [one for one in found if one is not None]
    try:
        import hid  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return []
    return [
        HidInterface(
            path=one["path"].decode("utf-8", "replace"),
            vendor=one["vendor_id"],
            product=one["product_id"],
            name=one["product_string"] or "",
            serial_number=one["serial_number"] or "",
            page=one["usage_page"],
        )
        for one in hid.enumerate()
    ]


def _described(entry: Path) -> HidInterface | None:
    """Read HID_ID=0003:000005E0:00001200 and its neighbours."""
    try:
        lines = (entry / "device" / "uevent").read_text("utf-8", "replace").splitlines()
        told = dict(line.split("=", 1) for line in lines if "=" in line)
        _bus, vendor, product = (int(part, 16) for part in told["HID_ID"].split(":"))
    except (OSError, ValueError, KeyError):
        return None
    return HidInterface(
        path=str(_DEV / entry.name),
        vendor=vendor,
        product=product,
        name=told.get("HID_NAME", ""),
        serial_number=told.get("HID_UNIQ", ""),
        socket=told.get("HID_PHYS", "").partition("/")[0],
        page=_page(entry / "device" / "report_descriptor"),
    )


def _page(descriptor: Path) -> int:
    """The usage page with which a report descriptor begins: item 05 with one byte, or 06 with two."""
    try:
        head = descriptor.read_bytes()[:3]
    except OSError:
        return 0
    if len(head) > 1 and head[0] == 0x05:
        return head[1]
    return int.from_bytes(head[1:], "little") if len(head) == 3 and head[0] == 0x06 else 0


def open_interface(interface: HidInterface) -> HidDevice:
    """Open it. Raises NotInstalled, or OSError where it is not there or may not be opened."""
    if _LINUX:
        return HidrawDevice(os.open(interface.path, os.O_RDONLY | os.O_NONBLOCK))
    try:
        import hid
    except ImportError:
        raise NotInstalled(errno.ENOSYS, "hidapi") from None
    device = hid.device()
    device.open_path(interface.path.encode())
    return device  # type: ignore[no-any-return,unused-ignore]


class HidrawDevice:
    """An open hidraw node, read as the package hidapi reads its devices."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def read(self, max_length: int, timeout_ms: int = 0) -> Sequence[int]:
        """A report, or nothing after the time. Raises OSError when the device is gone."""
        ready, _, _ = select.select([self._handle], [], [], timeout_ms / 1000)
        if not ready:
            return b""
        report = os.read(self._handle, max_length)
        if not report:
            raise OSError(errno.ENODEV, "the device is gone")
        return report

    def close(self) -> None:
        """Give the device back."""
        os.close(self._handle)
