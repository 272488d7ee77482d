"""Reads of bar codes that no decoder sees edges in, by fitting lines to their profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.line_symbols import code128_lines, ean13
from scanner.linedrawing import Line
from scanner.linefit import Fit, fit_line
from scanner.read import Read
from scanner.readers import read_zxing
from scanner.region import find_bars, tensor
from scanner.step import Step, pieces
from scanner.strip import Strip, cut_strip
from scanner.vision import Gray, np

_USUAL = (0.06, 100.0)
"""For the 20-digit drug code and EAN-13: the share of the profile that may stay unexplained, and by how much
the next possible line has to be worse. On 400 profiles right lines had 0.005 to 0.05 and 290 to 10,000;
wrong ones that left as little had margins below 53."""
_UNUSUAL = (0.04, 150.0)
"""For lines of any length: with more lines to choose from, a wrong one fits better."""


_NEAR = 0.2
"""A line that leaves more unexplained on the whole height is no better on a third of it."""
PIECE_MS = 3.0
"""About how long one piece of the work takes."""


def quick_steps(strip: Strip) -> Iterator[Step]:
    """Attempts that a camera can afford: the 20-digit drug code, up to 0.1 s, then EAN-13."""
    yield from pieces(faint_reads(strip, code128_lines()[:1]), PIECE_MS)
    yield from pieces(faint_reads(strip, (ean13(),)), PIECE_MS)


def patient_steps(strip: Strip) -> Iterator[Step]:
    """Attempts on Code 128 of every other length, up to two seconds."""
    return pieces(faint_reads(strip, code128_lines()[1:]), PIECE_MS)


def faint_reads(strip: Strip, lines: tuple[Line, ...]) -> Iterator[list[Read]]:
    """The code whose line explains the profile of the strip, if one does beyond doubt; yields after each
    piece of the work."""
    for bands in (1, 3):
        for band in range(bands):
            fitting = fit_line(strip.profile(band, bands), lines)
            fits: list[Fit] = []
            while True:
                try:
                    next(fitting)
                except StopIteration as ended:
                    fits = ended.value
                    break
                yield []
            if fits and _beyond_doubt(fits[0]):
                yield _read(strip, fits[0])
                return
        if not fits or fits[0].misfit > _NEAR:
            return


def confirmed(gray: Gray, read: Read) -> Read:
    """The read itself, or what is truly printed where a decoder took one digit for another.

    EAN-13 tells 1 from 7 and 2 from 8 by the width of a bar alone: where ink has spread, decoders agree on a
    wrong value whose check digit holds. A sharpened picture of the 20-digit drug code was seen to give another
    one. Only a line that fits beyond doubt overrules a decoder.
    """
    line = _line_of(read)
    if line is None:
        return read
    x, y = (sum(corner[axis] for corner in read.corners) / 4 for axis in (0, 1))
    for bars in find_bars(tensor(gray), 6):
        along = (x - bars.x) * np.cos(bars.angle) + (y - bars.y) * np.sin(bars.angle)
        across = (y - bars.y) * np.cos(bars.angle) - (x - bars.x) * np.sin(bars.angle)
        if abs(along) < 0.35 * bars.length and abs(across) < 0.6 * bars.height:
            fitted = next((reads for reads in faint_reads(cut_strip(gray, bars), (line,)) if reads), None)
            if fitted:
                return replace(read, sharpened=False) if fitted[0].payload == read.payload else fitted[0]
    return read


def _line_of(read: Read) -> Line | None:
    if read.symbology in ("EAN13", "UPCA"):
        return ean13()
    twenty = (
        read.symbology == "Code128"
        and read.sharpened
        and len(read.payload) == 20
        and read.payload.isdigit()
        and read.aim != "]C1"
    )
    return code128_lines()[0] if twenty else None


def _beyond_doubt(fit: Fit) -> bool:
    misfit, margin = _USUAL if fit.line in (ean13(), code128_lines()[0]) else _UNUSUAL
    return fit.misfit <= misfit and fit.margin >= margin


def _read(strip: Strip, fit: Fit) -> list[Read]:
    """What the line says: drawn afresh and given to the decoder, which knows the code sets and FNC1."""
    reads = read_zxing(_drawn(fit), "Code128,EAN13", view="fitted", rotate=False)
    corners = strip.place(fit.start, fit.end)
    # Nobody prints control characters; a wrong line, however well it fits, is full of them.
    return [
        replace(read, corners=corners) for read in reads if not any(c < 32 and c != 29 for c in read.payload)
    ]


def _drawn(fit: Fit) -> Gray:
    line = np.pad(fit.modules(), 12)
    picture: Gray = np.repeat(np.repeat(255 - 255 * line[None], 3, axis=1), 12, axis=0).astype(np.uint8)
    return picture
