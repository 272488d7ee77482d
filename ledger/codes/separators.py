"""Separators that a scanner sent as something else, or not at all.

A wedge delivers the separator GS as a word (`<GS>`), as the key that stands for it on a Mac, or drops it. Stand-ins
that cannot be data are put right; a separator that is gone is never guessed, but said.
"""

from __future__ import annotations

import re

from ledger.codes import gs1_table
from ledger.codes.gs1 import judge
from ledger.codes.gs1_table import GS

_STAND_INS = re.compile(
    r"(?P<gs>[<{\[](?:GS|FNC1|0x1D)[>}\]]|\\x1D|\\u001D|\\F|\^\]|[\uf70b\uf701\u241d])"
    r"|(?P<rs>[<{\[](?:RS|0x1E)[>}\]]|\\x1E|\\u001E|\^\^|[\uf70c\u241e])"
    r"|(?P<eot>[<{\[](?:EOT|0x04)[>}\]]|\\x04|\\u0004|[\u2404])",
    re.IGNORECASE,
)
"""Words in brackets, escapes, the caret form of terminals, the function keys F8, F9 and Down (which scanners send
for GS and RS to a Mac), and the control pictures."""
KEYS = dict.fromkeys(map(ord, "\uf701\uf70b\uf70c\u241d\u241e\u2404"))
"""The stand-ins beyond ASCII: their presence says nothing against the keyboard."""
_CONTROL = {"gs": GS, "rs": "\x1e", "eot": "\x04"}
_MOST = 200
"""Longer strings are not searched for lost separators: no pack bears one, and the search is not linear."""
_STEPS = 4000


def restore(text: str) -> str:
    """The text with stand-ins replaced by the control characters they mean.

    Where a real GS is present the scanner can send it, and `<GS>` is then data: nothing is replaced.
    """
    return text if GS in text else restore_all(text)


def restore_all(text: str) -> str:
    """The same for an ISO 15434 envelope, where GS may be real and RS or EOT not."""
    return _STAND_INS.sub(lambda found: _CONTROL[found.lastgroup or ""], text)


class _Search:
    """Counts the ways in which separators can be put back, up to two."""

    def __init__(self, text: str, year: int) -> None:
        self.text = text
        self.year = year
        self.found = 0
        self.steps = 0

    def walk(self, start: int, seen: dict[str, str], added: bool) -> None:
        if start >= len(self.text):
            self.found += added
            return
        ai = gs1_table.at(self.text, start)
        if ai is None or ai.number in seen or not ai.excludes.isdisjoint(seen):
            return
        first = start + len(ai.number)
        low, high = ai.lengths
        stop = self.text.find(GS, first)
        stop = len(self.text) if stop < 0 else stop
        for end in range(min(stop, first + high), first + low - 1, -1):
            self.steps += 1
            if self.found > 1 or self.steps > _STEPS:
                return
            value = self.text[first:end]
            if ai.shape.fullmatch(value) is None or judge(ai, value, self.year):
                continue
            missing = ai.separated and end < stop
            after = end + 1 if end == stop else end
            self.walk(after, {**seen, ai.number: value}, added or missing)


def ways_to_mend(text: str, year: int) -> int:
    """In how many ways lost separators could be put back so that the string is right: 0, 1, or 2 for more."""
    if len(text) > _MOST:
        return 0
    search = _Search(text, year)
    search.walk(0, {}, False)
    return 2 if search.steps > _STEPS and search.found else min(search.found, 2)
