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

from scanner.datamatrix import SIZES, Size, finder
from scanner.vision import Floats, Gray, cv2, np

Q = 4
"""Samples a module in each direction."""
_RIM = 2
"""Modules of quiet zone that are sampled around the symbol."""
_SWAMPED = 253
"""Grey level from which on light has swamped what is printed."""


@dataclass(frozen=True, slots=True)
class Blur:
    """How a picture is blurred, in modules."""

    sigma: float
    smear: float = 0.0
    angle: float = 0.0
    """Direction of the smear in the grid, in radians."""


_STILL = (Blur(0.3), Blur(0.5), Blur(0.7), Blur(0.85))
_SMEARED = tuple(Blur(0.3, smear, turn * np.pi / 6) for smear in (1.0, 1.8, 2.6) for turn in range(6))


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


@dataclass(frozen=True, eq=False)
class _Lattice:
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
def _lattice(size: Size) -> _Lattice:
    rows, columns = (size.rows + 2 * _RIM) * Q, (size.columns + 2 * _RIM) * Q
    v, u = np.mgrid[0:rows, 0:columns].astype(np.float32)
    u, v = (u + 0.5) / Q - _RIM, (v + 0.5) / Q - _RIM
    marks = finder(size)
    known = np.pad(~np.isnan(marks), _RIM, constant_values=True)
    value = np.pad(np.nan_to_num(marks, nan=0.5), _RIM).astype(np.float32)
    inside = np.zeros_like(value)
    inside[1:-1, 1:-1] = 1
    a, b = 2 * u / size.columns - 1, 2 * v / size.rows - 1
    one = np.ones_like(a)
    return _Lattice(
        size, u, v, known, value, _spread(inside), _spread(inside * known),
        np.stack([one, a, b, a * b, a * a, b * b]), np.stack([one, a, b]),
    )  # fmt: skip


def _spread(modules: Floats) -> Floats:
    return np.repeat(np.repeat(modules.astype(np.float32), Q, axis=0), Q, axis=1)


def _gathered(samples: Floats) -> Floats:
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


def _blurred(samples: Floats, blur: Blur) -> Floats:
    if blur.smear:
        kernel = _smear_kernel(blur.smear, blur.angle)
        samples = cv2.filter2D(samples, -1, kernel, borderType=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    width = blur.sigma * Q
    return cv2.GaussianBlur(samples, (0, 0), width, borderType=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


class Picture:
    """The crop with its slopes, sampled along a lattice."""

    def __init__(self, crop: Gray) -> None:
        self.gray = crop.astype(np.float32)
        calm = cv2.GaussianBlur(self.gray, (3, 3), 0)
        self.dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, ksize=3) / 8
        self.dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, ksize=3) / 8

    def at(self, lattice: _Lattice, corners: Floats) -> tuple[Floats, Floats, Floats]:
        """The samples of a lattice between four corners, and where they lie."""
        x, y = _places(lattice, corners)
        return self.sampled(self.gray, x, y), x, y

    @staticmethod
    def sampled(picture: Floats, x: Floats, y: Floats) -> Floats:
        """Grey levels between the pixels."""
        return cv2.remap(picture, x - 0.5, y - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]

    def step(self, lattice: _Lattice, corners: Floats, model: Floats, weight: Floats) -> Floats:
        """By how much each corner has to move for the picture to look like the model (Gauss and Newton)."""
        seen, x, y = self.at(lattice, corners)
        dx, dy = self.sampled(self.dx, x, y), self.sampled(self.dy, x, y)
        slopes = []
        for corner in range(4):
            for axis in range(2):
                moved = corners.copy()
                moved[corner, axis] += 0.5
                mx, my = _places(lattice, moved)
                slopes.append((((mx - x) * dx + (my - y) * dy) * 2).ravel())
        jacobian = np.stack(slopes)
        weighted = jacobian * weight.ravel()
        normal = weighted @ jacobian.T
        normal += np.eye(8, dtype=np.float32) * (np.trace(normal) / 8e3 + 1e-6)
        step: Floats = (
            np.linalg.solve(normal, weighted @ (model - seen).ravel()).reshape(4, 2).astype(np.float32)
        )
        return step


def _projection(size: Size, corners: Floats) -> Floats:
    wide, high = size.columns, size.rows
    grid = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    projection: Floats = cv2.getPerspectiveTransform(grid, corners).astype(np.float32)
    return projection


def _places(lattice: _Lattice, corners: Floats) -> tuple[Floats, Floats]:
    h = _projection(lattice.size, corners)
    u, v = lattice.u, lattice.v
    depth = h[2, 0] * u + h[2, 1] * v + h[2, 2]
    return (h[0, 0] * u + h[0, 1] * v + h[0, 2]) / depth, (h[1, 0] * u + h[1, 1] * v + h[1, 2]) / depth


def _levels(lattice: _Lattice, seen: Floats, drawn: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Ground and depth: what light and dark modules look like all over the symbol."""
    basis = np.concatenate([lattice.ground, lattice.depth * drawn]).reshape(9, -1)[:, ::3]
    weighted = basis * weight.ravel()[::3]
    normal = weighted @ basis.T + 1e-3 * np.eye(9, dtype=np.float32)
    solved = np.linalg.solve(normal, weighted @ seen.ravel()[::3]).astype(np.float32)
    return np.tensordot(solved[:6], lattice.ground, 1), np.tensordot(solved[6:], lattice.depth, 1)


def _locally(ground: Floats, depth: Floats, drawn: Floats, seen: Floats, weight: Floats) -> Floats:
    """The ground with what remains unexplained over several modules added: glare and shadow."""
    rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
    width = 2.5 * Q
    near = cv2.GaussianBlur(rest, (0, 0), width) / (cv2.GaussianBlur(weight, (0, 0), width) + 1e-2)
    return ground + near


def _misfit(seen: Floats, model: Floats, weight: Floats) -> float:
    mean = float((seen * weight).sum() / weight.sum())
    return float(((seen - model) ** 2 * weight).sum() / (((seen - mean) ** 2 * weight).sum() + 1e-6))


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


_PLAIN = Blur(0.5)


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
    placed = cv2.perspectiveTransform(points[None], _projection(size, corners))[0]
    return placed[None, :, 0], placed[None, :, 1], expected


def _settled(start: Start) -> Start:
    """The start with its corners moved to where the finder fits."""
    lattice, corners, picture = _lattice(start.size), start.corners, start.picture
    drawn = _blurred(_spread(lattice.value), start.blur)
    best = replace(start, misfit=9.0)
    for _ in range(5):
        seen, _, _ = picture.at(lattice, corners)
        weight = lattice.frame * (seen < _SWAMPED)
        if weight.sum() < 0.3 * lattice.frame.sum():
            return best
        ground, depth = _levels(lattice, seen, drawn, weight)
        model = ground + depth * drawn
        misfit = _misfit(seen, model, weight)
        if misfit < best.misfit and float(depth.mean()) < -4:
            best = replace(start, misfit=misfit, corners=corners)
        corners = corners + _limited(picture.step(lattice, corners, model, weight), 2.0)
    return best


def _judged(start: Start, blur: Blur) -> Start:
    lattice = _lattice(start.size)
    drawn = _blurred(_spread(lattice.value), blur)
    seen, _, _ = start.picture.at(lattice, start.corners)
    weight = lattice.frame * (seen < _SWAMPED)
    ground, depth = _levels(lattice, seen, drawn, weight)
    return replace(start, misfit=_misfit(seen, ground + depth * drawn, weight), blur=blur)


def _limited(step: Floats, most: float) -> Floats:
    longest = float(np.abs(step).max())
    return step * np.float32(min(1.0, most / max(longest, 1e-6)))


def _sides(outline: Floats) -> tuple[float, float]:
    """Length of the first and third side, and of the second and fourth."""
    lengths = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1)
    return float(lengths[1] + lengths[3]) / 2, float(lengths[0] + lengths[2]) / 2


def _fits(size: Size, high: float, wide: float) -> bool:
    """Whether a size can have this outline: modules of 1.2 to 25 pixels, less than twice as long as wide."""
    tall, broad = high / size.rows, wide / size.columns
    return min(tall, broad) >= 1.2 and max(tall, broad) <= 25 and 0.5 < tall / broad < 2


def fitted(start: Start) -> Generator[None, None, Grid]:
    """The grid that explains the picture best from a start on; about 50 ms. Yields every 10 ms."""
    lattice, corners, blur, picture = _lattice(start.size), start.corners, start.blur, start.picture
    modules: Floats | None = None
    for turn in range(_TURNS):
        seen, _, _ = picture.at(lattice, corners)
        weight = lattice.weight * np.where(seen < _SWAMPED, 1.0, 0.2).astype(np.float32)
        modules, model = _relaxed(lattice, seen, weight, blur, modules)
        if 0 < turn < _TURNS - 1:
            blur = _refocused(lattice, seen, weight, blur, modules)
        corners = corners + _limited(picture.step(lattice, corners, model, weight), 1.5)
        yield
    seen, _, _ = picture.at(lattice, corners)
    weight = lattice.weight * np.where(seen < _SWAMPED, 1.0, 0.2).astype(np.float32)
    assert modules is not None
    evidence, misfit = _decided(lattice, seen, weight, blur, (modules > 0.5).astype(np.float32))
    own = (slice(_RIM, -_RIM), slice(_RIM, -_RIM))
    return Grid(start.size, corners, np.where(lattice.known, 0, evidence)[own].astype(np.float32), misfit)


def _refocused(lattice: _Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats) -> Blur:
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
        drawn = _blurred(_spread(modules), one)
        ground, depth = _levels(lattice, seen, drawn, weight)
        judged.append((_misfit(seen, np.minimum(ground + depth * drawn, 255), weight), one))
    return min(judged, key=lambda item: item[0])[1]


def _relaxed(
    lattice: _Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats | None
) -> tuple[Floats, Floats]:
    """Modules between 0 and 1 that explain best what is seen: a convex problem, solved by accelerated
    descent."""
    if modules is None:
        modules = np.array(lattice.value)
        drawn = _blurred(_spread(modules), blur)
        ground, depth = _levels(lattice, seen, drawn, lattice.frame * weight)
    else:
        drawn = _blurred(_spread(modules), blur)
        ground, depth = _levels(lattice, seen, drawn, weight)
    kernel = _module_kernel(blur)
    for _ in range(2):
        rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
        pull = _gathered(_blurred(rest * depth, blur))
        scale = np.sqrt(_gathered(depth * depth * weight) / (Q * Q)).astype(np.float32)
        modules = _descended(modules, pull, scale, kernel, lattice)
        drawn = _blurred(_spread(modules), blur)
        ground, depth = _levels(lattice, seen, drawn, weight)
        ground = _locally(ground, depth, drawn, seen, weight)
    return modules, np.minimum(ground + depth * drawn, 255)


def _descended(modules: Floats, pull: Floats, scale: Floats, kernel: Floats, lattice: _Lattice) -> Floats:
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
    overlap: Floats = _gathered(_blurred(_blurred(_spread(probe), blur), blur)).astype(np.float32)
    return overlap


def _decided(
    lattice: _Lattice, seen: Floats, weight: Floats, blur: Blur, modules: Floats
) -> tuple[Floats, float]:
    """Modules dark or light, each turned over while that helps, and how much each one's turning would
    cost."""
    probe = np.zeros_like(modules)
    probe[probe.shape[0] // 2, probe.shape[1] // 2] = 1
    energy = float((_blurred(_spread(probe), blur) ** 2).sum()) / (Q * Q)
    drawn = _blurred(_spread(modules), blur)
    ground, depth = _levels(lattice, seen, drawn, weight)
    ground = _locally(ground, depth, drawn, seen, weight)

    def evidence_now() -> Floats:
        rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
        pull = _gathered(_blurred(rest * depth, blur))
        return 2 * pull + (2 * modules - 1) * _gathered(depth * depth * weight) * energy

    quarters = [(slice(row, None, 2), slice(column, None, 2)) for row in (0, 1) for column in (0, 1)]
    for _ in range(2):
        before = modules
        for quarter in quarters:
            turned = np.where(lattice.known, modules, evidence_now() > 0).astype(np.float32)
            modules = modules.copy()
            modules[quarter] = turned[quarter]
            drawn = _blurred(_spread(modules), blur)
        if np.array_equal(before, modules):
            break
        ground, depth = _levels(lattice, seen, drawn, weight)
        ground = _locally(ground, depth, drawn, seen, weight)
    rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
    noise = float((rest * rest).sum() / weight.sum()) + 1.0
    return evidence_now() / (2 * noise), _misfit(seen, np.minimum(ground + depth * drawn, 255), weight)
