"""Scanners on a serial line (USB-COM): found by their USB identity, read in a thread each, found again.

The operating system may give a scanner another port name after each unplugging, so a scanner is known by vendor,
product and serial number. Port names mean nothing here.
"""

from __future__ import annotations

import errno
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import serial
from serial.tools.list_ports import comports

from scanner.framing import IDLE_SECONDS, Frame, Framer, text_of
from scanner.models import Mode, Model, Models
from scanner.scan import Scan, Source

BAUD = 9600
"""Speed of a real serial line where nobody says otherwise; a USB-COM scanner ignores it."""
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
    """serial_open, serial_lost, serial_busy, serial_forbidden, serial_failed, serial_closed, serial_noise
    (something that is no code came in), serial_ask (a person has to say whether it is a scanner), serial_gone (one
    of those was unplugged)."""
    device: str
    identity: str
    detail: str = ""
    """What the system said, for the log."""


def ports() -> list[Port]:
    """The serial ports of this machine: those with a USB device behind them, and the plain ones."""
    return [
        Port(one.device, one.vid, one.pid, one.serial_number or "", one.description or "", one.location or "")
        for one in comports()
    ]


class SerialScanners:
    """Reads every known scanner that is plugged in, and those a person chose, until it is stopped.

    `chosen` gives the identities or paths of ports that are scanners whatever the table says, with their speed, 0 for
    that of the table.

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
        chosen: Mapping[str, int] = MappingProxyType({}),
        look: Callable[[], Sequence[Port]] = ports,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._models = models
        self._on_scan = on_scan
        self._on_state = on_state
        self._on_bytes = on_bytes
        self._chosen = dict(chosen)
        self._look = look
        self._poll = poll_seconds
        self._stopped = threading.Event()
        self._lines: dict[str, _Line] = {}
        self._said: dict[str, str] = {}
        self._thread = threading.Thread(target=self._watch, name="serial watch", daemon=True)

    def start(self) -> None:
        """Begin to look for scanners."""
        self._thread.start()

    def choose(self, chosen: Mapping[str, int]) -> None:
        """Read these ports, too, from now on, instead of those chosen before."""
        self._chosen = dict(chosen)

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
        found = [*found, *self._unlisted(found)]
        there = {port.identity for port in found}
        for identity, code in self._said.items():
            if identity not in there and code in (
                "serial_ask",
                "serial_busy",
                "serial_forbidden",
                "serial_failed",
            ):
                self._on_state(SerialState("serial_gone", "", identity))
        self._said = {port.identity: self._said.get(port.identity, "") for port in found}
        for port in found:
            model = self._models.find(port.vendor, port.product)
            known = model is not None and model.mode is Mode.SERIAL
            speed = self._chosen.get(port.identity, self._chosen.get(port.path))
            if port.identity in self._lines:
                if speed is None and not known:
                    self._lines[port.identity].stop()  # chosen no longer
                continue
            if speed is not None or known:
                self._open(port, model, speed or (model.baud if model else BAUD))
            elif port.vendor is not None:
                self._say_once(SerialState("serial_ask", _named(port, model), port.identity))

    def _unlisted(self, found: Sequence[Port]) -> list[Port]:
        """Ports that a person named and the system does not list: a real serial line, a pseudo terminal."""
        listed = {name for port in found for name in (port.path, port.identity)}
        return [
            Port(name)
            for name in self._chosen
            if name not in listed and not _IDENTITY.match(name) and (_WINDOWS or Path(name).exists())
        ]

    def _open(self, port: Port, model: Model | None, speed: int) -> None:
        device = _named(port, model)
        try:
            line = serial.Serial(port.path, speed, timeout=IDLE_SECONDS, exclusive=_EXCLUSIVE)
        except (serial.SerialException, OSError, ValueError) as error:
            self._say_once(SerialState(_blame(error), device, port.identity, str(error)))
            return
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


def _named(port: Port, model: Model | None) -> str:
    name = model.name if model else port.name
    return f"{name or 'serial'} {port.path}" if name != port.path else name


_IDENTITY = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}:")
_WINDOWS = serial.Serial.__module__ == "serial.serialwin32"
_EXCLUSIVE: bool | None = None if _WINDOWS else True
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
