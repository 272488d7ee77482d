"""A timer that lets keys go first: after a busy moment one may fire in front of keys that wait to be handled."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

LOOK_MS, LATE_SECONDS, MOST_LOOKS = 5, 0.002, 4


class Patience(QObject):
    """Says once that the time is up: a few milliseconds later, so that the window was free to see keys until then.

    It looks a second time in any case, and again while these looks come late, too.
    """

    is_up = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._due = 0.0
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)

    def start(self, wait_ms: int) -> None:
        """Wait from now on, whatever was waited for before."""
        self._looks = 0
        self._wait(wait_ms)

    def stop(self) -> None:
        """Wait no longer."""
        self._timer.stop()

    def _wait(self, wait_ms: int) -> None:
        self._due = time.monotonic() + wait_ms / 1000
        self._timer.start(wait_ms)

    def _look(self) -> None:
        late = time.monotonic() - self._due > LATE_SECONDS
        if self._looks == 0 or (late and self._looks < MOST_LOOKS):
            self._looks += 1
            self._wait(LOOK_MS)
        else:
            self.is_up.emit()
