"""Serial scanners on pseudo terminals: exact bytes, unplugging in the middle of a code, two at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from scanner.models import Mode, Model, Models
from scanner.scan import Scan, Source
from scanner.serial import Port, SerialScanners, SerialState

if not hasattr(os, "openpty"):
    pytest.skip("needs pseudo terminals", allow_module_level=True)

GS1 = "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2"
MODELS = Models((Model(0x05E0, 0x1701, "Zebra", Mode.SERIAL), Model(0x1A86, 0x7523, "chip", Mode.ASK)))


class Plug:
    """A scanner on a pseudo terminal."""

    def __init__(self, serial_number: str = "A1", vendor: int = 0x05E0, product: int = 0x1701) -> None:
        self.master, self._slave = os.openpty()
        self.port = Port(os.ttyname(self._slave), vendor, product, serial_number)

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def pull(self) -> None:
        os.close(self.master)
        os.close(self._slave)


@dataclass
class Bench:
    """Scanners plugged in, and what came of it."""

    plugs: list[Plug] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    states: list[SerialState] = field(default_factory=list)

    def plug(self, serial_number: str = "A1", **more: int) -> Plug:
        plug = Plug(serial_number, **more)
        self.plugs = [*self.plugs, plug]
        return plug

    def pull(self, plug: Plug) -> None:
        self.plugs = [one for one in self.plugs if one is not plug]
        plug.pull()

    def start(self, *chosen: str) -> SerialScanners:
        scanners = SerialScanners(
            MODELS,
            on_scan=self.scans.append,
            on_state=self.states.append,
            chosen=dict.fromkeys(chosen, 0),
            look=lambda: [plug.port for plug in self.plugs],
            poll_seconds=0.02,
        )
        scanners.start()
        return scanners

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not reached():
            assert time.monotonic() < deadline, (self.scans, self.states)
            time.sleep(0.005)

    def opened(self, count: int = 1) -> None:
        self.until(lambda: self.codes().count("serial_open") == count)

    def codes(self) -> list[str]:
        return [state.code for state in self.states]

    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    for plug in bench.plugs:
        plug.pull()


def test_scans_are_exact_however_the_bytes_come(bench: Bench) -> None:
    plug = bench.plug()
    scanners = bench.start()
    bench.opened()
    codes = [f"{GS1}-{number}" for number in range(30)]
    for number, code in enumerate(codes):
        data = code.encode() + (b"\r\n" if number % 2 else b"\r")
        size = (64, 8, 1)[number % 3]
        for start in range(0, len(data), size):
            plug.type(data[start : start + size])
    bench.until(lambda: len(bench.scans) == len(codes))
    scanners.stop()
    assert bench.texts() == codes
    assert {(scan.source, scan.suspect) for scan in bench.scans} == {(Source.SERIAL, "")}
    assert bench.scans[0].device == f"Zebra {plug.port.path}"
    assert bench.codes() == ["serial_open", "serial_closed"]


def test_silence_ends_a_code_without_suffix(bench: Bench) -> None:
    plug = bench.plug()
    scanners = bench.start()
    bench.opened()
    plug.type(GS1.encode())
    bench.until(lambda: bench.texts() == [GS1])
    plug.type(b"123456\r")
    bench.until(lambda: len(bench.scans) == 2)
    plug.type(b"1234")  # this scanner does send a suffix
    bench.until(lambda: len(bench.scans) == 3)
    scanners.stop()
    assert [scan.suspect for scan in bench.scans] == ["", "", "scan_cut"]


def test_pulled_out_in_the_middle_of_a_code_and_back_under_another_name(bench: Bench) -> None:
    plug = bench.plug()
    other = bench.plug("B2")
    scanners = bench.start()
    bench.opened(2)
    plug.type(GS1.encode() + b"\r" + b"]d2010690123")
    bench.until(lambda: len(bench.scans) == 1)
    bench.pull(plug)
    bench.until(lambda: "serial_lost" in bench.codes())
    other.type(b"still here\r")
    bench.until(lambda: len(bench.scans) == 2)
    spare = bench.plug("C3")  # takes the old port name
    again = bench.plug("A1")
    bench.opened(4)
    again.type(b"back again\r")
    spare.type(b"123456\r")
    bench.until(lambda: len(bench.scans) == 4)
    scanners.stop()
    assert bench.texts()[:2] == [GS1, "still here"]
    assert set(bench.texts()[2:]) == {"back again", "123456"}
    lost = next(state for state in bench.states if state.code == "serial_lost")
    assert lost.identity == plug.port.identity == again.port.identity
    assert "half a code" in lost.detail


def test_two_scanners_at_once_are_told_apart(bench: Bench) -> None:
    plugs = [bench.plug("A1"), bench.plug("B2")]
    scanners = bench.start()
    bench.opened(2)
    for number in range(20):
        for plug in plugs:
            plug.type(f"{plug.port.serial_number}{number:04}".encode())
        for plug in plugs:
            plug.type(b"\r")
    bench.until(lambda: len(bench.scans) == 40)
    scanners.stop()
    for plug in plugs:
        texts = [scan.text for scan in bench.scans if scan.device.endswith(f" {plug.port.path}")]
        assert texts == [f"{plug.port.serial_number}{number:04}" for number in range(20)]


def test_a_chip_of_many_uses_is_opened_only_when_chosen(bench: Bench) -> None:
    chip = bench.plug("X", vendor=0x1A86, product=0x7523)
    stranger = bench.plug("Y", vendor=0x1234, product=0x5678)
    zebra = bench.plug()
    scanners = bench.start()
    bench.opened(1)
    scanners.stop()
    told = {(state.identity, state.code) for state in bench.states}
    assert told == {
        (zebra.port.identity, "serial_open"),
        (zebra.port.identity, "serial_closed"),
        (chip.port.identity, "serial_ask"),
        (stranger.port.identity, "serial_ask"),
    }
    bench.states.clear()
    scanners = bench.start(chip.port.identity, stranger.port.identity)
    bench.opened(3)
    chip.type(b"123456\r")
    bench.until(lambda: bench.texts() == ["123456"])
    scanners.stop()


def test_choosing_and_unchoosing_while_it_runs(bench: Bench) -> None:
    chip = bench.plug("X", vendor=0x1A86, product=0x7523)
    scanners = bench.start()
    bench.until(lambda: bench.codes() == ["serial_ask"])
    scanners.choose({chip.port.identity: 115200})
    bench.opened()
    chip.type(b"123456\r")
    bench.until(lambda: bench.texts() == ["123456"])
    scanners.choose({})
    bench.until(lambda: bench.codes()[-2:] == ["serial_closed", "serial_ask"])
    bench.pull(chip)
    bench.until(lambda: bench.codes()[-1] == "serial_gone")
    scanners.stop()


def test_a_line_that_the_system_does_not_list(bench: Bench) -> None:
    plug = Plug()
    scanners = bench.start(plug.port.path, "/dev/nowhere")
    bench.opened()
    plug.type(b"123456\r")
    bench.until(lambda: bench.texts() == ["123456"])
    scanners.stop()
    plug.pull()
    assert bench.scans[0].device == f"serial {plug.port.path}"


def test_a_port_in_use_is_said_once(bench: Bench) -> None:
    bench.plug()
    first = bench.start()
    bench.opened()
    second = bench.start()
    bench.until(lambda: "serial_busy" in bench.codes())
    time.sleep(0.2)  # several looks later
    second.stop()
    first.stop()
    assert bench.codes().count("serial_busy") == 1


def test_a_port_that_is_gone_before_it_opens(bench: Bench) -> None:
    plug = bench.plug()
    port = plug.port
    plug.port = replace(port, path="/dev/nowhere")
    scanners = bench.start()
    bench.until(lambda: bench.codes() == ["serial_failed"])
    plug.port = port
    bench.opened()
    scanners.stop()


def test_noise_is_no_code(bench: Bench) -> None:
    plug = bench.plug()
    scanners = bench.start()
    bench.opened()
    for _ in range(6):
        plug.type(b"\xff" * 1000)
    bench.until(lambda: "serial_noise" in bench.codes())
    plug.type(b"\r123456\r")
    bench.until(lambda: bench.texts()[-1:] == ["123456"])
    scanners.stop()
    assert all(scan.suspect for scan in bench.scans[:-1])


def test_stopping_before_starting_and_with_nothing_there(bench: Bench) -> None:
    SerialScanners(MODELS, on_scan=bench.scans.append).stop()
    bench.start().stop()
    assert bench.states == []


def test_scanners_without_serial_numbers_are_told_apart_by_their_socket() -> None:
    left, right = Port("a", 1, 2, "", "", "1-1.1"), Port("b", 1, 2, "", "", "1-1.2")
    assert left.identity != right.identity
    assert Port("/dev/ttyS0").identity == "/dev/ttyS0"
