"""How each level of a verdict looks: one colour and one sign, the same in the panel, in the list and in the tally."""

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
