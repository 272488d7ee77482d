"""Control codes: printed on a card, scanned like a pack, they drive the page, so that gloved hands need no keys.

A control code is `TRACEDESK:` and a word, or a word, `=` and a value. Nothing that begins so is ever identified as
goods; one that is not understood is told and does nothing. Capital letters, digits, `:`, `=` and `-` alone, and
upper and lower case are one, so that neither Caps Lock nor a symbology stands in the way. The raw scan is kept
with the outcome `control`: who looks into a receipt later sees by what it was finished or taken back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.tasksheet import TASKS
from ledger.event import EventKind

PREFIX = "TRACEDESK:"
_MOST = 9_999_999
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")

WORDS = (
    *("FINISH", "UNDO", "DAMAGED", "TEMPERATURE", "NEXT", "DOCUMENT", "LATER"),
    *("CONFIRM", "CANCEL", "BOARD"),
)
"""The words without a value."""
_TASK_WORDS = {verb: verb.upper().replace("_", "-") for verb in TASKS} | {EventKind.UNDO: "UNDO-DISPENSE"}
"""The words of the tasks; to undo the last scan and to change to the task of undoing are two things."""
CHOICES = 9
"""`TRACEDESK:CHOOSE=1` to `=9`: what the number keys do."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a control code asks for."""

    word: str
    """One of `WORDS`, `TASK`, `QUANTITY`, `CHOOSE`; empty where it is not understood."""
    value: str = ""
    """Name of the task, or digits."""

    @property
    def number(self) -> int:
        """The value of `QUANTITY` and `CHOOSE`."""
        return int(self.value)

    @property
    def verb(self) -> EventKind:
        """The value of `TASK`."""
        return EventKind(self.value)


def is_control(text: str) -> bool:
    """Whether a scan has the form of a control code, understood or not."""
    return _plain(text).startswith(PREFIX)


def read_control(text: str) -> Control | None:
    """The control code that a scan is, None for anything else. Upper and lower case are one: Caps Lock may be on."""
    if not is_control(text):
        return None
    word, equals, value = _plain(text)[len(PREFIX) :].partition("=")
    if not equals:
        if word in WORDS:
            return Control(word)
        task = next((str(verb) for verb in TASKS if _TASK_WORDS[verb] == word), "")
        return Control("TASK", task) if task else Control("")
    if word not in ("QUANTITY", "CHOOSE") or not value.isascii() or not value.isdigit():
        return Control("")
    most = CHOICES if word == "CHOOSE" else _MOST
    return Control(word, str(int(value))) if 1 <= int(value[:8]) <= most else Control("")


def code_of(control: Control) -> str:
    """The text to print."""
    if control.word == "TASK":
        return PREFIX + _TASK_WORDS[control.verb]
    return PREFIX + control.word + (f"={control.value}" if control.value else "")


def _plain(text: str) -> str:
    """Without blanks around, the symbology identifier that some scanners send first, and what Caps Lock did."""
    text = text.strip()
    return (text[3:] if _AIM.match(text) else text).upper()


_QUANTITIES = (2, 3, 4, 5, 6, 8, 10, 12, 20, 50)
SECTIONS: tuple[tuple[str, tuple[Control, ...]], ...] = (
    ("card_receiving", tuple(Control(word) for word in ("DOCUMENT", "FINISH", "LATER", "UNDO", "NEXT"))),
    ("card_next_pack", tuple(Control(word) for word in ("DAMAGED", "TEMPERATURE"))),
    ("card_questions", tuple(Control(word) for word in ("CONFIRM", "CANCEL"))),
    ("card_choices", tuple(Control("CHOOSE", str(number)) for number in range(1, CHOICES + 1))),
    ("card_quantities", tuple(Control("QUANTITY", str(number)) for number in _QUANTITIES)),
    ("card_tasks", tuple(Control("TASK", str(verb)) for verb in TASKS)),
)
"""What stands on the card, by heading."""
