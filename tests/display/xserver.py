"""A private X server for tests that need real key events, real focus and real pixels.

    with xserver() as x:
        program = x.start([sys.executable, "-m", "tests.display.some_window"])
        assert program.line()["ready"]
        x.xdotool("type", "--delay", "5", "hello")
        x.screenshot(tmp_path / "window.png")

Xvfb picks a free display number itself (`-displayfd`), so any number of servers run side by side and nothing
touches the display of the person at the machine. Everything started through it is ended with it.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
_missing = [tool for tool in ("Xvfb", "xdotool", "setxkbmap") if shutil.which(tool) is None]

needs_display = pytest.mark.skipif(bool(_missing), reason=f"not installed: {', '.join(_missing)}")
"""Put beside `pytest.mark.display` on tests that start a server."""


class Program:
    """A process on the server's display whose standard output is read line by line, as JSON."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                arguments,
                env=dict(environment),
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="program output", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.decode("utf-8"))
        self._lines.put(None)

    def line(self, seconds: float = 60) -> dict[str, Any]:
        """The next line of output as an object; fails with the program's errors when none comes."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            pytest.fail(f"no line within {seconds} s; standard error:\n{self.errors()}")
        if line is None:
            pytest.fail(f"the program ended ({self.process.wait()}); standard error:\n{self.errors()}")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def ask(self, command: str, seconds: float = 60) -> dict[str, Any]:
        """Write one line to the program's input and return its next line of output."""
        self.tell(command)
        return self.line(seconds)

    def tell(self, command: str) -> None:
        """Write one line to the program's input."""
        assert self.process.stdin
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def errors(self) -> str:
        """What the program wrote to standard error so far."""
        return self._log.read_text("utf-8", errors="replace")

    def end(self) -> None:
        """End the program and whatever it started, politely first."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self._reader.join(5)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()


class XServer:
    """A running Xvfb: its environment, its keyboard, its picture."""

    def __init__(self, display: str, folder: Path) -> None:
        self.display = display
        self.folder = folder
        """A scratch folder that lives as long as the server."""
        self._programs: list[Program] = []

    def environment(self, **more: str) -> dict[str, str]:
        """The environment for a program on this display; `more` wins.

        Input methods and sessions of the person at the machine stay out of it, and Qt speaks to X itself.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("QT_", "IBUS_", "XMODIFIERS", "GTK_", "WAYLAND_", "DBUS_"))
        }
        return {
            **kept,
            "DISPLAY": self.display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def start(self, arguments: Sequence[str], **more: str) -> Program:
        """Start a program on this display, with `more` environment; it is ended with the server."""
        log = self.folder / f"program-{len(self._programs)}.log"
        program = Program(arguments, self.environment(**more), log)
        self._programs.append(program)
        return program

    def xdotool(self, *arguments: str) -> str:
        """Run xdotool and return what it prints."""
        return self._run("xdotool", *arguments)

    def layout(self, name: str) -> None:
        """Switch the keyboard layout ("us", "fr", "de"); Qt programs notice while they run."""
        self._run("setxkbmap", *name.split())

    def screenshot(self, path: Path) -> Path:
        """Save the whole screen as a PNG file."""
        path.write_bytes(_png((self.folder / "Xvfb_screen0").read_bytes()))
        return path

    def end(self) -> None:
        """End every program started here."""
        while self._programs:
            self._programs.pop().end()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)[:200]}: {done.stderr}"
        return done.stdout


@contextmanager
def xserver(size: str = "1280x800") -> Iterator[XServer]:
    """Run an X server of the size; it and all its programs are gone afterwards."""
    if _missing:
        pytest.skip(f"not installed: {', '.join(_missing)}")
    with tempfile.TemporaryDirectory(prefix="xserver-") as name:
        folder = Path(name)
        readable, writable = os.pipe()
        with (folder / "Xvfb.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    "Xvfb",
                    *("-displayfd", str(writable)),
                    *("-screen", "0", f"{size}x24"),
                    *("-fbdir", name),
                    *("-nolisten", "tcp"),
                    "-noreset",
                ],
                pass_fds=[writable],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        os.close(writable)
        with os.fdopen(readable) as number:
            display = number.readline().strip()
        try:
            if not display:
                errors = (folder / "Xvfb.log").read_text("utf-8", errors="replace")
                pytest.fail(f"Xvfb did not start ({process.wait(10)}):\n{errors}")
            server = XServer(f":{display}", folder)
            try:
                yield server
            finally:
                server.end()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _png(xwd: bytes) -> bytes:
    """A picture in the X window dump format as PNG (24-bit TrueColor, 32 bits a pixel, as Xvfb keeps it)."""
    header = struct.unpack(">25I", xwd[:100])
    width, height, order, bits, stride, colours = (header[i] for i in (4, 5, 7, 11, 12, 19))
    assert bits == 32, "Xvfb is started with 24-bit depth"
    start = header[0] + 12 * colours
    blue, green, red = (0, 1, 2) if order == 0 else (3, 2, 1)
    rows = bytearray()
    for y in range(height):
        line = xwd[start + y * stride : start + y * stride + 4 * width]
        row = bytearray(3 * width)
        row[0::3], row[1::3], row[2::3] = line[red::4], line[green::4], line[blue::4]
        rows += b"\0" + row

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    shape = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", shape)
        + chunk(b"IDAT", zlib.compress(bytes(rows), 6))
        + chunk(b"IEND", b"")
    )
