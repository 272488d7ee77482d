import json

import pytest

from ledger.codes import gs1_table
from ledger.codes.gs1_values import judges
from tests.ledger.codes.dictionary import RESOURCE, rows, write
from tests.shared import shared


def test_the_table_is_the_dictionary() -> None:
    dictionary = shared("data/gs1/gs1-syntax-dictionary.txt").read_text("utf-8")
    assert json.loads(RESOURCE.read_text("utf-8"))["ai"] == rows(dictionary)


def test_the_resource_is_written_as_the_tool_writes_it() -> None:
    text = RESOURCE.read_text("utf-8")
    assert write(json.loads(text)) == text


def test_every_ai_compiles_and_every_rule_is_known() -> None:
    known = judges(json.loads(RESOURCE.read_text("utf-8"))["list"])
    assert len(gs1_table.NUMBERS) == 541
    for number in gs1_table.NUMBERS:
        ai = gs1_table.find(number)
        assert ai is not None
        assert ai.number == number
        assert {rule for part in ai.parts for rule in part.rules} <= known.keys()
        assert gs1_table.LENGTH[number[:2]] == len(number)


def test_an_ai_that_needs_no_separator_has_one_length() -> None:
    for number in gs1_table.NUMBERS:
        ai = gs1_table.find(number)
        assert ai is not None
        assert ai.separated or ai.lengths[0] == ai.lengths[1]


@pytest.mark.parametrize("number", ["1", "0", "04", "80", "800", "8015", "xx", "", "²1"])
def test_what_is_no_ai_is_not_found(number: str) -> None:
    assert gs1_table.find(number) is None
    assert gs1_table.at(number, 0) is None


def test_an_ai_is_looked_up_whole_and_found_at_its_place() -> None:
    assert gs1_table.find("010") is None
    found = gs1_table.at("xx0106901234567892", 2)
    assert found is not None
    assert found.number == "01"
