"""What a despatch advice says of a pack: expected, seen, over, not on any line."""

from __future__ import annotations

from datetime import date

from ledger.change import Change
from ledger.event import DocumentRef, EventKind
from ledger.expectation import Expectation
from ledger.prescription import Prescription
from ledger.shipment import Line
from ledger.trees import Child
from tests.ledger.documents.asked import PATIENT, RECEIVE, ask, shipment
from tests.ledger.papers import ASN, CASE_GTIN, DRUG, GTIN, GTIN_2, Told, case, pack


class TestExpectation:
    def test_a_document_nobody_sent_says_so(self, told: Told) -> None:
        assert ask(told) == Expectation(why="document_unknown")
        told.tell(RECEIVE, pack("S1"))
        assert ask(told, "gs1:09521234000013/S1") == Expectation(why="document_unknown", already_seen=True)
        assert told.store.documents.find("desadv", "ASN-1") is None

    def test_by_product_and_lot(self, told: Told) -> None:
        told.store.documents.put(
            shipment(Line(1, GTIN, 2, "L1", date(2028, 1, 31), "day"), Line(2, GTIN_2, 1))
        )
        said = ask(told)
        assert (said.known, said.listed, said.open_quantity, said.open_units) == (True, True, 2, 20)
        assert said.line == Line(1, GTIN, 2, "L1", date(2028, 1, 31), "day")
        assert ask(told, lot="L2") == Expectation(known=True, why="lot_not_listed", lots=("L1",))
        assert ask(told, product="09521234000099").why == "product_not_listed"
        assert ask(told, product=None).why == "product_not_listed"
        assert ask(told, lot=None).line == said.line
        anything = ask(told, product=GTIN_2, lot="whatever")
        assert (anything.listed, anything.line, anything.open_units) == (True, Line(2, GTIN_2, 1), None)

    def test_any_identifier_of_the_product_will_do(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 2, "L1")))
        told.tell(RECEIVE, pack("S1", product=DRUG))
        said = ask(told, product=DRUG)
        assert (said.listed, said.open_quantity) == (True, 1)

    def test_a_pack_is_seen_once_and_a_full_line_says_zero(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 1, "L1")))
        told.tell(RECEIVE, pack("S1"))
        seen, over = ask(told, "gs1:09521234000013/S1"), ask(told, "gs1:09521234000013/S2")
        assert (seen.already_seen, over.already_seen) == (True, False)
        assert (over.listed, over.open_quantity, over.line) == (True, 0, Line(1, GTIN, 1, "L1"))

    def test_lines_of_one_lot_fill_in_order(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 1, "L1"), Line(2, GTIN, 1, "L1"), Line(3, GTIN, 1)))
        lines = []
        for number in range(4):
            said = ask(told)
            assert said.line is not None
            lines.append((said.line.line, said.open_quantity))
            told.tell(RECEIVE, pack(f"S{number}"))
        assert lines == [(1, 1), (2, 1), (3, 1), (3, 0)]

    def test_by_serial_the_serial_counts(self, told: Told) -> None:
        key = "gs1:09521234000013/S1"
        told.store.documents.put(shipment(Line(1, GTIN, 1, "L1"), serials=((key, 1),)))
        assert ask(told, key, lot=None).open_quantity == 1
        wrong = ask(told, "gs1:09521234000013/S9")
        assert (wrong.listed, wrong.why, wrong.line) == (False, "serial_not_listed", None)
        told.tell(RECEIVE, pack("S1"))
        said = ask(told, key)
        assert (said.listed, said.already_seen, said.open_quantity) == (True, True, 0)

    def test_a_case_of_the_shipment_is_listed_and_so_is_one_on_its_pallet(self, told: Told) -> None:
        told.store.trees.put("sscc:9", Child("sscc:1"))
        told.store.documents.put(shipment(Line(1, GTIN, 1), cases=("sscc:9",)))
        for key, listed in (("sscc:9", True), ("sscc:1", True), ("sscc:2", False)):
            said = ask(told, key, product=None, lot=None)
            assert (said.listed, said.case) == (listed, listed)

    def test_a_tree_that_fits_the_lines_names_the_serials(self, told: Told) -> None:
        store = told.store
        for serial in ("S1", "S2"):
            store.trees.put("sscc:1", Child(f"gs1:{GTIN}/{serial}", DRUG, serial, "L1"))
        store.documents.put(shipment(Line(1, GTIN, 2, "L1"), cases=("sscc:1",)))
        assert ask(told, f"gs1:{GTIN}/S1").listed
        assert ask(told, f"gs1:{GTIN}/S3").why == "serial_not_listed"
        store.trees.put("sscc:1", Child(f"gs1:{GTIN}/S3", DRUG, "S3", "L1"))
        store.documents.filing.expand(["sscc:1"])
        assert ask(told, f"gs1:{GTIN}/S4").listed, "three packs do not fit a line of two: only counted"
        assert store.documents.put(shipment(Line(1, GTIN, 3, "L1"), cases=("sscc:1",))) is Change.CHANGED
        assert ask(told, f"gs1:{GTIN}/S4").why == "serial_not_listed"

    def test_a_closed_document_says_so_and_can_be_opened_again(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 2)))
        told.tell(EventKind.DOCUMENT_FINISHED)
        found = told.store.documents.find("desadv", "ASN-1")
        assert found is not None and found.finished and ask(told).finished
        told.tell(EventKind.DOCUMENT_OPENED)
        assert not ask(told).finished and not told.store.documents.finished("desadv", "ASN-1")

    def test_lines_sent_anew_are_held_against_what_has_happened(self, told: Told) -> None:
        documents = told.store.documents
        documents.put(shipment(Line(1, GTIN, 1, "L1")))
        told.tell(RECEIVE, pack("S1"), pack("S2"))
        assert documents.lines("desadv", "ASN-1")[0].over == 1
        assert documents.put(shipment(Line(1, GTIN, 5, "L1"))) is Change.CHANGED
        assert documents.put(shipment(Line(1, GTIN, 5, "L1"))) is Change.SAME
        (line,) = documents.lines("desadv", "ASN-1")
        assert (line.seen, line.over, line.open) == (2, 0, 3)

    def test_a_document_may_come_after_the_goods(self, told: Told) -> None:
        told.tell(RECEIVE, pack("S1"))
        assert told.store.documents.put(shipment(Line(1, GTIN, 2, "L1"))) is Change.ADDED
        assert ask(told).open_quantity == 1
        assert [one.number for one in told.store.documents.all("desadv")] == ["ASN-1"]

    def test_what_counts_depends_on_the_kind_of_document(self, told: Told) -> None:
        told.store.documents.put(shipment(Line(1, GTIN, 5)))
        told.store.documents.put(Prescription("ASN-1", (Line(1, GTIN, 5),), PATIENT))
        both = (ASN, DocumentRef("prescription", "ASN-1"))
        told.tell(RECEIVE, pack("S1"), documents=both)
        told.tell(EventKind.MOVE, pack("S1"), documents=both)
        assert ask(told).open_quantity == 4
        assert (
            told.store.documents.expectation("ASN-1", None, GTIN, None, kind="prescription").open_quantity
            == 5
        )


def test_a_case_is_counted_as_a_case_and_its_packs_as_packs(told: Told) -> None:
    told.store.documents.put(shipment(Line(1, GTIN, 2, "L1")))
    box = case()
    told.tell(RECEIVE, box, pack("S1", parent=box.key), pack("S2", parent=box.key))
    assert ask(told).open_quantity == 0
    assert ask(told, box.key, product=None).already_seen
    told.void(told.events[0])
    assert ask(told).open_quantity == 2 and not ask(told, box.key, product=None).already_seen


def test_a_line_of_cases_counts_the_cases(told: Told) -> None:
    told.store.documents.put(shipment(Line(1, CASE_GTIN, 2)))
    box = pack("C1", product=CASE_GTIN)
    told.tell(RECEIVE, box, pack("S1", parent=box.key))
    assert ask(told, product=CASE_GTIN).open_quantity == 1
