"""What is painted in a cell of a list. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, and how they look."""

    text: str
    ink: str = "text"
    type: str = "plain"
    """`plain`, `bold` or `mono`."""
    sign: str = ""
    tone: str = ""
    """Palette name of a tint behind the text."""
    right: bool = False
