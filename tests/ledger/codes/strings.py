"""Builds what the tests read: element strings and Digital Links from elements, the inverse of the parsers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from ledger.codes import gs1_table

TODAY = date(2026, 11, 22)
GS = "\x1d"


def element_string(elements: Sequence[tuple[str, str]]) -> str:
    """Elements as a scanner delivers them, with separators only where they must stand."""
    text = ""
    for place, (number, value) in enumerate(elements):
        ai = gs1_table.find(number)
        assert ai is not None
        text += number + value
        if ai.separated and place < len(elements) - 1:
            text += GS
    return text


def link(
    path: Sequence[tuple[str, str]], query: Sequence[tuple[str, str]], stem: str = "https://id.gs1.org"
) -> str:
    """A Digital Link with the elements of its path and of its query."""
    address = stem + "".join(f"/{number}/{quote(value, safe='')}" for number, value in path)
    return address + (
        "?" + "&".join(f"{number}={quote(value, safe='')}" for number, value in query) if query else ""
    )
