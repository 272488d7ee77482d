"""Plays the short sounds of the workstation without ever keeping it waiting.

Qt's own player lives in QtMultimedia, which we do not ship; each system has a small player of its own. One thread
starts it; a newer sound takes the place of an older one, except that a warning is heard out. Where nothing can
play, `play` answers False and the window beeps.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from desktop.tones import TONES, tone

_RANK = {"stop": 3, "ask": 2, "repeated": 1}
_HEARD_S = 0.35
"""A louder sound is not cut off by a lesser one within this time."""

_COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "linux": (("pw-play",), ("paplay",), ("aplay", "-q")),
    "darwin": (("afplay",),),
}

Player = Callable[[str], "subprocess.Popen[bytes] | None"]
"""Starts a sound file; None where the system plays it without a process of ours."""


def players() -> list[Player]:
    """The ways to play a sound that this system has, the best first."""
    if sys.platform == "win32":
        return [_winsound]
    return [
        _by_command((found, *command[1:]))
        for command in _COMMANDS.get(sys.platform, _COMMANDS["linux"])
        if (found := shutil.which(command[0]))
    ]


def _by_command(command: tuple[str, ...]) -> Player:
    def start(file: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*command, file], stdin=quiet, stdout=quiet, stderr=quiet)

    return start


def _winsound(file: str) -> None:
    import winsound

    winsound.PlaySound(file, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)  # type: ignore[attr-defined,unused-ignore]


class Sound:
    """The voice of the workstation."""

    def __init__(self, volume: int = 80, ways: list[Player] | None = None) -> None:
        self.volume = volume
        """0 to 100; 0 is silence."""
        self._ways = players() if ways is None else ways
        self._wanted: str | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._playing: subprocess.Popen[bytes] | None = None
        self._last = ("", 0.0)

    def play(self, name: str) -> bool:
        """Let a sound be heard soon and return at once; False where this system has no way to play it."""
        if not self.volume:
            return True
        if not self._ways:
            return False
        with self._changed:
            if self._wanted is None or _RANK.get(name, 0) >= _RANK.get(self._wanted, 0):
                self._wanted = name
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="sound", daemon=True)
                self._thread.start()
        return True

    def close(self) -> None:
        """Be silent."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(2)

    def _serve(self) -> None:
        with tempfile.TemporaryDirectory(prefix="tracedesk-") as folder:
            while (name := self._next()) is not None:
                file = self._file(Path(folder), name)
                self._start(name, str(file))
            self._hush()

    def _next(self) -> str | None:
        with self._changed:
            while True:
                while self._wanted is None and not self._closed:
                    # Wakes to collect a player that has ended, so that it does not stay as a zombie.
                    self._changed.wait(1.0 if self._playing else None)
                    if self._playing is not None and self._playing.poll() is not None:
                        self._judge()
                if self._closed:
                    return None
                name, self._wanted = self._wanted, None
                before, at = self._last
                over = time.monotonic() - at > _HEARD_S
                if name is not None and (over or _RANK.get(name, 0) >= _RANK.get(before, 0)):
                    return name

    def _file(self, folder: Path, name: str) -> Path:
        file = folder / f"{name}-{self.volume}.wav"
        if not file.exists():
            file.write_bytes(tone(name, self.volume))
        return file

    def _start(self, name: str, file: str) -> None:
        self._hush()
        while self._ways:
            try:
                self._playing = self._ways[0](file)
            except (OSError, RuntimeError) as error:
                logging.getLogger("sound").warning("player left out: %s", error)
                self._ways.pop(0)
                continue
            self._last = (name, time.monotonic())
            return

    def _hush(self) -> None:
        if self._playing is None:
            return
        if self._playing.poll() is None:
            with suppress(OSError):
                self._playing.terminate()
            try:
                self._playing.wait(1)
            except subprocess.TimeoutExpired:
                self._playing.kill()
                self._playing.wait()
            self._playing = None
        else:
            self._judge()

    def _judge(self) -> None:
        """A player that ended with an error has no device to play on: the next one is tried from now on."""
        assert self._playing is not None
        if self._playing.returncode > 0 and self._ways:
            logging.getLogger("sound").warning("player left out: exit %d", self._playing.returncode)
            self._ways.pop(0)
        self._playing = None


NAMES = tuple(TONES)
