"""The columns that a kind of reference data has, and the other names that files give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BLANKS = re.compile(r"[\s\-/_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns: our own and what they are called in Chinese files."""

    known: Mapping[str, tuple[str, ...]]
    """Column -> its other names."""
    needed: tuple[str, ...] = ()
    """Without these no row could be taken."""

    def name(self, head: str) -> str | None:
        """Our name for what a file calls a column; None where it means nothing here."""
        plain = _plain(head)
        for name, others in self.known.items():
            if plain == name or plain in others:
                return name
        return None

    def named(self, item: Mapping[str, object]) -> dict[str, object]:
        """An item of JSON under our own names; what means nothing here is left out."""
        found: dict[str, object] = {}
        for head, value in item.items():
            name = self.name(head)
            if head == "lines":
                found["lines"] = self._lines(value)
            elif name and name not in found:
                found[name] = value
        return found

    def _lines(self, value: object) -> object:
        if not isinstance(value, list):
            return value
        return [self.named(line) if isinstance(line, dict) else line for line in value]


def _plain(head: str) -> str:
    return _BLANKS.sub("_", head.strip().strip("\ufeff").lower())
