"""What a person feels: the first window, gaps while scanning, memory at rest, scrolling. In real windows.

Each figure is measured in a process of its own, in turns with the same in a bare PySide6 window: the budgets are
absolute (a gap of 20 ms at p99, 100 ms at most), and the bare window shows what the machine itself adds.
On the display there is, else on an Xvfb of its own, else off screen.

A gap is the time between two turns of a timer of 2 ms in the window's thread: what a key that comes meanwhile may
have to wait. Its p99 is taken over sixtieths of a second, each with the longest gap that reaches into it, so that a
long gap counts as long as it lasts and short ones thin out nothing (`ground/beat.py`). A bare window that does
nothing shows what timer and machine cost: it is measured before and after each of ours. Beside the gaps stand the
computing of the window's thread a scan, idle turns taken off, which a busy machine changes least, and the time from
COMMIT to the paint of the verdict, with a frame of a screen of 60 Hz as baseline.

Options: seconds (of scanning, 60: our own pictures take as long to be seen once, with all that is said of them),
rounds (first windows, 5), camera (a folder of pictures, a video or a webcam's number; else pictures of our own).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from desktop.bench.row import Row
from desktop.settings import Settings
from ledger.store import open_store

_PROBE = "desktop.bench.ground.probe"
FRAME_MS = 1000 / 60


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure one thing after the other, ours and the bare window in turns."""
    seconds, rounds = options.get("seconds", "60"), int(options.get("rounds", "5"))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-") as name, _screen() as environment:
        bench = _Bench(Path(name), environment)
        first: dict[str, list[float]] = {"first": [], "bare": []}
        for _ in range(rounds + 1):
            for mode, taken in first.items():
                taken.append(bench.run(mode)["seconds"])
        ours, theirs = (median(taken[1:]) * 1e3 for taken in first.values())  # the first run fills the caches
        yield Row("ui", "first window painted", ours, theirs, "bare PySide6 window", "lower", "ms", rounds)
        for what, camera in (("", ""), (" and the camera on", options.get("camera") or bench.pictures())):
            half = str(float(seconds) / 2)
            bare = [bench.run("bare-work", half)]
            with (
                _platform() as url
            ):  # a new one each time: it would tell of the packs that were scanned before
                work = bench.run("work", seconds, camera, url=url)
            bare.append(bench.run("bare-work", half))
            yield from _felt(work, bare, f"while {work['scans']} packs are scanned and synced{what}")
        mine, other = bench.run("idle")["rss"], bench.run("bare-idle")["rss"]
        yield Row("ui", "memory at rest", mine, other, "bare PySide6 window", "lower", "MB", 1)
        mine, other = (median(bench.run(mode)["ms"]) for mode in ("scroll", "bare-scroll"))
        row = "a step through the list after 100,000 scans"
        yield Row("ui", row, mine, other, "bare table of plain numbers", "lower", "ms", 300)


def _felt(work: dict[str, Any], bare: list[dict[str, Any]], label: str) -> Iterator[Row]:
    """The rows of one stretch of scanning, between two of an idle bare window."""
    idle = [gap for found in bare for gap in found["gaps"]]
    for part, share in (("p99", 0.99), ("longest", 1.0)):
        mine, other = _quantile(work["gaps"], share), _quantile(idle, share)
        yield Row(
            "ui", f"UI gap {label}, {part}", mine, other, "idle bare window", "lower", "ms", len(work["gaps"])
        )
    rate, waits = work["rate"], work["waits"]
    mine, other = (load / rate for load in (work["load"], median(found["load"] for found in bare)))
    row = f"computing of the window's thread a scan {label}"
    yield Row("ui", row, mine - other, other, "idle bare window, as long", "lower", "ms", work["scans"])
    for part, share in (("median", 0.5), ("p99", 0.99)):
        row = f"from COMMIT to the painted verdict {label}, {part}"
        yield Row(
            "ui", row, _quantile(waits, share), FRAME_MS, "one frame at 60 Hz", "lower", "ms", len(waits)
        )


class _Bench:
    """Runs probes, each in a home of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._runs = 0

    def run(self, mode: str, *rest: str, url: str = "") -> dict[str, Any]:
        """What one probe found."""
        self._runs += 1
        home = self._folder / f"home{self._runs}"
        settings = Settings(home)
        settings.set("people.later", True)  # nobody to sign in
        settings.set("sound.volume", 0)
        if url:
            settings.set("platform.url", url)
        settings.save()
        open_store(home).close()  # a workstation is started a thousand times and made once
        command = [sys.executable, "-m", _PROBE, mode, repr(time.time()), str(home), *rest]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=600, check=False
        )
        lines = done.stdout.splitlines()
        if done.returncode or not lines:
            raise RuntimeError(f"{mode}: {done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(lines[-1])
        return found

    def pictures(self) -> str:
        """A folder of photographs of packs."""
        from desktop.demo.pictures import make_pictures
        from desktop.demo.samples import samples

        folder = self._folder / "pictures"
        make_pictures(folder, samples(date.today()))
        return str(folder)


@contextmanager
def _platform() -> Iterator[str]:
    """A sandbox platform in a process of its own."""
    command = [sys.executable, "-c", "from desktop.commands.root import main; main()", "--json", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield str(json.loads(server.stdout.readline())["url"])
        finally:
            server.terminate()


@contextmanager
def _screen() -> Iterator[dict[str, str]]:
    """The environment for windows; a screen of our own where there is none."""
    environment = dict(os.environ)
    if any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        yield environment
        return
    if not sys.platform.startswith("linux") or shutil.which("Xvfb") is None:
        yield environment | {"QT_QPA_PLATFORM": "offscreen"}
        return
    readable, writable = os.pipe()
    command = ["Xvfb", "-displayfd", str(writable), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writable], stderr=subprocess.DEVNULL) as server:
        os.close(writable)
        try:
            with os.fdopen(readable) as number:
                display = number.readline().strip()
            yield environment | {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
