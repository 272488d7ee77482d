"""The order of attempts on one frame: cheap ones on likely places first, until the time is over.

Places come from `region`, at 4 ms for an aiming box of 960x540; decoders then see a hundred pixels instead
of half a million, at 0.2 ms an attempt instead of 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanner.faint import patient_steps, quick_steps
from scanner.matrix import grid_steps
from scanner.read import Corners, Read
from scanner.readers import CORE, EVERYTHING, PHARMACY, read_zbar, read_zxing
from scanner.region import BARS_FROM, Bars, coherence, find_bars, find_squares, tensor
from scanner.steady import votes_needed
from scanner.step import Step
from scanner.strip import cut_strip, level_steps, plain_steps, sharp_steps
from scanner.vision import Gray, cv2, np
from scanner.window import (
    contrasted,
    cut_window,
    first_steps,
    larger,
    last_steps,
    moved,
    second_steps,
    sharper,
    smoother,
)

_ONE_CODE = 400 * 400
"""Pixels of an area that can be taken for the surroundings of one code."""


def frame_steps(area: Gray) -> Iterator[Step]:
    """The attempts on an area of a frame, from the cheapest to the dearest; corners in pixels of the area."""
    if min(area.shape) < 24:
        yield Step(1, lambda: read_zxing(area, PHARMACY))
        return
    energy = tensor(area)
    bars = find_bars(energy, 4)
    strips = [cut_strip(area, one) for one in bars]
    windows = [cut_window(area, one) for one in find_squares(energy, 8)]
    whole = area.size * 20e-6
    for strip in strips[:2]:
        yield from map(_trusting, plain_steps(strip))
    for crop, corner in windows[:5]:
        yield from _placed(first_steps(crop), corner)
    for strip in strips[:2]:
        yield from map(_trusting, sharp_steps(strip))
    for one in bars[:1]:
        yield from level_steps(cut_strip(area, one, margin=0.15, inner=1.3))
    for crop, corner in windows[:3]:
        yield from _placed(second_steps(crop), corner)
    yield _trusting(Step(whole, lambda: read_zxing(area, CORE)))
    for strip in strips[2:]:
        yield from map(_trusting, plain_steps(strip))
    for crop, corner in windows[5:]:
        yield from _placed(first_steps(crop), corner)
    for crop, corner in windows[:2]:
        yield from _placed(last_steps(crop), corner)
    for one in bars[1:3]:
        yield from level_steps(cut_strip(area, one, margin=0.15, inner=1.3))
    for strip in strips[:1]:
        yield from quick_steps(strip)
    yield _trusting(Step(whole, lambda: read_zxing(smoother(area), CORE, view="smooth")))
    yield _trusting(Step(2 * whole, lambda: read_zxing(area, PHARMACY)))


def wide_steps(gray: Gray) -> Iterator[Step]:
    """The attempts on bar codes of any width in a whole frame, found in a picture half as large: 10 ms."""
    if min(gray.shape) < 48:
        return
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    for one in find_bars(tensor(half), 2):  # type: ignore[arg-type]
        twice = Bars(2 * one.x, 2 * one.y, one.angle, 2 * one.length, 2 * one.height, one.score)
        strip = cut_strip(gray, twice)
        yield from map(_trusting, plain_steps(strip))
        yield from map(_trusting, sharp_steps(strip))


def study_steps(area: Gray, linear_first: bool = False) -> Iterator[Step]:
    """The attempts on an area of a frame when there is time for several frames: what a glance leaves out.

    A crop around one code shows by its slopes whether lines or grids are worth fitting; of a larger area both may be
    true, and `linear_first` says where to begin.
    """
    if min(area.shape) < 24:
        return
    energy = tensor(area)
    bars, squares = find_bars(energy, 2), find_squares(energy, 8)
    whole = area.size * 40e-6
    yield _trusting(Step(whole, lambda: read_zxing(area, PHARMACY)))
    for one in bars:
        yield from level_steps(cut_strip(area, one, margin=0.15, inner=1.3))
    for square in squares[:2]:
        crop, corner = cut_window(area, square)
        yield from _placed(last_steps(crop), corner)
    strips = [cut_strip(area, one) for one in bars]
    one_code, linear = area.size <= _ONE_CODE, coherence(energy) > BARS_FROM
    if not (linear if one_code else linear_first):
        yield from grid_steps(area, squares[:2])
        squares = squares[2:]
    if linear or not one_code:
        for strip in strips:
            yield from quick_steps(strip)
    if not (linear and one_code):
        yield from grid_steps(area, squares)


def photo_steps(area: Gray) -> Iterator[Step]:
    """The attempts on a photograph, when time hardly matters: everything that ever helped, plainest first."""
    whole = area.size * 40e-6
    yield Step(3 * whole, lambda: read_zxing(area, EVERYTHING, downscale=True, invert=True))
    yield from frame_steps(area)
    if min(area.shape) < 8:
        return
    energy = tensor(area) if min(area.shape) >= 24 else None
    strips = [cut_strip(area, one) for one in find_bars(energy, 4)] if energy is not None else []
    clear = contrasted(area)
    yield Step(2 * whole, lambda: read_zxing(clear, EVERYTHING, view="clahe", invert=True))
    yield Step(8 * whole, lambda: moved(read_zxing(larger(area, 2), EVERYTHING, view="x2"), 0, 0, 2))
    yield Step(4 * whole, lambda: read_zbar(area))
    yield Step(8 * whole, lambda: moved(read_zxing(larger(clear, 2), EVERYTHING, view="clahe x2"), 0, 0, 2))
    yield Step(4 * whole, lambda: read_zxing(sharper(area, 3, 1.5), EVERYTHING, view="sharp", sharpened=True))
    for turns in (1, 2, 3):
        yield Step(4 * whole, lambda turns=turns: _turned(area, turns))  # type: ignore[misc]
    squares = find_squares(energy, 16) if energy is not None else []
    yield from grid_steps(area, squares[:4])
    for strip in strips[:1]:
        yield from quick_steps(strip)
    yield from grid_steps(area, squares[4:])
    for strip in strips[1:]:
        yield from quick_steps(strip)
    for strip in strips[:2]:
        yield from patient_steps(strip)


def _turned(area: Gray, turns: int) -> list[Read]:
    # The finders of the decoders are not symmetric: some symbols are found from one side only.
    reads = read_zxing(np.ascontiguousarray(np.rot90(area, turns)), EVERYTHING, view=f"turned {turns * 90}")
    return [replace(read, corners=_turn_back(read.corners, turns, area.shape)) for read in reads]


def _turn_back(corners: Corners, turns: int, shape: tuple[int, ...]) -> Corners:
    height, width = shape[0] - 1, shape[1] - 1
    back = {
        1: lambda x, y: (width - y, x),
        2: lambda x, y: (width - x, height - y),
        3: lambda x, y: (y, height - x),
    }
    return tuple(back[turns](x, y) for x, y in corners)  # type: ignore[return-value]


def trusted(reads: Iterable[Read]) -> list[Read]:
    """Without the short ITF reads that hide in every other bar code."""
    return [read for read in reads if votes_needed(read) is not None]


def _trusting(step: Step) -> Step:
    return replace(step, run=lambda: trusted(step.run()))


def _placed(steps: Iterable[Step], corner: tuple[int, int]) -> Iterator[Step]:
    for step in steps:
        yield Step(step.cost_ms, lambda run=step.run: moved(run(), *corner))  # type: ignore[misc]
