"""Scanners as USB HID point-of-sale devices (usage page 0x8C): reports -> scans, by the vendor's layout.

The standard (HID Point of Sale Usage Tables 1.02) leaves the layout of a report to its descriptor. Vendors use a
few layouts, kept here as profiles from their manuals: Newland FM420 and EM2027; Access-IS LSR and ATR, section
"HID reports" ("standard" here); Microscan MS-4 and Mini Hawk. Tried with printed reports, not with devices.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scanner.framing import LONGEST, text_of
from scanner.scan import Scan, Source


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a report."""

    report: int
    """Identifier, byte 0."""
    data: slice
    length: int = 1
    aim: slice | None = None
    """Where the AIM identifier stands when it is apart from the data."""
    more: int | None = None
    """The byte whose lowest bit says that the code goes on in the next report; None: a full report goes on."""


LAYOUTS: Mapping[str, Layout] = {
    "newland": Layout(report=2, data=slice(2, 58), more=63),
    "standard": Layout(report=2, data=slice(5, 61), aim=slice(2, 5), more=63),
    "microscan": Layout(report=1, data=slice(2, 64)),
}


class Reports:
    """Puts the reports of one scanner together to codes."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._bytes = bytearray()

    def feed(self, report: bytes) -> bytes | None:
        """The code that the report completes, AIM identifier in front; None while it goes on.

        A report of another kind, or one that breaks the layout, is passed over.
        """
        layout = self._layout
        if len(report) < layout.data.stop or report[0] != layout.report:
            return None
        room = layout.data.stop - layout.data.start
        length = report[layout.length]
        if length > room:
            return None
        if layout.aim and not self._bytes and report[layout.aim][:1] == b"]":
            self._bytes += report[layout.aim]
        self._bytes += report[layout.data][:length]
        goes_on = length == room if layout.more is None else bool(report[layout.more] & 1)
        if goes_on and len(self._bytes) < LONGEST:
            return None
        return self.end()

    def end(self) -> bytes | None:
        """What came so far, when the device falls silent or a code is complete."""
        code = bytes(self._bytes).rstrip(b"\r\n\t")
        self._bytes.clear()
        return code or None


class HidDevice(Protocol):
    """What is used of an open device: hidapi's `hid.device()`, or scanner.hidraw's."""

    def read(self, max_length: int, timeout_ms: int = 0) -> Sequence[int]:
        """A report, or nothing after the time."""

    def close(self) -> None:
        """Give the device back."""


class HidPosScanner(threading.Thread):
    """Reads one HID-POS scanner until it is stopped or pulled out.

    Callbacks run in this thread and must return at once; `on_end` is told what the system said, or "". `on_bytes`
    gets each scan with its bytes just before `on_scan`, for the black box.
    """

    def __init__(
        self,
        device: HidDevice,
        layout: Layout,
        name: str,
        *,
        on_scan: Callable[[Scan], None],
        on_end: Callable[[str], None] = lambda _why: None,
        on_bytes: Callable[[Scan, bytes], None] = lambda _scan, _data: None,
    ) -> None:
        super().__init__(name=f"hidpos {name}", daemon=True)
        self._device = device
        self._reports = Reports(layout)
        self._label = name
        self._on_scan = on_scan
        self._on_end = on_end
        self._on_bytes = on_bytes
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the thread within about 100 ms; `join` waits for it."""
        self._stopped.set()

    def run(self) -> None:
        """Read until stopped."""
        why = ""
        try:
            while not self._stopped.is_set():
                report = self._device.read(64, 100)
                code = self._reports.feed(bytes(report)) if report else self._reports.end()
                if code:
                    self._deliver(code)
        except (OSError, ValueError) as error:  # hidapi raises either when the device is gone
            why = str(error) or type(error).__name__
        self._device.close()
        self._on_end(why)

    def _deliver(self, code: bytes) -> None:
        text = text_of(code)
        suspect = "" if text.isascii() or code[:3] in (b"]Q1", b"]d1") else "non_ascii"
        scan = Scan(text, Source.SERIAL, device=self._label, at=time.monotonic(), suspect=suspect)
        self._on_bytes(scan, code)
        self._on_scan(scan)
