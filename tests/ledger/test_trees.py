"""What lies in what: nested, one parent each, never in itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.change import Change
from ledger.codes.code import Level
from ledger.trees import DEEPEST, Child, Cycle, SecondParent, Trees
from tests.ledger.papers import GTIN, store


@pytest.fixture
def trees() -> Trees:
    return store().trees


def test_pallet_case_and_pack(trees: Trees) -> None:
    one = Child("gs1:a/1", GTIN, "1", "L1", date(2028, 1, 31), "day", Level.UNIT)
    two = Child("gs1:a/2", GTIN, "2", "L1", date(2028, 1, 31), "month", Level.UNIT)
    box = Child("sscc:1", level=Level.CASE)
    for parent, child in (("sscc:1", two), ("sscc:1", one), ("sscc:9", box)):
        assert trees.put(parent, child) is Change.ADDED
    assert trees.children("sscc:1") == (one, two)
    assert trees.children("sscc:9") == (box,)
    assert trees.packs("sscc:9") == (one, two)
    assert trees.parents_of("gs1:a/1") == ("sscc:1", "sscc:9")
    assert trees.parents_of("sscc:9") == () == trees.children("unknown") == trees.packs("unknown")
    assert trees.child("gs1:a/2") == two and trees.child("sscc:9") is None
    assert trees.knows("sscc:9") and not trees.knows("gs1:a/1")


def test_an_empty_case_on_a_pallet_counts_as_what_it_is(trees: Trees) -> None:
    trees.put("sscc:9", Child("sscc:1", level=Level.CASE))
    assert [child.key for child in trees.packs("sscc:9")] == ["sscc:1"]


def test_the_same_again_changes_nothing_and_a_better_label_does(trees: Trees) -> None:
    assert trees.put("sscc:1", Child("a")) is Change.ADDED
    assert trees.put("sscc:1", Child("a")) is Change.SAME
    assert trees.put("sscc:1", Child("a", lot="L1")) is Change.CHANGED
    assert trees.children("sscc:1") == (Child("a", lot="L1"),)


def test_a_second_parent_is_refused_until_the_first_is_taken_back(trees: Trees) -> None:
    trees.put("sscc:1", Child("a"))
    with pytest.raises(SecondParent):
        trees.put("sscc:2", Child("a"))
    assert trees.forget("sscc:1") == 1
    assert trees.put("sscc:2", Child("a")) is Change.ADDED


def test_nothing_lies_in_itself(trees: Trees) -> None:
    with pytest.raises(Cycle):
        trees.put("a", Child("a"))
    trees.put("a", Child("b"))
    trees.put("b", Child("c"))
    with pytest.raises(Cycle):
        trees.put("c", Child("a"))


def test_a_tower_of_cases_is_a_fault_and_cannot_hide_a_cycle(trees: Trees) -> None:
    for floor in range(DEEPEST - 1):
        trees.put(str(floor), Child(str(floor + 1)))
    with pytest.raises(Cycle):
        trees.put(str(DEEPEST - 1), Child("one more"))
    for floor in range(1, 101):
        trees.put(f"up{floor}", Child(f"up{floor - 1}"))
    with pytest.raises(Cycle):
        trees.put("up0", Child("up100"))


names = st.sampled_from("abcdefg")


@given(st.lists(st.tuples(names, names), max_size=30))
def test_whatever_is_declared_stays_a_forest(pairs: list[tuple[str, str]]) -> None:
    trees = store().trees
    inside: dict[str, str] = {}
    for parent, key in pairs:
        try:
            trees.put(parent, Child(key))
        except SecondParent:
            assert inside[key] != parent
        except Cycle:
            around = [parent]
            while around[-1] in inside:
                around.append(inside[around[-1]])
            assert key in around
        else:
            inside[key] = parent
    for key in "abcdefg":
        expected = []
        at = key
        while at in inside:
            at = inside[at]
            expected.append(at)
        assert trees.parents_of(key) == tuple(expected)
        assert key not in expected
