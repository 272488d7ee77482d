"""What a prescription says of a pack, and when the next supply is due."""

from __future__ import annotations

from datetime import date

from ledger.documents import Documents
from ledger.event import DocumentRef, EventKind
from ledger.prescription import Prescription, Supply
from ledger.shipment import UNIT, Line
from tests.ledger.documents.asked import DAY, DISPENSE, OTHER_PATIENT, PATIENT, RECEIVE, ask, shipment
from tests.ledger.papers import DRUG, GTIN, GTIN_2, RX, Told, heap, pack


class TestPrescription:
    def put(self, told: Told, *lines: Line) -> Documents:
        told.store.documents.put(Prescription("RX-1", lines, PATIENT, DAY, 6, "BA-7", True, False, True))
        return told.store.documents

    def test_is_read_back_as_it_was_put(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 2), Line(2, GTIN_2, 30, unit=UNIT))
        assert documents.prescription("RX-1") == Prescription(
            "RX-1",
            (Line(1, GTIN, 2), Line(2, GTIN_2, 30, unit=UNIT)),
            PATIENT,
            DAY,
            6,
            "BA-7",
            True,
            False,
            True,
        )
        assert documents.prescription("RX-2") is None and documents.dispensed("RX-1", 3) is None

    def test_whole_packs_and_units_of_opened_ones_add_up(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 3))
        told.tell(DISPENSE, pack("S1"), documents=(RX,))
        told.tell(DISPENSE, pack("S2", quantity=4, units=10), documents=(RX,))
        line = documents.dispensed("RX-1", 1)
        assert line is not None and (line.seen, line.open, line.open_units) == (2, 1, 16)

    def test_a_line_in_units_counts_a_whole_pack_by_its_size(self, told: Told) -> None:
        documents = self.put(told, Line(1, DRUG, 25, unit=UNIT))
        told.tell(DISPENSE, pack("S1"), documents=(RX,))
        told.tell(DISPENSE, pack("S2", quantity=4, units=10), documents=(RX,))
        line = documents.dispensed("RX-1", 1)
        assert line is not None and (line.seen, line.open, line.open_units) == (14, 11, 11)

    def test_without_a_pack_size_units_cannot_be_said(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN_2, 25, unit=UNIT))
        line = documents.dispensed("RX-1", 1)
        assert line is not None and (line.seen, line.open) == (None, None)
        said = documents.expectation("RX-1", None, GTIN_2, None, kind="prescription")
        assert (said.listed, said.open_quantity) == (True, None)

    def test_undone_is_open_again_and_done_again_counts_once(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 2))
        one = told.tell(DISPENSE, pack("S1"), documents=(RX,))
        undone = told.undo(one, pack("S1"))
        assert documents.dispensed("RX-1", 1).open == 2  # type: ignore[union-attr]
        assert not documents.expectation(
            "RX-1", f"gs1:{GTIN}/S1", GTIN, None, kind="prescription"
        ).already_seen
        told.void(undone)
        assert documents.dispensed("RX-1", 1).open == 1  # type: ignore[union-attr]
        told.tell(DISPENSE, pack("S1"), documents=(RX,))
        told.void(told.events[-1])
        told.void(told.events[-2])
        assert documents.dispensed("RX-1", 1).open == 1  # type: ignore[union-attr]

    def test_what_was_given_again_can_be_taken_back_again(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 9))
        one = told.tell(DISPENSE, pack("S1"), documents=(RX,))
        seen = []
        for _ in range(3):
            undone = told.undo(one, pack("S1"))
            seen.append(documents.dispensed("RX-1", 1).seen)  # type: ignore[union-attr]
            told.void(undone)
            seen.append(documents.dispensed("RX-1", 1).seen)  # type: ignore[union-attr]
            told.void(undone)
        assert seen == [0, 1] * 3

    def test_what_a_patient_brings_back_is_kept_apart_and_opens_nothing(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 2))
        one = told.tell(DISPENSE, pack("S1"), documents=(RX,))
        told.tell(EventKind.RETURN, pack("S1"), documents=(), detail=(("returns", one.event_id),))
        assert documents.dispensed("RX-1", 1).open == 1  # type: ignore[union-attr]
        acts = {row[4] for row in told.rows("progress_sum")}
        assert acts == {"dispense", "return"}

    def test_a_heap_is_undone_pack_by_pack(self, told: Told) -> None:
        documents = self.put(told, Line(1, GTIN, 9))
        told.tell(DISPENSE, heap(3), documents=(RX,))
        told.tell(DISPENSE, heap(2), documents=(RX,))
        told.tell(EventKind.UNDO, heap(4), documents=(RX,))
        assert documents.dispensed("RX-1", 1).seen == 1  # type: ignore[union-attr]
        told.tell(EventKind.UNDO, heap(4), documents=(RX,))
        assert documents.dispensed("RX-1", 1).seen == 0  # type: ignore[union-attr]
        assert told.store.documents.agrees(told.chain())

    def test_the_other_heap_of_an_event_is_not_counted_again(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 5)))
        told.tell(RECEIVE, heap(2), heap(None))
        assert ask(told).open_quantity == 3


class TestSupply:
    def test_the_last_dispense_that_stands_under_any_prescription(self, told: Told) -> None:
        documents, later = told.store.documents, DocumentRef("prescription", "RX-2")
        assert documents.last_supply(PATIENT, GTIN) is None
        documents.put(Prescription("RX-1", (Line(1, GTIN, 2),), PATIENT, weeks=4))
        documents.put(Prescription("RX-2", (Line(1, DRUG, 2),), PATIENT))
        documents.put(Prescription("RX-3", (Line(1, GTIN, 2),), OTHER_PATIENT, weeks=9))
        told.tell(DISPENSE, pack("S1"), documents=(RX,))
        one = told.tell(DISPENSE, pack("S2", product=DRUG), documents=(later,))
        told.tell(DISPENSE, pack("S3"), documents=(DocumentRef("prescription", "RX-3"),))
        told.tell(DISPENSE, pack("S4", product=GTIN_2), documents=(RX,))
        for seq in range(1, 5):
            told.date(seq, f"2026-11-{seq:02}T23:30:00.000+08:00")
        supply = documents.last_supply(PATIENT, GTIN)
        assert supply == Supply("RX-2", date(2026, 11, 2), None, 2) and supply.lasts_until is None
        told.undo(one, pack("S2", product=DRUG))
        supply = documents.last_supply(PATIENT, DRUG)
        assert supply == Supply("RX-1", date(2026, 11, 1), 4, 1) and supply.lasts_until == date(2026, 11, 29)
