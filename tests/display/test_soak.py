"""A shift without end: twenty scans a second, a camera on, a platform that comes and goes; nothing lost, nothing grows.

A quarter of a minute by default, ten minutes with --long, as many hours as the environment's TRACEDESK_SOAK_HOURS says.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.demo.pictures import make_pictures
from desktop.demo.samples import samples
from desktop.settings import Settings
from ledger.clock import Clock
from ledger.event import ABOUT_PACKS, Event
from ledger.store import open_reader
from sync.sandbox import serve
from sync.sandbox.peek import held_events
from tests.display.xserver import PROJECT, Program, needs_display, xserver

pytestmark = [pytest.mark.display, needs_display, pytest.mark.timeout(9 * 3600)]

PROGRAM = "import sys; from desktop.commands.root import main; main(sys.argv[1:])"
GROWTH_MB = 20
UP_S, DOWN_S = 5.0, 3.0


@contextmanager
def flapping(store: Path) -> Iterator[str]:
    """A platform that answers for a while and is gone for a while, at the same address, with what it holds on disk."""
    platform = serve(0, path=store)
    url, port = platform.url, int(platform.url.rpartition(":")[2].strip("/"))
    stop = threading.Event()

    def flap() -> None:
        nonlocal platform
        while not stop.wait(UP_S):
            platform.stop()
            stop.wait(DOWN_S)
            platform = serve(port, path=store)

    thread = threading.Thread(target=flap, name="flapping")
    thread.start()
    try:
        yield url
    finally:
        stop.set()
        thread.join()
        platform.stop()


def samples_of(program: Program, seconds: float) -> list[dict[str, float]]:
    """What the window told of itself until it ended."""
    found: list[dict[str, float]] = []
    deadline = time.monotonic() + seconds + 120
    while time.monotonic() < deadline:
        try:
            line = program._lines.get(timeout=60)
        except queue.Empty:
            break
        if line is None:
            return found
        found.append(json.loads(line))
    pytest.fail(f"the window did not end: {program.errors()[-2000:]}")


def test_a_long_shift_loses_nothing_and_grows_nowhere(tmp_path: Path, long_run: bool) -> None:
    hours = float(os.environ.get("TRACEDESK_SOAK_HOURS", "0"))
    seconds = hours * 3600 or (600.0 if long_run else 14.0)
    home, pictures, store = tmp_path / "home", tmp_path / "pictures", tmp_path / "platform.sqlite3"
    make_pictures(pictures, samples(Clock().now().at.date()))
    with flapping(store) as url, xserver("1366x768") as x:
        settings = Settings(home)
        settings.set("platform.url", url)
        settings.set("people.later", True)
        settings.save()
        program = x.start(
            [sys.executable, "-m", "tests.display.soaking", str(home), str(seconds), str(pictures)]
        )
        told = samples_of(program, seconds)
        assert program.process.wait(30) == 0, program.errors()[-2000:]
        assert told, program.errors()[-2000:]
        last = told[-1]
        assert last["answered"] == last["asked"] > seconds, last
        settled = told[len(told) // 3 :]
        grown = settled[-1]["rss_mb"] - settled[0]["rss_mb"]
        assert grown < GROWTH_MB, [round(one["rss_mb"]) for one in told]
        assert max(one["threads"] for one in settled) - min(one["threads"] for one in settled) <= 3, settled
        assert settled[-1]["files"] - settled[0]["files"] <= 6, settled
    platform = serve(int(url.rpartition(":")[2].strip("/")), path=store)
    try:
        drained = subprocess.run(
            [sys.executable, "-c", PROGRAM, "--home", str(home), "--json", "sync"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        reader = open_reader(home)
        events = [Event.from_canonical(body) for _, body, _ in reader.chain()]
        backlog = reader.outbox.summary()
        reader.close()
        ours = [event.event_id for event in events if event.kind in ABOUT_PACKS]
        assert (backlog.pending, backlog.parked) == (0, 0), (drained.stdout, drained.stderr)
        assert len(ours) >= last["saved"] > 0
        assert held_events(platform.url) == len(set(ours)) == len(ours), "each is there, and once"
    finally:
        platform.stop()
