"""HID interfaces as the kernel lists them, and reports read from a node."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from scanner.hidpos import LAYOUTS, HidPosScanner
from scanner.hidraw import POINT_OF_SALE, HidInterface, HidrawDevice, interfaces, open_interface
from scanner.scan import Scan
from tests.scanner.test_hidpos import newland

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


def listed(folder: Path, number: int, told: str, descriptor: bytes = b"") -> None:
    device = folder / f"hidraw{number}" / "device"
    device.mkdir(parents=True)
    (device / "uevent").write_text(told)
    if descriptor:
        (device / "report_descriptor").write_bytes(descriptor)


def test_interfaces_as_the_kernel_lists_them(tmp_path: Path) -> None:
    listed(
        tmp_path,
        0,
        "DRIVER=hid-generic\nHID_ID=0003:00001EAB:00000D10\nHID_NAME=Newland FM430\n"
        "HID_PHYS=usb-0000:00:14.0-2/input0\nHID_UNIQ=SN7\n",
        b"\x05\x8c\x09\x02\xa1\x01",
    )
    listed(tmp_path, 1, "HID_ID=0003:000005E0:00001200\n", b"\x06\x8c\x00\x09")
    listed(tmp_path, 2, "HID_ID=0003:000005E0:00001200\nHID_PHYS=usb-1/input0\n", b"\x05\x01\x09\x06")
    listed(tmp_path, 3, "HID_ID=nonsense\n")
    listed(tmp_path, 4, "")
    newland_, zebra, keyboard = interfaces(tmp_path)
    assert newland_ == HidInterface(
        "/dev/hidraw0", 0x1EAB, 0x0D10, "Newland FM430", "SN7", "usb-0000:00:14.0-2", POINT_OF_SALE
    )
    assert newland_.identity == "1eab:0d10:SN7"
    assert (zebra.page, zebra.identity) == (POINT_OF_SALE, "05e0:1200:@")
    assert (keyboard.page, keyboard.identity) == (1, "05e0:1200:@usb-1")


def test_reports_of_a_node_until_it_is_pulled_out() -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    scans: list[Scan] = []
    raw: list[bytes] = []
    ends: list[str] = []
    scanner = HidPosScanner(
        HidrawDevice(os.dup(near.fileno())),
        LAYOUTS["newland"],
        "Newland",
        on_scan=scans.append,
        on_end=ends.append,
        on_bytes=lambda _scan, data: raw.append(data),
    )
    near.close()
    scanner.start()
    far.send(newland(b"]d2010690123456789217" + b"x" * 35, 1))
    far.send(newland(b"\x1d10A\r"))
    far.close()
    scanner.join(30)
    assert [scan.text for scan in scans] == ["]d2010690123456789217" + "x" * 35 + "\x1d10A"]
    assert raw == [scans[0].text.encode()]
    assert len(ends) == 1 and "gone" in ends[0]


def test_a_node_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        open_interface(HidInterface("/dev/hidraw-none", 1, 2))
