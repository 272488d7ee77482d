"""What is wrong is refused: by GS1's schema, or by our lint where the schema lets it pass.

Every broken rule of tests/sync/test_lint.py, put before the schema three ways: with its formats asserted, without,
and before our own lint, which must refuse all of them.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from sync.lint import document_faults
from tests.shared import needs_shared, shared
from tests.sync.test_lint import CHANGES, DOCUMENTS, GOOD, NOW, TOGETHER, WITHOUT, body, document

SCHEMA_LETS_PASS = {
    "step of a vocabulary with a typing error",
    "step with a prefix nobody declared",
    "offset that contradicts",
    "time in the future",
    "record time set by us",
    "wrong check digit",
    "SSCC with a wrong check digit",
    "GTIN of 13 digits",
    "class in epcList",
    "lot in epcList",
    "class URN in epcList",
    "lot and serial at once",
    "query string",
    "no pack at all",
    "negative count",
    "half a pack",
    "extension with an undeclared prefix",
    "did not occur, yet corrected",
    "case without a name",
    "version 1.2",
    "no context of EPCIS",
    "no event",
    "the same event twice",
}
"""What GS1's schema does not see although its formats are asserted, and a platform may store."""

FORMATS_MATTER = {
    "step that is none",
    "time without offset",
    "EPC that is no URI",
    "extension without prefix",
}
"""What it sees only where formats are asserted."""


def mutations() -> dict[str, dict[str, Any]]:
    """Name -> a document with exactly one thing wrong."""
    found: dict[str, dict[str, Any]] = {}
    for name, change, _ in CHANGES:
        broken = {key: value for key, value in {**deepcopy(GOOD), **change}.items() if value is not WITHOUT}
        found[name] = document(epcisBody=body(broken))
    for name, broken, _ in TOGETHER:
        found[name] = document(epcisBody=body(broken))
    return found | {name: whole for name, whole, _ in DOCUMENTS if isinstance(whole, dict)}


MUTATIONS = mutations()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(shared("data/epcis/EPCIS-JSON-Schema.json").read_text("utf-8"))
    return loaded


def test_there_are_as_many_as_were_found_worth_trying() -> None:
    assert len(MUTATIONS) >= 83
    assert MUTATIONS.keys() >= SCHEMA_LETS_PASS
    assert MUTATIONS.keys() >= FORMATS_MATTER


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_lint_refuses_it(name: str) -> None:
    assert document_faults(MUTATIONS[name], NOW)


@needs_shared
def test_the_schema_sees_less_than_the_lint_and_nothing_without_its_formats(schema: dict[str, Any]) -> None:
    strict, lax = Draft7Validator(schema, format_checker=FormatChecker()), Draft7Validator(schema)
    passed = {name for name, broken in MUTATIONS.items() if strict.is_valid(broken)}
    passed_lax = {name for name, broken in MUTATIONS.items() if lax.is_valid(broken)}
    assert passed >= SCHEMA_LETS_PASS
    assert passed_lax - passed >= FORMATS_MATTER
    assert strict.is_valid(document())
