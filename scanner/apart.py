"""Reads frames in a process of its own, so that the window never waits for a decoder and never dies of one.

Frames go through a pipe as they are, gray, byte for byte; what was read comes back. The process runs at a lower
priority than the program. One that ended is started anew and the frame it ended on is left out; where none can be
started, the frames are read here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import struct
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.read import Read
    from scanner.vision import Gray

log = logging.getLogger("camera")

_FRAME = struct.Struct("<IIf")
"""Height and width of a frame and the milliseconds it may take."""
_LENGTH = struct.Struct("<I")
_NICE = 10
_PIPE = 1 << 20
"""A frame in one or two pieces instead of fifteen, where the system lets pipes be that large: each piece wakes both
processes."""
_FLAGS = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
_FAILURES = 3
"""A process that ended so often without reading a frame in between is not started again."""


class Apart:
    """A decoder in another process, for one thread; a callable as `decode_image` is."""

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        """`command` starts the other process; without it this Python runs this module."""
        self._command = command or (sys.executable, "-c", "from scanner.apart import serve; serve()")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._failures = 0
        self._closed = False

    def __call__(self, gray: Gray, budget_ms: float) -> tuple[Read, ...]:
        """The codes in a frame; none where the process ended over it."""
        if self._failures >= _FAILURES:
            from scanner.decode import decode_image

            return decode_image(gray, budget_ms=budget_ms)
        import numpy as np

        try:
            process = self._running()
            if process is None:
                return ()
            assert process.stdin and process.stdout
            process.stdin.write(_FRAME.pack(*gray.shape, budget_ms))
            process.stdin.write(np.ascontiguousarray(gray).data.cast("B"))
            process.stdin.flush()
            found: tuple[Read, ...] = pickle.loads(_received(process.stdout))  # noqa: S301 - our own process
        except (OSError, EOFError, ValueError) as error:
            self._end()
            if not self._closed:
                self._failures += 1
                log.warning("the decoder ended: %s", error or type(error).__name__)
            return ()
        self._failures = 0
        return found

    def close(self) -> None:
        """End the process; a call under way returns nothing. Safe from any thread."""
        self._closed = True
        self._end()

    @property
    def pid(self) -> int | None:
        """Number of the process while there is one."""
        process = self._process
        return process.pid if process is not None else None

    def _running(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._closed:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                    creationflags=_FLAGS,
                )
                _widen(self._process)
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Make its pipes as large as a frame; a system that allows that to nobody, or no more of it, is no fault."""
    if sys.platform == "linux":
        import fcntl

        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe or -1, fcntl.F_SETPIPE_SZ, _PIPE)


def serve() -> None:
    """Read frames from standard input until it ends: the other process."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):
            # A frame that arrives is no reason to interrupt the window: a batch process waits for the next tick.
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand between two answers
    import numpy as np

    from scanner.watch import Watch

    watch = Watch()
    watch.glance(np.full((64, 64), 255, np.uint8), 0.0, 1.0)  # loads what would take from the first frame
    while head := source.read(_FRAME.size):
        height, width, budget_ms = _FRAME.unpack(head)
        data = source.read(height * width)
        if len(data) < height * width:
            return
        gray = np.frombuffer(data, np.uint8).reshape(height, width)
        found = pickle.dumps(watch(gray, budget_ms))
        target.write(_LENGTH.pack(len(found)))
        target.write(found)
        target.flush()


def _received(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
