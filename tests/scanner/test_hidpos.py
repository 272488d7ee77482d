"""HID-POS reports as the vendors' manuals print them."""

from __future__ import annotations

import queue

import pytest

from scanner.hidpos import LAYOUTS, HidPosScanner, Reports
from scanner.scan import Scan

BOARDING = b"M1GATHERGOOD/MICHAEL YABCDEF LHRDURAK 3542 052Y003D23" + b" " * 3 + b" 100"


def standard(aim: bytes, data: bytes, more: int) -> bytes:
    """As in the Access-IS manuals: 02, length, AIM identifier, 56 bytes, 's', 0, continuation."""
    return b"\x02" + bytes([len(data)]) + aim + data.ljust(56, b"\0") + b"s\0" + bytes([more])


def newland(data: bytes, more: int = 0) -> bytes:
    """As in the Newland manuals: 02, length, 56 bytes, reserved, symbology, continuation."""
    return b"\x02" + bytes([len(data)]) + data.ljust(56, b"\0") + b"\0" * 4 + b"u" + bytes([more])


def test_a_code_in_two_reports() -> None:
    reports = Reports(LAYOUTS["standard"])
    assert reports.feed(standard(b"]Q0", BOARDING[:56], 1)) is None
    assert reports.feed(standard(b"]Q0", BOARDING[56:], 0)) == b"]Q0" + BOARDING


def test_newland() -> None:
    reports = Reports(LAYOUTS["newland"])
    code = b"]d2010690123456789217" + b"x" * 60 + b"\x1d10A"
    assert reports.feed(newland(code[:56], 1)) is None
    assert reports.feed(newland(code[56:] + b"\r\n")) == code
    assert reports.feed(newland(b"81234567890123456789")) == b"81234567890123456789"


def test_microscan_goes_on_while_reports_are_full() -> None:
    reports = Reports(LAYOUTS["microscan"])
    assert reports.feed(b"\x01\x0b" + b"A]002374938".ljust(62, b"\0")) == b"A]002374938"
    assert reports.feed(b"\x01\x3e" + b"x" * 62) is None
    assert reports.end() == b"x" * 62


@pytest.mark.parametrize("report", [b"", b"\x03" + b"\0" * 63, b"\x02\x39" + b"x" * 62, b"\x02\x05abc"])
def test_what_breaks_the_layout_is_passed_over(report: bytes) -> None:
    reports = Reports(LAYOUTS["newland"])
    assert reports.feed(report) is None
    assert reports.feed(newland(b"123")) == b"123"


class Device:
    """A scanner whose reports come from a queue; None pulls it out."""

    def __init__(self) -> None:
        self.reports: queue.Queue[bytes | None] = queue.Queue()
        self.closed = False

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        try:
            report = self.reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if report is None:
            raise OSError("read error")
        return list(report)

    def close(self) -> None:
        self.closed = True


def test_a_scanner_until_it_is_pulled_out() -> None:
    device = Device()
    scans: list[Scan] = []
    ends: list[str] = []
    scanner = HidPosScanner(
        device, LAYOUTS["standard"], "HID 1eab:0d10", on_scan=scans.append, on_end=ends.append
    )
    scanner.start()
    device.reports.put(standard(b"]d2", b"010690123456789217\x1d10A", 0))
    device.reports.put(standard(b"]Q1", "例".encode(), 0))
    device.reports.put(standard(b"]C0", b"\xff", 0))
    device.reports.put(None)
    scanner.join(30)
    assert [(scan.text, scan.suspect) for scan in scans] == [
        ("]d2010690123456789217\x1d10A", ""),
        ("]Q1例", ""),
        ("]C0ÿ", "non_ascii"),
    ]
    assert scans[0].device == "HID 1eab:0d10"
    assert ends == ["read error"]
    assert device.closed


def test_stopping() -> None:
    device = Device()
    scanner = HidPosScanner(device, LAYOUTS["newland"], "x", on_scan=lambda _scan: None)
    scanner.start()
    scanner.stop()
    scanner.join(30)
    assert not scanner.is_alive()
    assert device.closed
