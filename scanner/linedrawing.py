"""The lines that a symbology allows, drawn and blurred as they would be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy.typing as npt

from scanner.vision import Floats, cv2, np

Ints = npt.NDArray[np.intp]

Q = 4
"""Samples a module."""
_REACH = 4
"""Modules beside a symbol that its blurred bars reach into; also the calm that is looked at beside the
code."""


@dataclass(frozen=True, eq=False)
class Slots:
    """Symbols of one line that choose from the same patterns."""

    patterns: Floats
    """A pattern a row, a module a column, 1 for a bar."""
    starts: tuple[int, ...]
    """The first module of each symbol."""


@dataclass(frozen=True, eq=False)
class Line:
    """What lines of a symbology with a certain number of modules look like."""

    modules: int
    slots: tuple[Slots, ...]
    """In the order in which `holds` gets its choices."""
    holds: Callable[[tuple[int, ...]], bool]
    """Whether the chosen patterns, slots after slots, agree with the check character."""


class Drawing:
    """The blurred patterns of a line for one blur, and where they go."""

    def __init__(self, line: Line, sigma: float, smear: float, growth: float) -> None:
        kernel = _kernel(sigma, smear)
        self.length = (line.modules + 2 * _REACH) * Q
        self.groups: list[tuple[Floats, Ints]] = []
        for slots in line.slots:
            wide = _grown(slots.patterns, growth)
            blurred = np.stack([np.convolve(row, kernel, "same") for row in wide]).astype(np.float32)
            # A symbol at module s covers the samples from s - REACH on, and the line itself starts after
            # REACH.
            places = np.array(slots.starts)[:, None] * Q + np.arange(blurred.shape[1])
            self.groups.append((blurred, places))
        self.positions = ((np.arange(self.length) + 0.5) / Q - _REACH) / line.modules
        self.across = np.linspace(-1, 1, self.length).astype(np.float32)

    def signal(self, choices: list[Ints] | None) -> Floats:
        """The whole line with these patterns chosen; the mean of all patterns where none are."""
        signal = np.zeros(self.length, np.float32)
        for index, (blurred, places) in enumerate(self.groups):
            drawn = blurred.mean(axis=0) if choices is None else blurred[choices[index]]
            width = blurred.shape[1]
            for at, place in enumerate(places[:, 0]):
                signal[place : place + width] += drawn if choices is None else drawn[at]
        return signal


def _kernel(sigma: float, smear: float) -> Floats:
    reach = int(np.ceil((3 * sigma + smear / 2) * Q)) + 1
    fine = 8
    t = np.arange(-reach * fine, reach * fine + 1) / (fine * Q)
    bell = np.exp(-0.5 * (t / max(sigma, 0.05)) ** 2)
    if smear > 0:
        bell = np.convolve(bell, (np.abs(t) <= smear / 2).astype(float), "same")
    kernel = np.interp(np.arange(-reach, reach + 1) / Q, t, bell)
    whole: Floats = (kernel / kernel.sum()).astype(np.float32)
    return whole


def _grown(patterns: Floats, growth: float) -> Floats:
    """The patterns at Q samples a module with room at the ends, each bar wider by the growth."""
    fine = 8
    drawn = np.repeat(np.pad(patterns, ((0, 0), (_REACH, _REACH))), Q * fine, axis=1)
    wider = round(growth * Q * fine / 2)
    if wider:
        around = np.ones((1, 2 * abs(wider) + 1), np.uint8)
        drawn = cv2.dilate(drawn, around) if wider > 0 else cv2.erode(drawn, around)  # type: ignore[assignment]
    means: Floats = drawn.reshape(len(patterns), -1, fine).mean(axis=2)
    return means


@lru_cache(maxsize=1024)
def drawing_of(line: Line, sigma: float, smear: float, growth: float) -> Drawing:
    """The drawing of a line for one blur, worked out once."""
    return Drawing(line, sigma, smear, growth)


def levels(drawing: Drawing, samples: Floats, signal: Floats) -> tuple[Floats, Floats]:
    """Ground and depth of the bars, each allowed to change evenly along the line: light falls off."""
    t = drawing.across
    basis = np.stack([np.ones_like(t), t, signal, signal * t])
    solved = np.linalg.solve(basis @ basis.T + 1e-3 * np.eye(4, dtype=np.float32), basis @ samples)
    return solved[0] + solved[1] * t, solved[2] + solved[3] * t
