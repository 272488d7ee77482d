"""The rows of a list that are in sight, as one picture: what has not changed is moved, never painted again.

A scan adds a row above all others. Painting it costs a millisecond; painting the nine below it with it would cost ten,
and handing them over one by one lets other threads have Python in between.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows; two that are equal look alike."""

    row: object
    """The row's own value, told by identity."""
    look: Hashable
    """What changes all of it: chosen or not."""
    tail: str
    """What changes its last cell alone."""


Paint = Callable[[QPainter, QRect, Shown], None]


class RowSheet:
    """Keeps the picture. `paint_row` and `paint_tail` paint on a ground that is clear."""

    def __init__(self, height: int, paint_row: Paint, paint_tail: Paint) -> None:
        """Rows are `height` pixels high; `paint_row` paints all of a row but its last cell."""
        self._height = height
        self._paint_row, self._paint_tail = paint_row, paint_tail
        self._picture = QPixmap()
        self._shape: Hashable = None
        self._rows: list[Shown | None] = []
        self._stale: set[int] = set()
        """Places whose picture was moved away from and still shows what was there."""
        self._tail = (0, 0)

    def forget(self) -> None:
        """Paint everything anew, as in another language."""
        self._shape = None

    def picture(
        self,
        rows: Sequence[Shown],
        size: tuple[int, int],
        tail: tuple[int, int],
        ratio: float,
        dress: Hashable,
    ) -> QPixmap:
        """The picture of these rows, from its top down; `size` in rows and pixels, `tail` the place of the last cell.

        `ratio` is that of the screen's pixels; another `dress`, as of the palette, paints all anew. The picture may
        be higher than asked: a list that is made lower for a while, as by a question, finds its rows again.
        """
        capacity, width = size
        shape = (width, tail, ratio, dress)
        if shape != self._shape:
            self._shape, self._tail = shape, tail
            self._rows, self._picture = [], QPixmap()
            self._stale.clear()
        if capacity > len(self._rows):
            self._grow(capacity, width, ratio)
        empty = max(0, capacity - len(rows))
        wanted: list[Shown | None] = [*rows[:capacity], *[None] * empty]
        self._move([*wanted, *self._rows[capacity:]], ratio)
        changed = [
            place for place in range(capacity) if wanted[place] != self._rows[place] or place in self._stale
        ]
        if changed:
            painter = QPainter(self._picture)
            for place in changed:
                self._renew(painter, place, self._rows[place], wanted[place], width)
            painter.end()
            self._rows[:capacity] = wanted
            self._stale.difference_update(changed)
        return self._picture

    def _grow(self, capacity: int, width: int, ratio: float) -> None:
        """Make room for so many rows; those that are here stay."""
        before = self._picture
        self._picture = QPixmap(round(width * ratio), round(capacity * self._height * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        if self._rows:
            painter = QPainter(self._picture)
            painter.drawPixmap(0, 0, before)
            painter.end()
        self._rows += [None] * (capacity - len(self._rows))

    def _move(self, wanted: list[Shown | None], ratio: float) -> None:
        """Bring rows that are here to where they are wanted, all by as much."""
        by = _shift(self._rows, wanted)
        pixels = by * self._height * ratio
        if not by or pixels != int(pixels):
            return
        self._picture.scroll(0, int(pixels), self._picture.rect())
        gap: list[Shown | None] = [None] * abs(by)
        self._rows = [*gap, *self._rows[:-by]] if by > 0 else [*self._rows[-by:], *gap]
        start, places = (0 if by > 0 else len(self._rows) + by), range(len(self._rows))
        self._stale = {place + by for place in self._stale if place + by in places}
        self._stale.update(range(start, start + abs(by)))

    def _renew(
        self, painter: QPainter, place: int, before: Shown | None, now: Shown | None, width: int
    ) -> None:
        room = QRect(0, place * self._height, width, self._height)
        last = QRect(self._tail[0], room.y(), self._tail[1], self._height)
        same = before is not None and now is not None and before.row is now.row and before.look == now.look
        if before is not None or place in self._stale:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(last if same else room, Qt.GlobalColor.black)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if now is not None:
            if not same:
                self._paint_row(painter, room, now)
            self._paint_tail(painter, last, now)


def _shift(kept: Sequence[Shown | None], wanted: Sequence[Shown | None]) -> int:
    """By how many rows down (or up, below 0) what is kept has to move to stand where it is wanted."""
    for by in range(len(wanted)):
        for downward in (by, -by):
            a, b = (wanted[by], kept[0]) if downward >= 0 else (wanted[0], kept[by])
            if a is not None and b is not None and a.row is b.row:
                return downward
    return 0
