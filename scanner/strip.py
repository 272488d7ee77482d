"""Bar codes as one line: a stretch of bars turned level, averaged along the bars, and read at several
sharpnesses.

Averaging over the height of the bars takes away noise as no filter on the picture can, and turning level
reads a code at any angle, which the decoders alone do within about 15 degrees of level only. What is left is
a profile of a few hundred values: each further attempt costs 0.1 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from scanner.read import Corners, Read
from scanner.readers import read_zxing
from scanner.region import CELL, Bars
from scanner.step import Step
from scanner.vision import Floats, Gray, cv2, np

FORMATS = "Code128,EAN13,ITF,Code39Std,DataBar,DataBarLtd,DataBarExp"
STACKED = "PDF417,DataBarStk,DataBarExpStk,DataBar"
RETAIL = f"{FORMATS},EAN8,UPCE"
_UP = 3
"""A profile is drawn this much longer for the decoder, which needs more than 1.5 pixels a module."""
_ROWS = 6


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of bars turned level, and where each of its pixels came from."""

    gray: Gray
    origin: Floats
    """Affine map of two rows: pixels of the strip to pixels of the picture."""

    def profile(self, band: int, bands: int) -> Floats:
        """The mean over one of several bands of rows, from top to bottom."""
        rows = self.gray.shape[0]
        first, last = rows * band // bands, max(rows * band // bands + 1, rows * (band + 1) // bands)
        mean: Floats = self.gray[first:last].mean(axis=0, dtype=np.float32)
        return mean

    def place(self, start: float, end: float) -> Corners:
        """The corners in the picture of what lies between two columns of the strip."""
        bottom = self.gray.shape[0]
        points = np.array([[start, 0, 1], [end, 0, 1], [end, bottom, 1], [start, bottom, 1]], np.float32)
        return tuple((round(float(x)), round(float(y))) for x, y in points @ self.origin.T)  # type: ignore[return-value]


def cut_strip(gray: Gray, bars: Bars, *, margin: float = 0.06, inner: float = 0.8) -> Strip:
    """The stretch turned level, a margin added at its ends; of its height the `inner` share, edges left
    out."""
    width = int(bars.length * (1 + 2 * margin) + 6 * CELL)
    height = max(6, int((bars.height - CELL) * inner))
    cos, sin = float(np.cos(bars.angle)), float(np.sin(bars.angle))
    origin = np.array(
        [
            [cos, -sin, bars.x - width / 2 * cos + height / 2 * sin],
            [sin, cos, bars.y - width / 2 * sin - height / 2 * cos],
        ],
        np.float32,
    )
    level = cv2.warpAffine(
        gray,
        origin,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Strip(level, origin)  # type: ignore[arg-type]


def read_profile(
    strip: Strip, profile: Floats, view: str, *, sharpened: bool = False, formats: str = FORMATS
) -> list[Read]:
    """What the decoder reads in a profile of the strip."""
    line = np.clip(profile, 0, 255).astype(np.uint8)[None]
    drawn = cv2.resize(line, (line.shape[1] * _UP, 1), interpolation=cv2.INTER_CUBIC)
    picture = np.repeat(drawn, _ROWS, axis=0)
    reads = read_zxing(picture, formats, view=view, sharpened=sharpened, rotate=False)  # type: ignore[arg-type]
    placed = []
    for read in reads:
        ends = sorted(x for x, _ in read.corners)
        placed.append(replace(read, corners=strip.place(ends[0] / _UP, ends[-1] / _UP)))
    return placed


def sharper(profile: Floats, width: float, gain: float) -> Floats:
    """The profile with its differences from a smooth one made larger: undoes a blur of about a third of
    `width`."""
    smooth = cv2.GaussianBlur(profile[None], (0, 0), width)[0]
    raised: Floats = profile + gain * (profile - smooth)
    return raised


_SHARPER = (("sharp 3", 3.0, 2.0), ("sharp 6", 6.0, 3.0), ("sharp 9", 9.0, 6.0))
_LINE_MS = 0.15


def plain_steps(strip: Strip, formats: str = FORMATS) -> Iterator[Step]:
    """Attempts without sharpening: the whole height, its thirds, and light bars on dark."""

    def read(bands: int, inverted: bool, view: str) -> list[Read]:
        for band in range(bands):
            profile = strip.profile(band, bands)
            reads = read_profile(strip, 255 - profile if inverted else profile, view, formats=formats)
            if reads:
                return reads
        return []

    yield Step(_LINE_MS, partial(read, 1, False, "strip"))
    yield Step(3 * _LINE_MS, partial(read, 3, False, "strip third"))
    yield Step(_LINE_MS, partial(read, 1, True, "strip inverted"))


def sharp_steps(strip: Strip, formats: str = FORMATS) -> Iterator[Step]:
    """Attempts against blur, from slight to strong, on the whole height and on its thirds."""

    def read(bands: int, width: float, gain: float, view: str) -> list[Read]:
        for band in range(bands):
            profile = sharper(strip.profile(band, bands), width, gain)
            reads = read_profile(strip, profile, view, sharpened=True, formats=formats)
            if reads:
                return reads
        return []

    for name, width, gain in _SHARPER:
        for bands in (1, 3):
            yield Step(bands * _LINE_MS, partial(read, bands, width, gain, f"strip {name}"))


def level_steps(strip: Strip) -> Iterator[Step]:
    """Attempts on the level picture itself, for codes that are read line by line."""
    cost = strip.gray.size * 40e-6
    yield Step(cost, lambda: _level(strip, 1))
    yield Step(4 * cost, lambda: _level(strip, 2))


def _level(strip: Strip, times: int) -> list[Read]:
    picture = strip.gray
    if times > 1:
        picture = cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)  # type: ignore[assignment]
    reads = read_zxing(picture, STACKED, view="level" if times == 1 else f"level x{times}", rotate=False)
    placed = []
    for read in reads:
        points = np.array([(x / times, y / times, 1) for x, y in read.corners], np.float32) @ strip.origin.T
        corners = tuple((round(float(x)), round(float(y))) for x, y in points)
        placed.append(replace(read, corners=corners))  # type: ignore[arg-type]
    return placed
