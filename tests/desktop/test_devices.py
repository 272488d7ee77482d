"""Scanners beside the window: opened by the table, followed through unplugging, two at once, each said in words."""

from __future__ import annotations

import errno
import os
import queue
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop.devices import Devices, DeviceState, Sight
from desktop.words import LANGUAGES, Words
from scanner.blackbox import BlackBox, Road
from scanner.evdev import InputDevice
from scanner.hidraw import POINT_OF_SALE, HidInterface, NotInstalled
from scanner.models import known_models
from scanner.replay import replay
from scanner.scan import Scan
from tests.scanner.test_hidpos import newland
from tests.scanner.test_serial import GS1, Plug

if not hasattr(os, "openpty"):
    pytest.skip("needs pseudo terminals", allow_module_level=True)


class Hid:
    """A HID-POS scanner; None in its queue pulls it out."""

    def __init__(self) -> None:
        self.reports: queue.Queue[bytes | None] = queue.Queue()
        self.closed = False

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        try:
            report = self.reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if report is None:
            raise OSError(errno.ENODEV, "No such device")
        return list(report)

    def close(self) -> None:
        self.closed = True


NEWLAND = HidInterface("/dev/hidraw7", 0x1EAB, 0x0D10, "FM430", "SN1", page=POINT_OF_SALE)


@dataclass
class Bench:
    """What is plugged in, and what came of it."""

    plugs: list[Plug] = field(default_factory=list)
    hids: list[HidInterface] = field(default_factory=list)
    keyboards: list[InputDevice] = field(default_factory=list)
    hid: Hid = field(default_factory=Hid)
    refusal: OSError | None = None
    scans: list[Scan] = field(default_factory=list)
    turns: list[DeviceState] = field(default_factory=list)
    box: BlackBox = field(default_factory=BlackBox)

    def open_hid(self, _interface: HidInterface) -> Hid:
        if self.refusal:
            raise self.refusal
        self.hid = Hid()
        return self.hid

    def devices(self, **chosen: int) -> Devices:
        return Devices(
            known_models(),
            on_scan=self.scans.append,
            on_state=self.turns.append,
            box=self.box,
            chosen=chosen,
            sight=Sight(
                ports=lambda: [plug.port for plug in self.plugs],
                hids=lambda: list(self.hids),
                open_hid=self.open_hid,
                keyboards=lambda _models: list(self.keyboards),
                poll_seconds=0.02,
            ),
        )

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not reached():
            assert time.monotonic() < deadline, (self.scans, self.turns)
            time.sleep(0.005)

    def codes(self) -> list[str]:
        return [turn.code for turn in self.turns]

    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    for plug in bench.plugs:
        plug.pull()


def test_serial_and_hid_scanners_at_once_and_one_pulled_out_in_the_middle_of_a_code(bench: Bench) -> None:
    plug = Plug()
    bench.plugs, bench.hids = [plug], [NEWLAND]
    devices = bench.devices()
    devices.start()
    bench.until(lambda: bench.codes() == ["open", "open"])
    bench.hid.reports.put(newland(GS1.encode()[:56], 1))
    plug.type(GS1.encode() + b"\r]d2010690123")
    bench.until(lambda: bench.texts() == [GS1])
    bench.plugs = []
    plug.pull()
    bench.until(lambda: bench.codes()[-1] == "lost")
    bench.hid.reports.put(newland(GS1.encode()[56:] + b"\r"))
    bench.until(lambda: bench.texts() == [GS1, GS1])
    bench.plugs = [Plug()]
    bench.until(lambda: bench.codes()[-1] == "open")
    bench.plugs[0].type(b"81234567890123456789\r")
    bench.until(lambda: len(bench.scans) == 3)
    devices.stop()
    assert bench.texts()[2] == "81234567890123456789"
    assert "half a code" in next(turn for turn in bench.turns if turn.code == "lost").detail
    assert {state.code for state in devices.states()} == {"closed"}
    kept = bench.box.records()
    assert [(one.scan, one.road) for one in kept] == list(
        zip(bench.scans, [Road.WINDOW, Road.REPORT, Road.WINDOW], strict=True)
    )
    assert all(one.same for one in replay(kept))


def test_a_hid_scanner_comes_back(bench: Bench) -> None:
    bench.hids = [NEWLAND, HidInterface("/dev/hidraw8", 0x1EAB, 0x0D10, "FM430", "SN1", page=1)]
    devices = bench.devices()
    devices.start()
    bench.until(lambda: bench.codes() == ["open"])
    first = bench.hid
    bench.hids = []
    first.reports.put(None)
    bench.until(lambda: bench.codes() == ["open", "lost"])
    bench.hids = [NEWLAND]
    bench.until(lambda: bench.codes() == ["open", "lost", "open"])
    bench.hid.reports.put(newland(b"6901234567892\r"))
    bench.until(lambda: bench.texts() == ["6901234567892"])
    devices.stop()
    assert first.closed
    assert bench.hid.closed
    assert bench.scans[0].device == "Newland (HID-POS)"


@pytest.mark.parametrize(
    ("refusal", "code", "word"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "forbidden", "device_forbidden_hidpos"),
        (OSError(errno.EBUSY, "busy"), "busy", "device_busy"),
        (NotInstalled(errno.ENOSYS, "hidapi"), "missing", "device_missing"),
        (OSError(errno.EIO, "I/O error"), "failed", "device_failed"),
    ],
)
def test_why_a_scanner_cannot_be_opened_is_said_once(
    bench: Bench, refusal: OSError, code: str, word: str
) -> None:
    bench.hids, bench.refusal = [NEWLAND], refusal
    devices = bench.devices()
    devices.start()
    bench.until(lambda: bench.codes() == [code])
    time.sleep(0.1)  # several looks later
    assert bench.codes() == [code]
    assert bench.turns[0].word == word
    bench.refusal = None
    bench.until(lambda: bench.codes() == [code, "open"])
    devices.stop()


def test_what_cannot_be_read_is_named_and_forgotten_when_unplugged(bench: Bench) -> None:
    bench.hids = [
        HidInterface("/dev/hidraw1", 0x05E0, 0x1300, "Symbol", "1"),
        HidInterface("/dev/hidraw2", 0x1234, 0x5678, "Nobody's scanner", "2", page=POINT_OF_SALE),
        HidInterface("/dev/hidraw3", 0x046D, 0xC31C, "Keyboard", "3", page=1),
    ]
    devices = bench.devices()
    devices.start()
    bench.until(lambda: len(bench.turns) == 2)
    assert {(turn.device, turn.code) for turn in bench.turns} == {
        ("Zebra (IBM hand-held)", "unsupported"),
        ("Nobody's scanner", "unknown"),
    }
    bench.hids = []
    bench.until(lambda: bench.codes()[2:] == ["gone", "gone"])
    assert devices.states() == ()
    devices.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_a_scanner_that_types_is_the_windows_unless_it_may_be_read(bench: Bench, tmp_path: Path) -> None:
    node = tmp_path / "event5"
    bench.keyboards = [InputDevice(str(node), 0x05E0, 0x1200, "Zebra")]
    devices = bench.devices()
    devices.attend(True)
    devices.start()
    bench.until(lambda: bench.codes() == ["typing"])
    node.write_bytes(b"")  # readable now, but no input device: it cannot be grabbed
    bench.until(lambda: bench.codes() == ["typing", "failed"])
    devices.attend(False)
    bench.until(lambda: bench.codes() == ["typing", "failed", "typing"])
    devices.stop()


def test_a_port_chosen_while_it_runs(bench: Bench) -> None:
    chip = Plug("X", vendor=0x1A86, product=0x7523)
    bench.plugs = [chip]
    devices = bench.devices()
    devices.start()
    bench.until(lambda: bench.codes() == ["ask"])
    devices.choose({chip.port.identity: 9600})
    bench.until(lambda: bench.codes() == ["ask", "open"])
    chip.type(b"81234567890123456789\r")
    bench.until(lambda: len(bench.scans) == 1)
    devices.stop()


def test_stopping_before_starting(bench: Bench) -> None:
    bench.devices().stop()
    devices = bench.devices()
    devices.start()
    devices.stop()
    assert bench.turns == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_turn_has_its_sentence(language: str) -> None:
    words = Words(language)
    codes = [
        "open",
        "closed",
        "lost",
        "busy",
        "forbidden",
        "failed",
        "noise",
        "ask",
        "typing",
        "unsupported",
        "unknown",
        "missing",
        "gone",
    ]
    for code in codes:
        for road in ("serial", "hidpos", "keyboard"):
            state = DeviceState(code, road, "Zebra", "x")
            assert words.knows(state.word), state.word
            assert "Zebra" in words.say(state.word, device="Zebra")
