"""Meters of the window's thread: how long its event loop was away, what it computed, when an answer was painted.

They run inside the process that is measured, in that very thread, through nothing but Qt's own timers and events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 2
"""The loop is asked so often whether it is there: a gap is known to this much, and never told too small."""
FRAME_S = 1 / 60
"""What a person can see. The longest gap of each such frame counts, once in every frame that it reaches into."""
WARM_S = 2.0


class Beat:
    """Watches the event loop for so many seconds after a warm-up.

    A gap is the time between two turns of a timer of 2 ms, so what a key or a scan waits at most that comes within
    it. Every sixtieth of a second counts alike with its longest gap: a gap of 100 ms spoils six of them, and a
    timer that turns often in between dilutes nothing.
    """

    def __init__(self, seconds: float, done: Callable[[Beat], object]) -> None:
        self.frames: list[float] = []
        """The longest gap in each frame, in milliseconds."""
        self.load = 0.0
        """Milliseconds of computing that this thread did in each second, the meter included."""
        self._done = done
        self._from = time.perf_counter() + WARM_S
        self._until = self._from + seconds
        self._turns: list[float] = []
        self._computed = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start(TICK_MS)

    def _turn(self) -> None:
        now = time.perf_counter()
        if now < self._from:
            return
        if not self._turns:
            self._computed = time.thread_time()
        self._turns.append(now)
        if now >= self._until:
            self._timer.stop()
            self.load = (time.thread_time() - self._computed) / (now - self._turns[0]) * 1e3
            self.frames = frames_of(self._turns)
            self._done(self)


def frames_of(turns: list[float]) -> list[float]:
    """The longest gap between two turns, in milliseconds, that reaches into each frame from the first turn on."""
    if len(turns) < 2:
        return []
    longest = [0.0] * (int((turns[-1] - turns[0]) / FRAME_S) + 1)
    for before, after in pairwise(turns):
        first, last = (int((at - turns[0]) / FRAME_S) for at in (before, after))
        for frame in range(first, last + 1):
            longest[frame] = max(longest[frame], round((after - before) * 1e3, 3))
    return longest


class Painted(QObject):
    """Measures from the COMMIT of a scan to the moment at which its verdict has been painted and handed to the screen.

    Where several verdicts come between two paints, each is measured to the one paint that shows it or its successor.
    """

    def __init__(self, panel: QWidget, shown: Callable[[], int]) -> None:
        """`shown` tells the ticket of the verdict that the panel shows now."""
        super().__init__(panel)
        self.waits: list[float] = []
        """Milliseconds from COMMIT to paint, of each scan."""
        self.beat: Beat | None = None
        """Kept alive with it."""
        self._shown = shown
        self._committed: dict[int, float] = {}
        self._pending = False
        panel.installEventFilter(self)

    def watch(self, ticket: int, future: Future[Any]) -> None:
        """Note when this scan was committed; the future is resolved in the writer's thread."""

        def note(_done: Future[Any]) -> None:
            self._committed[ticket] = time.perf_counter()

        future.add_done_callback(note)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A paint is over when the loop turns again: children are painted and sent to the screen within it."""
        if event.type() == QEvent.Type.Paint and not self._pending:
            self._pending = True
            ticket = self._shown()
            QTimer.singleShot(0, self, lambda: self._note(ticket))
        return super().eventFilter(watched, event)

    def _note(self, ticket: int) -> None:
        self._pending = False
        now = time.perf_counter()
        for one in [one for one in list(self._committed) if one <= ticket]:
            self.waits.append(round((now - self._committed.pop(one)) * 1e3, 3))
