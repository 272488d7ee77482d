"""One process of the bench of the window: opens a window, measures, prints one JSON object and ends.

    python -m desktop.bench.ground.probe MODE STARTED HOME …

Modes: `bare` and `first` (a plain window and ours up to their first paint), `idle` and `bare-idle` (memory at
rest), `work` and `bare-work` (what keeps the event loop away, see `beat`), `scroll` and `bare-scroll`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView, QTableWidget, QTableWidgetItem, QWidget

from desktop.bench.ground.beat import Beat, Painted

if TYPE_CHECKING:
    from concurrent.futures import Future

    from desktop.station import Station
    from desktop.window import Window
    from ledger.capture import Captured, Workplace
    from ledger.situation import Intent
    from scanner.scan import Scan

SCANS_A_SECOND = 20

_Index = QModelIndex | QPersistentModelIndex


def main(mode: str, started: float, home: Path, *rest: str) -> None:
    """Measure one thing."""
    match mode:
        case "bare":
            _bare(lambda _: _end({"seconds": time.time() - started}))
        case "bare-idle":
            _bare(lambda _: QTimer.singleShot(2_000, lambda: _end({"rss": rss()})))
        case "bare-work":
            _bare(lambda _: Beat(float(rest[0]), lambda beat: _end({"gaps": beat.frames, "load": beat.load})))
        case "bare-scroll":
            _bare(lambda _: _end({"ms": scrolled(Plain())}))
        case "first":
            _first(home, started)
        case "idle":
            _ours(home, "", lambda _: QTimer.singleShot(4_000, lambda: _end({"rss": rss()})))
        case "work":
            _ours(home, rest[1], lambda window: _work(window, float(rest[0])))
        case "scroll":
            _ours(home, "", lambda window: _end({"ms": _scroll(window)}))
        case _:
            raise SystemExit(2)


class Bare(QMainWindow):
    """A window as plain as they come: tool bar, table, status bar."""

    def __init__(self, painted: Callable[[QWidget], object]) -> None:
        super().__init__()
        self._painted: Callable[[QWidget], object] | None = painted
        self._kept: object = None
        bar = self.addToolBar("bar")
        for name in ("Receive", "Dispense", "Undo"):
            bar.addAction(name)
        table = QTableWidget(30, 6)
        for row in range(30):
            for column in range(6):
                table.setItem(row, column, QTableWidgetItem(f"{row} {column}"))
        self.setCentralWidget(table)
        self.statusBar().showMessage("ready")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Tell once that it was painted."""
        super().paintEvent(event)
        painted, self._painted = self._painted, None
        if painted is not None:
            QTimer.singleShot(0, self, lambda: self._keep(painted(self)))

    def _keep(self, what: object) -> None:
        self._kept = what


class Plain(QTableView):
    """A table of as many rows whose cells cost nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setModel(_Numbers(self))
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)


class _Numbers(QAbstractTableModel):
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else 5_000

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else 7

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        return f"{index.row()} {index.column()}" if role == Qt.ItemDataRole.DisplayRole else None


def scrolled(view: QTableView) -> list[float]:
    """Milliseconds of each step of scrolling through all rows, painting included."""
    if not view.isVisible():
        view.resize(1200, 700)
        view.show()
    bar = view.verticalScrollBar()
    QApplication.processEvents()
    taken = []
    for step in range(300):
        started = time.perf_counter()
        bar.setValue(bar.maximum() * step // 299)
        view.viewport().repaint()
        taken.append(round((time.perf_counter() - started) * 1e3, 3))
    return taken


def rss() -> float:
    """Resident memory of this process in MB; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _end(found: dict[str, object]) -> None:
    print(json.dumps(found), flush=True)
    os._exit(0)


def _bare(painted: Callable[[QWidget], object]) -> None:
    app = QApplication(sys.argv[:1])
    window = Bare(painted)
    window.showMaximized()
    app.exec()


def _first(home: Path, started: float) -> None:
    """The whole command, up to where its window has been painted."""
    from desktop import window as module
    from desktop.commands.root import main as command

    class Seen(module.Window):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            super().paintEvent(event)
            QTimer.singleShot(0, self, lambda: _end({"seconds": time.time() - started}))

    module.Window = Seen  # type: ignore[misc]
    sys.argv = ["tracedesk", "--home", str(home)]
    command()


def _ours(home: Path, camera: str, ready: Callable[[Window], object]) -> None:
    """The workstation as `tracedesk` opens it; `ready` is called with its window when the ledger is open."""
    from desktop.app import run
    from desktop.window import Window as Ours
    from desktop.words import Words

    app = QApplication(sys.argv[:1])
    found: list[Ours] = []

    def look() -> None:
        found[:] = [one for one in app.topLevelWidgets() if isinstance(one, Ours) and hasattr(one, "work")]
        if found and found[0].work.isVisible():
            timer.stop()
            ready(found[0])

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    run(Words("zh_CN"), home, camera=camera or None)


def _work(window: Window, seconds: float) -> None:
    """Scan without end, and keep how the window's thread fares."""
    from desktop.bench.ground import past
    from scanner.scan import Scan, Source

    panel = window.work.verdict
    painted = Painted(panel, lambda: panel.verdict.ticket if panel.verdict else 0)
    station = window.room.station
    assert station is not None
    window.desk.open(_Noted(station, painted), window.desk.operator)
    scans = iter(range(1, 1_000_000))
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: window.take(Scan(past.face(next(scans)).text, Source.WEDGE)))
    timer.start(1000 // SCANS_A_SECOND)

    def done(beat: Beat) -> None:
        timer.stop()
        count = sum(sum(table.counts.values()) for table in window.work.tables.values())
        found = {"gaps": beat.frames, "load": beat.load, "waits": painted.waits, "rate": SCANS_A_SECOND}
        _end({**found, "scans": count, "rss": rss()})

    painted.beat = Beat(seconds, done)


class _Noted:
    """A station whose captures are noted as they are committed; the desk numbers its scans as they come."""

    def __init__(self, station: Station, painted: Painted) -> None:
        self.writer = station.writer
        self._station, self._painted = station, painted
        self._count = 0

    @property
    def workplace(self) -> Workplace:
        return self._station.workplace

    def capture(
        self, scan: Scan, intent: Intent, *, other: Scan | None = None, product: str | None = None
    ) -> Future[Captured]:
        self._count += 1
        future = self._station.capture(scan, intent, other=other, product=product)
        self._painted.watch(self._count, future)
        return future


def _scroll(window: Window) -> list[float]:
    """Put a hundred thousand scans into the list, and scroll through what it keeps of them."""
    from desktop.bench.ground import past
    from desktop.models import ScanTable
    from desktop.verdict import Level, Verdict
    from ledger.event import EventKind

    view = window.work.scans
    table = view.model()
    assert isinstance(table, ScanTable)
    at = datetime.now().astimezone()
    for number in range(1, 100_001):
        face = past.face(number)
        names = (f"产品{number}", f"Product {number}")
        table.put(
            Verdict(
                number,
                at,
                EventKind.RECEIVE,
                Level.OK,
                face.text,
                names,
                product=face.product,
                lot=face.lot,
                expiry=face.expiry,
                serial=face.serial,
                seq=number,
            )
        )
    return scrolled(view)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
