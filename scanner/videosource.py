"""Frames without a webcam: a stream, a video file or a folder of pictures; and the one way to open any
source."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.picture import SUFFIXES, Unreadable, load_gray
from scanner.shot import Fault, FrameSource, Shot
from scanner.webcam import Webcam

if TYPE_CHECKING:
    import cv2

    from scanner.vision import Gray

_STREAM = re.compile(r"(rtsps?|rtmps?|https?|udp|tcp|srt)://", re.IGNORECASE)
_PATH = re.compile(r"[/\\]|\.\w{2,4}$")


def open_source(spec: str, *, once: bool = False, seconds: float = 1.0, fps: float = 30.0) -> FrameSource:
    """The source that a text names, not yet opened.

    A number or a name is a webcam, `rtsp://…` or `http://…` a stream, a folder or a picture a slide show
    (each picture for `seconds` at `fps` frames a second; with `once` it ends after the last one, else it
    starts again), any other file a video, played once in real time.
    """
    spec = spec.strip()
    if spec.isdigit():
        return Webcam(int(spec))
    if _STREAM.match(spec):
        return Video(spec, live=True)
    path = Path(spec).expanduser()
    if path.is_dir() or path.suffix.lower() in SUFFIXES:
        return Slides(path, once=once, seconds=seconds, fps=fps)
    if path.is_file() or _PATH.search(spec):
        return Video(str(path), live=False)
    return Webcam(spec)


class Slides:
    """A folder of pictures as a camera: each is held before it for a while. Gone, it is waited for like a camera."""

    def __init__(self, path: Path, *, once: bool, seconds: float, fps: float) -> None:
        self.name = path.name or str(path)
        self._path, self._once = path, once
        self._seconds, self._period = max(seconds, 0.0), 1.0 / max(fps, 0.1)
        self._files: list[Path] = []
        self._next = 0
        self._shown: Gray | None = None
        self._until = self._due = 0.0
        self._delivered = False

    @property
    def comes_back(self) -> bool:
        """Whether it is worth waiting for: a stick or a network folder that was here before may be again."""
        return self._delivered and not self._once

    def open(self) -> Fault | None:
        """Look which pictures there are, in the order of their names."""
        try:
            single = self._path.is_file()
            files = [self._path] if single else sorted(self._path.iterdir())
        except OSError as error:
            return self._gone(error.strerror or "")
        self._files = [file for file in files if file.suffix.lower() in SUFFIXES and file.is_file()]
        self._next, self._shown, self._due = 0, None, time.monotonic()
        return None if self._files else self._gone(str(self._path))

    def read(self, stop: threading.Event) -> Shot | Fault:
        """The picture of the moment, at the rate of a camera."""
        if stop.wait(max(0.0, self._due - time.monotonic())):
            return Fault("camera_ended")
        now = time.monotonic()
        if self._shown is None or now >= self._until:
            fault = self._turn(stop)
            if fault is not None:
                return fault
            now = time.monotonic()
            self._until = now + self._seconds
        self._due = max(self._due + self._period, now)
        assert self._shown is not None
        self._delivered = True
        return Shot(self._shown, now)

    def close(self) -> None:
        """Let go of the picture."""
        self._shown = None

    def _turn(self, stop: threading.Event) -> Fault | None:
        for _ in range(len(self._files) + 1):
            if self._next >= len(self._files):
                if self._once or not self._files:
                    return Fault("camera_ended")
                self._next = 0
            if stop.is_set():
                return Fault("camera_ended")
            picture = load_gray(self._files[self._next])
            self._next += 1
            if not isinstance(picture, Unreadable):
                self._shown = picture
                return None
        if not any(file.is_file() for file in self._files):
            return self._gone(str(self._path))
        return Fault("camera_wrong_format", str(self._path))

    def _gone(self, detail: str) -> Fault:
        return Fault("camera_unplugged" if self._delivered else "camera_missing", detail)


class Preloaded:
    """Frames already in memory, delivered once at the pace of a camera; for replays that measure reading
    alone."""

    comes_back = False

    def __init__(self, name: str, frames: Sequence[Gray], *, fps: float = 30.0) -> None:
        self.name = name
        self._frames, self._period = frames, 1.0 / max(fps, 0.1)
        self._next = 0
        self._began = 0.0

    def open(self) -> Fault | None:
        """Start with the first frame, which is due at once."""
        self._next, self._began = 0, time.monotonic()
        return None if self._frames else Fault("camera_missing", self.name)

    def read(self, stop: threading.Event) -> Shot | Fault:
        """The next frame when it is due; frames that are late are left out."""
        late = int((time.monotonic() - self._began) / self._period)
        self._next = max(self._next, min(late, len(self._frames) - 1)) if self._next else 0
        if self._next >= len(self._frames):
            return Fault("camera_ended")
        due = self._began + self._next * self._period
        if stop.wait(max(0.0, due - time.monotonic())):
            return Fault("camera_ended")
        frame = self._frames[self._next]
        self._next += 1
        return Shot(frame, due)

    def close(self) -> None:
        """Nothing is held."""


class Video:
    """A video file at its own pace, or as fast as it is read, or a stream at the sender's pace."""

    def __init__(self, address: str, *, live: bool, paced: bool = True) -> None:
        self._address, self.comes_back = address, live
        self._paced = paced and not live
        self.name = re.sub(r"//[^/@]*@", "//", address) if live else Path(address).name
        self._capture: cv2.VideoCapture | None = None
        self._delivered = False
        self.period = 1 / 30
        """Seconds from frame to frame."""
        self._due = 0.0

    def open(self) -> Fault | None:
        """Open it; a stream that does not answer within five seconds counts as missing."""
        if not self.comes_back and not Path(self._address).is_file():
            return Fault("camera_missing", self._address)
        from scanner.vision import cv2

        patience = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 5000]
        try:
            capture = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, patience)
            if not capture.isOpened() and not self.comes_back:
                capture.release()
                capture = cv2.VideoCapture(self._address)
        except cv2.error as error:
            return Fault("camera_wrong_format", str(error).strip().splitlines()[-1][:200])
        if not capture.isOpened():
            capture.release()
            return Fault("camera_missing" if self.comes_back else "camera_wrong_format", self.name)
        rate = capture.get(cv2.CAP_PROP_FPS)
        self.period = 1 / rate if 1 <= rate <= 240 else 1 / 30
        if self.comes_back:
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture, self._delivered, self._due = capture, False, time.monotonic()
        return None

    def read(self, stop: threading.Event) -> Shot | Fault:
        """The next frame when it is due; frames that are late are skipped, as a camera would drop them."""
        if self._capture is None or stop.is_set():
            return Fault("camera_ended")
        if self._paced:
            if stop.wait(max(0.0, self._due - time.monotonic())):
                return Fault("camera_ended")
            while time.monotonic() > self._due + self.period and self._delivered and self._capture.grab():
                self._due += self.period
            self._due += self.period
        there, picture = self._capture.read()
        if not there or picture is None:
            if self.comes_back:
                return Fault("camera_unplugged" if self._delivered else "camera_missing", self.name)
            return Fault("camera_ended" if self._delivered else "camera_wrong_format", self.name)
        self._delivered = True
        return Shot(picture, time.monotonic())  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the file or the connection."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
