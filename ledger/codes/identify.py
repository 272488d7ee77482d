"""Identification of every code: scanned text -> Code, in one pass, never with an exception.

The order is the decision: what device or keyboard make doubtful is refused first, then comes a configured zone code,
then what the symbology says, then what the text begins with, and at last a named refusal for everything else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from ledger.codes import aim as symbols
from ledger.codes import digital_link, digits, gs1, hibc, iso15434, ma, refusals, separators, zone
from ledger.codes.aim import Carrier
from ledger.codes.code import Code, Entry, Kind, Problem, Severity
from ledger.codes.gs1_table import GS
from ledger.codes.zone import ZonePattern

__all__ = ["PARSER_VERSION", "ZonePattern", "identify"]

PARSER_VERSION = "1"
"""Stored with every raw scan: when a rule changes, old scans can be told from new ones."""

_FRAMING = "\r\n\t"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_GROUPED = re.compile(r"[0-9]+(?:[ -]+[0-9]+)+")
_BRACKETS = re.compile(r"\(([0-9]{2,4})\)")
_REPLACED = re.compile(r"[|^]")
_KEYED = re.compile(r"(?:0[012]|8006)[0-9]{8}")
"""How an element string begins that can be nothing else, even without an AIM identifier."""
_DATED = re.compile(r"1[1357][0-9]{6}")
"""How one may begin that holds no key: then it is taken for one only when all of it is right."""
_STRUCTURE = frozenset(
    {"gs1_unknown_ai", "gs1_value_too_long", "gs1_not_digit", "gs1_value_length", "gs1_bad_character"}
)


def identify(
    text: str,
    *,
    symbology: str = "",
    aim: str = "",
    entry: Entry = Entry.WEDGE,
    suspect: str = "",
    zone: ZonePattern | None = None,
    today: date | None = None,
) -> Code:
    """What a scanned text is, with every doubt about it; accepted exactly when no problem is fatal.

    `symbology` and `aim` are what the device tells of the symbol, `suspect` why its text may be wrong. `today`
    decides which century a two-digit year means. The time is linear in the length; over 4096 characters is refused.
    """
    if len(text) > refusals.LONGEST:
        return refusals.refuse(text, "too_long", found=str(len(text)))
    if suspect:
        return refusals.suspect(text, suspect)
    bare = text.strip(_FRAMING)
    if entry is Entry.MANUAL:
        bare = _typed(bare)
    if not bare or bare.isspace():
        return refusals.refuse(text, "empty")
    answer = refusals.unreadable(text, bare, entry) or _zone(text, bare, zone)
    if answer is not None:
        return answer
    identifier, data = symbols.take(bare, aim)
    if not data:
        return refusals.refuse(text, "empty")
    carrier = symbols.carrier(identifier, symbology)
    today = today or date.today()
    if carrier is Carrier.GS1:
        return _gs1(text, data, today)
    if symbols.turned_case(identifier):
        return refusals.refuse(text, "caps_lock", found=identifier)
    return _by_beginning(text, data, carrier, identifier, entry, today)


def _by_beginning(
    given: str, data: str, carrier: Carrier, identifier: str, entry: Entry, today: date
) -> Code:
    if data.isascii() and data.isdigit():
        return _unmarked(digits.read(given, data, carrier, today), identifier)
    if digital_link.is_link(data):
        return digital_link.read(given, data, today) or refusals.refuse(given, "web_address")
    if data.startswith("("):
        return _bracketed(given, data, entry, today)
    if data.startswith(iso15434.START):
        return iso15434.read(given, separators.restore_all(data), today)
    label = data[1:-1] if len(data) > 2 and data[0] == data[-1] == "*" else data
    if label.startswith("+"):
        return hibc.read(given, label, today)
    if data.startswith("MA."):
        return ma.read(given, data, today)
    if data[0] == GS:
        return refusals.refuse(given, "gs1_separator_first", Kind.GS1)
    restored = separators.restore(data)
    if _KEYED.match(restored) or (GS in restored and restored[:2].isdigit()):
        return _unmarked(_gs1(given, data, today), identifier)
    if _DATED.match(restored) and (code := gs1.read(given, restored, today)).accepted:
        return _unmarked(code, identifier)
    return refusals.by_content(given, data, carrier)


def _typed(text: str) -> str:
    """Manual entry is read kindly: full-width characters, blanks around, and digits typed in groups."""
    text = text.translate(_WIDE).strip()
    return re.sub(r"[ -]", "", text) if _GROUPED.fullmatch(text) else text


def _zone(given: str, text: str, pattern: ZonePattern | None) -> Code | None:
    if pattern is None:
        return None
    _, data = symbols.take(text, "")
    return zone.read(given, data, pattern)


def _gs1(given: str, data: str, today: date) -> Code:
    """An element string; where its structure is broken, what became of the separators is looked into."""
    restored = separators.restore(data)
    code = gs1.read(given, restored, today)
    if all(problem.code not in _STRUCTURE for problem in code.problems):
        return code
    if GS not in restored and _REPLACED.search(restored):
        return _replaced(given, restored, today) or code
    ways = separators.ways_to_mend(restored, today.year)
    if not ways:
        return code
    word = "separator_lost" if ways == 1 else "separator_ambiguous"
    return _with(code, Problem(word), without=_STRUCTURE)


def _unmarked(code: Code, identifier: str) -> Code:
    """GS1 data out of a symbol that does not say it holds any: told, and accepted."""
    if not identifier or code.kind is not Kind.GS1 or not code.accepted:
        return code
    return _with(code, Problem("fnc1_missing", Severity.WARNING, (("aim", identifier),)))


def _replaced(given: str, text: str, today: date) -> Code | None:
    """A string whose separators came as | or ^, which no GS1 value may hold, and which is right with GS for them."""
    for character in "|^":
        code = gs1.read(given, text.replace(character, GS), today)
        if character in text and code.accepted:
            return _with(code, Problem("separator_replaced", Severity.WARNING, (("found", character),)))
    return None


def _bracketed(given: str, text: str, entry: Entry, today: date) -> Code:
    """The human-readable form with AIs in brackets, as typed from a label or put into a symbol by mistake."""
    pieces = _BRACKETS.split(text)
    if pieces[0] or len(pieces) < 3:
        return refusals.refuse(given, "brackets")
    values = [piece.strip() if entry is Entry.MANUAL else piece for piece in pieces[2::2]]
    elements, problems = gs1.bracketed(list(zip(pieces[1::2], values, strict=True)), today.year)
    return gs1.element_code(given, elements, problems or gs1.pairing(elements), today.year)


def _with(code: Code, problem: Problem, without: frozenset[str] = frozenset()) -> Code:
    kept = (known for known in code.problems if known.code not in without)
    return replace(code, problems=(problem, *kept))
