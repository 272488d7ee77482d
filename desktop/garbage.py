"""Collects cyclic garbage in the UI thread only.

Python's collector runs in whichever thread allocates last, and a widget destroyed in a worker thread ends the
process (10 of 10 runs within 5 s). So the automatic collector is switched off while the window lives and a timer
of the UI thread does its work, by the same thresholds.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 50


class Garbage(QObject):
    """Sweeps while it lives; `close` hands the work back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(EVERY_MS)

    @Slot()
    def sweep(self) -> None:
        """Collect the generations that are full, as Python would; nothing most of the time."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation] > 0:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Stop sweeping and let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
        gc.unfreeze()
