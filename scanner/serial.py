"""Scanners on a serial line (USB-COM): found by their USB identity, read in a thread each, found again.

The operating system may give a scanner another port name after each unplugging, so a scanner is known by vendor,
product and serial number. Port names mean nothing here.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import serial
from serial.tools.list_ports import comports

from scanner.framing import IDLE_SECONDS, Frame, Framer, text_of
from scanner.models import Mode, Models
from scanner.scan import Scan, Source

POLL_SECONDS = 1.0
"""How often ports are looked for; one look takes 2 ms."""


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port with a device behind it."""

    path: str
    vendor: int | None = None
    product: int | None = None
    serial_number: str = ""
    name: str = ""
    socket: str = ""
    """Where on the USB the device is plugged in, such as "1-1.4"."""

    @property
    def identity(self) -> str:
        """What stays the same when the device is plugged in elsewhere: "05e0:1701:SN123".

        Two scanners of a kind without serial numbers are told apart by the socket: "05e0:1701:@1-1.4".
        """
        if self.vendor is None or self.product is None:
            return self.path
        return f"{self.vendor:04x}:{self.product:04x}:{self.serial_number or '@' + self.socket}"


@dataclass(frozen=True, slots=True)
class SerialState:
    """A turn in the life of a serial scanner."""

    code: str
    """serial_open, serial_lost, serial_busy, serial_forbidden, serial_failed, serial_closed or
    serial_noise (something that is no code came in)."""
    device: str
    identity: str
    detail: str = ""
    """What the system said, for the log."""


def ports() -> list[Port]:
    """The serial ports of this machine that have a USB device behind them."""
    return [
        Port(one.device, one.vid, one.pid, one.serial_number or "", one.description or "", one.location or "")
        for one in comports()
        if one.vid is not None
    ]


class SerialScanners:
    """Reads every known scanner that is plugged in, and those a person chose, until it is stopped.

    The callbacks run in the threads of the scanners and must return at once. `on_bytes` gets each scan with its
    raw bytes just before `on_scan`, for the black box.
    """

    def __init__(
        self,
        models: Models,
        *,
        on_scan: Callable[[Scan], None],
        on_state: Callable[[SerialState], None] = lambda _state: None,
        on_bytes: Callable[[Scan, bytes], None] = lambda _scan, _data: None,
        chosen: Iterable[str] = (),
        look: Callable[[], Sequence[Port]] = ports,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._models = models
        self._on_scan = on_scan
        self._on_state = on_state
        self._on_bytes = on_bytes
        self._chosen = frozenset(chosen)
        self._look = look
        self._poll = poll_seconds
        self._stopped = threading.Event()
        self._lines: dict[str, _Line] = {}
        self._said: dict[str, str] = {}
        self._thread = threading.Thread(target=self._watch, name="serial watch", daemon=True)

    def start(self) -> None:
        """Begin to look for scanners."""
        self._thread.start()

    def stop(self) -> None:
        """Close every port and end every thread; returns when they have ended."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self._open_new(self._look())
            self._stopped.wait(self._poll)
        for line in self._lines.values():
            line.stop()
        for line in self._lines.values():
            line.join()

    def _open_new(self, found: Sequence[Port]) -> None:
        self._lines = {identity: line for identity, line in self._lines.items() if line.is_alive()}
        self._said = {port.identity: self._said.get(port.identity, "") for port in found}
        for port in found:
            model = self._models.find(port.vendor, port.product)
            wanted = port.identity in self._chosen or (model is not None and model.mode is Mode.SERIAL)
            if not wanted or port.identity in self._lines:
                continue
            device = f"{model.name if model else port.name or 'serial'} {port.path}"
            try:
                line = serial.Serial(
                    port.path, model.baud if model else 9600, timeout=IDLE_SECONDS, exclusive=_EXCLUSIVE
                )
            except (serial.SerialException, OSError, ValueError) as error:
                self._say_once(SerialState(_blame(error), device, port.identity, str(error)))
                continue
            self._said[port.identity] = ""
            self._lines[port.identity] = _Line(line, device, port.identity, self._deliver, self._on_state)
            self._on_state(SerialState("serial_open", device, port.identity))
            self._lines[port.identity].start()

    def _deliver(self, scan: Scan, data: bytes) -> None:
        self._on_bytes(scan, data)
        self._on_scan(scan)

    def _say_once(self, state: SerialState) -> None:
        if self._said.get(state.identity) != state.code:
            self._said[state.identity] = state.code
            self._on_state(state)


_EXCLUSIVE: bool | None = None if serial.Serial.__module__ == "serial.serialwin32" else True
"""Two readers on one port tear each other's scans apart; Windows allows one anyway."""


class _Line(threading.Thread):
    """One open port."""

    def __init__(
        self,
        port: serial.Serial,
        device: str,
        identity: str,
        on_scan: Callable[[Scan, bytes], None],
        on_state: Callable[[SerialState], None],
    ) -> None:
        super().__init__(name=f"serial {device}", daemon=True)
        self._port = port
        self._device = device
        self._identity = identity
        self._on_scan = on_scan
        self._on_state = on_state
        self._stopped = threading.Event()
        self._framer = Framer()
        self._has_suffix = False

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        code, detail = "serial_closed", ""
        try:
            while not self._stopped.is_set():
                data = self._port.read(max(1, self._port.in_waiting))
                self._deliver(self._framer.feed(data) if data else self._framer.idle())
        except (serial.SerialException, OSError, TypeError) as error:  # TypeError: pyserial, closed port
            code, detail = "serial_lost", str(error)
        lost = self._framer.reset()  # half a code is none
        self._close()
        self._on_state(
            SerialState(
                code, self._device, self._identity, f"{detail} (half a code lost)" if lost else detail
            )
        )

    def _deliver(self, frames: list[Frame]) -> None:
        for frame in frames:
            text = text_of(frame.data)
            self._has_suffix |= frame.ended
            written = frame.data[:3] in (b"]Q1", b"]d1")
            cut = self._has_suffix and not frame.ended
            suspect = "scan_cut" if cut else "" if text.isascii() or written else "non_ascii"
            scan = Scan(text, Source.SERIAL, device=self._device, at=time.monotonic(), suspect=suspect)
            self._on_scan(scan, frame.data)
        if self._framer.dropped:
            self._framer.dropped = 0
            self._on_state(SerialState("serial_noise", self._device, self._identity))

    def _close(self) -> None:
        try:
            self._port.close()
        except (serial.SerialException, OSError):
            return  # the device is gone already


def _blame(error: Exception) -> str:
    number = getattr(error, "errno", None)
    text = str(error)
    if number == errno.EACCES or "PermissionError" in text or "Permission denied" in text:
        return (
            "serial_forbidden" if number == errno.EACCES else "serial_busy"
        )  # Windows says so of a port in use
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in text:
        return "serial_busy"
    return "serial_failed"
