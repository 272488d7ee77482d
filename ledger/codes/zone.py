"""The code that a bonded zone puts on its packs: no public specification exists, so its form is a setting.

None is assumed. What is configured is matched as a whole and kept as it stands, case included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.codes.code import Code, Kind


@dataclass(frozen=True, slots=True)
class ZonePattern:
    """How the zone's own code is recognised; everything that is set must hold, nothing set matches nothing."""

    prefix: str = ""
    """The text begins with this, which stays part of the code."""
    pattern: str = ""
    """A regular expression for the whole code; its group `code`, if it has one, is the code."""
    query_key: str = ""
    """The text is a web address and the code the value of this query parameter."""

    def error(self) -> str:
        """Why the pattern cannot be used, in the words of Python's `re`; empty when it can."""
        try:
            re.compile(self.pattern)
        except (re.error, RecursionError, OverflowError) as error:
            return str(error)
        return ""

    def code_in(self, text: str) -> str | None:
        """The zone's code in a text, or None."""
        if not (self.prefix or self.pattern or self.query_key):
            return None
        if self.query_key:
            text = _parameter(text, self.query_key)
        if not text or not text.startswith(self.prefix):
            return None
        if self.pattern:
            if self.error():
                return None
            found = re.fullmatch(self.pattern, text)
            if found is None:
                return None
            text = found["code"] if "code" in found.re.groupindex else text
        return text or None


def read(given: str, text: str, zone: ZonePattern) -> Code | None:
    """A text as the zone's code; None where it is not."""
    code = zone.code_in(text)
    if code is None or not code.isprintable():
        return None
    return Code(given, Kind.ZONE, key=f"zone:{code}", serial=code)


def _parameter(text: str, name: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    try:
        parts = urlsplit(text)
        values = parse_qs(parts.query).get(name, [])
    except ValueError:
        return ""
    return values[0] if parts.scheme.lower() in ("http", "https") and len(values) == 1 else ""
