"""Reads an answer aloud by the system's own speech program; the newest answer cuts off the one before.

What is said are the few words of the verdict, never a code or a name.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys

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
    """One voice. `command` speaks what it reads; None takes what the system has."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = speaker() if command is None else command
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str, language: str) -> bool:
        """Begin to speak and return at once; False where nothing can speak."""
        self.hush()
        if not self._command:
            return False
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
            return False
        return True

    def hush(self) -> None:
        """Stop speaking."""
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
