"""Where codes were a moment ago: the first places to look at in the next frame."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.read import Corners, Read

KEPT_S = 0.5
"""How long a place is worth a look after something was there."""
GROWN = 1.4
"""A place is looked at with this much around it: hands move, and a decoder wants a quiet zone."""
_LEAST = 64
_MOST = 2

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def middle_of(shape: tuple[int, ...]) -> Box:
    """The middle of a frame, where people hold what they want read; all of it where it is no larger than
    that."""
    height, width = shape[:2]
    wide, high = min(width, max(960, width // 2)), min(height, max(540, height // 2))
    return ((width - wide) // 2, (height - high) // 2, wide, high)


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float
    half_width: float
    half_height: float
    at: float
    read: bool


class Places:
    """The places of the last half second; may be told and asked by several threads."""

    def __init__(self) -> None:
        self._places: list[_Place] = []
        self._lock = threading.Lock()

    def learn(self, reads: Iterable[Read], at: float) -> None:
        """Codes were read here."""
        self._add((read.corners for read in reads), at, read=True)

    def suppose(self, hints: Iterable[Corners], at: float) -> None:
        """Something that a decoder took for a code is here, although it could not read it."""
        self._add(hints, at, read=False)

    def expected(self, at: float, shape: tuple[int, ...]) -> list[Box]:
        """Where to look in a frame of that time, codes that were read before supposed ones, newest first."""
        with self._lock:
            self._places = [place for place in self._places if abs(at - place.at) <= KEPT_S]
            ranked = sorted(self._places, key=lambda place: (not place.read, -place.at))
        height, width = shape[:2]
        boxes: list[Box] = []
        for place in ranked[:_MOST]:
            wide, high = (
                max(_LEAST, place.half_width * GROWN),
                max(_LEAST, place.half_height * GROWN),
            )
            left, top = max(0, int(place.x - wide)), max(0, int(place.y - high))
            right, bottom = (
                min(width, int(place.x + wide)),
                min(height, int(place.y + high)),
            )
            if right > left and bottom > top:
                boxes.append((left, top, right - left, bottom - top))
        return boxes

    def _add(self, found: Iterable[Corners], at: float, read: bool) -> None:
        for corners in found:
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            place = _Place(
                sum(xs) / 4,
                sum(ys) / 4,
                (max(xs) - min(xs)) / 2,
                (max(ys) - min(ys)) / 2,
                at,
                read,
            )
            with self._lock:
                # What was here before has moved a little: the newer place stands for both.
                self._places = [one for one in self._places if not _same(one, place) or one.at > at]
                self._places.append(place)


def _same(one: _Place, other: _Place) -> bool:
    return abs(one.x - other.x) <= max(one.half_width, other.half_width) and abs(one.y - other.y) <= max(
        one.half_height, other.half_height
    )
