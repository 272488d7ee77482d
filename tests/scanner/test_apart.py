"""A decoder in a process of its own reads what the one in this process reads, and may die without harm."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from scanner import apart as module
from scanner.apart import Apart
from scanner.camera import Camera
from scanner.decode import decode_image
from scanner.scan import Scan
from scanner.videosource import Preloaded


def frame(text: str = "01069012345678921726123110L1\x1d21S1") -> np.ndarray:
    drawn = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=5))
    scene = np.full((400, 600), 200, np.uint8)
    scene[80 : 80 + drawn.shape[0], 120 : 120 + drawn.shape[1]] = drawn
    return scene


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_reads_what_is_read_here_and_may_die_without_harm() -> None:
    gray = frame()
    with closing(Apart()) as apart:
        _lives_and_dies(apart, gray)


def _lives_and_dies(apart: Apart, gray: np.ndarray) -> None:
    # Plenty of time: other programs at work must not decide what is read.
    assert apart(gray, 20_000) == decode_image(gray, budget_ms=20_000) != ()
    assert apart(np.full((300, 500), 128, np.uint8), 200) == ()
    assert apart(gray[:, ::-1].copy()[:, ::-1], 20_000) == decode_image(gray, budget_ms=20_000)
    first = apart.pid
    assert first is not None
    if hasattr(os, "getpriority"):
        assert os.getpriority(os.PRIO_PROCESS, first) > os.getpriority(os.PRIO_PROCESS, 0), (
            "the window goes first"
        )
    os.kill(first, signal.SIGKILL)
    assert apart(gray, 20_000) == (), "the frame that it died on is left out"
    assert apart(gray, 20_000)
    second = apart.pid
    assert second is not None and second != first
    apart.close()
    assert gone(second) and apart(gray, 20_000) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets the size of a pipe be set")
def test_where_no_pipe_may_be_so_large_it_reads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIPE", 0xF000_0000)  # no kernel takes that
    gray = frame()
    with closing(Apart()) as apart:
        assert apart(gray, 2_000.0)
        assert apart.pid is not None


def test_where_none_can_be_started_frames_are_read_here() -> None:
    apart = Apart((sys.executable, "-c", "raise SystemExit(1)"))
    assert [bool(apart(frame(), 20_000)) for _ in range(4)] == [False, False, False, True]
    absent = Apart(("/nowhere/at/all",))
    assert [bool(absent(frame(), 20_000)) for _ in range(4)] == [False, False, False, True]


def test_a_camera_reads_by_it_and_ends_it(tmp_path: Path) -> None:
    apart, scans = Apart(), list[Scan]()
    camera = Camera(
        Preloaded("frames", [frame()] * 40, fps=10), on_scan=scans.append, decode=apart, budget_ms=2_000
    )
    camera.start()
    deadline, pid = time.monotonic() + 30, None
    while not scans and time.monotonic() < deadline:
        pid = apart.pid or pid
        time.sleep(0.02)
    assert camera.stop(10)
    assert [scan.text for scan in scans] == ["01069012345678921726123110L1\x1d21S1"]
    assert pid is not None and gone(pid) and apart.pid is None
