"""DataMatrix ECC 200 (ISO/IEC 16022): which module carries which bit, and doubtful modules made certain.

A decoder that sees a damaged symbol decides each module for itself and gives up when too many bytes are
wrong. Here each module comes with how sure it is: the least sure bytes are given up first, which corrects up
to twice as many. The corrected symbol is drawn afresh and read by the decoder, so that there is one place
that knows the encodings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy.typing as npt

from scanner.galois import correct
from scanner.vision import Floats, np

Ints = npt.NDArray[np.intp]

SPARE = 4
"""Check bytes that are never used up by correcting: they are what says that the result is no accident."""


@dataclass(frozen=True, slots=True)
class Size:
    """One of the sizes a symbol can have."""

    rows: int
    columns: int
    down: int
    """Regions below one another; each has a finder of its own."""
    across: int
    data: int
    """Bytes of data in all."""
    checks: int
    """Check bytes a block."""
    blocks: int = 1


_SQUARES = (
    (10, 1, 3, 5), (12, 1, 5, 7), (14, 1, 8, 10), (16, 1, 12, 12), (18, 1, 18, 14), (20, 1, 22, 18),
    (22, 1, 30, 20), (24, 1, 36, 24), (26, 1, 44, 28), (32, 2, 62, 36), (36, 2, 86, 42), (40, 2, 114, 48),
    (44, 2, 144, 56), (48, 2, 174, 68),
)  # fmt: skip
_OBLONGS = (
    (8, 18, 1, 5, 7), (8, 32, 2, 10, 11), (12, 26, 1, 16, 14), (12, 36, 2, 22, 18), (16, 36, 2, 32, 24),
    (16, 48, 2, 49, 28),
)  # fmt: skip
SIZES = tuple(
    [Size(side, side, regions, regions, data, checks) for side, regions, data, checks in _SQUARES]
    + [Size(52, 52, 2, 2, 204, 42, 2)]
    + [Size(rows, columns, 1, across, data, checks) for rows, columns, across, data, checks in _OBLONGS]
)
"""The sizes that packs carry; the larger ones hold more than 400 digits."""


@lru_cache(maxsize=len(SIZES))
def finder(size: Size) -> Floats:
    """The modules that are the same in every symbol of the size: 1 dark, 0 light; what carries data is
    NaN."""
    drawn = np.full((size.rows, size.columns), np.nan, np.float32)
    high, wide = size.rows // size.down, size.columns // size.across
    for top in range(0, size.rows, high):
        for left in range(0, size.columns, wide):
            region = drawn[top : top + high, left : left + wide]
            region[0, :] = (np.arange(wide) + 1) % 2
            region[:, -1] = np.arange(high) % 2
            region[-1, :] = 1
            region[:, 0] = 1
    return drawn


@lru_cache(maxsize=len(SIZES))
def _placement(size: Size) -> tuple[Ints, Ints, Ints]:
    """For every byte its eight modules, most significant first: rows and columns in the symbol, and fixed
    modules.

    The walk of ISO/IEC 16022 annex F over the symbol without its finders.
    """
    rows, columns = size.rows - 2 * size.down, size.columns - 2 * size.across
    taken = np.full((rows, columns), -1, int)
    byte = 0

    def put(r: int, c: int, index: int, bit: int) -> None:
        if r < 0:
            r, c = r + rows, c + 4 - (rows + 4) % 8
        if c < 0:
            r, c = r + 4 - (columns + 4) % 8, c + columns
        taken[r, c] = index * 8 + bit

    def place(cells: tuple[tuple[int, int], ...], index: int) -> None:
        for bit, (r, c) in enumerate(cells):
            put(r, c, index, bit)

    def usual(r: int, c: int) -> tuple[tuple[int, int], ...]:
        return ((r - 2, c - 2), (r - 2, c - 1), (r - 1, c - 2), (r - 1, c - 1),
                (r - 1, c), (r, c - 2), (r, c - 1), (r, c))  # fmt: skip

    last, end = rows - 1, columns - 1
    corners: tuple[tuple[bool, int, int, tuple[tuple[int, int], ...]], ...] = (
        (True, rows, 0,
         ((last, 0), (last, 1), (last, 2), (0, end - 1), (0, end), (1, end), (2, end), (3, end))),
        (columns % 4 != 0, rows - 2, 0,
         ((last - 2, 0), (last - 1, 0), (last, 0), (0, end - 3), (0, end - 2), (0, end - 1), (0, end), (1, end))),
        (columns % 8 == 4, rows - 2, 0,
         ((last - 2, 0), (last - 1, 0), (last, 0), (0, end - 1), (0, end), (1, end), (2, end), (3, end))),
        (columns % 8 == 0, rows + 4, 2,
         ((last, 0), (last, end), (0, end - 2), (0, end - 1), (0, end), (1, end - 2), (1, end - 1), (1, end))),
    )  # fmt: skip
    r, c = 4, 0
    while r < rows or c < columns:
        for applies, row, column, cells in corners:
            if applies and (r, c) == (row, column):
                place(cells, byte)
                byte += 1
        while True:
            if r < rows and c >= 0 and taken[r, c] < 0:
                place(usual(r, c), byte)
                byte += 1
            r, c = r - 2, c + 2
            if r < 0 or c >= columns:
                break
        r, c = r + 1, c + 3
        while True:
            if r >= 0 and c < columns and taken[r, c] < 0:
                place(usual(r, c), byte)
                byte += 1
            r, c = r + 2, c - 2
            if r >= rows or c < 0:
                break
        r, c = r + 3, c + 1
    free = np.argwhere(taken < 0)
    order = np.full((byte * 8, 2), -1, int)
    for y, x in np.argwhere(taken >= 0):
        order[taken[y, x]] = y, x
    high, wide = rows // size.down, columns // size.across

    def whole(cells: Ints) -> Ints:
        inside: Ints = cells + 1 + 2 * (cells // np.array([high, wide]))
        return inside

    placed = whole(order)
    return placed[:, 0].reshape(byte, 8), placed[:, 1].reshape(byte, 8), whole(free)


def corrected(size: Size, doubt: Floats) -> Floats | None:
    """The symbol that a reading of its modules means, drawn as 1 dark and 0 light; None where none is
    certain.

    `doubt` holds a number a module: above 0 dark, below 0 light, the farther from 0 the surer; 0 is unknown.
    """
    rows, columns, free = _placement(size)
    evidence = doubt[rows, columns]
    bytes_read = np.packbits(evidence > 0, axis=1)[:, 0]
    sure = np.abs(evidence).min(axis=1)
    fixed = np.array(bytes_read)
    for block in range(size.blocks):
        own = np.arange(block, len(fixed), size.blocks)
        better = _block([int(b) for b in bytes_read[own]], sure[own], size.checks)
        if better is None:
            return None
        fixed[own] = better
    drawn = np.array(finder(size))
    bits = np.unpackbits(fixed.astype(np.uint8)[:, None], axis=1)
    drawn[rows, columns] = bits
    for row, column in free:  # the corner that no byte reaches is a fixed 2x2 chequer
        drawn[row, column] = (
            1 if (row, column) in ((free[0][0], free[0][1]), (free[-1][0], free[-1][1])) else 0
        )
    return drawn


def _block(read: list[int], sure: Floats, checks: int) -> list[int] | None:
    """Correct with none, then more and more of the least sure bytes given up."""
    order = [int(place) for place in np.argsort(sure)]
    unknown = int((sure <= 0).sum())
    for given_up in sorted({unknown, *range(0, checks - SPARE + 1, 2)}):
        if given_up < unknown or given_up > checks - SPARE:
            continue
        better = correct(read, checks, order[:given_up])
        if better is None:
            continue
        errors = sum(
            a != b
            for place, (a, b) in enumerate(zip(read, better, strict=True))
            if place not in order[:given_up]
        )
        if given_up + 2 * errors <= checks - SPARE:
            return better
    return None
