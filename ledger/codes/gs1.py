"""GS1 element strings: text -> elements, judged as GS1's own syntax engine judges them.

The data behind a GS1 symbol is a row of AIs with their values; a value of variable length ends at a separator
(GS) or at the end. Structure is fatal, and so are check digits, dates and pairs that exclude each other; a
missing companion is a warning, because the rule holds over all symbols of a pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from ledger.codes import gs1_table
from ledger.codes.code import Code, Kind, Level, Problem, Severity
from ledger.codes.dates import CodeDate, yymmdd
from ledger.codes.gs1_table import GS, Ai

Element = tuple[str, str]
"""(AI, value)"""


def split(text: str, year: int) -> tuple[list[Element], list[Problem]]:
    """The elements of a string from left to right, and what is wrong with them; the pairing is not looked at.

    A wrong value is noted and reading goes on; a broken structure ends it.
    """
    elements: list[Element] = []
    problems: list[Problem] = []
    start, end = 0, len(text)
    if not end:
        problems.append(Problem("gs1_empty"))
    while start < end:
        ai = gs1_table.at(text, start)
        if ai is None:
            problems.append(_no_ai(text, start))
            break
        first = start + len(ai.number)
        found = ai.shape.match(text, first)
        if found is None:
            problems.append(misshapen(ai, _up_to_separator(text, first)))
            break
        start = found.end()
        value = text[first:start]
        if ai.tests and (problem := judge(ai, value, year)) is not None:
            problems.append(problem)
        elements.append((ai.number, value))
        if start < end and text[start] == GS:
            start += 1
    return elements, problems


def bracketed(pairs: Sequence[Element], year: int) -> tuple[list[Element], list[Problem]]:
    """The elements of a human-readable string, already cut at its brackets, and what is wrong with them."""
    elements: list[Element] = []
    problems: list[Problem] = []
    for number, value in pairs:
        ai = gs1_table.find(number)
        if ai is None:
            problems.append(_problem("gs1_unknown_ai", found=number))
            continue
        found = ai.shape.match(value)
        if found is None or found.end() != len(value):
            problems.append(misshapen(ai, value))
            continue
        if (problem := judge(ai, value, year)) is not None:
            problems.append(problem)
        elements.append((number, value))
    return elements, problems


def judge(ai: Ai, value: str, year: int) -> Problem | None:
    """What the rules of its AI find wrong with a value of the right shape: the first fault, or None."""
    for start, stop, test in ai.tests:
        piece = value[start:stop]
        if piece and (problem := test(piece, year)) is not None:
            return Problem(problem.code, problem.severity, (("ai", ai.number), *problem.params))
    return None


def pairing(elements: Sequence[Element], missing: Severity = Severity.WARNING) -> list[Problem]:
    """Values that contradict each other and AIs that must not or must stand together.

    `missing` is the weight of an absent companion: a warning on a single symbol, because it may stand in another.
    """
    values = dict(elements)
    repeated = [] if len(values) == len(elements) else _contradictions(elements)
    return [*repeated, *_company(tuple(values), missing)]


def _contradictions(elements: Sequence[Element]) -> list[Problem]:
    """One problem for every AI that stands there with two values."""
    firsts: dict[str, str] = {}
    found: dict[str, Problem] = {}
    for number, value in elements:
        if firsts.setdefault(number, value) != value and number not in found:
            found[number] = _problem("gs1_repeated", ai=number, first=firsts[number], second=value)
    return list(found.values())


@lru_cache(maxsize=512)
def _company(present: tuple[str, ...], missing: Severity) -> tuple[Problem, ...]:
    """What the AIs that stand together exclude and lack; packs share few sets of them, so the answers are kept."""
    problems: list[Problem] = []
    for number in present:
        ai = gs1_table.find(number)
        if ai is None:
            continue
        if not ai.excludes.isdisjoint(present):
            other = next(other for other in present if other in ai.excludes)
            problems.append(_problem("gs1_excluded", ai=number, other=other))
        if ai.requires and ai.requires_one.isdisjoint(present) and not _satisfied(ai, present):
            params = (("ai", number), ("needs", ai.requires_text))
            problems.append(Problem("gs1_required", missing, params))
    return tuple(problems)


def _satisfied(ai: Ai, present: tuple[str, ...]) -> bool:
    return all(
        any(all(not choice.isdisjoint(present) for choice in group) for group in rule) for rule in ai.requires
    )


def _up_to_separator(text: str, start: int) -> str:
    stop = text.find(GS, start)
    return text[start:] if stop < 0 else text[start:stop]


def _problem(code: str, **params: str) -> Problem:
    return Problem(code, params=tuple(params.items()))


def _no_ai(text: str, start: int) -> Problem:
    if text[start] == GS:
        return Problem("gs1_separator_first" if start == 0 else "gs1_separator_doubled")
    if text[start:].isspace():
        return Problem("gs1_trailing_blank")
    return _problem("gs1_unknown_ai", found=text[start : start + 4])


def misshapen(ai: Ai, value: str) -> Problem:
    """Why a value does not have the shape of its AI; `value` reaches to the next separator."""
    if not value:
        return _problem("gs1_value_empty", ai=ai.number)
    start = 0
    for part in ai.parts:
        piece = value[start : start + part.high]
        if part.optional and not piece:
            continue
        for place, character in enumerate(piece, start):
            if not gs1_table.allowed(part.characters, character):
                return _wrong_character(ai, part.characters, character, value[place:])
        if len(piece) < part.low:
            low, high = ai.lengths
            expected = str(low) if low == high else f"{low}–{high}"
            return _problem("gs1_value_length", ai=ai.number, expected=expected, found=str(len(value)))
        start += len(piece)
    return _problem("gs1_value_too_long", ai=ai.number, expected=str(ai.lengths[1]), found=str(len(value)))


def _wrong_character(ai: Ai, characters: str, character: str, rest: str) -> Problem:
    if rest.isspace():
        return Problem("gs1_trailing_blank")
    code = "gs1_not_digit" if characters == "N" else "gs1_bad_character"
    return _problem(code, ai=ai.number, found=character)


def element_code(
    given: str, elements: Sequence[Element], problems: Sequence[Problem], year: int, kind: Kind = Kind.GS1
) -> Code:
    """The code that elements make: what the pack is, its serial, lot and dates; equal repeats stand once."""
    unique = dict(elements)
    if len(unique) != len(elements):
        elements = list(dict.fromkeys(elements))
    found = list(problems)
    whole = not (found and is_refused(found))
    item = unique.get("8006", "")
    product = unique.get("01") or item[:14] or None
    serial = unique.get("21") if product else None
    sscc = unique.get("00")
    key = None
    level = Level.UNKNOWN
    if product is not None:
        level = trade_level(product)
        if serial is not None:
            key = f"gs1:{item or product}/{serial}"
        elif whole:
            found.append(Problem("no_serial", Severity.NOTE))
    elif sscc is not None:
        key, level = f"sscc:{sscc}", Level.CASE
        kind = Kind.SSCC if kind is Kind.GS1 else kind
    else:
        serial = unique.get("21")
        if whole:
            found.append(Problem("gs1_no_product", Severity.WARNING))
    expiry = _date_of(unique.get("17") or unique.get("7003"), year)
    if expiry is not None and expiry.precision == "month":
        found.append(Problem("expiry_month", Severity.NOTE, (("day", expiry.day.isoformat()),)))
    production = _date_of(unique.get("11") or unique.get("8008"), year)
    return Code(
        input=given,
        kind=kind,
        key=key,
        product=product,
        serial=serial,
        lot=unique.get("10"),
        expiry=expiry.day if expiry else None,
        expiry_precision=expiry.precision if expiry else None,
        production=production.day if production else None,
        level=level,
        elements=tuple(elements),
        problems=tuple(found),
    )


def _date_of(value: str | None, year: int) -> CodeDate | None:
    return yymmdd(value[:6], year) if value else None


def trade_level(gtin14: str) -> Level:
    """The packaging level by the indicator digit: 1 to 8 a grouping, 9 a variable measure, 0 the item itself."""
    if gtin14[0] == "0":
        return Level.UNIT
    return Level.UNKNOWN if gtin14[0] == "9" else Level.CASE


def is_refused(problems: Sequence[Problem]) -> bool:
    """Whether any of the problems is fatal."""
    return any(problem.severity is Severity.FATAL for problem in problems)


def read(given: str, text: str, today: date) -> Code:
    """An element string as a code; how elements pair is looked at only where each of them is right."""
    elements, problems = split(text, today.year)
    return element_code(given, elements, problems or pairing(elements), today.year)
