"""Reads an answer aloud by the system's own speech program; the newest answer cuts off the one before.

What is said are the few words of the verdict, never a code or a name.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading

_WINDOWS = (
    "Add-Type -AssemblyName System.Speech;"
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
_VOICES = {"zh_CN": {"espeak-ng": "cmn", "espeak": "zh", "spd-say": "zh"}, "en": {}}


def speaker() -> tuple[str, ...]:
    """The command that speaks what it reads from standard input; empty where the system has none."""
    if sys.platform == "win32":
        return ("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS)
    if sys.platform == "darwin":
        return ("say", "-f", "-")
    for name, *options in (("spd-say", "-e"), ("espeak-ng", "--stdin"), ("espeak", "--stdin")):
        found = shutil.which(name)
        if found:
            return (found, *options)
    return ()


class Speech:
    """One voice, served by a thread of its own: to start a program and to wait for its end takes too long elsewhere.

    `command` speaks what it reads; None takes what the system has.
    """

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = speaker() if command is None else command
        self._changed = threading.Condition()
        self._wanted: tuple[str, str] | None = None
        self._cut = False
        """What is being said counts no more: `_wanted` is said instead, or nothing."""
        self._closed = False
        self._thread: threading.Thread | None = None
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str, language: str) -> bool:
        """Have it said soon and return at once; False where nothing can speak."""
        if not self._command:
            return False
        with self._changed:
            self._wanted, self._cut = (text, language), True
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="speech", daemon=True)
                self._thread.start()
        return True

    def hush(self) -> None:
        """Stop speaking soon."""
        with self._changed:
            self._wanted, self._cut = None, True
            self._changed.notify()

    def close(self) -> None:
        """Stop speaking for good; returns when nothing speaks any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(3)

    def _serve(self) -> None:
        while not self._closed:
            with self._changed:
                while not (self._cut or self._closed):
                    # Wakes to collect a program that has ended, so that it does not stay as a zombie.
                    self._changed.wait(1.0 if self._speaking else None)
                    if self._speaking is not None and self._speaking.poll() is not None:
                        self._speaking = None
                wanted, self._wanted, self._cut = self._wanted, None, False
            self._stop()
            if wanted is not None and self._command and not self._closed:
                self._speak(*wanted)
        self._stop()

    def _speak(self, text: str, language: str) -> None:
        name = self._command[0].rpartition("/")[2]
        voice = _VOICES.get(language, {}).get(name)
        options = (("-l" if name == "spd-say" else "-v"), voice) if voice else ()
        try:
            self._speaking = subprocess.Popen(
                [*self._command, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            assert self._speaking.stdin is not None
            self._speaking.stdin.write(text.encode())
            self._speaking.stdin.close()
        except OSError as error:
            logging.getLogger("speech").warning("speech left out: %s", error)
            self._command = ()

    def _stop(self) -> None:
        speaking, self._speaking = self._speaking, None
        if speaking is None:
            return
        if speaking.poll() is None:
            speaking.terminate()
        try:
            speaking.wait(1)
        except subprocess.TimeoutExpired:
            speaking.kill()
            speaking.wait()
