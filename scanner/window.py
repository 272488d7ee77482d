"""Crops around a supposed matrix code, and the views of a crop in which decoders see more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.read import Corners, Read
from scanner.readers import read_zxing
from scanner.region import CELL, Square
from scanner.step import Step
from scanner.vision import Gray, cv2, np

FORMATS = "DataMatrix,QRCode"


def cut_window(gray: Gray, square: Square, grown: float = 1.6) -> tuple[Gray, tuple[int, int]]:
    """The square with its surroundings, and where its corner lies in the picture."""
    half = max(square.side * grown, square.side + 6 * CELL) / 2
    left, top = max(0, int(square.x - half)), max(0, int(square.y - half))
    return gray[top : int(square.y + half), left : int(square.x + half)], (left, top)


def larger(gray: Gray, times: float) -> Gray:
    """The picture drawn larger, edges kept crisp."""
    return cv2.resize(gray, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def sharper(gray: Gray, width: float, gain: float) -> Gray:
    """The picture with its differences from a smooth one made larger."""
    floats = gray.astype(np.float32)
    raised = floats + gain * (floats - cv2.GaussianBlur(floats, (0, 0), width))
    sharp: Gray = np.clip(raised, 0, 255).astype(np.uint8)
    return sharp


def smoother(gray: Gray, size: int = 3) -> Gray:
    """The picture with noise taken away."""
    return cv2.GaussianBlur(gray, (size, size), 0)  # type: ignore[return-value]


def contrasted(gray: Gray) -> Gray:
    """The picture with its contrast evened out in tiles: shadows and dull print."""
    return cv2.createCLAHE(3.0, (8, 8)).apply(gray)  # type: ignore[return-value]


def joined(gray: Gray) -> Gray:
    """The picture with dark dots grown until they touch: dot-peened and ink-jet codes."""
    return cv2.erode(gray, np.ones((3, 3), np.uint8))  # type: ignore[return-value]


def moved(reads: list[Read], left: float, top: float, scale: float = 1.0) -> list[Read]:
    """The reads with their corners in pixels of the picture that the crop was cut from."""

    def back(corners: Corners) -> Corners:
        return tuple((round(x / scale + left), round(y / scale + top)) for x, y in corners)  # type: ignore[return-value]

    return [replace(read, corners=back(read.corners)) for read in reads]


def first_steps(crop: Gray, formats: str = FORMATS) -> Iterator[Step]:
    """The cheapest attempts, under 1 ms each for a code of 150 pixels: one after the other they gain most."""
    cost = crop.size * 10e-6
    yield Step(cost, lambda: read_zxing(crop, formats, view="histogram", histogram=True))
    yield Step(3 * cost, lambda: read_zxing(crop, formats, invert=True))


def second_steps(crop: Gray, formats: str = FORMATS) -> Iterator[Step]:
    """Attempts at some milliseconds in all: dots, small modules, noise."""
    cost = crop.size * 20e-6
    yield Step(cost, lambda: read_zxing(joined(crop), formats, view="joined"))
    yield Step(4 * cost, lambda: moved(read_zxing(larger(crop, 2), formats, view="x2"), 0, 0, 2))
    yield Step(cost, lambda: read_zxing(smoother(crop), formats, view="smooth"))
    yield Step(
        4 * cost, lambda: moved(read_zxing(smoother(larger(crop, 2), 5), formats, view="x2 smooth"), 0, 0, 2)
    )


def last_steps(crop: Gray, formats: str = FORMATS) -> Iterator[Step]:
    """The expensive attempts: very small modules and blur."""
    cost = crop.size * 20e-6
    yield Step(8 * cost, lambda: moved(read_zxing(larger(crop, 3), formats, view="x3"), 0, 0, 3))
    yield Step(10 * cost, lambda: moved(_sharp(crop, formats), 0, 0, 2))
    yield Step(2 * cost, lambda: read_zxing(local_threshold(crop), formats, view="local"))


def local_threshold(gray: Gray) -> Gray:
    """Black and white, each pixel against the mean of its surroundings: glare and shadow."""
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, 2)  # type: ignore[return-value]


def _sharp(crop: Gray, formats: str) -> list[Read]:
    return read_zxing(sharper(larger(crop, 2), 5, 3), formats, view="x2 sharp", sharpened=True)
