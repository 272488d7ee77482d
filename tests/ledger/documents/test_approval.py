"""What an approval says of a pack: how much is left of it, where and how long it holds."""

from __future__ import annotations

from datetime import date

from ledger.approval import Approval
from ledger.event import DocumentRef, EventKind
from tests.ledger.documents.asked import AP, DAY, DISPENSE, GLN, OTHER_PATIENT, PATIENT
from tests.ledger.papers import DRUG, GTIN, GTIN_2, RX, Told, pack


class TestApprovals:
    def put(self, told: Told, number: str = "AP-1", **values: object) -> None:
        told.store.documents.put(
            Approval(number, GTIN, GLN, date(2026, 1, 1), date(2026, 12, 31), **values)  # type: ignore[arg-type]
        )

    def obstacles(
        self, told: Told, patient: str | None = PATIENT, day: date = DAY, lot: str | None = "L1"
    ) -> tuple[str, ...]:
        (found,) = told.store.documents.approvals_for(DRUG, GLN, patient, day, lot)
        return found.obstacles

    def test_holds_from_the_first_day_to_the_last(self, told: Told) -> None:
        self.put(told)
        assert [self.obstacles(told, day=day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [
            ("approval_not_yet",),
            (),
        ]
        assert [self.obstacles(told, day=day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [
            (),
            ("approval_over",),
        ]

    def test_is_for_one_institution_and_product(self, told: Told) -> None:
        self.put(told)
        documents = told.store.documents
        assert documents.approvals_for(GTIN, "9521999000013", PATIENT, DAY) == ()
        assert documents.approvals_for(GTIN_2, GLN, PATIENT, DAY) == ()
        assert documents.approvals_for(GTIN, GLN, PATIENT, DAY)[0].holds()

    def test_patient_and_lot_and_suspension_stand_in_the_way(self, told: Told) -> None:
        self.put(told, patient=PATIENT, lot="L1")
        assert self.obstacles(told) == ()
        assert (
            self.obstacles(told, OTHER_PATIENT) == self.obstacles(told, None) == ("approval_other_patient",)
        )
        assert self.obstacles(told, lot="L2") == self.obstacles(told, lot=None) == ("approval_other_lot",)
        self.put(told, patient=PATIENT, lot="L1", suspended=True)
        assert self.obstacles(told) == ("approval_suspended",)

    def test_is_used_up_by_packs_opened_ones_included(self, told: Told) -> None:
        self.put(told, quantity=3)
        told.tell(DISPENSE, pack("S1"), documents=(RX, AP))
        told.tell(DISPENSE, pack("S2", quantity=1, units=10), documents=(RX, AP))
        one = told.tell(DISPENSE, pack("S3", quantity=10, units=10), documents=(AP,))
        (standing,) = told.store.documents.approvals_for(GTIN, GLN, PATIENT, DAY)
        assert (standing.used, standing.open, standing.obstacles) == (3, 0, ("approval_used_up",))
        assert not standing.holds() and standing.holds(shipping=True)
        told.undo(one, pack("S3"))
        (standing,) = told.store.documents.approvals_for(GTIN, GLN, PATIENT, DAY)
        assert (standing.used, standing.holds()) == (2, True)

    def test_leaving_the_warehouse_and_dispensing_are_counted_apart(self, told: Told) -> None:
        self.put(told, quantity=1, patient=PATIENT)
        told.tell(EventKind.TRANSFER_OUT, pack("S1"), documents=(AP,))
        documents = told.store.documents
        (standing,) = documents.approvals_for(GTIN, GLN, PATIENT, DAY)
        assert (standing.used, standing.shipped, standing.holds()) == (0, 1, True)
        (shipping,) = documents.approvals_for(GTIN, GLN, None, DAY, shipping=True)
        assert shipping.obstacles == ("approval_shipped_up",) and not shipping.holds(shipping=True)
        assert documents.standing("AP-1") is not None and documents.standing("AP-2") is None

    def test_those_that_hold_come_first_then_the_one_that_ends_first(self, told: Told) -> None:
        self.put(told, "late")
        told.store.documents.put(Approval("soon", GTIN, GLN, date(2026, 1, 1), date(2026, 11, 30)))
        self.put(told, "suspended", suspended=True)
        self.put(told, "used", quantity=1)
        told.tell(DISPENSE, pack("S1"), documents=(DocumentRef("approval", "used"),))
        told.store.documents.put(
            Approval("shipped", GTIN, GLN, date(2026, 1, 1), date(2026, 11, 25), quantity=1)
        )
        told.tell(EventKind.TRANSFER_OUT, pack("S2"), documents=(DocumentRef("approval", "shipped"),))
        found = told.store.documents.approvals_for(GTIN, GLN, None, DAY)
        assert [one.approval.number for one in found] == ["soon", "late", "shipped", "suspended", "used"]
        assert [one.holds() for one in found] == [True, True, True, False, False]

    def test_it_is_found_by_index_however_many_there_are(self, told: Told) -> None:
        self.put(told)
        asked: list[str] = []
        connection = told.store.connection
        connection.set_trace_callback(asked.append)
        told.store.documents.approvals_for(DRUG, GLN, PATIENT, DAY)
        told.store.documents.standing("AP-1")
        connection.set_trace_callback(None)
        asked = [one for one in asked if "valid_from" in one]
        assert len(asked) == 2
        for query in asked:
            plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert "approval_product" in plan or "kind=? AND number=?" in plan
            assert "SCAN" not in plan
