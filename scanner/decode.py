"""Frame -> reads: the cascade over zxing-cpp, pyzbar and OpenCV."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.picture import Unreadable, load_gray
from scanner.read import Corners, Read
from scanner.readers import CORE, EVERYTHING, PHARMACY, read_zbar, read_zxing, second_reader_missing

if TYPE_CHECKING:
    from scanner.vision import Gray

__all__ = ["Box", "Corners", "Read", "Unreadable", "decode_image", "load_gray", "second_reader_missing"]

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def decode_image(gray: Gray, *, budget_ms: float | None = None, box: Box | None = None) -> tuple[Read, ...]:
    """The codes in a picture; exhaustive by default, within about `budget_ms` as the camera would read it.

    `box` is the aiming box: only codes inside it are looked for. The deadline is kept between the steps, so
    one step may overrun it. Corners are in pixels of the whole picture. A read inside the result has passed
    its error correction or check digit; what is needed beyond that before it counts as a scan is told by
    `steady`.
    """
    area, (left, top) = _cut(gray, box)
    deadline = None if budget_ms is None else time.monotonic() + budget_ms / 1000
    for reads in _within_budget(area) if deadline is not None else _exhaustive(area):
        if reads:
            return tuple(_moved(read, left, top) for read in reads)
        if deadline is not None and time.monotonic() >= deadline:
            break
    return ()


def _within_budget(area: Gray) -> Iterator[list[Read]]:
    from scanner.vision import cv2

    yield read_zxing(area, CORE)
    yield read_zxing(cv2.GaussianBlur(area, (3, 3), 0), CORE, view="smooth")  # type: ignore[arg-type]
    yield read_zxing(cv2.resize(area, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), CORE, view="x2")  # type: ignore[arg-type]
    yield read_zxing(area, PHARMACY)


def _exhaustive(area: Gray) -> Iterator[list[Read]]:
    from scanner.vision import cv2

    yield read_zxing(area, EVERYTHING, downscale=True, invert=True)
    yield read_zxing(cv2.createCLAHE(3.0, (8, 8)).apply(area), EVERYTHING, view="clahe")  # type: ignore[arg-type]
    double = cv2.resize(area, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    yield read_zxing(double, EVERYTHING, view="x2")  # type: ignore[arg-type]
    yield read_zbar(area)


def _cut(gray: Gray, box: Box | None) -> tuple[Gray, tuple[int, int]]:
    if box is None:
        return gray, (0, 0)
    height, width = gray.shape
    left, top = max(0, min(box[0], width)), max(0, min(box[1], height))
    right, bottom = max(left, min(box[0] + box[2], width)), max(top, min(box[1] + box[3], height))
    return gray[top:bottom, left:right], (left, top)


def _moved(read: Read, left: int, top: int) -> Read:
    from dataclasses import replace

    return replace(read, corners=tuple((x + left, y + top) for x, y in read.corners))  # type: ignore[arg-type]
