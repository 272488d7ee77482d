"""Key events of the kernel become codes; with a real device where the kernel lets us make one."""

from __future__ import annotations

import os
import struct
import sys
import time
from pathlib import Path

import pytest

from scanner.devicekeys import DeviceKeys
from scanner.evdev import EVENT, EvdevScanner, InputDevice, keyboards
from scanner.keymap import ENTER, TAB
from scanner.models import Mode, Model, Models
from scanner.profile import Profile, Reading, Suffix
from scanner.scan import Scan, Source
from tests.display.keyboard import Move, scanner_keys

GS1 = "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2"
MODELS = Models((Model(0x05E0, 0x1200, "Zebra", Mode.KEYBOARD),))


def events(moves: list[Move]) -> bytes:
    """The kernel's events for the moves, each followed by its report."""
    data = b""
    for number, (code, down) in enumerate(moves):
        data += EVENT.pack(1000, number * 1000, 4, 4, code)  # MSC_SCAN
        data += EVENT.pack(1000, number * 1000, 1, code, int(down))
        data += EVENT.pack(1000, number * 1000, 0, 0, 0)
    return data


class TestDeviceKeys:
    def test_a_code_may_be_short_and_slow(self) -> None:
        keys = DeviceKeys("HID 05e0:1200", clock=lambda: 7.0)
        scans = [
            keys.key(number * 900, code, pressed=down)
            for number, (code, down) in enumerate(scanner_keys("A1"))
        ]
        assert [scan for scan in scans if scan] == [Scan("A1", Source.WEDGE, device="HID 05e0:1200", at=7.0)]

    @pytest.mark.parametrize("gs", ["ctrl", "alt029", "f8"])
    @pytest.mark.parametrize("end", [ENTER, TAB, None])
    def test_exact(self, gs: str, end: int | None) -> None:
        keys = DeviceKeys("x")
        scans = [keys.key(0, code, pressed=down) for code, down in scanner_keys(GS1, gs, end)]
        scans.append(keys.quiet())
        assert [scan.text for scan in scans if scan] == [GS1]

    def test_a_missing_suffix_is_doubted(self) -> None:
        keys = DeviceKeys("x", Profile(suffix=Suffix.ENTER))
        for code, down in scanner_keys("123456", suffix=None):
            keys.key(0, code, pressed=down)
        scan = keys.quiet()
        assert scan
        assert scan.suspect == "scan_cut"
        assert keys.quiet() is None

    def test_a_scanner_programmed_for_another_layout_is_doubted(self) -> None:
        keys = DeviceKeys("x", Profile(reading=Reading.TEXT))
        for code, down in scanner_keys("abc", suffix=None):
            keys.key(0, code, pressed=down)
        scan = keys.quiet()
        assert scan
        assert (scan.text, scan.suspect) == ("abc", "layout_unsure")

    def test_half_a_code_is_forgotten(self) -> None:
        keys = DeviceKeys("x")
        keys.key(0, 30, pressed=True)
        assert keys.reset()
        assert not keys.pending
        assert keys.quiet() is None


def test_bytes_of_the_kernel_in_any_pieces() -> None:
    for size in (EVENT.size, 17, 64 * EVENT.size):
        scanner = EvdevScanner(InputDevice("/dev/null", 0x05E0, 0x1200), on_scan=lambda _scan: None)
        data = events(scanner_keys(GS1))
        scans = [s for i in range(0, len(data), size) for s in scanner.take(data[i : i + size]) if s]
        assert [scan.text for scan in scans] == [GS1]


def test_repeats_are_no_data_and_lost_events_spoil_a_code() -> None:
    scanner = EvdevScanner(InputDevice("/dev/null", 0, 0), on_scan=lambda _scan: None)
    repeat = EVENT.pack(0, 0, 1, 30, 2)
    dropped = EVENT.pack(0, 0, 0, 3, 0)
    data = events(scanner_keys("12", suffix=None)) + dropped + events(scanner_keys("345")) + repeat
    assert [scan.text for scan in scanner.take(data) if scan] == ["345"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_scanners_are_listed_whether_they_may_be_read_or_not(tmp_path: Path) -> None:
    for number, ids in enumerate((("05e0", "1200"), ("05e0", "1200"), ("046d", "c31c"), ("x", ""))):
        folder = tmp_path / f"event{number}" / "device" / "id"
        folder.mkdir(parents=True)
        for what, value in zip(("vendor", "product"), ids, strict=True):
            (folder / what).write_text(f"{value}\n")
        (folder.parent / "name").write_text("Zebra scanner\n")
        keys = {0: "", 1: "1f 10000000000 fffffffffffffffe"}.get(number)
        if keys:
            (folder.parent / "capabilities").mkdir()
            (folder.parent / "capabilities" / "key").write_text(keys)
    volume = tmp_path / "event4" / "device"
    (volume / "id").mkdir(parents=True)
    (volume / "capabilities").mkdir()
    for what, value in (("id/vendor", "05e0"), ("id/product", "1200"), ("name", "Zebra keys")):
        (volume / what).write_text(value)
    (volume / "capabilities" / "key").write_text("3e000b00000000 0 0 0")
    (tmp_path / "event9").symlink_to(tmp_path / "nowhere")
    nodes = tmp_path / "dev"
    nodes.mkdir()
    (nodes / "event1").write_bytes(b"")
    found = keyboards(MODELS, nodes, tmp_path)
    assert [(Path(one.path).name, one.identity, one.readable) for one in found] == [
        ("event0", "HID 05e0:1200", False),
        ("event1", "HID 05e0:1200", True),
    ]
    assert found[0].name == "Zebra scanner"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_a_device_that_is_no_device() -> None:
    ends: list[str] = []
    scanner = EvdevScanner(InputDevice("/dev/null", 0, 0), on_scan=lambda _scan: None, on_end=ends.append)
    scanner.start()
    scanner.join(30)
    assert len(ends) == 1
    assert ends[0]


@pytest.mark.skipif(
    not os.access("/dev/uinput", os.W_OK),
    reason="the kernel lets nobody make input devices here (/dev/uinput)",
)
def test_a_grabbed_device_of_the_kernel() -> None:
    import fcntl

    moves = scanner_keys(GS1)
    device = os.open("/dev/uinput", os.O_WRONLY | os.O_NONBLOCK)
    try:
        fcntl.ioctl(device, 0x40045564, 1)  # UI_SET_EVBIT, EV_KEY
        for code, _ in moves:
            fcntl.ioctl(device, 0x40045565, code)  # UI_SET_KEYBIT
        setup = struct.pack("HHHH80sI", 3, 0x05E0, 0x1200, 1, b"TraceDesk test scanner", 0)
        fcntl.ioctl(device, 0x405C5503, setup)  # UI_DEV_SETUP
        fcntl.ioctl(device, 0x5501)  # UI_DEV_CREATE
        deadline = time.monotonic() + 10
        while not (found := keyboards(MODELS)) and time.monotonic() < deadline:
            time.sleep(0.05)
        scans: list[Scan] = []
        scanner = EvdevScanner(found[0], on_scan=scans.append)
        scanner.start()
        time.sleep(0.5)
        os.write(device, events(moves))
        while not scans and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(OSError, match="busy"):
            fcntl.ioctl(os.open(found[0].path, os.O_RDONLY), 0x40044590, 1)
        scanner.stop()
        scanner.join(30)
    finally:
        os.close(device)
    assert [scan.text for scan in scans] == [GS1]
