"""The samples of a symbol: where they lie in its modules, and how a lens and a hand blur them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scanner.datamatrix import SIZES, Size, finder
from scanner.vision import Floats, cv2, np

Q = 4
"""Samples a module in each direction."""
RIM = 2
"""Modules of quiet zone that are sampled around the symbol."""


@dataclass(frozen=True, slots=True)
class Blur:
    """How a picture is blurred, in modules."""

    sigma: float
    smear: float = 0.0
    angle: float = 0.0
    """Direction of the smear in the grid, in radians."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Where the samples of a size lie, and what is known of them beforehand."""

    size: Size
    u: Floats
    v: Floats
    known: Floats
    """True where a module belongs to the finder or the quiet zone."""
    value: Floats
    weight: Floats
    """0 in the outermost modules, which only take in what the blur carries there."""
    frame: Floats
    """The weight where modules are known, else 0."""
    ground: Floats
    depth: Floats
    """How the light level and the contrast may change over the symbol."""


@lru_cache(maxsize=len(SIZES))
def lattice_of(size: Size) -> Lattice:
    """The samples of a size, worked out once."""
    rows, columns = (size.rows + 2 * RIM) * Q, (size.columns + 2 * RIM) * Q
    v, u = np.mgrid[0:rows, 0:columns].astype(np.float32)
    u, v = (u + 0.5) / Q - RIM, (v + 0.5) / Q - RIM
    marks = finder(size)
    known = np.pad(~np.isnan(marks), RIM, constant_values=True)
    value = np.pad(np.nan_to_num(marks, nan=0.5), RIM).astype(np.float32)
    inside = np.zeros_like(value)
    inside[1:-1, 1:-1] = 1
    a, b = 2 * u / size.columns - 1, 2 * v / size.rows - 1
    one = np.ones_like(a)
    return Lattice(
        size, u, v, known, value, spread(inside), spread(inside * known),
        np.stack([one, a, b, a * b, a * a, b * b]), np.stack([one, a, b]),
    )  # fmt: skip


def spread(modules: Floats) -> Floats:
    """Every module as the samples that it covers."""
    return np.repeat(np.repeat(modules.astype(np.float32), Q, axis=0), Q, axis=1)


def gathered(samples: Floats) -> Floats:
    """The sum of the samples of every module."""
    rows, columns = samples.shape
    gathered: Floats = samples.reshape(rows // Q, Q, columns // Q, Q).sum(axis=(1, 3))
    return gathered


@lru_cache(maxsize=64)
def _smear_kernel(smear: float, angle: float) -> Floats:
    size = 2 * int(np.ceil(smear * Q / 2)) + 3
    kernel = np.zeros((size, size), np.float32)
    dx, dy = np.cos(angle) * smear * Q * 8, np.sin(angle) * smear * Q * 8
    middle = (size - 1) / 2 * 16
    start = (round(middle - dx), round(middle - dy))
    end = (round(middle + dx), round(middle + dy))
    cv2.line(kernel, start, end, (1.0,), 1, cv2.LINE_AA, 4)
    whole: Floats = kernel / kernel.sum()
    return whole


def blurred(samples: Floats, blur: Blur) -> Floats:
    """The samples as they are seen through a blur."""
    if blur.smear:
        kernel = _smear_kernel(blur.smear, blur.angle)
        samples = cv2.filter2D(samples, -1, kernel, borderType=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    width = blur.sigma * Q
    return cv2.GaussianBlur(samples, (0, 0), width, borderType=cv2.BORDER_REPLICATE)  # type: ignore[return-value]
