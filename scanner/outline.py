"""Outlines of supposed matrix codes: dark blobs with four corners, whatever turn and tilt they have."""

from __future__ import annotations

from scanner.vision import Floats, Gray, cv2, np


def outlines(crop: Gray, x: float, y: float) -> list[Floats]:
    """Quadrilaterals around the dark blobs at a point of the crop, the best shaped first.

    Each is four corners clockwise as seen, in pixels. A matrix code becomes a blob when its light modules
    are closed up; how far depends on its unknown module size, so several closings are tried. Without blur
    the corners are right to half a module.
    """
    found: list[tuple[float, Floats]] = []
    calm = cv2.GaussianBlur(crop, (0, 0), 1.0).astype(np.float32)
    darkness = _relative(calm)
    for share in (0.7, 0.5):
        mask = (darkness > 0).astype(np.uint8) & (darkness > 1 - share).astype(np.uint8)
        for radius in (2, 4, 7):
            if radius * 6 > min(crop.shape):
                continue
            blobs = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(radius))
            blobs = cv2.morphologyEx(blobs, cv2.MORPH_OPEN, _disc(radius - 1))
            found += _around(blobs, x, y)  # type: ignore[arg-type]
    found.sort(key=lambda item: -item[0])
    return _distinct([outline for _, outline in found])


def _relative(calm: Floats) -> Floats:
    """How dark each pixel is between the lightest and the darkest of its surroundings, 0 to 1; 0 where both
    agree."""
    height, width = calm.shape
    reach = max(7, int(min(height, width) * 0.125))
    around = np.ones((reach, reach), np.uint8)
    half = cv2.resize(calm, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    light = cv2.resize(cv2.GaussianBlur(cv2.dilate(half, around), (0, 0), reach / 2), (width, height))
    dark = cv2.resize(cv2.GaussianBlur(cv2.erode(half, around), (0, 0), reach / 2), (width, height))
    contrast = light - dark
    enough = contrast > 0.3 * np.percentile(contrast, 90)
    relative: Floats = np.where(enough, (light - calm) / np.maximum(contrast, 1), 0).astype(np.float32)
    return relative


def _disc(radius: int) -> Gray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))  # type: ignore[return-value]


def _around(blobs: Gray, x: float, y: float) -> list[tuple[float, Floats]]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(blobs)
    height, width = blobs.shape
    found = []
    for label in range(1, count):
        left, top, wide, high, area = (int(v) for v in stats[label])
        if area < 200 or not (left - 5 <= x <= left + wide + 5 and top - 5 <= y <= top + high + 5):
            continue
        if wide >= width - 2 and high >= height - 2:
            continue
        own = (labels[top : top + high, left : left + wide] == label).astype(np.uint8)
        edge, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(left, top))
        hull = cv2.convexHull(np.concatenate(edge).astype(np.float32))
        full = cv2.contourArea(hull)
        corners = _four_corners(hull) if area > 0.7 * full else None  # type: ignore[arg-type]
        if corners is not None:
            shape = full / max(1.0, cv2.contourArea(corners)) * area / full
            found.append((shape, corners))
    return found


def _four_corners(hull: Floats) -> Floats | None:
    """The hull with all but four of its sides taken away, those first whose loss adds least area."""
    near = cv2.approxPolyDP(hull, 0.01 * cv2.arcLength(hull, True), True)
    corners = np.asarray(near, np.float64)[:, 0, :]
    while len(corners) > 4:
        cheapest: tuple[float, int, Floats] | None = None
        size = len(corners)
        for at in range(size):
            before, first, second, after = (corners[(at + step) % size] for step in (-1, 0, 1, 2))
            into, back = first - before, second - after
            turn = into[0] * back[1] - into[1] * back[0]
            if abs(turn) < 1e-9:
                continue
            along = ((after[0] - first[0]) * back[1] - (after[1] - first[1]) * back[0]) / turn
            meeting = first + along * into
            if along < 0 or (meeting - second) @ back < 0:
                continue
            a, b = first - meeting, second - meeting
            added = abs(a[0] * b[1] - a[1] * b[0]) / 2
            if cheapest is None or added < cheapest[0]:
                cheapest = (added, at, meeting)
        if cheapest is None:
            return None
        _, at, meeting = cheapest
        corners[at] = meeting
        corners = np.delete(corners, (at + 1) % size, axis=0)
    if len(corners) < 4:
        return None
    four: Floats = corners.astype(np.float32)
    (ax, ay), (bx, by), (cx, cy), _ = four
    clockwise = (bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0
    return four if clockwise else four[::-1].copy()


def _distinct(found: list[Floats]) -> list[Floats]:
    kept: list[Floats] = []
    for outline in found:
        side = float(np.sqrt(max(1.0, cv2.contourArea(outline))))
        same = any(
            min(float(np.abs(np.roll(outline, turn, axis=0) - other).max()) for turn in range(4))
            < 0.04 * side
            for other in kept
        )
        if not same:
            kept.append(outline)
    return kept
