"""DataMatrix codes too blurred, smeared or noisy for a decoder: the grid of modules that explains the
picture best.

Where a decoder decides a pixel at a time, here the whole symbol is fitted: a grid laid over the outline, its
known finder first, then every module between dark and light, blurred as the lens and the hand did, compared
with what was seen, and the corners moved until both agree. Reads codes with a defocus of 0.7 modules and a
smear of 2 modules, at
1.5 pixels a module or at a contrast of 20 grey levels, where no decoder reads anything. Error correction
then works on how sure each module is (`datamatrix.corrected`).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import lru_cache

from scanner.datamatrix import Size
from scanner.gridpicture import SWAMPED, levels, limited, locally, misfit_of
from scanner.gridstart import Start
from scanner.lattice import RIM, Blur, Lattice, Q, blurred, gathered, lattice_of, spread
from scanner.vision import Floats, cv2, np

_TURNS = 5
"""How often modules, blur and corners are improved in turn."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A symbol found in a picture."""

    size: Size
    corners: Floats
    """Top left, top right, bottom right, bottom left of the symbol as it is read, in pixels."""
    evidence: Floats
    """A number a module, above 0 for dark; in units of the noise, so that frames may be added."""
    misfit: float
    """The share of the picture that the grid does not explain."""


def fitted(start: Start) -> Generator[None, None, Grid]:
    """The grid that explains the picture best from a start on; about 50 ms. Yields every 10 ms."""
    lattice, corners, blur, picture = lattice_of(start.size), start.corners, start.blur, start.picture
    modules: Floats | None = None
    for turn in range(_TURNS):
        seen, _, _ = picture.at(lattice, corners)
        weight = lattice.weight * np.where(seen < SWAMPED, 1.0, 0.2).astype(np.float32)
        modules, model = _relaxed(lattice, seen, weight, blur, modules)
        if 0 < turn < _TURNS - 1:
            blur = _refocused(lattice, seen, weight, blur, modules)
        corners = corners + limited(picture.step(lattice, corners, model, weight), 1.5)
        yield
    seen, _, _ = picture.at(lattice, corners)
    weight = lattice.weight * np.where(seen < SWAMPED, 1.0, 0.2).astype(np.float32)
    assert modules is not None
    evidence, misfit = _decided(lattice, seen, weight, blur, (modules > 0.5).astype(np.float32))
    own = (slice(RIM, -RIM), slice(RIM, -RIM))
    return Grid(start.size, corners, np.where(lattice.known, 0, evidence)[own].astype(np.float32), misfit)


def _refocused(lattice: Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats) -> Blur:
    """The blur itself or a neighbour of it, whichever explains the picture best with these modules."""
    around = [
        blur,
        replace(blur, sigma=max(0.25, blur.sigma * 0.8)),
        replace(blur, sigma=min(1.0, blur.sigma * 1.25)),
    ]
    if blur.smear:
        around += [replace(blur, smear=blur.smear * factor) for factor in (0.75, 1.3)]
        around += [replace(blur, angle=blur.angle + turn) for turn in (-0.2, 0.2)]
    else:
        around += [replace(blur, smear=0.8, angle=turn * np.pi / 4) for turn in range(4)]
    judged = []
    for one in around:
        drawn = blurred(spread(modules), one)
        ground, depth = levels(lattice, seen, drawn, weight)
        judged.append((misfit_of(seen, np.minimum(ground + depth * drawn, 255), weight), one))
    return min(judged, key=lambda item: item[0])[1]


def _relaxed(
    lattice: Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats | None
) -> tuple[Floats, Floats]:
    """Modules between 0 and 1 that explain best what is seen: a convex problem, solved by accelerated
    descent."""
    if modules is None:
        modules = np.array(lattice.value)
        drawn = blurred(spread(modules), blur)
        ground, depth = levels(lattice, seen, drawn, lattice.frame * weight)
    else:
        drawn = blurred(spread(modules), blur)
        ground, depth = levels(lattice, seen, drawn, weight)
    kernel = _module_kernel(blur)
    for _ in range(2):
        rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
        pull = gathered(blurred(rest * depth, blur))
        scale = np.sqrt(gathered(depth * depth * weight) / (Q * Q)).astype(np.float32)
        modules = _descended(modules, pull, scale, kernel, lattice)
        drawn = blurred(spread(modules), blur)
        ground, depth = levels(lattice, seen, drawn, weight)
        ground = locally(ground, depth, drawn, seen, weight)
    return modules, np.minimum(ground + depth * drawn, 255)


def _descended(modules: Floats, pull: Floats, scale: Floats, kernel: Floats, lattice: Lattice) -> Floats:
    """Accelerated descent in modules alone: what one module adds to the next ones is a small kernel."""
    rate = 1.7 / (float((scale * scale).max()) * float(kernel.sum()) + 1e-6)
    begun = modules
    ahead, pace = modules, 1.0
    for _ in range(40):
        change = cv2.filter2D((ahead - begun) * scale, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        better = np.clip(ahead + rate * (pull - scale * change), 0, 1)
        better = np.where(lattice.known, lattice.value, better).astype(np.float32)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = (better + np.float32((pace - 1) / faster) * (better - modules)).astype(np.float32)
        modules, pace = better, faster
    return modules


@lru_cache(maxsize=64)
def _module_kernel(blur: Blur) -> Floats:
    """How much blurred modules overlap, by their distance in modules."""
    reach = 5
    probe = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    probe[reach, reach] = 1
    overlap: Floats = gathered(blurred(blurred(spread(probe), blur), blur)).astype(np.float32)
    return overlap


def _decided(
    lattice: Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats
) -> tuple[Floats, float]:
    """Modules dark or light, each turned over while that helps, and how much each one's turning would
    cost."""
    probe = np.zeros_like(modules)
    probe[probe.shape[0] // 2, probe.shape[1] // 2] = 1
    energy = float((blurred(spread(probe), blur) ** 2).sum()) / (Q * Q)
    drawn = blurred(spread(modules), blur)
    ground, depth = levels(lattice, seen, drawn, weight)
    ground = locally(ground, depth, drawn, seen, weight)

    def evidence_now() -> Floats:
        rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
        pull = gathered(blurred(rest * depth, blur))
        return 2 * pull + (2 * modules - 1) * gathered(depth * depth * weight) * energy

    quarters = [(slice(row, None, 2), slice(column, None, 2)) for row in (0, 1) for column in (0, 1)]
    for _ in range(2):
        before = modules
        for quarter in quarters:
            turned = np.where(lattice.known, modules, evidence_now() > 0).astype(np.float32)
            modules = modules.copy()
            modules[quarter] = turned[quarter]
            drawn = blurred(spread(modules), blur)
        if np.array_equal(before, modules):
            break
        ground, depth = levels(lattice, seen, drawn, weight)
        ground = locally(ground, depth, drawn, seen, weight)
    rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
    noise = float((rest * rest).sum() / weight.sum()) + 1.0
    return evidence_now() / (2 * noise), misfit_of(seen, np.minimum(ground + depth * drawn, 255), weight)
