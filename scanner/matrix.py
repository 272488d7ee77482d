"""Reads of DataMatrix codes that no decoder sees, by fitting grids to what stands in the likeliest
outlines."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from scanner.datamatrix import corrected
from scanner.gridfit import Grid, fitted
from scanner.gridpicture import Picture
from scanner.gridstart import Start, promising, starts
from scanner.outline import outlines
from scanner.read import Read
from scanner.readers import read_zxing
from scanner.region import Square
from scanner.step import Step, pieces
from scanner.vision import Floats, Gray, np
from scanner.window import cut_window, larger, moved

Result = TypeVar("Result")

_MISFIT = 0.35
"""What a grid may leave unexplained; the codes read from frames left 0.01 to 0.27."""
_SMALL = 90
"""Squares below this side are drawn twice as large, or their quiet zone closes up with their modules."""


PIECE_MS = 12.0
"""About how long one piece of the work takes."""
_BATCHES = ((2, 2), (6, 5), (8, 6))
"""Squares that are looked at together, and how many grids are fitted for them: mostly the first square holds
the code, and then its first grid is the one."""


@dataclass(frozen=True, slots=True)
class _Crop:
    """A part of a picture, and where it lies in it."""

    picture: Picture
    left: int
    top: int
    fine: int
    """How many times larger than the picture it was drawn."""


def grid_reads(area: Gray, squares: list[Square]) -> Iterator[list[Read]]:
    """What fitted grids say, the likeliest squares first; yields after each piece of the work."""
    first = 0
    for count, most in _BATCHES:
        batch, first = squares[first : first + count], first + count
        if batch:
            yield from _batch(area, batch, most)


def _batch(area: Gray, squares: list[Square], most: int) -> Iterator[list[Read]]:
    found: list[Start] = []
    crops: list[_Crop] = []
    for square in squares:
        for inverted in (False, True):
            found += _starts(area, square, inverted, crops)
            yield []
    chosen = yield from _quietly(promising(found, most))
    for start in chosen:
        crop = next(one for one in crops if one.picture is start.picture)
        grid = yield from _quietly(fitted(start))
        yield moved(read_grid(grid), crop.left, crop.top, crop.fine)


def _quietly(work: Generator[None, None, Result]) -> Generator[list[Read], None, Result]:
    """The work, having read nothing at each of its pauses."""
    while True:
        try:
            next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result
        yield []


def _starts(area: Gray, square: Square, inverted: bool, crops: list[_Crop]) -> list[Start]:
    """What may stand in the outlines of a square, dark on light or light on dark."""
    crop, (left, top) = cut_window(area, square)
    if min(crop.shape) < 12:
        return []
    fine = 2 if square.side < _SMALL else 1
    if fine > 1:
        crop = larger(crop, fine)
    if inverted:
        crop = 255 - crop
    drawn = outlines(crop, (square.x - left) * fine, (square.y - top) * fine)[:4]
    if not drawn:
        return []
    picture = Picture(crop)
    crops.append(_Crop(picture, left, top, fine))
    return [start for outline in drawn for start in starts(picture, outline)]


def grid_steps(area: Gray, squares: list[Square]) -> Iterator[Step]:
    """Attempts at fitting grids to what stands in the squares: up to 1.5 s for sixteen of them."""
    return pieces(grid_reads(area, squares), PIECE_MS)


def read_grid(grid: Grid) -> list[Read]:
    """The symbol of a grid, corrected, drawn afresh and read by the decoder, which knows the encodings."""
    modules = corrected(grid.size, grid.evidence) if grid.misfit < _MISFIT else None
    if modules is None:
        return []
    corners = tuple((round(float(x)), round(float(y))) for x, y in grid.corners)
    reads = read_zxing(_drawn(modules), "DataMatrix", view="fitted")
    return [replace(read, corners=corners) for read in reads]  # type: ignore[arg-type]


def _drawn(modules: Floats) -> Gray:
    clean = np.repeat(np.repeat(np.pad(modules, 2), 4, axis=0), 4, axis=1)
    picture: Gray = (255 - 255 * clean).astype(np.uint8)
    return picture
