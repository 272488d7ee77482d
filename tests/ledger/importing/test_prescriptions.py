"""Prescriptions from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from ledger.prescription import Prescription
from ledger.shipment import UNIT, Line
from ledger.store import Store
from tests.ledger.importing.rows import (
    PATIENT,
    counts,
    faults,
    take,
)
from tests.ledger.papers import DRUG, GTIN


class TestPrescriptions:
    ROW: Mapping[str, object] = {"number": "RX-1", "patient": PATIENT.upper(), "product": GTIN, "quantity": 2}

    def test_everything_a_row_can_say(self, ledger: Store) -> None:
        row = {
            **self.ROW,
            "day": "2026-11-20",
            "weeks": 6,
            "filing_number": "BA-7",
            "consent": "是",
            "assessment": "是",
            "signature": "否",
        }
        assert counts(take(ledger, "prescriptions", row, {**row, "product": DRUG, "unit": "unit"})) == (
            1,
            0,
            0,
            0,
        )
        assert ledger.documents.prescription("RX-1") == Prescription(
            "RX-1",
            (Line(1, GTIN, 2), Line(2, DRUG, 2, unit=UNIT)),
            PATIENT,
            date(2026, 11, 20),
            6,
            "BA-7",
            True,
            True,
            False,
        )
        assert counts(take(ledger, "prescriptions", row, {**row, "product": DRUG, "unit": "unit"})) == (
            0,
            0,
            1,
            0,
        )
        assert counts(take(ledger, "prescriptions", {**row, "signature": "是"})) == (0, 1, 0, 0)

    @pytest.mark.parametrize(
        "patient", ["张三", "Zhang San", "460000199001011234", "13800138000", "E12345678", "P-000123", "x"]
    )
    def test_a_patients_name_or_number_is_refused_and_not_repeated(self, ledger: Store, patient: str) -> None:
        report = take(ledger, "prescriptions", {**self.ROW, "patient": patient})
        assert faults(report) == [(1, "patient", "row_no_pseudonym")]
        assert patient not in repr(report.bad)
        assert ledger._connection.execute("SELECT count(*) FROM prescription").fetchone() == (0,)

    def test_one_prescription_is_for_one_patient(self, ledger: Store) -> None:
        other = PATIENT.replace("3b", "4b")
        report = take(ledger, "prescriptions", self.ROW, {**self.ROW, "patient": other})
        assert faults(report) == [(1, "", "row_document_held"), (2, "number", "row_document_differs")]
