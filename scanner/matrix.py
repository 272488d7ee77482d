"""Reads of DataMatrix codes that no decoder sees, by fitting grids to what stands in the likeliest
outlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.datamatrix import corrected
from scanner.gridfit import Grid, Picture, Start, fitted, promising, starts
from scanner.outline import outlines
from scanner.read import Read
from scanner.readers import read_zxing
from scanner.region import Square
from scanner.step import Step
from scanner.vision import Floats, Gray, np
from scanner.window import cut_window, larger, moved

_MISFIT = 0.35
"""What a grid may leave unexplained; the codes read from frames left 0.01 to 0.27."""
_SMALL = 90
"""Squares below this side are drawn twice as large, or their quiet zone closes up with their modules."""


@dataclass(frozen=True, slots=True)
class Found:
    """A grid, and where the crop that it was found in lies in the picture."""

    grid: Grid
    left: int
    top: int
    fine: int
    """How many times larger than the picture the crop was drawn."""

    def reads(self) -> list[Read]:
        """What the grid says, if error correction leaves no doubt."""
        return moved(read_grid(self.grid), self.left, self.top, self.fine)


def find_grids(area: Gray, squares: list[Square], most: int = 8) -> Iterator[Found]:
    """Grids in the likeliest outlines of the squares, dark on light and light on dark, best first."""
    places: dict[int, tuple[int, int, int]] = {}
    found: list[Start] = []
    for square in squares:
        crop, corner = cut_window(area, square)
        fine = 2 if square.side < _SMALL else 1
        if fine > 1:
            crop = larger(crop, fine)
        for picture_of in (crop, 255 - crop):
            drawn = outlines(picture_of, (square.x - corner[0]) * fine, (square.y - corner[1]) * fine)[:4]
            if not drawn:
                continue
            picture = Picture(picture_of)
            places[id(picture)] = (*corner, fine)
            for outline in drawn:
                found += starts(picture, outline)
    for start in promising(found, most):
        yield Found(fitted(start), *places[id(start.picture)])


def grid_steps(area: Gray, squares: list[Square], most: int = 8) -> Iterator[Step]:
    """Attempts at fitting grids: finding outlines first, then one grid a step."""
    grids = find_grids(area, squares, most)

    def attempt() -> list[Read]:
        found = next(grids, None)
        return found.reads() if found is not None else []

    yield Step(40.0 * len(squares) + 70, attempt)
    for _ in range(most - 1):
        yield Step(70, attempt)


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
