"""An answer is read aloud by whatever speaks here, at once, and the newest one counts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from desktop.speech import Speech, speaker


def listener(heard: Path, seconds: float = 0.0) -> tuple[str, ...]:
    """A real program in the speaker's place that writes down what it is told to say."""
    program = (
        "import sys, time, pathlib; said = sys.stdin.read();"
        f"time.sleep({seconds}); pathlib.Path({str(heard)!r}).write_text(said, 'utf-8')"
    )
    return (sys.executable, "-c", program)


def until(path: Path) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if path.exists() and path.read_text("utf-8"):
            return path.read_text("utf-8")
        time.sleep(0.02)
    return ""


class Recorded(subprocess.Popen[bytes]):
    """A real process that notes who starts, waits for and ends it."""

    started: ClassVar[list[Recorded]] = []
    threads: ClassVar[set[threading.Thread]] = set()

    def __init__(self, args: list[str], **how: Any) -> None:
        self.threads.add(threading.current_thread())
        super().__init__(args, **how)
        self.started.append(self)

    def wait(self, timeout: float | None = None) -> int:
        self.threads.add(threading.current_thread())
        return super().wait(timeout)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Recorded]]:
    Recorded.started.clear()
    Recorded.threads.clear()
    monkeypatch.setattr("desktop.speech.subprocess.Popen", Recorded)
    yield Recorded
    for one in Recorded.started:
        one.kill()
        one.wait()


def test_the_words_are_spoken_and_never_stand_in_the_arguments(
    tmp_path: Path, spoken: type[Recorded]
) -> None:
    speech = Speech(listener(tmp_path / "heard"))
    assert speech.say("已收货", "zh_CN")
    assert until(tmp_path / "heard") == "已收货"
    assert "已收货" not in " ".join(map(str, spoken.started[0].args))  # type: ignore[arg-type]
    speech.close()


def test_the_newest_answer_cuts_off_the_one_before_and_nobody_waits_for_its_end(
    tmp_path: Path, spoken: type[Recorded]
) -> None:
    speech = Speech(listener(tmp_path / "slow", 30))
    speech.say("one", "en")
    while not spoken.started:
        time.sleep(0.01)
    speech.say("two", "en")
    while len(spoken.started) < 2:
        time.sleep(0.01)
    assert spoken.started[0].poll() is not None
    speech.hush()
    assert spoken.started[1].wait(60) != 0, "it was ended"
    speech.close()
    assert not (tmp_path / "slow").exists()


def test_no_program_is_started_or_waited_for_in_the_thread_that_speaks_up(
    tmp_path: Path, spoken: type[Recorded]
) -> None:
    speech = Speech(listener(tmp_path / "slow", 30))
    for number in range(3):
        speech.say(str(number), "en")
    speech.close()
    speech = Speech(listener(tmp_path / "heard"))
    speech.say("words", "en")
    assert until(tmp_path / "heard") == "words"
    speech.close()
    assert spoken.threads and threading.main_thread() not in spoken.threads


def test_where_nothing_can_speak_it_says_so_and_goes_on() -> None:
    assert not Speech(()).say("one", "en")
    gone = Speech(("/nowhere/speaker",))
    gone.say("one", "en")
    while gone.say("two", "en"):
        time.sleep(0.01)
    assert gone._command == (), "it is not tried again"
    gone.close()


def test_the_system_is_asked_for_a_command() -> None:
    assert isinstance(speaker(), tuple)
