"""GS1 Digital Link: a web address whose path names a GS1 key (GS1 Digital Link Standard: URI Syntax 1.4).

    https://any.host/any/path/01/09506000134352/10/ABC/21/12345?17=271231&linkType=all#part

The key is the last one in the path that is followed by nothing but its qualifiers, in their order; further
elements stand in the query, where words that are no AI are ignored. A link carries its key with it, so a
companion that is missing is missing for good: unlike in an element string, the pairing rules are fatal here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import combinations

from ledger.codes import gs1, gs1_table
from ledger.codes.code import Code, Kind, Problem, Severity
from ledger.codes.gs1 import Element
from ledger.codes.gs1_table import Ai

_LINK = re.compile(r"https?://([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE)
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_HOST = re.compile(r"[A-Za-z0-9\-.:\[\]]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


class _Wrong(Exception):
    def __init__(self, code: str, **params: str) -> None:
        self.problem = Problem(code, params=tuple(params.items()))


def is_link(text: str) -> bool:
    """Whether a text is a web address at all."""
    return text[:8].lower().startswith(("http://", "https://"))


def read(given: str, text: str, today: date) -> Code | None:
    """A link with a GS1 key as a code, with every fault; None for a web address that names no GS1 key."""
    found = _LINK.fullmatch(text)
    if found is None:
        return None
    host, path, query = found.groups(default="")
    key_path = _from_key(path)
    if key_path is None:
        return None
    elements: list[Element] = []
    try:
        if _URI.fullmatch(text) is None:
            odd = next(character for character in text if _URI.fullmatch(character) is None)
            raise _Wrong("link_character", found=odd)
        if _HOST.fullmatch(host) is None:
            raise _Wrong("link_host", found=host)
        elements += _path_elements(key_path)
        keys = tuple(number for number, _ in elements)
        if keys not in _orders(keys[0]):
            raise _Wrong("link_path_order", found=" ".join(keys))
        for element in _query_elements(query):
            if any(element[0] == number for number, _ in elements):
                raise _Wrong("link_repeated", ai=element[0])
            if any((*keys[:i], element[0], *keys[i:]) in _orders(keys[0]) for i in range(1, len(keys) + 1)):
                raise _Wrong("link_query_should_be_path", ai=element[0])
            elements.append(element)
    except _Wrong as wrong:
        return gs1.element_code(given, elements, [wrong.problem], today.year, Kind.DIGITAL_LINK)
    problems: list[Problem] = []
    for number, value in elements:
        ai = gs1_table.find(number)
        assert ai is not None
        if (problem := gs1.judge(ai, value, today.year)) is not None:
            problems.append(problem)
    problems = problems or gs1.pairing(elements, Severity.FATAL)
    return gs1.element_code(given, elements, problems, today.year, Kind.DIGITAL_LINK)


def _from_key(path: str) -> list[str] | None:
    """The path from its key on, as AI, value, AI, value …; None where no key is found.

    Read from the end, as long as pairs of AI and value stand there: so a host's own path before the key may
    hold anything, even what looks like a key.
    """
    steps = path.split("/")
    start = len(steps) - 2
    while start >= 1:
        ai = gs1_table.find(steps[start])
        if ai is None:
            return None
        if ai.key:
            return steps[start:]
        start -= 2
    return None


def _path_elements(steps: list[str]) -> Iterator[Element]:
    for number, raw in zip(steps[::2], steps[1::2], strict=True):
        ai = gs1_table.find(number)
        assert ai is not None
        yield number, _value(ai, _unescape(number, raw))


def _query_elements(query: str) -> Iterator[Element]:
    for pair in query.split("&"):
        number, equals, raw = pair.partition("=")
        if not equals or not (number.isascii() and number.isdigit()):
            continue
        ai = gs1_table.find(number)
        if ai is None:
            raise _Wrong("gs1_unknown_ai", found=number)
        value = _value(ai, _unescape(number, raw.replace("+", " ")))
        if not ai.attribute:
            raise _Wrong("link_not_attribute", ai=number)
        yield number, value


def _unescape(number: str, raw: str) -> str:
    """Percent signs undone; one that is followed by no two hexadecimal digits stands for itself."""
    value = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), raw)
    if "\0" in value:
        raise _Wrong("gs1_bad_character", ai=number, found="\0")
    return value


def _value(ai: Ai, value: str) -> str:
    low, high = ai.lengths
    if not value:
        raise _Wrong("gs1_value_empty", ai=ai.number)
    if ai.number == "01" and len(value) in (8, 12, 13) and value.isdigit():
        raise _Wrong("link_gtin_short", found=str(len(value)))
    if not low <= len(value) <= high:
        expected = str(low) if low == high else f"{low}–{high}"
        raise _Wrong("gs1_value_length", ai=ai.number, expected=expected, found=str(len(value)))
    found = ai.shape.match(value)
    if found is None or found.end() != len(value):
        problem = gs1.misshapen(ai, value)
        raise _Wrong(problem.code, **dict(problem.params))
    return value


@cache
def _orders(key: str) -> frozenset[tuple[str, ...]]:
    """Every allowed sequence of key and qualifiers: each list of the table with any of its members left out."""
    ai = gs1_table.find(key)
    assert ai is not None
    return frozenset(
        (key, *some)
        for order in ai.qualifiers
        for count in range(len(order) + 1)
        for some in combinations(order, count)
    )
