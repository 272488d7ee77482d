"""What is read in the frames of a camera: a glance at every frame, and a longer study of some beside it.

A glance keeps the pace of the camera: first where codes were a moment ago, then the middle of the frame, where
people hold what they want read. A study takes several times as long, in a thread of its own: all of the frame,
all symbologies, lines and grids fitted to what looks like a code, and what several frames show together. What
one of them finds, read or not, tells the other where to look.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from scanner.cascade import frame_steps, study_steps, trusted, wide_steps
from scanner.fusion import FUSED, Fusion
from scanner.places import Box, Places, middle_of
from scanner.read import Read
from scanner.readers import PHARMACY, read_with_hints
from scanner.region import CELL, Square, find_squares, tensor
from scanner.steady import Value, value_of
from scanner.step import Step, run_until
from scanner.vision import Floats, Gray, cv2, np
from scanner.window import moved

STUDY_MS = 150.0
_RECENT = 5
"""Frames that are laid upon each other between two studies, at most."""
_WIDE_EVERY = 2
"""Every how manieth glance looks for bar codes that are wider than the middle of the frame."""
_WHOLE_EVERY = 3
"""Every how manieth study reads all of the frame."""
_REMEMBERED = 40
"""Glances whose reads are remembered; a study and its fusion reach back over fewer frames."""
_ENOUGH = 12
"""After so many studies of a scene in which nothing moves, a further one would hardly find anything..."""
_REST_S = 1.0
"""...and is made only so often."""
_CLOSING_S = 5.0
_MOVED = 1.5
"""Grey levels that a small picture of the scene differs by, in the mean, where something moved."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A frame that was glanced at."""

    number: int
    gray: Gray
    at: float


class Watch:
    """Reads the frames of one camera. One thread calls it with each frame; it studies in another of its own."""

    def __init__(self, *, fuse: bool = True) -> None:
        """`fuse` lays frames upon each other; without it a bench measures what that is worth."""
        self._fuse = fuse
        self._places = Places()
        self._fusion = Fusion()
        self._studies = self._glances = 0
        self._recent: deque[_Seen] = deque(maxlen=_RECENT)
        self._glanced: deque[tuple[int, frozenset[Value]]] = deque(maxlen=_REMEMBERED)
        self._scene: Floats | None = None
        self._in_vain = 0
        self._studied_at = 0.0
        self._changed = threading.Condition()
        self._newest: _Seen | None = None
        self._studied: list[tuple[int, tuple[Read, ...]]] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    def __call__(self, gray: Gray, budget_ms: float) -> tuple[Read, ...]:
        """The codes in a frame, within about so many milliseconds, and those that a study of an earlier frame has
        found meanwhile."""
        at = time.monotonic()
        reads = self.glance(gray, at, budget_ms)
        with self._changed:
            if self._thread is None and not self._closed:
                # A daemon: a program that ends does not wait for a study.
                self._thread = threading.Thread(target=self._study_on, name="camera-study", daemon=True)
                self._thread.start()
            self._newest = _Seen(self._glances, gray, at)
            self._changed.notify_all()
            studied, self._studied = self._studied, []
        present = {value_of(read) for read in reads}
        late = [
            read
            for number, found in studied
            for read in self.independent(found, number)
            if value_of(read) not in present
        ]
        return (*reads, *late)

    def close(self) -> None:
        """Study no more; waits for a study under way, a fraction of a second."""
        with self._changed:
            self._closed = True
            self._newest = None
            self._changed.notify_all()
            thread = self._thread
        # A process that ends while a thread is inside a decoder is aborted by it.
        if thread is not None and thread is not threading.current_thread():
            thread.join(_CLOSING_S)

    def glance(self, gray: Gray, at: float, budget_ms: float) -> tuple[Read, ...]:
        """What a frame shows within the time of one frame; `at` in monotonic seconds."""
        self._glances += 1
        self._recent.append(_Seen(self._glances, gray, at))
        reads = self._first(self._glance_steps(gray, at), at, budget_ms)
        self._glanced.append((self._glances, frozenset(value_of(read) for read in reads)))
        return reads

    def study(self, gray: Gray, at: float, budget_ms: float = STUDY_MS) -> tuple[Read, ...]:
        """What a frame shows to a longer look, each time of another kind; a scene in which nothing moves and nothing
        was found is looked at now and then only."""
        if self._still(gray) and self._in_vain >= _ENOUGH and at - self._studied_at < _REST_S:
            return ()
        self._studied_at = at
        self._studies += 1
        reads = self._first(self._study_steps(gray, at, self._studies), at, budget_ms)
        self._in_vain = 0 if reads else self._in_vain + 1
        return reads

    def independent(self, reads: Iterable[Read], number: int) -> list[Read]:
        """Those reads of a study of a frame that tell something new.

        The same value from a glance at the same frame would be one frame counted twice; from frames laid upon
        each other, so would that of a glance at any of them.
        """
        glanced = tuple(self._glanced)
        return [
            read
            for read in reads
            if not any(
                value_of(read) in values and (number == of or (FUSED in read.decoder and of <= number))
                for of, values in glanced
            )
        ]

    def _study_on(self) -> None:
        last = 0
        while True:
            with self._changed:
                while not self._closed and (self._newest is None or self._newest.number <= last):
                    self._changed.wait()
                if self._closed or self._newest is None:
                    return
                seen = self._newest
            last = seen.number
            reads = self.study(seen.gray, seen.at)
            if reads:
                with self._changed:
                    self._studied.append((seen.number, reads))

    def _first(self, steps: Iterable[Step], at: float, budget_ms: float) -> tuple[Read, ...]:
        for reads in run_until(steps, time.monotonic() + budget_ms / 1000):
            if reads:
                self._places.learn(reads, at)
                return tuple(reads)
        return ()

    def _glance_steps(self, gray: Gray, at: float) -> Iterator[Step]:
        expected = self._places.expected(at, gray.shape)
        for box in expected:
            yield from _inside(frame_steps, gray, box)
        if not expected and self._glances % _WIDE_EVERY == 0:
            yield from wide_steps(gray)
        yield from _inside(frame_steps, gray, middle_of(gray.shape))

    def _study_steps(self, gray: Gray, at: float, turn: int) -> Iterator[Step]:
        expected = self._places.expected(at, gray.shape)
        frames = [one.gray for one in self._taken() if one.at < at]
        likely = _likely(gray, frames[0]) if frames else []
        if turn % _WHOLE_EVERY == 0:
            yield Step(gray.size * 40e-6, lambda: self._all_of(gray, at))
        elif self._fuse:
            yield from self._fusion.steps([*frames, gray], at, [*expected, *likely])
        attempts = partial(study_steps, linear_first=turn % 2 == 0)
        for box in (*expected, middle_of(gray.shape)):
            yield from _inside(attempts, gray, box)

    def _taken(self) -> Iterator[_Seen]:
        while self._recent:
            yield self._recent.popleft()

    def _still(self, gray: Gray) -> bool:
        """Whether the scene looks as it did when the last study found something or something moved."""
        small = cv2.resize(gray, (96, 54), interpolation=cv2.INTER_AREA).astype(np.float32)
        still = self._scene is not None and float(np.abs(small - self._scene).mean()) < _MOVED
        if not still:
            self._scene, self._in_vain = small, 0
        return still

    def _all_of(self, gray: Gray, at: float) -> list[Read]:
        reads, hints = read_with_hints(gray, PHARMACY)
        self._places.suppose(hints, at)
        return trusted(reads)


def _likely(gray: Gray, before: Gray) -> list[Box]:
    """Places in the middle of the frame that look like matrix codes.

    First those that moved since the frame before: a pack is held in a hand, what is behind it lies still. Among
    equals those nearer to the middle.
    """
    left, top, width, height = middle_of(gray.shape)
    area = gray[top : top + height, left : left + width]
    if min(area.shape) < 24 or before.shape != gray.shape:
        return []
    moving = _moving(area, before[top : top + height, left : left + width])

    def rank(square: Square) -> float:
        away = max(abs(square.x / width - 0.5), abs(square.y / height - 0.5))
        return -square.score * (1.5 - away) * (1 + 3 * _mean_in(moving, square))

    boxes = []
    for square in sorted(find_squares(tensor(area), 24), key=rank):
        half = square.side / 2 + 8
        x0, y0 = max(0, int(square.x - half)), max(0, int(square.y - half))
        x1, y1 = min(width, int(square.x + half)), min(height, int(square.y + half))
        boxes.append((left + x0, top + y0, x1 - x0, y1 - y0))
    return boxes


def _moving(area: Gray, before: Gray) -> Floats:
    """For each cell of the area how certainly it changed, 0 to 1: more than by the noise of the camera."""
    change = cv2.absdiff(cv2.blur(area, (3, 3)), cv2.blur(before, (3, 3)))
    size = (area.shape[1] // CELL, area.shape[0] // CELL)
    cells = cv2.resize(change.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    noise = float(np.percentile(cells, 20)) + 0.5
    certainty: Floats = np.clip((cells / noise - 1.5) / 3, 0, 1)
    return certainty


def _mean_in(cells: Floats, square: Square) -> float:
    x, y, half = (
        int(square.x / CELL),
        int(square.y / CELL),
        max(1, int(square.side / CELL / 2)),
    )
    return float(cells[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1].mean())


def _inside(steps_of: Callable[[Gray], Iterator[Step]], gray: Gray, box: Box) -> Iterator[Step]:
    """The steps on a part of the frame, corners in pixels of the frame."""
    left, top, width, height = box

    def run(step: Step) -> list[Read]:
        return moved(step.run(), left, top)

    for step in steps_of(gray[top : top + height, left : left + width]):
        yield replace(step, run=partial(run, step))
