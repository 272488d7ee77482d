"""The table of GS1's Application Identifiers: facts from resources/gs1_ai.json, made ready for fast reading.

An entry is compiled when a code first uses it, so that start-up pays for none of the 541.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import resources
from ledger.codes.gs1_values import Judge, judges

GS = "\x1d"
"""What a scanner sends for FNC1 after a value of variable length."""

_PART = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")
_SET = {"N": "0-9", "X": '!-"%-?A-Z_a-z', "Y": "#\\-/0-9A-Z", "Z": "\\-0-9A-Z_a-z="}
"""Character sets as GS1 names them: digits, set 82, set 39, set 64 with its padding."""


class Part(NamedTuple):
    """One component of a value: characters, length, and the rules it must pass."""

    characters: str
    low: int
    high: int
    optional: bool
    rules: tuple[str, ...]


class Ai(NamedTuple):
    """One Application Identifier."""

    number: str
    title: str
    separated: bool
    """True when a separator must follow the value, unless it ends the data."""
    attribute: bool
    """True when it may stand in the query of a Digital Link."""
    key: bool
    """True when it may be the key of a Digital Link."""
    qualifiers: tuple[tuple[str, ...], ...]
    """The sequences of AIs that may follow as path of a Digital Link."""
    parts: tuple[Part, ...]
    shape: re.Pattern[str]
    """Matches the value where it begins, up to the separator or the end where one is due."""
    tests: tuple[tuple[int, int, Judge], ...]
    """(from, to, judge): what is asked of slices of a well-shaped value."""
    excludes: frozenset[str]
    """AIs that must not stand beside it."""
    requires_one: frozenset[str]
    """Any one of these satisfies what it requires."""
    requires: tuple[tuple[tuple[frozenset[str], ...], ...], ...]
    """All rules, each a choice of groups, each group needing one of every set; empty when nothing is required."""
    requires_text: str
    """The same as the dictionary writes it, for messages."""

    @property
    def lengths(self) -> tuple[int, int]:
        """Shortest and longest value."""
        low = sum(part.low for part in self.parts if not part.optional)
        return low, sum(part.high for part in self.parts)


def _load() -> tuple[dict[str, dict[str, list[str]]], dict[str, str]]:
    raw = json.loads((Path(resources.__path__[0]) / "gs1_ai.json").read_bytes())
    table: dict[str, dict[str, list[str]]] = {}
    for name, row in raw["ai"].items():
        first, _, last = name.partition("-")
        for number in range(int(first), int(last or first) + 1):
            table[f"{number:0{len(first)}d}"] = row
    return table, raw["list"]


_ROWS, _LISTS = _load()
NUMBERS = tuple(_ROWS)
"""Every AI there is."""
LENGTH = {number[:2]: len(number) for number in _ROWS}
"""Length of the AI by its first two digits (General Specifications 7.8.2)."""
_ready: dict[str, Ai] = {}


def find(number: str) -> Ai | None:
    """The entry of exactly this AI."""
    entry = _ready.get(number)
    if entry is None and number in _ROWS:
        entry = _ready[number] = _compile(number, _ROWS[number])
    return entry


def at(text: str, start: int) -> Ai | None:
    """The entry of the AI that stands at this place of the text."""
    length = LENGTH.get(text[start : start + 2])
    if length is None:
        return None
    number = text[start : start + length]
    return _ready.get(number) or find(number)


_ALLOWED = {name: re.compile(f"[{characters}]") for name, characters in _SET.items()}


def allowed(characters: str, character: str) -> bool:
    """Whether a character belongs to the set N, X, Y or Z."""
    return _ALLOWED[characters].fullmatch(character) is not None


@cache
def _judges() -> dict[str, Judge]:
    return judges(_LISTS)


def _parse(text: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(text)
    optional, characters, open_ended, high, rules = found.groups()
    low = 1 if open_ended else int(high)
    return Part(characters, low, int(high), bool(optional), tuple(rules.split(",")[1:]))


def _matching(pattern: str, but: str) -> frozenset[str]:
    """The AIs that a pattern like 31nn names, without the one that bears the rule."""
    digits = pattern.rstrip("n")
    return frozenset(
        number
        for number in _ROWS
        if len(number) == len(pattern) and number.startswith(digits) and number != but
    )


def _compile(number: str, row: dict[str, list[str]]) -> Ai:
    flags = row.get("flags", "")
    parts = tuple(_parse(text) for text in row["parts"])
    separated = "*" not in flags
    shape = "".join(
        f"[{_SET[part.characters]}]{{{part.low},{part.high}}}"
        if not part.optional
        else f"(?:[{_SET[part.characters]}]{{{part.low},{part.high}}})?"
        for part in parts
    )
    tests: list[tuple[int, int, Judge]] = []
    start = 0
    for part in parts:
        stop = start + part.high
        names = [name for name in part.rules if part.characters != "N" or not name.startswith("gcppos")]
        if part.characters == "Z":
            names.append("base64url")
        tests += ((start, stop, _judges()[name]) for name in names)
        start = stop
    requires = tuple(
        tuple(tuple(_matching(term, number) for term in group.split("+")) for group in rule.split(","))
        for rule in row.get("requires", [])
    )
    single = [group[0] for rule in requires for group in rule if len(group) == 1]
    excludes = (pattern for rule in row.get("excludes", []) for pattern in rule.split(","))
    return Ai(
        number=number,
        title=str(row["title"]),
        separated=separated,
        attribute="?" in flags,
        key="qualifiers" in row,
        qualifiers=tuple(tuple(filter(None, order.split(","))) for order in row.get("qualifiers", [])),
        parts=parts,
        shape=re.compile(shape + (f"(?={GS}|\\Z)" if separated else "")),
        tests=tuple(tests),
        excludes=frozenset().union(*(_matching(pattern, number) for pattern in excludes)),
        requires_one=frozenset().union(*single) if len(requires) == 1 else frozenset(),
        requires=requires,
        requires_text=" ".join(row.get("requires", [])),
    )
