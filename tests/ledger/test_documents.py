"""What documents say of a pack, and the journal behind it: equal to a rebuild, never below zero."""

from __future__ import annotations

from collections import Counter as Bag
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.approval import Approval
from ledger.catalog import Product
from ledger.change import Change
from ledger.documents import Documents
from ledger.event import DocumentRef, Event, EventKind
from ledger.expectation import Expectation
from ledger.prescription import Prescription, Supply
from ledger.shipment import UNIT, Line, Shipment
from ledger.trees import Child
from tests.ledger.papers import (
    ASN,
    CASE_GTIN,
    DRUG,
    GTIN,
    GTIN_2,
    RX,
    Told,
    case,
    heap,
    pack,
)

RECEIVE, DISPENSE = EventKind.RECEIVE, EventKind.DISPENSE
GLN = "9521999000006"
PATIENT = "3b241101-e2bb-4255-8caf-4136c566a962"
OTHER_PATIENT = "9b241101-e2bb-4255-8caf-4136c566a962"
DAY = date(2026, 11, 20)
AP = DocumentRef("approval", "AP-1")


@pytest.fixture
def told() -> Told:
    one = Told()
    one.store.catalog.put(
        Product(GTIN, "滴眼液", "Drops", pack_size=10, identifiers=(("drug", DRUG), ("gtin", GTIN)))
    )
    return one


def shipment(*lines: Line, **more: object) -> Shipment:
    return Shipment("ASN-1", lines, **more)  # type: ignore[arg-type]


def ask(
    told: Told, key: str | None = None, product: str | None = GTIN, lot: str | None = "L1"
) -> Expectation:
    return told.store.documents.expectation("ASN-1", key, product, lot)


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


def test_a_changed_journal_is_found(told: Told) -> None:
    told.tell(RECEIVE, pack("S1"), pack("S2"))
    told.tell(EventKind.DOCUMENT_FINISHED)
    documents, execute = told.store.documents, told.store._connection.execute
    for change, back in (
        ("UPDATE progress SET packs = 2 WHERE key LIKE '%S1'", "UPDATE progress SET packs = 1"),
        ("UPDATE progress_sum SET packs = 1", "UPDATE progress_sum SET packs = 2"),
        ("UPDATE progress_end SET finished = 0", "UPDATE progress_end SET finished = 1"),
    ):
        assert documents.agrees(told.chain())
        execute(change)
        assert not documents.agrees(told.chain())
        execute(back)
    execute("DELETE FROM progress WHERE key LIKE '%S2'")
    assert not documents.agrees(told.chain())
    documents.rebuild(told.chain())
    assert documents.agrees(told.chain())


def test_a_rebuild_forgets_documents_that_no_event_names(told: Told) -> None:
    told.tell(RECEIVE, pack("S1"))
    told.store.documents.put(shipment(Line(1, GTIN, 1)))
    told.tell(RECEIVE, pack("S2"), documents=(DocumentRef("po", "PO-9"),))
    told.store.documents.rebuild([])
    names = told.store._connection.execute("SELECT kind, number FROM document").fetchall()
    assert names == [("desadv", "ASN-1")]


documents_ = st.sets(st.sampled_from([ASN, RX, AP]), max_size=2).map(
    lambda some: tuple(sorted(some, key=repr))
)
serials = st.lists(st.sampled_from(["S1", "S2", "S3"]), min_size=1, max_size=3, unique=True)
acts = st.tuples(
    st.sampled_from([RECEIVE, DISPENSE, EventKind.TRANSFER_OUT, EventKind.MOVE, EventKind.QUARANTINE]),
    serials,
    st.sampled_from([None, 3]),
    documents_,
)
back = st.tuples(st.sampled_from(["undo", "void", "return"]), st.integers(0, 30), serials)
heaps = st.tuples(st.sampled_from([RECEIVE, DISPENSE, EventKind.UNDO]), st.integers(1, 4), documents_)


def tell_all(told: Told, steps: list[tuple[object, ...]]) -> None:
    for step in steps:
        match step:
            case (EventKind() as kind, list() as some, quantity, tuple() as named):
                packs = [pack(one, quantity=quantity, units=quantity and 9) for one in some]  # type: ignore[arg-type]
                told.tell(kind, *packs, documents=named)
            case (EventKind() as kind, int() as quantity, tuple() as named):
                told.tell(kind, heap(quantity), documents=named)
            case (str() as how, int() as which, list() as some) if told.events:
                earlier = told.events[which % len(told.events)]
                if how == "void":
                    told.void(earlier)
                elif how == "undo" and earlier.kind is DISPENSE:
                    told.undo(earlier, *(pack(one) for one in some))
                elif how == "return" and earlier.kind is DISPENSE:
                    detail = (("returns", earlier.event_id),)
                    told.tell(EventKind.RETURN, *(pack(one) for one in some), documents=(), detail=detail)


class Ideal:
    """The same story told by switches: an event of a pack counts or does not; a taking back flips its target."""

    def __init__(self) -> None:
        self.on: dict[tuple[int, str], bool] = {}
        self.of: dict[tuple[int, str], tuple[int, str]] = {}
        self.named: dict[tuple[int, str], list[tuple[str, str, str]]] = {}

    def hear(self, event: Event, earlier: dict[str, Event]) -> None:
        target = earlier.get(event.told("voids") or event.told("undoes") or "")
        back = earlier.get(event.told("returns") or "")
        if target is not None:
            for key in sorted({key for seq, key in self.on if seq == target.seq}):
                if event.kind is EventKind.VOID or key in {facts.key for facts in event.packs}:
                    self.on[event.seq, key] = self.on[target.seq, key]
                    if self.on[target.seq, key]:
                        self.of[event.seq, key] = (target.seq, key)
                        self.switch((target.seq, key), to=False)
            return
        papers = [*event.documents, *(back.documents if back else ())]
        for facts in event.packs:
            self.on[event.seq, facts.key] = True
            self.named[event.seq, facts.key] = [(ref.number, facts.key, event.kind.value) for ref in papers]

    def switch(self, what: tuple[int, str], *, to: bool) -> None:
        self.on[what] = to
        if what in self.of:
            self.switch(self.of[what], to=not to)

    def counts(self) -> Bag[tuple[str, str, str]]:
        return Bag(row for what, rows in self.named.items() if self.on[what] for row in rows)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(acts, back), max_size=25))
def test_what_still_counts_is_what_was_not_taken_back(steps: list[tuple[object, ...]]) -> None:
    told, ideal = Told(), Ideal()
    tell_all(told, steps)
    earlier: dict[str, Event] = {}
    for event in told.events:
        ideal.hear(event, earlier)
        earlier[event.event_id] = event
    counted = Bag(
        {
            (number, key, act): shown
            for number, key, act, shown in told.store._connection.execute(
                "SELECT number, key, act, sum(shown) FROM progress JOIN document USING (document_id)"
                " GROUP BY number, key, act HAVING sum(shown) > 0"
            )
        }
    )
    assert counted == ideal.counts()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(acts, back, heaps), max_size=25))
def test_the_journal_equals_its_rebuild_and_never_falls_below_zero(steps: list[tuple[object, ...]]) -> None:
    told = Told()
    tell_all(told, steps)
    connection = told.store._connection
    for table, groups in (("progress_sum", ""), ("progress", "GROUP BY document_id, key, act")):
        columns = ("shown", "packs", "units", "cases")
        sums = ", ".join(f"sum({name})" if groups else name for name in columns)
        for row in connection.execute(f"SELECT {sums} FROM {table} {groups}"):
            assert all(value >= 0 for value in row), (table, row)
    assert (
        connection.execute(
            "SELECT document_id, product, lot, act, sum(shown), sum(packs), sum(units), sum(cases) FROM progress"
            " GROUP BY document_id, product, lot, act ORDER BY 1, 2, 3, 4"
        ).fetchall()
        == connection.execute("SELECT * FROM progress_sum ORDER BY 1, 2, 3, 4").fetchall()
    )
    before = {table: told.rows(table) for table in ("progress", "progress_sum", "progress_end")}
    assert told.store.documents.agrees(told.chain())
    told.store.documents.rebuild(told.chain())
    assert {table: told.rows(table) for table in before} == before
    assert told.store.documents.agrees(told.chain())
