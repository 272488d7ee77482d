"""Long work for the window: done in a thread of its own, with progress and time left, and stopped when told."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.room import Room
from ledger.stages import Cancelled, Progress

T = TypeVar("T")

_EVERY = 0.1
"""Seconds between two announcements of progress."""


class LongWork(QObject):
    """One piece of work at a time."""

    progressed = Signal(str, int, int, float)
    """Code word of the stage, done, of how much (0: unknown), seconds left (negative: unknown)."""
    ended = Signal()
    """It is over, however it ended."""

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._stop = Event()
        self.running = False

    def start(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        failed: Callable[[BaseException], None],
        cancelled: Callable[[], None] = lambda: None,
    ) -> bool:
        """Begin; False while other work runs. One of the three is called in the UI thread at the end."""
        if self.running:
            return False
        self.running = True
        self._stop.clear()
        began, told = time.monotonic(), [0.0]

        def progress(stage: str, done: int, total: int) -> None:
            if self._stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told[0] < _EVERY:
                return
            told[0] = now
            left = (now - began) * (total - done) / done if total and done else -1.0
            self.progressed.emit(stage, done, total, left)

        def finish(value: T) -> None:
            self.running = False
            self.ended.emit()
            then(value)

        def fail(error: BaseException) -> None:
            self.running = False
            self.ended.emit()
            if isinstance(error, Cancelled):
                cancelled()
            else:
                failed(error)

        self._room.away(lambda: work(progress), finish, fail)
        return True

    def cancel(self) -> None:
        """Stop at the next opportunity; what was begun is taken back by the work itself."""
        self._stop.set()
