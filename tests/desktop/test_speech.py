"""An answer is read aloud by whatever speaks here, at once, and the newest one counts."""

from __future__ import annotations

import sys
import time
from pathlib import Path

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


def test_the_words_are_spoken_and_never_stand_in_the_arguments(tmp_path: Path) -> None:
    speech = Speech(listener(tmp_path / "heard"))
    assert speech.say("已收货", "zh_CN")
    assert speech._speaking is not None and "已收货" not in " ".join(map(str, speech._speaking.args))
    assert until(tmp_path / "heard") == "已收货"
    speech.hush()


def test_the_newest_answer_cuts_off_the_one_before(tmp_path: Path) -> None:
    speech = Speech(listener(tmp_path / "slow", 30))
    speech.say("one", "en")
    first = speech._speaking
    speech.say("two", "en")
    assert first is not None and first.poll() is not None
    speech.hush()
    assert not (tmp_path / "slow").exists()


def test_where_nothing_can_speak_it_says_so_and_goes_on() -> None:
    assert not Speech(()).say("one", "en")
    gone = Speech(("/nowhere/speaker",))
    assert not gone.say("one", "en")
    assert gone._command == (), "it is not tried again"


def test_the_system_is_asked_for_a_command() -> None:
    assert isinstance(speaker(), tuple)
