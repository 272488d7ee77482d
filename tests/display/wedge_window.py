"""A small window with a wedge filter, driven by lines on standard input, for the display tests.

    python -m tests.display.wedge_window [edit | scanedit | sink | button]

Commands: `report` prints what arrived since the last report, `forget` drops it, `look` prints the text of the
field, `block MS` keeps the loop busy for so long again and again with free moments between (0 stops it),
`focus NAME` moves the focus, `profile JSON` gives the wedge a profile, `calibrate` the patient one for which
`learned` prints what the last scan, of the calibration symbol, has taught.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.likeness import likeness
from desktop.wedgefilter import WedgeFilter
from desktop.widgets.scanfield import ScanLineEdit, ScanSink
from scanner.burst import Burst, Check
from scanner.calibrate import CALIBRATING, calibrate
from scanner.keymap import Stroke
from scanner.profile import Profile
from scanner.scan import Scan
from scanner.wedge import Step, Wedge

QUIET_MS = 300
"""A report waits until no key was handled for so long: all keys have come, all that was held is decided."""


class RecordingWedge(Wedge):
    """Keeps the times of the key presses, by the X server's clock."""

    def __init__(self, check: Check) -> None:
        super().__init__(check=check)
        self.presses: list[int] = []
        self.handled_at = 0.0

    def feed(self, stroke: Stroke) -> Step:
        self.handled_at = time.monotonic()
        if stroke.pressed:
            self.presses.append(stroke.at_ms)
        return super().feed(stroke)


def main() -> None:
    app = QApplication(sys.argv)
    window = QWidget()
    window.setGeometry(0, 0, 700, 300)
    layout = QVBoxLayout(window)
    fields: dict[str, QWidget] = {
        "edit": QLineEdit(),
        "scanedit": ScanLineEdit(),
        "sink": ScanSink(),
        "button": QPushButton("button"),
    }
    for field in fields.values():
        layout.addWidget(field)
    seen: dict[str, list[Any]] = {name: [] for name in ("scans", "suspect", "manual", "typed", "forms")}
    bursts: list[Burst] = []
    counts = {"clicks": 0, "gs_shortcut": 0, "save_shortcut": 0, "f8_shortcut": 0}
    scanedit, sink, button = fields["scanedit"], fields["sink"], fields["button"]
    assert isinstance(scanedit, ScanLineEdit)
    assert isinstance(sink, ScanSink)
    assert isinstance(button, QPushButton)

    def count(name: str) -> None:
        counts[name] += 1

    button.clicked.connect(lambda: count("clicks"))
    scanedit.entered.connect(lambda scan: seen["manual"].append(scan.text))
    sink.typed.connect(seen["typed"].append)
    QShortcut(QKeySequence("Ctrl+]"), window, lambda: count("gs_shortcut"))
    QShortcut(QKeySequence("Ctrl+S"), window, lambda: count("save_shortcut"))
    QShortcut(QKeySequence("F8"), window, lambda: count("f8_shortcut"))

    recorder = RecordingWedge(check=likeness)
    wedge = WedgeFilter(app, recorder)

    def scanned(scan: Scan) -> None:
        seen["scans"].append(scan.text)
        seen["suspect"].append(scan.suspect)

    def burst(burst: Burst) -> None:
        seen["forms"].append(burst.said.reading)
        bursts.append(burst)

    wedge.scanned.connect(scanned)
    wedge.burst.connect(burst)

    blocker = QTimer()
    busy_ms = 0
    blocker.timeout.connect(lambda: time.sleep(busy_ms / 1000))

    def report() -> dict[str, Any]:
        edit = fields["edit"]
        assert isinstance(edit, QLineEdit)
        gaps = [b - a for a, b in pairwise(recorder.presses)]
        answer = {**seen, **counts, "edit": edit.text(), "scanedit": scanedit.text(), "gaps": gaps}
        recorder.presses.clear()
        edit.clear()
        scanedit.clear()
        answer = json.loads(json.dumps(answer))
        for items in seen.values():
            items.clear()
        counts.update(dict.fromkeys(counts, 0))
        return answer

    def obey(line: str) -> None:
        nonlocal busy_ms
        command, _, argument = line.partition(" ")
        answer: dict[str, Any] = {}
        if command == "report":
            answer = report()
        elif command == "forget":
            report()
        elif command == "look":
            edit = fields["edit"]
            assert isinstance(edit, QLineEdit)
            answer = {"edit": edit.text()}
        elif command == "block":
            busy_ms = int(argument)
            blocker.stop()
            if busy_ms:
                blocker.start(busy_ms + 40)
        elif command == "focus":
            fields[argument].setFocus()
            app.processEvents()
        elif command == "calibrate":
            wedge.wedge.profile = CALIBRATING
        elif command == "learned":
            learned = calibrate(bursts[-1])
            answer = {
                "profile": learned.profile.json(),
                "layout": learned.layout,
                "caps_lock": learned.caps_lock,
                "usable": learned.usable,
                "advice": [one.code for one in learned.advice],
            }
        elif command == "profile":
            wedge.wedge.profile = Profile.of(json.loads(argument)) if argument else None
        print(json.dumps({"platform": app.platformName(), **answer}), flush=True)

    def report_when_quiet() -> None:
        if time.monotonic() - recorder.handled_at < QUIET_MS / 1000:
            QTimer.singleShot(20, report_when_quiet)
        else:
            obey("report")

    pending = b""

    def read() -> None:
        nonlocal pending
        block = os.read(0, 65536)
        if not block:
            app.quit()
        *lines, pending = (pending + block).split(b"\n")
        for line in lines:
            if line == b"report":
                QTimer.singleShot(QUIET_MS, report_when_quiet)
            else:
                obey(line.decode())

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(read)
    window.show()
    window.activateWindow()
    fields[sys.argv[1] if len(sys.argv) > 1 else "edit"].setFocus()
    QTimer.singleShot(300, lambda: print(json.dumps({"ready": True}), flush=True))
    app.exec()


if __name__ == "__main__":
    main()
