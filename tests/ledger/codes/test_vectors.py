"""Held against GS1's own engine: every verdict and every element."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.codes.code import Severity
from ledger.codes.identify import identify
from tests.ledger.codes.strings import TODAY
from tests.shared import shared

FRAMING = "\r\n\t"
PLAIN_DATA = {"nosch", "scheme"}
"""The engine passes a text without http:// as plain data: valid, and no element in it. For us it names no pack, so it
is refused as an address (GS1 Digital Link URI Syntax 1.4, 4.1: the scheme is http or https)."""


def lines(name: str) -> Iterator[dict[str, Any]]:
    with shared(f"data/gs1/{name}").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def test_element_strings() -> None:
    """A valid string is accepted with the engine's elements; what only lacks a companion is accepted with a warning."""
    seen = 0
    for row in lines("vectors.jsonl"):
        # What a device adds at the ends is taken off before the data are judged; the engine was given it as data.
        scan = row["scan"]
        if scan != scan.strip(FRAMING):
            assert not row["valid_without_pairing_rules"]
            continue
        seen += 1
        code = identify(scan, today=TODAY)
        assert code.accepted == row["valid_without_pairing_rules"], (row, code)
        if code.accepted:
            assert list(code.elements) == list(dict.fromkeys(map(tuple, row["elements"]))), row
        lacking = any(problem.code == "gs1_required" for problem in code.problems)
        if code.accepted:
            assert lacking != row["valid"], (row, code)
        assert all(p.severity is Severity.WARNING for p in code.problems if p.code == "gs1_required")
    assert seen > 1600


def test_element_strings_with_framing() -> None:
    """A string with CR, LF or TAB at its end is judged as the string without."""
    framed = [row["scan"] for row in lines("vectors.jsonl") if row["scan"] != row["scan"].strip(FRAMING)]
    assert framed
    for scan in framed:
        bare = identify(scan.strip(FRAMING), today=TODAY)
        assert identify(scan, today=TODAY).elements == bare.elements
        assert identify(scan, today=TODAY).accepted == bare.accepted


@pytest.mark.parametrize("identifier", ["", "]Q1", "]d1", "]z0"])
def test_digital_links(identifier: str) -> None:
    """Links agree with the engine one by one, from any symbol that may hold them."""
    for row in lines("digital_links.jsonl"):
        code = identify(identifier + row["uri"], today=TODAY)
        if row["case"] in PLAIN_DATA:
            assert row["elements"] == []
            assert [problem.code for problem in code.problems] == ["web_address"], row
            continue
        assert code.accepted == row["valid"], (row, code)
        if code.accepted:
            assert list(code.elements) == list(map(tuple, row["elements"])), row
