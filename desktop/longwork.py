"""Long work for the window: done in a thread of its own, with progress and time left, and stopped when told."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.room import Room
from ledger.stages import Cancelled, Progress

if TYPE_CHECKING:
    from desktop.widgets.card import Said

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
        self._name = ""
        self._waiting: list[Said] = []

    def turn_away(self, said: Said) -> bool:
        """Whether something runs here already: then `said` tells what, and what to do, until that is over."""
        if self.running:
            said.tell(busy_with(self._room, self._name), "ask")
            self._waiting.append(said)
        return self.running

    def start(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        failed: Callable[[BaseException], None],
        cancelled: Callable[[], None] = lambda: None,
        *,
        name: str,
    ) -> bool:
        """Begin; False while other work runs here. One of the three is called in the UI thread at the end.

        `name` is the code word of what is done, for whoever wants something else meanwhile (`turn_away`).
        """
        if self.running:
            return False
        self.running = True
        self._name = name
        self._room.at_work.append(name)
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

        def over() -> None:
            self.running = False
            self._room.at_work.remove(name)
            while self._waiting:
                self._waiting.pop().tell("")
            self.ended.emit()

        def finish(value: T) -> None:
            over()
            then(value)

        def fail(error: BaseException) -> None:
            over()
            if isinstance(error, Cancelled):
                cancelled()
            else:
                failed(error)

        self._room.away(lambda: work(progress), finish, fail)
        return True

    def cancel(self) -> None:
        """Stop at the next opportunity; what was begun is taken back by the work itself."""
        self._stop.set()


def busy_with(room: Room, name: str) -> str:
    """That this work has to end first, in words."""
    say = room.words.say
    return say("work_busy", what=say(name))
