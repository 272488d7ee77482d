"""Which recalls a pack falls under, certainly or possibly, by any identifier of its product."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.catalog import Product
from ledger.change import Change
from ledger.recalls import MOST, Match, Recall, Recalls
from tests.ledger.papers import DRUG, GTIN, GTIN_2, store

DAY = date(2026, 11, 1)


@pytest.fixture
def recalls() -> Recalls:
    one = store()
    one.catalog.put(Product(GTIN, "滴眼液", "Drops", identifiers=(("drug", DRUG), ("gtin", GTIN))))
    return one.recalls


def numbers(found: tuple[Recall, ...]) -> list[str]:
    return [one.number for one in found]


def test_a_recall_of_the_product_meets_every_pack_of_it(recalls: Recalls) -> None:
    recalls.put(Recall("R-1", DRUG, day=DAY, reason="异物", action="停止使用", level=1))
    for product in (GTIN, DRUG):
        for lot, serial in ((None, None), ("L1", "S1")):
            (found,) = recalls.recalls_of(product, lot, serial)
            assert (found.number, found.match, found.action) == ("R-1", Match.CERTAIN, "停止使用")
    assert recalls.recalls_of(GTIN_2, "L1", "S1") == ()


def test_a_recall_of_a_lot_meets_that_lot_and_maybe_an_unknown_one(recalls: Recalls) -> None:
    recalls.put(Recall("R-1", GTIN, lot="L1", day=DAY))
    assert recalls.recalls_of(DRUG, "L1", "S1")[0].match is Match.CERTAIN
    assert recalls.recalls_of(DRUG, "L2", "S1") == ()
    assert recalls.recalls_of(DRUG, "l1", "S1") == ()
    assert recalls.recalls_of(DRUG, None, "S1")[0].match is Match.POSSIBLE


def test_a_recall_of_a_serial_meets_that_pack_by_serial_or_key(recalls: Recalls) -> None:
    recalls.put(Recall("R-1", GTIN, serial="S1", day=DAY))
    recalls.put(Recall("R-2", DRUG, serial="cn20:83386520001941653320", day=DAY))
    assert numbers(recalls.recalls_of(GTIN, "L1", "S1")) == ["R-1"]
    assert numbers(recalls.recalls_of(GTIN, "L1", "S2", "gs1:x/S2")) == []
    assert numbers(recalls.recalls_of(DRUG, None, "000194165", "cn20:83386520001941653320")) == ["R-2"]
    unsure = recalls.recalls_of(GTIN, "L1", None)
    assert [(one.number, one.match) for one in unsure] == [("R-1", Match.POSSIBLE), ("R-2", Match.POSSIBLE)]


def test_a_withdrawn_recall_meets_nobody_and_is_kept(recalls: Recalls) -> None:
    recalls.put(Recall("R-1", GTIN, day=DAY))
    assert recalls.put(Recall("R-1", GTIN, day=DAY, withdrawn=True)) is Change.CHANGED
    assert recalls.recalls_of(GTIN, "L1", "S1") == ()
    assert recalls.notice("R-1") == (Recall("R-1", GTIN, day=DAY, withdrawn=True),)


def test_certain_ones_come_first_then_the_gravest_then_the_latest(recalls: Recalls) -> None:
    recalls.put(Recall("possible", GTIN, lot="L9", level=1, day=DAY))
    recalls.put(Recall("old", GTIN, level=2, day=date(2020, 1, 1)))
    recalls.put(Recall("new", GTIN, level=2, day=DAY))
    recalls.put(Recall("grave", GTIN, level=1, day=date(2019, 1, 1)))
    recalls.put(Recall("unclassed", GTIN, day=DAY))
    found = numbers(recalls.recalls_of(GTIN, None, "S1"))
    assert found == ["grave", "new", "old", "unclassed", "possible"]


def test_the_same_notice_twice_changes_nothing(recalls: Recalls) -> None:
    notice = Recall("R-1", GTIN, "L1", "S1", 3, "标签", DAY, "退回")
    assert recalls.put(notice) is Change.ADDED
    assert recalls.put(notice) is Change.SAME
    assert recalls.notice("R-1") == (notice,)


def test_no_more_are_told_than_anybody_reads(recalls: Recalls) -> None:
    for number in range(MOST + 10):
        recalls.put(Recall(f"R-{number:03}", GTIN, serial=f"S{number}", day=DAY))
    assert len(recalls.recalls_of(GTIN, "L1", None)) == MOST
    assert numbers(recalls.recalls_of(GTIN, "L1", "S55")) == ["R-055"]


def test_the_look_up_goes_by_index(recalls: Recalls) -> None:
    plans: list[str] = []
    recalls._connection.set_trace_callback(plans.append)
    recalls.recalls_of(GTIN, "L1", "S1", "gs1:a/S1")
    recalls._connection.set_trace_callback(None)
    assert not any(
        "lot IN" in plan for plan in plans
    )  # the product is not recalled at all: nothing more is asked
    recalls.put(Recall("R-1", GTIN, lot="L1", day=DAY))
    recalls._connection.set_trace_callback(plans.append)
    recalls.recalls_of(GTIN, "L1", "S1", "gs1:a/S1")
    recalls._connection.set_trace_callback(None)
    first, asked = (
        next(plan for plan in plans if word in plan) for word in ("SELECT 1 FROM recall", "lot IN")
    )
    (plan,) = recalls._connection.execute("EXPLAIN QUERY PLAN " + first).fetchall()[:1]
    assert "SEARCH recall USING PRIMARY KEY (product=?)" in plan[3]
    (plan,) = recalls._connection.execute("EXPLAIN QUERY PLAN " + asked).fetchall()[:1]
    assert "SEARCH recall USING PRIMARY KEY (product=? AND lot=? AND serial=?)" in plan[3]
