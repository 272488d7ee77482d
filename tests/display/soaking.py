"""The workstation under a long shift: `python -m tests.display.soaking HOME SECONDS CAMERA`.

Opens the window as `tracedesk` does, scans twenty packs a second through it, and prints a line of JSON now and then
with what it holds: memory, threads, open files, and how many scans were answered and saved.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import run
from desktop.window import Window
from desktop.words import Words
from scanner.scan import Scan, Source

SCANS_A_SECOND = 20
EVERY_S = 2.0
GTIN = "09521234000013"


def code(number: int) -> str:
    """One pack of many."""
    expiry = date.today() + timedelta(days=600)
    return f"]d201{GTIN}17{expiry:%y%m%d}10SOAK-{number // 500}\x1d21S{number:07d}"


class Shift(QObject):
    """Scans: four packs in, one of them out, one twice."""

    def __init__(self, window: Window, seconds: float) -> None:
        super().__init__(window)
        self._window, self._until = window, time.monotonic() + seconds
        self._number, self._step = 0, 0
        self._asked = self._answered = self._saved = 0
        self._told_at = time.monotonic()
        window.desk.told.connect(self._told)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._scan)
        self._timer.start(1000 // SCANS_A_SECOND)

    def _scan(self) -> None:
        now = time.monotonic()
        if now - self._told_at > EVERY_S:
            self._told_at = now
            self._tell()
        if now > self._until:
            if self._answered == self._asked:
                self._timer.stop()
                self._tell()
                self._window.close()
            return
        self._step = (self._step + 1) % 6
        if self._step in (1, 2, 3, 4):
            self._window.desk.choose("receive")
            self._number += 1
        elif self._step == 5:
            self._window.desk.choose("dispense")
        self._asked += 1
        self._window.take(Scan(code(self._number), Source.WEDGE))

    def _told(self, verdict: object) -> None:
        self._answered += "10SOAK-" in verdict.text  # type: ignore[attr-defined] # not the camera's
        self._saved += bool(verdict.saved)  # type: ignore[attr-defined]

    def _tell(self) -> None:
        status = Path("/proc/self/status").read_text("ascii")
        sample = {
            "rss_mb": int(status.partition("VmRSS:")[2].split()[0]) / 1024,
            "threads": threading.active_count(),
            "files": len(os.listdir("/proc/self/fd")),
            "asked": self._asked,
            "answered": self._answered,
            "saved": self._saved,
        }
        print(json.dumps(sample), flush=True)


def main(home: Path, seconds: float, camera: str) -> int:
    """Work until the time is over and every scan was answered."""
    app = QApplication(sys.argv[:1])
    begun: list[Shift] = []

    def look() -> None:
        found = [one for one in app.topLevelWidgets() if isinstance(one, Window) and hasattr(one, "work")]
        if found and found[0].work.isVisible():
            timer.stop()
            begun.append(Shift(found[0], seconds))

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(100)
    return run(Words("zh_CN"), home, camera=camera or None)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
