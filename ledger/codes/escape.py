r"""Codes as one line of plain text and back: control characters written as <GS>, \n or \x04.

    escape("]d2" + "10AB\x1d21X") == "]d210AB<GS>21X"

A text that holds the letters <GS> itself is written \x3cGS>, so that `unescape` gives back every text.
"""

from __future__ import annotations

import re

_NAMED = {"\x1d": "<GS>", "\x1e": "<RS>", "\x04": "<EOT>", "\r": "\\r", "\n": "\\n", "\\": "\\\\"}
_MEANT = {shown: character for character, shown in _NAMED.items()}
_TO_ESCAPE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|<(?=(?:GS|RS|EOT)>)")
_ESCAPED = re.compile(r"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[rn\\]|<(?:GS|RS|EOT)>")


def escape(text: str) -> str:
    """A text on one line, without control characters, from which `unescape` makes the same text again."""
    return _TO_ESCAPE.sub(lambda found: _shown(found[0]), text)


def unescape(text: str) -> str:
    r"""The text meant by one with escapes: \xHH \uHHHH \r \n \\ <GS> <RS> <EOT>; anything else stands for itself."""
    return _ESCAPED.sub(lambda found: _meant(found[0]), text)


def _shown(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"


def _meant(shown: str) -> str:
    return _MEANT[shown] if shown in _MEANT else chr(int(shown[2:], 16))
