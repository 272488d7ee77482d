"""One pack with two symbols, the product in one and lot or serial in the other: two codes made one.

GS1 allows it (a GTIN as EAN-13 or ITF-14, the rest as GS1-128) and HIBC has it as its old form (two lines that a
link character ties together). Nothing is joined that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ledger.codes import gs1
from ledger.codes.code import Code, Kind, Problem, Severity

_GS1 = frozenset({Kind.GS1, Kind.DIGITAL_LINK, Kind.FORMAT05})
_PRODUCT_ONLY = frozenset({"commodity_code", "ean_code", "upc_code", "ean8_code"})
"""Refusals that mean only: this symbol names the product alone."""
_OF_HALVES = _PRODUCT_ONLY | {"gs1_required", "gs1_no_product", "no_serial", "expiry_month", "hibc_secondary"}
"""Problems that a half has because it is a half; they are judged anew on the whole."""
_PRODUCTION = frozenset(
    {"10", "11", "13", "15", "16", "17", "20", "21", "30", "240", "241", "250", "7003", "8008"}
)


def is_partial(code: Code) -> bool:
    """Whether a code may be completed by another symbol of its pack: it lacks the product or the serial."""
    if code.kind is Kind.GTIN:
        return code.product is not None and _usable(code)
    if not code.accepted or (code.product is not None and code.serial is not None):
        return False
    if code.kind in _GS1:
        return code.product is not None or any(number in _PRODUCTION for number, _ in code.elements)
    return code.kind is Kind.HIBC


def is_fragment(code: Code) -> bool:
    """Whether a code cannot stand alone: it is partial and names no product."""
    return code.product is None and is_partial(code)


def join(first: Code, second: Code, today: date | None = None) -> Code | None:
    """Both codes as one, in either order; None where they do not belong together or contradict each other."""
    if not (is_partial(first) and is_partial(second)):
        return None
    if first.product and second.product and first.product != second.product:
        return None
    if first.kind is Kind.HIBC and second.kind is Kind.HIBC:
        return _hibc(first, second)
    if Kind.HIBC in (first.kind, second.kind):
        return None
    if first.kind is Kind.GTIN and second.kind is Kind.GTIN:
        return None
    return _gs1(first, second, today or date.today())


def _usable(code: Code) -> bool:
    return all(p.code in _PRODUCT_ONLY or p.severity is not Severity.FATAL for p in code.problems)


def _both(first: Code, second: Code) -> str:
    return f"{first.input}\n{second.input}"


def _kept(*codes: Code) -> list[Problem]:
    """What was remarkable about the halves and still is about the whole, once each."""
    found = (problem for code in codes for problem in code.problems if problem.code not in _OF_HALVES)
    return list(dict.fromkeys(found))


def _agree(elements: Iterable[tuple[str, str]]) -> bool:
    values: dict[str, str] = {}
    return all(values.setdefault(number, value) == value for number, value in elements)


def _elements(code: Code) -> tuple[tuple[str, str], ...]:
    return (("01", code.product or ""),) if code.kind is Kind.GTIN else code.elements


def _gs1(first: Code, second: Code, today: date) -> Code | None:
    # The half that names the product leads, so that both orders give the same elements.
    if first.product is None and second.product is not None:
        first, second = second, first
    elements = [*_elements(first), *_elements(second)]
    pairing = gs1.pairing(elements)
    if any(problem.severity is Severity.FATAL for problem in pairing):
        return None
    code = gs1.element_code(_both(first, second), elements, [*_kept(first, second), *pairing], today.year)
    return code if code.accepted else None


def _hibc(first: Code, second: Code) -> Code | None:
    if first.product is None:
        first, second = second, first
    if first.product is None or second.product is not None:
        return None
    head, data = dict(first.elements), dict(second.elements)
    if head.get("check") != data.get("link"):
        return None
    elements = [*first.elements, *((name, value) for name, value in second.elements if name != "link")]
    if not _agree(elements):
        return None
    serial = first.serial or second.serial
    problems = _kept(first, second)
    if serial is None:
        problems.append(Problem("no_serial", Severity.NOTE))
    expiry = first if first.expiry else second
    if expiry.expiry and expiry.expiry_precision == "month":
        problems.append(Problem("expiry_month", Severity.NOTE, (("day", expiry.expiry.isoformat()),)))
    return replace(
        first,
        input=_both(first, second),
        key=f"hibc:{first.product}/{serial}" if serial else None,
        serial=serial,
        lot=first.lot or second.lot,
        expiry=expiry.expiry,
        expiry_precision=expiry.expiry_precision,
        production=first.production or second.production,
        elements=tuple(dict.fromkeys(elements)),
        problems=tuple(problems),
    )
