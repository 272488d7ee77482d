"""The room keeps what is set in passing: off the UI thread, in order, to the last one, and a bad disk is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.room import Room
from desktop.settings import FILE, Settings
from desktop.station import Station
from desktop.theme import Theme
from desktop.words import Words
from ledger.clock import Clock


class SlowDisk(Settings):
    """Saves when it is let, and notes in which thread and what."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.free = threading.Event()
        self.threads: set[threading.Thread] = set()
        self.saved: list[object] = []

    def save(self) -> None:
        assert self.free.wait(60)
        super().save()
        self.threads.add(threading.current_thread())
        self.saved.append(Settings.load(self.home)["sound.volume"])


@pytest.fixture
def disk(tmp_path: Path) -> SlowDisk:
    return SlowDisk(tmp_path / "home")


@pytest.fixture
def room(qtbot: QtBot, theme: Theme, words: Words, disk: SlowDisk) -> Iterator[Room]:
    station = Station(disk.home, disk, Clock())
    room = Room(theme, words, disk.home)
    room.open(station)
    yield room
    disk.free.set()
    room.close()
    station.close()


def test_what_is_chosen_before_the_ledger_is_open_is_kept_for_the_next_start(
    qtbot: QtBot, theme: Theme, words: Words, tmp_path: Path
) -> None:
    """The first thing that many do at the first page is to change its language."""
    home = tmp_path / "home"
    room = Room(theme, words, home)
    room.remember("language", "zh_CN")
    room.remember("language", "en")
    station = Station(home, Settings(home), Clock())
    room.open(station)
    assert room.settings["language"] == "en"
    room.close()
    station.close()
    assert Settings.load(home)["language"] == "en"


def test_a_setting_holds_at_once_and_is_saved_elsewhere(room: Room, disk: SlowDisk, qtbot: QtBot) -> None:
    room.remember("sound.volume", 30)
    assert room.settings["sound.volume"] == 30
    assert not (disk.home / FILE).exists()
    disk.free.set()
    qtbot.waitUntil(lambda: disk.saved == [30], timeout=20_000)
    assert threading.main_thread() not in disk.threads


def test_quick_changes_are_saved_in_their_order_and_none_is_lost_when_the_window_closes(
    room: Room, disk: SlowDisk
) -> None:
    for volume in range(20):
        room.remember("sound.volume", volume)
    room.remember("language", "en")
    stop = room.let_go()
    disk.free.set()
    stop()
    assert disk.saved == sorted(disk.saved)  # type: ignore[type-var]
    assert len(disk.saved) == 21
    kept = Settings.load(disk.home)
    assert (kept["sound.volume"], kept["language"]) == (19, "en")
    assert len(disk.threads) == 1


def test_small_files_are_written_one_after_the_other(room: Room, qtbot: QtBot) -> None:
    done: list[int] = []
    told: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        return number

    for number in range(50):
        room.save(partial(work, number), told.append)
    qtbot.waitUntil(lambda: len(told) == 50, timeout=20_000)
    assert done == told == list(range(50))


def test_a_disk_that_takes_nothing_is_told_in_words_and_the_setting_holds(
    room: Room, disk: SlowDisk, words: Words, qtbot: QtBot
) -> None:
    disk.free.set()
    disk.home = disk.home / FILE / "below"  # no folder can be made below a file
    (disk.home.parent).write_text("{}", "utf-8")
    with qtbot.waitSignal(room.said, timeout=20_000) as banner:
        room.remember("sound.volume", 30)
    code, params = banner.args
    assert code == "file_unwritable"
    assert str(disk.home) in words.say(code, **params)
    assert room.settings["sound.volume"] == 30
    told: list[BaseException] = []
    with qtbot.assertNotEmitted(room.said):
        room.remember("sound.volume", 40, told.append)
        qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert room.why(told[0]) == words.say(code, **params)


def test_a_value_that_will_not_do_is_refused_and_nothing_is_saved(room: Room, disk: SlowDisk) -> None:
    told: list[BaseException] = []
    room.remember("sound.volume", 101, told.append)
    assert [getattr(error, "code", "") for error in told] == ["setting_refused"]
    assert room.settings["sound.volume"] == 80
    room.let_go()()
    assert not disk.saved
