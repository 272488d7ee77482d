"""What would help to read a code that is in view and not read: come closer, hold still, tilt, focus.

Software reads nothing below about two pixels a module, with motion of more than a module, or where a fifth of the code
is washed out by glare; a person can change all of it in a second, if only somebody says so. Looked at while nothing is
read, a few times a second, at the likeliest place in the aiming box; a hint is given when two looks agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.vision import Floats, Gray

BOX = (960, 540)
"""Width and height of the aiming box."""
_PATIENCE_S, _APART_S = 0.4, 0.2
"""Nothing is said before so long without a read; looks are so far apart."""
_SMALL_SQUARE, _SMALL_BARS = 52.0, 240.0
"""Pixels: a smaller matrix code has modules of less than two pixels, a shorter bar code of less than one and a half."""
_FAINT = 45.0
"""Gray levels between the dark and the light of a code; less is no code, or too dark for every measure."""
_WASHED_OUT = 0.05
"""Share of a code's place that is one white blob."""
_SOFT_EDGE, _SMEARED = 4.9, 1.42
"""Width of the sharpest edges in pixels (a sharp picture has 3.5), and how much sharper they are in one direction."""
_SHIFT = 6.0
"""Pixels from one frame to the next: a hand that moves faster smears what the camera sees."""
_COARSE = 4
"""Frames are compared this many times smaller."""
_STILL, _STILL_S = 2.0, 4.0
"""Where no look differs from the one before by so many gray levels for so long, nobody is holding anything."""


class Guide:
    """Watches frames in which nothing is read. One thread calls it."""

    def __init__(self) -> None:
        self._read_at: float | None = None
        self._looked_at = self._moved_at = 0.0
        self._before = self._hint = ""
        self._last: Gray | None = None
        self._coarse: Floats | None = None

    def see(self, gray: Gray, read: bool, at: float) -> str:
        """guide_closer, guide_hold_still, guide_glare, guide_focus, or empty; `at` in monotonic seconds."""
        if read or self._read_at is None:
            self._read_at, self._before, self._hint, self._last = at, "", "", None
            return ""
        last, self._last = self._last, gray
        if at - self._read_at < _PATIENCE_S or at - self._looked_at < _APART_S:
            return self._hint
        self._looked_at = at
        hint = look(gray) if self._alive(gray, at) else ""
        if hint == "guide_focus" and last is not None and _shift(last, gray) > _SHIFT:
            hint = "guide_hold_still"  # bars smeared along their own direction look out of focus
        if hint == self._before:
            self._hint = hint
        self._before = hint
        return self._hint

    def _alive(self, gray: Gray, at: float) -> bool:
        """Whether something has moved before the camera lately."""
        from scanner.vision import np

        before, self._coarse = self._coarse, _coarse(gray)
        if (
            before is None
            or before.shape != self._coarse.shape
            or float(np.abs(self._coarse - before).mean()) > _STILL
        ):
            self._moved_at = at
        return at - self._moved_at < _STILL_S


def look(gray: Gray) -> str:
    """What would help with the likeliest code in the aiming box of a frame; empty where nothing looks like one."""
    from scanner.vision import np

    box = _aiming_box(gray)
    place = _likeliest(box)
    if place is None:
        return ""
    x, y, wide, high, small, bars = place
    top, left = max(0, round(y - high / 2)), max(0, round(x - wide / 2))
    patch = box[top : top + round(high), left : left + round(wide)]
    if min(patch.shape) < 16:
        return ""
    dark, light = np.percentile(patch[::2, ::2], (5, 95))
    if light - dark < _FAINT:
        return ""
    if _glare(patch) > _WASHED_OUT:
        return "guide_glare"
    if small:
        return "guide_closer"
    width, smeared = _edges(patch, float(light - dark))
    if not bars and smeared > _SMEARED and width > 0.75 * _SOFT_EDGE:
        return "guide_hold_still"
    return "guide_focus" if width > _SOFT_EDGE else ""


def _aiming_box(gray: Gray) -> Gray:
    height, width = gray.shape
    left, top = max(0, (width - BOX[0]) // 2), max(0, (height - BOX[1]) // 2)
    return gray[top : top + BOX[1], left : left + BOX[0]]


def _likeliest(box: Gray) -> tuple[float, float, float, float, bool, bool] | None:
    """Centre, width, height of the place that looks most like a code, whether it is small, whether it is of bars."""
    from scanner.region import find_bars, find_squares, tensor
    from scanner.vision import np

    energy = tensor(box)
    height, width = box.shape

    def central(x: float, y: float) -> float:
        return max(0.0, 1.0 - float(np.hypot(x / width - 0.5, y / height - 0.5)) * 1.6)

    squares = sorted(find_squares(energy, 6), key=lambda one: -one.score * central(one.x, one.y))
    bars = sorted(find_bars(energy, 4), key=lambda one: -one.score * central(one.x, one.y))
    best_square = squares[0].score * central(squares[0].x, squares[0].y) if squares else 0.0
    if (
        bars
        and bars[0].length > 90
        and bars[0].length > 1.5 * bars[0].height
        and (central(bars[0].x, bars[0].y) > (central(squares[0].x, squares[0].y) if squares else 0.0))
    ):
        one = bars[0]
        cos, sin = abs(float(np.cos(one.angle))), abs(float(np.sin(one.angle)))
        wide, high = one.length * cos + one.height * sin, one.length * sin + one.height * cos
        return one.x, one.y, wide, high, one.length < _SMALL_BARS, True
    if best_square <= 0.0:
        return None
    found = squares[0]
    return found.x, found.y, found.side, found.side, found.side < _SMALL_SQUARE, False


def _coarse(gray: Gray) -> Floats:
    """The aiming box of a frame, small."""
    from scanner.vision import cv2, np

    box = _aiming_box(gray)
    size = (max(1, box.shape[1] // _COARSE), max(1, box.shape[0] // _COARSE))
    return cv2.resize(box, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _shift(before: Gray, now: Gray) -> float:
    """How many pixels the picture in the aiming box has moved from one frame to the next."""
    from scanner.vision import cv2, np

    if before.shape != now.shape:
        return 0.0
    (x, y), _ = cv2.phaseCorrelate(_coarse(before), _coarse(now))
    return float(np.hypot(x, y)) * _COARSE


def _glare(patch: Gray) -> float:
    """The share of one white blob larger than what is white between modules."""
    from scanner.vision import cv2, np

    side = max(5, int(min(patch.shape) * 0.12)) | 1
    white = (patch >= 250).astype(np.uint8)
    return float(cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)).mean())


def _edges(patch: Gray, contrast: float) -> tuple[float, float]:
    """The width of the sharpest edges in pixels, and how many times sharper they are than those across them."""
    from scanner.vision import cv2, np

    smooth = cv2.GaussianBlur(patch, (0, 0), 0.8).astype(np.float32)
    along, down = (cv2.Sobel(smooth, cv2.CV_32F, x, 1 - x, ksize=3) / 8 for x in (1, 0))
    steep = [
        float(np.percentile(np.abs(along * np.cos(angle) + down * np.sin(angle))[::3, ::3], 97))
        for angle in np.arange(0, np.pi, np.pi / 8)
    ]
    sharpest, softest = max(*steep, 0.1), max(min(steep), 0.1)
    return contrast / sharpest, sharpest / softest
