"""Sentences for people, in their language, made from the code words that the layers below hand up.

The texts stand in resources/words/LANGUAGE/AREA.json as {"code_word": "sentence with {parameter}"}. Every code
word has a sentence in every language; a test compares the files. A code word is looked up over all areas, so
it must be unique; a missing one is shown as it stands, because a clumsy word beats no word.
"""

from __future__ import annotations

import errno
import json
import locale
import os
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ledger.codes.code import Problem

if TYPE_CHECKING:
    from ledger.roles import Refusal

_USUAL = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR),
    *(errno.ENOSPC, errno.EROFS, errno.EIO, errno.EEXIST, errno.ENAMETOOLONG),
)
"""Reasons of the operating system that have a sentence: `system_enoent` and so on."""

LANGUAGES = ("zh_CN", "en")
"""The languages spoken, the first one by default."""


@lru_cache(maxsize=len(LANGUAGES))
def _texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for area in sorted((files("resources") / "words" / language).iterdir(), key=lambda entry: entry.name):
        if area.name.endswith(".json"):
            texts.update(json.loads(area.read_text("utf-8")))
    return texts


class Words:
    """Speaks one language."""

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._said = _texts(self.language)

    def say(self, code: str, /, **params: object) -> str:
        """The sentence for a code word, with its parameters put in."""
        sentence = self._said.get(code)
        if sentence is None:
            detail = " ".join(str(value) for value in params.values())
            return f"{code} {detail}".strip()
        try:
            return sentence.format_map(
                {name: _plain(self._why(name, value)) for name, value in params.items()}
            )
        except (KeyError, IndexError, ValueError):
            return sentence

    def problem(self, problem: Problem | Refusal) -> str:
        """The sentence for a problem of a code or a rule, or for why somebody may not."""
        return self.say(problem.code, **{name: value or "–" for name, value in problem.params})

    def _why(self, name: str, value: object) -> object:
        """What the operating system gave as its reason, in the language at hand where it is a usual one."""
        if name != "why":
            return value
        usual = next((number for number in _USUAL if os.strerror(number) == value), None)
        return value if usual is None else self._said.get(f"system_{errno.errorcode[usual].lower()}", value)

    def name(self, names: tuple[str, str]) -> str:
        """Of a Chinese and an English name the one to be said; the other where that is not known."""
        chinese, english = names
        return (chinese or english) if self.language == "zh_CN" else (english or chinese)

    def knows(self, code: str) -> bool:
        """True when there is a sentence for the code word."""
        return code in self._said


def language_of_system() -> str:
    """The language of the account, `zh_CN` unless the system clearly speaks another one."""
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    if not name:
        name = locale.getlocale()[0] or ""
    return "en" if name.lower().startswith("en") else LANGUAGES[0]


def _plain(value: object) -> str:
    """A parameter as one line without control characters: codes are hostile input."""
    text = str(value)
    shown = "".join(c if c.isprintable() else _VISIBLE.get(c, f"\\x{ord(c):02x}") for c in text)
    return shown if len(shown) <= 120 else shown[:117] + "…"


_VISIBLE = {"\x1d": "<GS>", "\x1e": "<RS>", "\x04": "<EOT>", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
