"""The camera's pictures on their way to the eye: made small in the camera's thread, the newest one only.

The window may be busy while the camera is not: a picture that was not fetched is replaced, never queued.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.camera import Frame

WIDE = 720
"""Pictures are made no wider than this for the preview."""
APART_S = 1 / 21
"""A hand that aims needs no more pictures than one in so many seconds; decoding sees every frame."""
AFTER_S, FEWER_S = 0.5, 1 / 11
"""So long after an answer the eye is on the verdict: the pictures make way for its painting, one in so many seconds."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture, rows without padding."""

    width: int
    height: int
    data: bytes
    """Four bytes a pixel: blue, green, red and one without meaning, as screens have it; nobody converts it again."""
    number: int
    """That of its frame."""
    of: tuple[int, int]
    """Width and height of the frame itself."""


class Slot:
    """Holds the newest picture until the window takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self._at = 0.0
        self._fewer_until = 0.0
        self.wide = WIDE
        """What the eye needs: pictures are made so wide, so that the window has nothing to scale."""

    def put(self, frame: Frame) -> bool:
        """Keep this frame's picture; True when the window has to be told, False when it knows already."""
        if frame.at - self._at < (FEWER_S if frame.at < self._fewer_until else APART_S):
            return False
        self._at = frame.at
        picture = small(frame, self.wide)
        with self._lock:
            told = self._picture is not None
            self._picture = picture
        return not told

    def make_way(self, now: float) -> None:
        """A scan was answered, at this time of the monotonic clock."""
        self._fewer_until = now + AFTER_S

    def take(self) -> Picture | None:
        """The newest picture, once."""
        with self._lock:
            picture, self._picture = self._picture, None
        return picture


def small(frame: Frame, wide: int = WIDE) -> Picture:
    """The frame as a picture for the preview. Runs in the camera's thread, where OpenCV is at home."""
    from scanner.vision import cv2

    picture = frame.picture
    height, width = picture.shape[:2]
    if width > wide:
        size = (wide, max(1, round(height * wide / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(picture.dtype, copy=False)
    is_gray = picture.ndim == 2 or picture.shape[2] == 1
    shown = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGRA if is_gray else cv2.COLOR_BGR2BGRA)
    return Picture(
        width=shown.shape[1],
        height=shown.shape[0],
        data=shown.tobytes(),
        number=frame.number,
        of=(width, height),
    )
