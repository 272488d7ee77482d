"""Camera threads: newest frame wins, codes become scans, and it stops fast.

One thread takes frames from the source, another glances at every newest frame within its budget, a third, of
`watch`, studies fewer frames for longer. Nobody ever waits in a queue: a frame that was not taken is dropped.

The callbacks run in these threads and must return at once; they hand their frozen values on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scanner.scan import Scan, Source
from scanner.shot import Fault, FrameSource
from scanner.steady import Steady
from scanner.videosource import open_source
from scanner.webcam import webcams

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from scanner.read import Read
    from scanner.vision import Gray

__all__ = ["Camera", "CameraState", "DecodedFrame", "Frame", "FrameSource", "open_source", "webcams"]

RETRY_S = 1.0
"""How often a camera that was pulled out is looked for."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, as it came and as gray. The arrays belong to the frame and are never written to again."""

    picture: npt.NDArray[np.uint8]
    """Gray [y, x] or blue, green, red [y, x, channel]."""
    gray: Gray
    at: float
    """Monotonic seconds."""
    number: int
    """Counts from 1 since the camera was started; gaps are dropped frames of the reader, not of the
    source."""


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """What was read in one frame, and what would help to read more."""

    reads: tuple[Read, ...]
    size: tuple[int, int]
    """Width and height of the frame that the corners of the reads refer to."""
    guidance: str = ""
    """guide_closer, guide_hold_still, guide_glare, guide_focus, or empty."""
    accepted: tuple[Read, ...] = ()
    """Those of the reads that became scans with this frame."""


@dataclass(frozen=True, slots=True)
class CameraState:
    """A turn in the life of the camera."""

    code: str
    """camera_opening, camera_running, camera_missing, camera_busy, camera_forbidden, camera_wrong_format,
    camera_unplugged, camera_ended or camera_stopped."""
    camera: str
    """What a person calls the source."""
    detail: str = ""
    """What the system said, for the log."""


class Decoder(Protocol):
    """What reads the frames of a camera, in another place than this process."""

    def __call__(self, gray: Gray, budget_ms: float) -> tuple[Read, ...]:
        """The codes in a frame, within about so many milliseconds."""
        ...

    def close(self) -> None:
        """No more frames come; a call under way returns at once."""
        ...


def _here() -> Decoder:
    """The decoder in this process."""
    from scanner.watch import Watch

    return Watch()


class _Newest:
    """A slot that holds the newest frame only."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False

    def put(self, frame: Frame) -> None:
        with self._changed:
            self._frame = frame
            self._changed.notify_all()

    def close(self, drop: bool) -> None:
        """No more frames come; with `drop` the last one is not worth reading any more either."""
        with self._changed:
            self._closed = True
            if drop:
                self._frame = None
            self._changed.notify_all()

    def after(self, number: int) -> Frame | None:
        """The newest frame once it is later than `number`; None when no such frame will come."""
        with self._changed:
            while not self._closed and (self._frame is None or self._frame.number <= number):
                self._changed.wait()
            frame = self._frame
            return frame if frame is not None and frame.number > number else None


class Camera:
    """Reads codes from a source of frames until it is stopped; a camera pulled out is waited for."""

    def __init__(
        self,
        source: FrameSource,
        *,
        on_frame: Callable[[Frame], None] | None = None,
        on_reads: Callable[[DecodedFrame], None] | None = None,
        on_scan: Callable[[Scan], None] | None = None,
        on_state: Callable[[CameraState], None] | None = None,
        is_clean: Callable[[str], bool] | None = None,
        budget_ms: float = 33.0,
        decode: Decoder | None = None,
    ) -> None:
        """`decode` reads the frames, in this process where it is not given; it is closed with the camera."""
        self._source = source
        self._decode = decode
        self._on_frame, self._on_reads = on_frame, on_reads
        self._on_scan, self._on_state = on_scan, on_state
        self._budget_ms = budget_ms
        self._steady = Steady(is_clean)
        self._agreeing = threading.Lock()
        self._stop = threading.Event()
        self._newest = _Newest()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; returns at once, `on_state` tells the rest. A camera is started once."""
        # Daemons: a driver that hangs in a read must not keep the program from ending.
        self._threads = [
            threading.Thread(target=self._capture, name="camera", daemon=True),
            threading.Thread(target=self._read, name="camera-reader", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, wait_s: float = 2.0) -> bool:
        """End it and let go of the device; False when a driver still hangs after `wait_s` seconds."""
        self._stop.set()
        self._newest.close(drop=True)
        if self._decode is not None:
            self._decode.close()
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(
            thread.is_alive() for thread in self._threads if thread is not threading.current_thread()
        )

    def finish(self, wait_s: float = 10.0) -> bool:
        """Wait until the source has ended and its last frame is read; False when that takes longer."""
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not self.running

    @property
    def running(self) -> bool:
        """True while a thread of the camera lives."""
        return any(thread.is_alive() for thread in self._threads)

    def _say(self, code: str, detail: str = "") -> None:
        if self._on_state is not None:
            self._on_state(CameraState(code, self._source.name, detail))

    def _capture(self) -> None:
        number = 0
        said = ""
        while not self._stop.is_set():
            if not said:
                self._say("camera_opening")
            fault = self._source.open()
            if fault is None:
                before = number
                number, fault = self._deliver(number)
                if number > before:
                    said = ""  # it worked meanwhile: the next trouble is news, also where it is the same
            self._source.close()
            if self._stop.is_set():
                break
            if fault.code != said:
                # A camera that stays away is reported once, not every second.
                said = fault.code
                self._say(fault.code, fault.detail)
            if fault.code == "camera_ended" or not self._source.comes_back:
                break
            self._stop.wait(RETRY_S)
        self._newest.close(drop=False)
        if self._stop.is_set():
            self._say("camera_stopped")

    def _deliver(self, number: int) -> tuple[int, Fault]:
        from scanner.vision import gray_of

        running = False
        while True:
            shot = self._source.read(self._stop)
            if isinstance(shot, Fault):
                return number, shot
            if self._stop.is_set():
                return number, Fault("camera_ended")
            number += 1
            frame = Frame(shot.picture, gray_of(shot.picture), shot.at, number)
            if not running:
                running = True
                self._say("camera_running")
            self._newest.put(frame)
            if self._on_frame is not None:
                self._on_frame(frame)

    def _read(self) -> None:
        from scanner.guidance import Guide

        decode, guide = self._decode or _here(), Guide()
        last = 0
        while (frame := self._newest.after(last)) is not None:
            last = frame.number
            reads = decode(frame.gray, self._budget_ms)
            self._tell(frame, reads, guide.see(frame.gray, bool(reads), frame.at))
        decode.close()

    def _tell(self, frame: Frame, reads: tuple[Read, ...], guidance: str) -> None:
        height, width = frame.gray.shape
        with self._agreeing:
            accepted = self._steady.see(reads, frame.at, frame.number)
        if self._stop.is_set():
            return
        if self._on_reads is not None:
            self._on_reads(DecodedFrame(reads, (width, height), guidance, accepted))
        if self._on_scan is not None:
            for read in accepted:
                self._on_scan(
                    Scan(read.scan_text, Source.CAMERA, read.symbology, self._source.name, read.aim, frame.at)
                )
