"""What may stand in an outline: sizes, turns and blurs that the finder of a symbol speaks for."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import lru_cache

from scanner.datamatrix import SIZES, Size, finder
from scanner.gridpicture import SWAMPED, Picture, levels, limited, misfit_of, projection
from scanner.lattice import Blur, blurred, lattice_of, spread
from scanner.vision import Floats, cv2, np

_STILL = (Blur(0.3), Blur(0.5), Blur(0.7), Blur(0.85))
_SMEARED = tuple(Blur(0.3, smear, turn * np.pi / 6) for smear in (1.0, 1.8, 2.6) for turn in range(6))
_PLAIN = Blur(0.5)


@dataclass(frozen=True, slots=True)
class Start:
    """A size, a turn and a blur that the finder of a symbol speaks for."""

    picture: Picture
    misfit: float
    """The share of the finder and the quiet zone that is not explained."""
    size: Size
    corners: Floats
    blur: Blur


def starts(picture: Picture, outline: Floats, sizes: tuple[Size, ...] = SIZES) -> list[Start]:
    """What may stand in an outline: every size and turn, judged by where dark and light should be at its
    border."""
    high, wide = _sides(outline)
    found = []
    for turn in range(4):
        corners = np.roll(outline, turn, axis=0)
        sides = (high, wide) if turn % 2 == 0 else (wide, high)
        for size in sizes:
            if not _fits(size, *sides):
                continue
            x, y, expected = _border(size, corners)
            seen = picture.sampled(picture.gray, x, y)[0]
            seen = seen - seen.mean()
            match = float(seen @ expected) / (float(np.linalg.norm(seen)) + 1e-3)
            if match > 0.3:
                found.append(Start(picture, 1 - match * match, size, corners, _PLAIN))
    return found


def promising(found: list[Start], most: int = 8) -> Generator[None, None, list[Start]]:
    """The starts most worth fitting, corners moved to where the finder fits and the likeliest blurs
    chosen. Yields every 10 ms, so that whoever asks can give up."""
    settled = []
    for start in sorted(found, key=lambda start: start.misfit)[: 3 * most // 2]:
        settled.append(_settled(start))
        yield
    distinct: list[Start] = []
    for start in sorted(settled, key=lambda start: start.misfit):
        if not any(
            start.picture is other.picture
            and start.size is other.size
            and float(np.abs(start.corners - other.corners).max()) < 0.5
            for other in distinct
        ):
            distinct.append(start)
    judged = []
    for start in distinct[: max(1, most // 3)]:
        judged += [_judged(start, blur) for blur in (*_STILL, *_SMEARED)]
        yield
    return sorted(judged, key=lambda start: start.misfit)[:most]


@lru_cache(maxsize=len(SIZES))
def _border_modules(size: Size) -> tuple[Floats, Floats]:
    """The middles of the modules of finder and quiet zone, and how they should differ from their mean: unit
    length."""
    marks = np.pad(np.nan_to_num(finder(size), nan=-1), 1)
    rows, columns = np.nonzero(marks >= 0)
    expected = -cv2.GaussianBlur(np.maximum(marks, 0).astype(np.float32), (3, 3), 0.5)[rows, columns]
    expected = expected - expected.mean()
    points = np.stack([columns - 0.5, rows - 0.5], axis=1).astype(np.float32)
    return points, (expected / np.linalg.norm(expected)).astype(np.float32)


def _border(size: Size, corners: Floats) -> tuple[Floats, Floats, Floats]:
    points, expected = _border_modules(size)
    placed = cv2.perspectiveTransform(points[None], projection(size, corners))[0]
    return placed[None, :, 0], placed[None, :, 1], expected


def _settled(start: Start) -> Start:
    """The start with its corners moved to where the finder fits."""
    lattice, corners, picture = lattice_of(start.size), start.corners, start.picture
    drawn = blurred(spread(lattice.value), start.blur)
    best = replace(start, misfit=9.0)
    for _ in range(5):
        seen, _, _ = picture.at(lattice, corners)
        weight = lattice.frame * (seen < SWAMPED)
        if weight.sum() < 0.3 * lattice.frame.sum():
            return best
        ground, depth = levels(lattice, seen, drawn, weight)
        model = ground + depth * drawn
        misfit = misfit_of(seen, model, weight)
        if misfit < best.misfit and float(depth.mean()) < -4:
            best = replace(start, misfit=misfit, corners=corners)
        corners = corners + limited(picture.step(lattice, corners, model, weight), 2.0)
    return best


def _judged(start: Start, blur: Blur) -> Start:
    lattice = lattice_of(start.size)
    drawn = blurred(spread(lattice.value), blur)
    seen, _, _ = start.picture.at(lattice, start.corners)
    weight = lattice.frame * (seen < SWAMPED)
    ground, depth = levels(lattice, seen, drawn, weight)
    return replace(start, misfit=misfit_of(seen, ground + depth * drawn, weight), blur=blur)


def _sides(outline: Floats) -> tuple[float, float]:
    """Length of the first and third side, and of the second and fourth."""
    lengths = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1)
    return float(lengths[1] + lengths[3]) / 2, float(lengths[0] + lengths[2]) / 2


def _fits(size: Size, high: float, wide: float) -> bool:
    """Whether a size can have this outline: modules of 1.2 to 25 pixels, less than twice as long as wide."""
    tall, broad = high / size.rows, wide / size.columns
    return min(tall, broad) >= 1.2 and max(tall, broad) <= 25 and 0.5 < tall / broad < 2
