"""Sounds: five that can be told apart, started at once, never piling up, and honest about a machine without any."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest

from desktop.sound import Player, Sound, players
from desktop.tones import RATE, TONES, tone
from desktop.verdict import Level
from desktop.widgets.looks import SOUNDS

SLEEPER = (
    "import sys, time; open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); time.sleep(float(sys.argv[3]))"
)


def recording(log: Path, seconds: float = 0.0, status: int = 0) -> Player:
    """A real player process that writes down what it was given."""
    program = f"{SLEEPER}; sys.exit({status})"

    def start(file: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", program, str(log), Path(file).name, str(seconds)])

    return start


def played(log: Path, count: int) -> list[str]:
    deadline = time.monotonic() + 20
    lines: list[str] = []
    while time.monotonic() < deadline and len(lines) < count:
        lines = log.read_text().split() if log.exists() else []
        time.sleep(0.02)
    return lines


def samples(name: str, volume: int = 100) -> memoryview:
    with wave.open(io.BytesIO(tone(name, volume))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return memoryview(file.readframes(file.getnframes())).cast("h")


@pytest.mark.parametrize("name", list(TONES))
def test_a_tone_is_short_clean_and_as_loud_as_wanted(name: str) -> None:
    full = samples(name)
    assert 0.05 * RATE < len(full) < 0.9 * RATE
    assert abs(full[0]) < 700, "no click at the start"
    assert abs(full[-1]) < 2_500, "no click at the end"
    assert 12_000 < max(full) < 32_000, "neither faint nor clipped"
    half = samples(name, 50)
    assert max(half) == pytest.approx(max(full) / 4, rel=0.02)
    assert set(samples(name, 0)) == {0}


def test_every_verdict_has_a_sound_and_the_kinds_differ() -> None:
    assert set(SOUNDS) == set(Level)
    assert set(SOUNDS.values()) == set(TONES)
    assert len({tone(name) for name in TONES}) == len(TONES)


def test_a_sound_is_played_by_the_systems_player_at_the_set_volume(tmp_path: Path) -> None:
    log = tmp_path / "log"
    sound = Sound(60, [recording(log)])
    assert sound.play("stop")
    assert played(log, 1) == ["stop-60.wav"]
    sound.close()


def test_it_never_piles_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    sound = Sound(60, [recording(log, seconds=30)])
    before = time.monotonic()
    for _ in range(200):
        sound.play("provisional")
    assert time.monotonic() - before < 5, "playing keeps nobody waiting"
    played(log, 1)
    sound.close()
    assert len(log.read_text().split()) < 60


def test_a_warning_is_heard_out(tmp_path: Path) -> None:
    log = tmp_path / "log"
    sound = Sound(60, [recording(log, seconds=5)])
    sound.play("stop")
    assert played(log, 1) == ["stop-60.wav"]
    sound._last = ("stop", time.monotonic())
    sound.play("provisional")
    time.sleep(0.1)
    assert log.read_text().split() == ["stop-60.wav"]
    sound.close()


def test_a_player_that_cannot_is_left_out_for_the_next_one(tmp_path: Path) -> None:
    log, missing = tmp_path / "log", tmp_path / "nothing"

    def absent(file: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([str(missing), file])

    sound = Sound(60, [absent, recording(log, status=1), recording(log)])
    sound.play("ok")
    assert played(log, 1) == ["ok-60.wav"]
    deadline = time.monotonic() + 20
    while len(sound._ways) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(sound._ways) == 1, "the player that failed is not asked again"
    assert sound.play("repeated")
    assert played(log, 2) == ["ok-60.wav", "repeated-60.wav"]
    sound.close()


def test_where_nothing_can_play_it_says_so(tmp_path: Path) -> None:
    sound = Sound(60, [])
    assert not sound.play("stop")
    sound.close()


def test_switched_off_is_silence_not_a_fault(tmp_path: Path) -> None:
    log = tmp_path / "log"
    sound = Sound(0, [recording(log)])
    assert sound.play("stop")
    sound.close()
    assert not log.exists()


def test_the_players_of_this_system_are_programs_that_are_there() -> None:
    assert all(callable(way) for way in players())
