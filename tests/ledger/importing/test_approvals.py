"""Approvals from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ledger.approval import Approval
from ledger.store import Store
from tests.ledger.importing.rows import (
    GLN,
    PATIENT,
    counts,
    faults,
    take,
)
from tests.ledger.papers import GTIN


class TestApprovals:
    ROW: Mapping[str, object] = {
        "number": "AP-1",
        "product": GTIN,
        "institution": GLN,
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }

    def test_everything_a_row_can_say(self, ledger: Store) -> None:
        row = {**self.ROW, "patient": PATIENT, "lot": "L1", "quantity": "5", "suspended": "1"}
        assert counts(take(ledger, "approvals", row)) == (1, 0, 0, 0)
        assert ledger.documents.approval("AP-1") == Approval(
            "AP-1", GTIN, GLN, date(2026, 1, 1), date(2026, 12, 31), PATIENT, "L1", 5, True
        )
        assert counts(take(ledger, "approvals", row)) == (0, 0, 1, 0)
        assert counts(take(ledger, "approvals", self.ROW)) == (0, 1, 0, 0)
        assert ledger.documents.approval("AP-1").patient is None  # type: ignore[union-attr]

    def test_what_will_not_do_is_named(self, ledger: Store) -> None:
        report = take(
            ledger,
            "approvals",
            {**self.ROW, "valid_to": "2025-12-31"},
            {**self.ROW, "institution": "hospital"},
            {**self.ROW, "valid_from": ""},
            {**self.ROW, "patient": "李四"},
            {**self.ROW, "quantity": "many"},
            self.ROW,
            {**self.ROW, "lot": "L1"},
        )
        assert faults(report) == [
            (1, "valid_to", "row_ends_before"),
            (2, "institution", "row_not_gln"),
            (3, "valid_from", "row_missing"),
            (4, "patient", "row_no_pseudonym"),
            (5, "quantity", "row_not_whole"),
            (7, "number", "row_twice"),
        ]
        assert ledger.documents.approval("AP-1") is not None
