"""Several frames of one place laid upon each other: what no single frame shows becomes readable.

Noise and the squeeze of the camera differ from frame to frame, the code does not. Each new view is turned and
stretched until it lies upon the first one (correlation, then ECC of Evangelidis and Psarakis 2008), drawn twice
as large, because shifts by parts of a pixel hold more than one frame does, and averaged, sharp views
counting more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from scanner.matrix import PIECE_MS, grid_reads
from scanner.places import Box
from scanner.read import Read
from scanner.readers import PHARMACY, read_zxing
from scanner.region import Square
from scanner.steady import votes_needed
from scanner.step import Step, pieces
from scanner.vision import Floats, Gray, cv2, np
from scanner.window import moved, sharper

FUSED = "fused"
"""Stands in the name of the decoder of what was read from several frames together."""
UP = 2
"""The average is drawn this much larger than the frames."""
_ALIKE = 0.55
"""Correlation below which a view shows something else..."""
_HARDLY_ALIKE = 0.3
"""...and before it is turned and stretched."""
_RIM = 28
"""By how many pixels a place may move from one frame to the next that is laid upon it."""
_FORGET = 0.9
"""What is left of older views with each new one."""


class Stack:
    """The views of one place."""

    def __init__(self, gray: Gray, box: Box) -> None:
        """Begin with a frame and the box in it; the box follows the code from then on."""
        x, y, width, height = box
        first = gray[y : y + height, x : x + width]
        self._reference = _calm(first)
        self._core_at = (width // 6, height // 6)
        self._core = self._reference[height // 6 : height - height // 6, width // 6 : width - width // 6]
        self._shift = np.array([x, y], np.float64)
        """Where the corner of the reference lies in the last frame."""
        weight = _sharpness(first)
        self._sum = _drawn(first.astype(np.float32)) * weight
        self._weight = np.full(self._sum.shape, weight, np.float32)
        self.views = 1

    @property
    def box(self) -> Box:
        """The place in the last frame."""
        height, width = self._reference.shape
        return (
            round(float(self._shift[0])),
            round(float(self._shift[1])),
            width,
            height,
        )

    @property
    def cost_ms(self) -> float:
        """What adding a frame takes."""
        return self._reference.size * 800e-6 + 1

    def add(self, gray: Gray) -> bool:
        """Lay a further frame upon the others; False where it does not show the same."""
        left, top, width, height = self.box
        crop = _cut(gray, left - _RIM, top - _RIM, width + 2 * _RIM, height + 2 * _RIM)
        if crop is None:
            return False
        warp = self._aligned(_calm(crop))
        if warp is None:
            return False
        fine = warp.copy()
        # The same map between pictures drawn larger: their pixels' middles lie elsewhere.
        linear, half = fine[:, :2].copy(), (UP - 1) / 2
        fine[:, 2] = fine[:, 2] * UP + half - linear @ np.array([half, half], np.float32)
        size = (self._sum.shape[1], self._sum.shape[0])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        laid = cv2.warpAffine(
            _drawn(crop.astype(np.float32)),
            fine,
            size,
            flags=flags,
            borderMode=cv2.BORDER_REPLICATE,
        )
        weight = _sharpness(crop)
        self._sum = _FORGET * self._sum + weight * laid
        self._weight = _FORGET * self._weight + weight
        middle = warp @ np.array([width / 2, height / 2, 1.0], np.float32)
        self._shift += middle - _RIM - np.array([width / 2, height / 2])
        self.views += 1
        return True

    def mean(self) -> Gray:
        """What all views together show, UP times as large."""
        drawn: Gray = np.clip(self._sum / self._weight, 0, 255).astype(np.uint8)
        return drawn

    def _aligned(self, view: Floats) -> Floats | None:
        """The affine map from the reference to a view, or None where the two are not alike."""
        # Coarsely by the middle of the reference, which moves little when the code turns or tilts; ECC then
        # needs only a few rounds.
        core = _half(self._core)
        likeness = cv2.matchTemplate(_half(view), core, cv2.TM_CCOEFF_NORMED)
        _, most, _, (x, y) = cv2.minMaxLoc(likeness)
        if most < _HARDLY_ALIKE:
            return None
        left, top = self._core_at
        warp = np.array([[1, 0, 2 * x - left], [0, 1, 2 * y - top]], np.float32)
        rounds = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-3)
        try:
            alike, found = cv2.findTransformECC(
                self._reference,
                view,
                warp,
                cv2.MOTION_AFFINE,
                rounds,
                _everywhere(view.shape),
                5,
            )
        except cv2.error:  # the two have nothing in common
            return None
        return found if alike >= _ALIKE else None  # type: ignore[return-value]


def _cut(gray: Gray, left: int, top: int, width: int, height: int) -> Gray | None:
    """A box of the frame, its border drawn on where the box hangs over; None where most of it does."""
    rows, columns = gray.shape
    x0, y0, x1, y1 = (
        max(0, left),
        max(0, top),
        min(columns, left + width),
        min(rows, top + height),
    )
    if x1 - x0 < 0.8 * width or y1 - y0 < 0.8 * height:
        return None
    return cv2.copyMakeBorder(  # type: ignore[return-value]
        gray[y0:y1, x0:x1],
        y0 - top,
        top + height - y1,
        x0 - left,
        left + width - x1,
        cv2.BORDER_REPLICATE,
    )


def _everywhere(shape: tuple[int, ...]) -> Gray:
    return np.full(shape, 255, np.uint8)


def _half(picture: Floats) -> Floats:
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _calm(crop: Gray) -> Floats:
    return cv2.GaussianBlur(crop.astype(np.float32), (0, 0), 1.0)  # type: ignore[return-value]


def _drawn(crop: Floats) -> Floats:
    return cv2.resize(crop, None, fx=UP, fy=UP, interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def _sharpness(crop: Gray) -> float:
    """How strong the edges are after noise is smoothed away, as a weight."""
    dx, dy = cv2.spatialGradient(cv2.GaussianBlur(crop, (0, 0), 1.2))
    slopes = dx.astype(np.float32) ** 2 + dy.astype(np.float32) ** 2
    return float(np.percentile(slopes, 95)) / 1000 + 1e-3


_POOL = 2
_VIEWS = 4
"""An average of fewer views shows hardly more than the best of them."""
_LARGEST = 280
"""Pixels: what is larger is read without help, and takes long to lay upon each other."""
_DULL_VIEWS = 8
"""What is not read from so many views is no code."""
_DULL_S = 3.0
_LOST = 3
"""Frames in a row without a place after which it is given up."""


@dataclass(slots=True)
class _Subject:
    stack: Stack
    lost: int = 0
    tried: int = 0
    """Views there were when it was last tried."""


class Fusion:
    """The likeliest places of a camera's frames, each followed and averaged until it is read or proves dull."""

    def __init__(self) -> None:
        self._subjects: list[_Subject] = []
        self._dull: list[tuple[Box, float]] = []

    def steps(self, frames: Sequence[Gray], at: float, boxes: Sequence[Box]) -> Iterator[Step]:
        """Lay the frames since the last time upon the others, the newest last, then try to read what they show
        together.

        `boxes` are places worth following, the likeliest first. A place that was read is begun anew: what is
        read from it next owes nothing to these frames and may be counted as a second vote.
        """
        self._dull = [(box, since) for box, since in self._dull if at - since < _DULL_S]
        for subject in tuple(self._subjects):
            for gray in frames:
                if subject in self._subjects:
                    yield Step(subject.stack.cost_ms, partial(self._followed, subject, gray))
        self._choose(frames[-1], boxes)
        ready = [s for s in self._subjects if s.stack.views >= _VIEWS and s.stack.views >= s.tried + 3]
        for subject in sorted(ready, key=lambda one: one.tried):
            subject.tried = subject.stack.views
            yield from self._attempts(subject)
            if subject.stack.views >= _DULL_VIEWS and subject in self._subjects:
                self._subjects.remove(subject)
                self._dull.append((subject.stack.box, at))

    def _choose(self, gray: Gray, boxes: Sequence[Box]) -> None:
        """Follow the likeliest places; those that no longer are among them make room."""
        dull = [box for box, _ in self._dull]
        wanted = [
            box
            for box in boxes
            if max(box[2:]) <= _LARGEST and not any(_overlap(box, other) for other in dull)
        ][: 2 * _POOL]
        self._subjects = [s for s in self._subjects if any(_overlap(s.stack.box, box) for box in wanted)]
        for box in wanted:
            if len(self._subjects) == _POOL:
                break
            if not any(_overlap(box, subject.stack.box) for subject in self._subjects):
                self._subjects.append(_Subject(Stack(gray, box)))

    def _followed(self, subject: _Subject, gray: Gray) -> list[Read]:
        subject.lost = 0 if subject.stack.add(gray) else subject.lost + 1
        if subject.lost >= _LOST:
            self._subjects.remove(subject)
        return []

    def _attempts(self, subject: _Subject) -> Iterator[Step]:
        left, top, _, _ = subject.stack.box
        drawn = subject.stack.mean()
        cost = drawn.size * 20e-6

        def read(view: Gray, name: str, sharpened: bool) -> list[Read]:
            return self._begun_anew(
                subject,
                read_zxing(view, PHARMACY, view=name, sharpened=sharpened),
                left,
                top,
            )

        yield Step(cost, lambda: read(drawn, FUSED, False))
        yield Step(2 * cost, lambda: read(sharper(drawn, 3, 1.5), f"{FUSED} sharp", True))
        yield Step(2 * cost, lambda: read(sharper(drawn, 5, 3), f"{FUSED} sharper", True))
        height, width = drawn.shape
        whole = Square(width / 2, height / 2, max(width, height) * 0.7, 1.0)
        fitted = grid_reads(drawn, [whole])
        yield from pieces((self._begun_anew(subject, reads, left, top) for reads in fitted), PIECE_MS)

    def _begun_anew(self, subject: _Subject, reads: list[Read], left: int, top: int) -> list[Read]:
        reads = [read for read in reads if votes_needed(read) is not None]
        if reads and subject in self._subjects:
            self._subjects.remove(subject)
        placed = moved(reads, left, top, UP)
        return [replace(one, decoder=one.decoder.replace("fitted", f"{FUSED} fitted")) for one in placed]


def _overlap(one: Box, other: Box) -> bool:
    """Whether either has its middle inside the other."""
    return any(
        x <= u + wide / 2 <= x + width and y <= v + high / 2 <= y + height
        for (x, y, width, height), (u, v, wide, high) in ((one, other), (other, one))
    )
