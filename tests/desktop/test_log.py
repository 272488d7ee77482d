"""The log: private, small, without codes; errors nobody caught are kept and told calmly."""

from __future__ import annotations

import gc
import logging
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.garbage import Garbage
from desktop.log import CRASH, Log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    opened = Log(tmp_path)
    yield opened
    opened.close()


def test_only_the_owner_can_read_it(log: Log, tmp_path: Path) -> None:
    logging.getLogger("test").error("something")
    for file in (log.file, tmp_path / "logs" / CRASH):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.file.parent.stat().st_mode) == 0o700


def test_codes_are_struck_out(log: Log) -> None:
    try:
        raise KeyError("cn20:83386520001941653320")
    except KeyError:
        logging.getLogger("test").exception("while reading 83386520001941653320")
    text = log.file.read_text("utf-8")
    assert "KeyError" in text
    assert "8338652" not in text
    assert "test_log.py" in text


def test_it_stays_small(log: Log) -> None:
    for _ in range(6_000):
        logging.getLogger("test").warning("x" * 900)
    files = list(log.file.parent.glob("tracedesk.log*"))
    assert 2 <= len(files) <= 4
    assert sum(file.stat().st_size for file in files) < 4_500_000
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_errors_that_nobody_caught_are_kept_and_told(log: Log) -> None:
    told: list[str] = []
    log.catch(told.append)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=[].pop, name="worker-7")
    thread.start()
    thread.join()
    assert told == [str(log.file)] * 2
    text = log.file.read_text("utf-8")
    assert "ZeroDivisionError" in text
    assert "IndexError" in text
    assert "worker-7" in text


def test_closing_puts_everything_back(tmp_path: Path) -> None:
    hooks = sys.excepthook, threading.excepthook
    handlers = list(logging.getLogger().handlers)
    log = Log(tmp_path)
    log.catch(lambda _: None)
    log.close()
    assert (sys.excepthook, threading.excepthook) == hooks
    assert logging.getLogger().handlers == handlers


class Ring:
    """A reference cycle."""

    alive = 0

    def __init__(self) -> None:
        self.me = self
        Ring.alive += 1
        self.thread = threading.current_thread()

    def __del__(self) -> None:
        Ring.alive -= 1
        swept_in.append(threading.current_thread())


swept_in: list[threading.Thread] = []


def test_garbage_is_collected_in_the_ui_thread_only(qtbot: QtBot) -> None:
    swept_in.clear()
    gc.enable()
    garbage = Garbage()
    try:
        assert not gc.isenabled()
        for _ in range(3):
            Ring()
        # As much as would make Python collect many times in the thread that allocates.
        thread = threading.Thread(target=lambda: [[] for _ in range(200_000)])
        thread.start()
        thread.join()
        assert Ring.alive == 3
        keep = [[number] for number in range(5_000)]
        qtbot.waitUntil(lambda: Ring.alive == 0, timeout=10_000)
        assert set(swept_in) == {threading.main_thread()}
        del keep
    finally:
        garbage.close()
    assert gc.isenabled()
