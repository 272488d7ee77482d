"""A picture sampled along a lattice, and what it says about the light, the corners and how well a grid fits."""

from __future__ import annotations

from scanner.datamatrix import Size
from scanner.lattice import Lattice, Q
from scanner.vision import Floats, Gray, cv2, np

SWAMPED = 253
"""Grey level from which on light has swamped what is printed."""


class Picture:
    """The crop with its slopes, sampled along a lattice."""

    def __init__(self, crop: Gray) -> None:
        self.gray = crop.astype(np.float32)
        calm = cv2.GaussianBlur(self.gray, (3, 3), 0)
        self.dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, ksize=3) / 8
        self.dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, ksize=3) / 8

    def at(self, lattice: Lattice, corners: Floats) -> tuple[Floats, Floats, Floats]:
        """The samples of a lattice between four corners, and where they lie."""
        x, y = places(lattice, corners)
        return self.sampled(self.gray, x, y), x, y

    @staticmethod
    def sampled(picture: Floats, x: Floats, y: Floats) -> Floats:
        """Grey levels between the pixels."""
        return cv2.remap(picture, x - 0.5, y - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]

    def step(self, lattice: Lattice, corners: Floats, model: Floats, weight: Floats) -> Floats:
        """By how much each corner has to move for the picture to look like the model (Gauss and Newton)."""
        seen, x, y = self.at(lattice, corners)
        dx, dy = self.sampled(self.dx, x, y), self.sampled(self.dy, x, y)
        slopes = []
        for corner in range(4):
            for axis in range(2):
                moved = corners.copy()
                moved[corner, axis] += 0.5
                mx, my = places(lattice, moved)
                slopes.append((((mx - x) * dx + (my - y) * dy) * 2).ravel())
        jacobian = np.stack(slopes)
        weighted = jacobian * weight.ravel()
        normal = weighted @ jacobian.T
        normal += np.eye(8, dtype=np.float32) * (np.trace(normal) / 8e3 + 1e-6)
        step: Floats = (
            np.linalg.solve(normal, weighted @ (model - seen).ravel()).reshape(4, 2).astype(np.float32)
        )
        return step


def projection(size: Size, corners: Floats) -> Floats:
    """How modules become pixels between four corners."""
    wide, high = size.columns, size.rows
    grid = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    projection: Floats = cv2.getPerspectiveTransform(grid, corners).astype(np.float32)
    return projection


def places(lattice: Lattice, corners: Floats) -> tuple[Floats, Floats]:
    """Where the samples of a lattice lie between four corners, in pixels."""
    h = projection(lattice.size, corners)
    u, v = lattice.u, lattice.v
    depth = h[2, 0] * u + h[2, 1] * v + h[2, 2]
    return (h[0, 0] * u + h[0, 1] * v + h[0, 2]) / depth, (h[1, 0] * u + h[1, 1] * v + h[1, 2]) / depth


def levels(lattice: Lattice, seen: Floats, drawn: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Ground and depth: what light and dark modules look like all over the symbol."""
    basis = np.concatenate([lattice.ground, lattice.depth * drawn]).reshape(9, -1)[:, ::3]
    weighted = basis * weight.ravel()[::3]
    normal = weighted @ basis.T + 1e-3 * np.eye(9, dtype=np.float32)
    solved = np.linalg.solve(normal, weighted @ seen.ravel()[::3]).astype(np.float32)
    return np.tensordot(solved[:6], lattice.ground, 1), np.tensordot(solved[6:], lattice.depth, 1)


def locally(ground: Floats, depth: Floats, drawn: Floats, seen: Floats, weight: Floats) -> Floats:
    """The ground with what remains unexplained over several modules added: glare and shadow."""
    rest = (seen - np.minimum(ground + depth * drawn, 255)) * weight
    width = 2.5 * Q
    near = cv2.GaussianBlur(rest, (0, 0), width) / (cv2.GaussianBlur(weight, (0, 0), width) + 1e-2)
    return ground + near


def misfit_of(seen: Floats, model: Floats, weight: Floats) -> float:
    """The share of what is seen that the model does not explain."""
    mean = float((seen * weight).sum() / weight.sum())
    return float(((seen - model) ** 2 * weight).sum() / (((seen - mean) ** 2 * weight).sum() + 1e-6))


def limited(step: Floats, most: float) -> Floats:
    """A step of the corners, none of which moves further than so many pixels."""
    longest = float(np.abs(step).max())
    return step * np.float32(min(1.0, most / max(longest, 1e-6)))
