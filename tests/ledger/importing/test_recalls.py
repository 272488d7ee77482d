"""Recall notices from a file."""

from __future__ import annotations

from datetime import date

from ledger.recalls import Recall
from ledger.store import Store
from tests.ledger.importing.rows import (
    counts,
    faults,
    take,
)
from tests.ledger.papers import DRUG


class TestRecalls:
    def test_everything_a_row_can_say(self, ledger: Store) -> None:
        row = {
            "number": "R-1",
            "product": DRUG,
            "lot": "L1",
            "class": "一级",
            "reason": "异物",
            "date": "2026-11-01",
            "action": "停用并退回",
        }
        assert counts(take(ledger, "recalls", row)) == (1, 0, 0, 0)
        assert ledger.recalls.notice("R-1") == (
            Recall("R-1", DRUG, "L1", None, 1, "异物", date(2026, 11, 1), "停用并退回"),
        )
        assert counts(take(ledger, "recalls", row)) == (0, 0, 1, 0)
        assert counts(take(ledger, "recalls", {**row, "withdrawn": "是"})) == (0, 1, 0, 0)
        assert ledger.recalls.recalls_of(DRUG, "L1", None) == ()

    def test_what_will_not_do_is_named(self, ledger: Store) -> None:
        good = {"number": "R-1", "product": DRUG, "day": "2026-11-01"}
        report = take(
            ledger,
            "recalls",
            {**good, "number": ""},
            {**good, "product": "x"},
            {**good, "day": ""},
            {**good, "day": "2026-11"},
            {**good, "day": "2026-02-30"},
            {**good, "level": "4"},
            good,
            {**good, "reason": "another"},
        )
        assert faults(report) == [
            (1, "number", "row_missing"),
            (2, "product", "row_product_bad"),
            (3, "day", "row_missing"),
            (4, "day", "row_not_day"),
            (5, "day", "row_not_day"),
            (6, "level", "row_not_word"),
            (8, "number", "row_twice"),
        ]
        assert len(ledger.recalls.notice("R-1")) == 1
