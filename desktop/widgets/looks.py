"""How each level of a verdict looks and sounds: one colour, one sign and one tone, the same wherever it is told."""

from __future__ import annotations

from types import MappingProxyType

from desktop.verdict import Level
from ledger.codes.code import Severity

LOOKS = MappingProxyType(
    {
        Level.OK: ("ok", "check"),
        Level.CONFIRMED: ("ok", "check"),
        Level.HELD: ("held", "held"),
        Level.REPEATED: ("repeated", "repeated"),
        Level.ASKED: ("ask", "ask"),
        Level.STOP: ("stop", "stop"),
        Level.FAILED: ("stop", "stop"),
        Level.UNDONE: ("repeated", "undo"),
        Level.LEFT: ("repeated", "close"),
    }
)
"""The palette's colour and the icon of each level."""

SIGNS = MappingProxyType(
    {
        Severity.FATAL: ("stop", "stop_text"),
        Severity.WARNING: ("fault", "ask_text"),
        Severity.NOTE: ("info", "accent"),
    }
)
"""The icon and the colour of a sentence."""

SOUNDS = MappingProxyType(
    {
        Level.OK: "provisional",
        Level.CONFIRMED: "ok",
        Level.HELD: "ask",
        Level.REPEATED: "repeated",
        Level.ASKED: "ask",
        Level.STOP: "stop",
        Level.FAILED: "stop",
        Level.UNDONE: "repeated",
        Level.LEFT: "repeated",
    }
)
"""The tone of each level."""
