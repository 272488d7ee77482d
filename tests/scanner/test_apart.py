"""A decoder in a process of its own reads what the one in this process reads, and may die without harm."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

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


@pytest.fixture
def apart() -> Iterator[Apart]:
    one = Apart()
    yield one
    one.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_reads_what_is_read_here(apart: Apart) -> None:
    gray = frame()
    # Plenty of time: other programs at work must not decide what is read.
    assert apart(gray, 5_000) == decode_image(gray, budget_ms=5_000) != ()
    assert apart(np.full((300, 500), 128, np.uint8), 200) == ()
    assert apart(gray[:, ::-1].copy()[:, ::-1], 5_000) == decode_image(gray, budget_ms=5_000)


def test_one_that_dies_loses_a_frame_and_no_more(apart: Apart) -> None:
    assert apart(frame(), 5_000)
    assert apart.pid is not None
    first = apart.pid
    os.kill(first, signal.SIGKILL)
    assert apart(frame(), 5_000) == ()
    assert apart(frame(), 5_000) and apart.pid != first


def test_where_none_can_be_started_frames_are_read_here() -> None:
    apart = Apart((sys.executable, "-c", "raise SystemExit(1)"))
    assert [bool(apart(frame(), 5_000)) for _ in range(4)] == [False, False, False, True]
    absent = Apart(("/nowhere/at/all",))
    assert [bool(absent(frame(), 5_000)) for _ in range(4)] == [False, False, False, True]


def test_nothing_is_left_when_it_is_closed(apart: Apart) -> None:
    apart(frame(), 5_000)
    assert apart.pid is not None
    pid = apart.pid
    apart.close()
    assert gone(pid)
    assert apart(frame(), 5_000) == ()


def test_the_program_goes_before_it(apart: Apart) -> None:
    apart(frame(), 5_000)
    if hasattr(os, "getpriority"):
        assert apart.pid is not None
        assert os.getpriority(os.PRIO_PROCESS, apart.pid) > os.getpriority(os.PRIO_PROCESS, 0)


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
