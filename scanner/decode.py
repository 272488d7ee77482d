"""Frame -> reads: the cascade over zxing-cpp, pyzbar and OpenCV."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scanner.picture import Unreadable, load_gray
from scanner.read import Corners, Read
from scanner.readers import second_reader_missing

if TYPE_CHECKING:
    from scanner.vision import Gray

__all__ = [
    "Box",
    "Corners",
    "Read",
    "Unreadable",
    "cut",
    "decode_image",
    "load_gray",
    "prepare",
    "second_reader_missing",
]

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

PATIENCE_S = 3.0
"""What a picture without a deadline may cost in seconds of one processor; most need a hundredth of it."""


def decode_image(gray: Gray, *, budget_ms: float | None = None, box: Box | None = None) -> tuple[Read, ...]:
    """The codes in a picture; exhaustive by default, within about `budget_ms` as the camera would read it.

    `box` is the aiming box: only codes inside it are looked for. The deadline is kept between the steps, so
    one step may overrun it. Corners are in pixels of the whole picture. A read inside the result has passed
    its error correction or check digit; what is needed beyond that before it counts as a scan is told by
    `steady`.
    """
    began = time.monotonic()
    from scanner.cascade import frame_steps, photo_steps
    from scanner.faint import confirmed
    from scanner.step import run_until

    area, (left, top) = cut(gray, box)
    if not area.size:
        return ()
    if budget_ms is not None:
        for reads in run_until(frame_steps(area), began + budget_ms / 1000):
            if reads:
                return tuple(_moved(read, left, top) for read in reads)
        return ()
    # Work, not waiting, is what is bounded: other programs at work must not decide what is read.
    for reads in run_until(photo_steps(area), time.thread_time() + PATIENCE_S, time.thread_time):
        if reads:
            return tuple(_moved(confirmed(area, read), left, top) for read in reads)
    return ()


def prepare() -> None:
    """Load OpenCV and the decoders now, so that the first picture is as fast as the second: takes 0.3 s
    cold."""
    import scanner.cascade  # noqa: F401
    from scanner.readers import EVERYTHING, read_zxing
    from scanner.vision import np

    read_zxing(np.full((32, 32), 255, np.uint8), EVERYTHING)
    second_reader_missing()


def cut(gray: Gray, box: Box | None) -> tuple[Gray, tuple[int, int]]:
    """The part of a picture inside a box, and where its corner lies; all of it without a box."""
    if box is None:
        return gray, (0, 0)
    height, width = gray.shape
    left, top = max(0, min(box[0], width)), max(0, min(box[1], height))
    right, bottom = max(left, min(box[0] + box[2], width)), max(top, min(box[1] + box[3], height))
    return gray[top:bottom, left:right], (left, top)


def _moved(read: Read, left: int, top: int) -> Read:
    from dataclasses import replace

    return replace(read, corners=tuple((x + left, y + top) for x, y in read.corners))  # type: ignore[arg-type]
