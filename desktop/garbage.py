"""Collects cyclic garbage in the UI thread only, and never so much at once that a person notices.

Python's collector runs in whichever thread allocates last, and a widget destroyed in a worker thread ends the
process (10 of 10 runs within 5 s). So the automatic collector is switched off while the window lives and a timer
of the UI thread does its work, by the same thresholds.

To look through everything that lives takes 50 ms once the window is furnished, and 80 after 1,500 scans. So what has
outlived two collections is set aside (`gc.freeze`), a few thousand objects at a time, in 3 or 4 ms each. What was set
aside is looked through again when nothing is going on.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 50
OFTEN = 5
"""After so many collections of the youngest objects, some 4,000 survivors at most, they are set aside."""
QUIET_S = 30.0
"""Nothing is going on when so long not even the youngest objects had to be collected."""
THOROUGH_S = 600.0
"""Everything is looked through so often at most: it is the one pass that takes 100 ms."""


class Garbage(QObject):
    """Sweeps while it lives; `close` hands the work back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._swept = self._thorough = time.monotonic()
        gc.disable()
        self.settle()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(EVERY_MS)

    @Slot()
    def settle(self) -> None:
        """Collect, and set aside what lives: it has come to stay."""
        gc.collect()
        gc.freeze()

    @Slot()
    def sweep(self) -> None:
        """Collect the generations that are full, as Python would; nothing most of the time."""
        counts, now = gc.get_count(), time.monotonic()
        if counts[1] > OFTEN or counts[2]:
            self.settle()
        elif counts[0] > self._thresholds[0] > 0:
            gc.collect(0)
        else:
            if now - self._swept > QUIET_S and now - self._thorough > THOROUGH_S:
                self._thorough = now
                gc.unfreeze()
                self.settle()
            return
        self._swept = now

    def close(self) -> None:
        """Stop sweeping and let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
        gc.unfreeze()
