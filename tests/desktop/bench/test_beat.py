"""The meter of the window's thread: what it calls a gap, and that it sees one."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.bench.ground import beat
from desktop.bench.ground.beat import Beat, Painted, frames_of


def test_a_gap_spoils_every_frame_that_it_reaches_into() -> None:
    turns = [number * 0.002 for number in range(50)]  # 98 ms, never away
    assert max(frames_of(turns)) == pytest.approx(2.0) and len(frames_of(turns)) == 6
    late = [*turns[:10], *(turn + 0.1 for turn in turns[10:])]
    gaps = frames_of(late)
    assert sum(gap == pytest.approx(102.0) for gap in gaps) == 7, "from 18 to 120 ms there are seven frames"
    assert sum(gap == pytest.approx(2.0) for gap in gaps) == len(gaps) - 7
    assert frames_of([]) == frames_of([1.0]) == []


def test_a_loop_that_was_away_is_seen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "WARM_S", 0.0)
    done: list[Beat] = []
    meter = Beat(0.4, done.append)
    QTimer.singleShot(100, lambda: time.sleep(0.08))
    qtbot.waitUntil(lambda: bool(done), timeout=5_000)
    assert max(meter.frames) >= 80
    assert meter.load < 1_000, "sleeping is no computing"


def test_the_wait_ends_with_the_paint_that_shows_the_verdict_or_its_successor(qtbot: QtBot) -> None:
    label = QLabel("0")
    qtbot.addWidget(label)
    label.show()
    qtbot.waitExposed(label)
    painted = Painted(label, lambda: int(label.text()))
    futures: list[Future[Any]] = [Future() for _ in range(3)]
    for ticket, future in enumerate(futures, 1):
        painted.watch(ticket, future)
    for future in futures[:2]:
        future.set_result(None)
    label.setText("1")
    qtbot.waitUntil(lambda: len(painted.waits) == 1)
    futures[2].set_result(None)
    label.setText("3")
    qtbot.waitUntil(lambda: len(painted.waits) == 3)
    assert all(wait >= 0 for wait in painted.waits)
