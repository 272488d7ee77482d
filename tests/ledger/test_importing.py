"""Imports: good rows go in, bad ones are named, nothing is guessed, and the same file twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import importing
from ledger.approval import Approval
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.codes.code import Level
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.importing import KINDS, Report, columns_of, load, parse, read_file, rows_of, save, withdraw
from ledger.importing import files as files_module
from ledger.partners import Partner
from ledger.prescription import Prescription
from ledger.recalls import Recall
from ledger.shipment import UNIT, Line
from ledger.store import Store
from ledger.trees import Child
from tests.ledger.papers import CASE_GTIN, DRUG, GTIN, GTIN_2, Told, pack, store

GLN, OTHER_GLN = "9521999000006", "9521999000013"
PATIENT = "3b241101-e2bb-4255-8caf-4136c566a962"
SSCC, OUTER = "sscc:095212340000000013", "sscc:195212340000000010"
CN20 = "83386520001941653320"
MA = "MA.156.M0.100204.13351764"


@pytest.fixture
def ledger() -> Store:
    return store()


def take(ledger: Store, kind: str, *items: Mapping[str, object]) -> Report:
    return load(ledger, kind, items, Clock())


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(bad.line, bad.field, bad.code) for bad in report.bad]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.refused


class TestProducts:
    def test_everything_a_row_can_say(self, ledger: Store) -> None:
        row = {
            "gtin": "9521234000013",
            "drug_id": DRUG,
            "udi_di": [MA, "A123BJC5D6E71"],
            "name_zh": "滴眼液",
            "name_en": "Drops",
            "spec": "5 mL",
            "maker": "示例制药",
            "pack_size": 10,
            "storage": "2-8 °C",
            "near_expiry_days": "90",
            "opened_days": "28",
            "needs_approval": "是",
            "second_person": True,
            "prescription_only": "yes",
            "split_allowed": "否",
        }
        assert counts(take(ledger, "products", row)) == (1, 0, 0, 0)
        expected = Product(
            GTIN, "滴眼液", "Drops", "5 mL", "示例制药", 10, "2-8 °C", 90, 28, True, True, True, False,
            (("drug", DRUG), ("gtin", GTIN), ("udi", "A123BJC5D6E71"), ("udi", MA)),
        )  # fmt: skip
        assert all(ledger.catalog.product(code) == expected for code in (GTIN, DRUG, MA, "A123BJC5D6E71"))
        assert counts(take(ledger, "products", row)) == (0, 0, 1, 0)

    def test_a_row_changes_only_the_columns_it_has(self, ledger: Store) -> None:
        take(ledger, "products", {"gtin": GTIN, "drug_id": DRUG, "name_zh": "滴眼液", "storage": "2-8 °C"})
        assert counts(take(ledger, "products", {"product": DRUG, "near_expiry_days": 90})) == (0, 1, 0, 0)
        found = ledger.catalog.product(GTIN)
        assert found is not None
        assert (found.name_en, found.storage, found.near_expiry_days, found.product) == (
            "滴眼液",
            "2-8 °C",
            90,
            GTIN,
        )
        take(ledger, "products", {"product": GTIN, "storage": ""})
        found = ledger.catalog.product(DRUG)
        assert found is not None and (found.storage, found.near_expiry_days) == ("", 90)

    def test_a_column_of_identifiers_is_all_there_is_of_the_kind(self, ledger: Store) -> None:
        take(ledger, "products", {"gtin": f"{GTIN}; {GTIN_2}", "drug_id": DRUG, "name_zh": "滴眼液"})
        assert ledger.catalog.same(GTIN, GTIN_2)
        take(ledger, "products", {"product": DRUG, "gtin": GTIN})
        assert ledger.catalog.same(DRUG, GTIN) and not ledger.catalog.same(GTIN, GTIN_2)
        assert ledger.catalog.product(GTIN_2) is None

    def test_a_new_product_needs_a_name(self, ledger: Store) -> None:
        report = take(
            ledger, "products", {"product": GTIN, "storage": "2-8 °C"}, {"product": DRUG, "name_en": "x"}
        )
        assert (faults(report), counts(report)) == ([(1, "name_zh", "row_no_name")], (1, 0, 0, 1))

    @pytest.mark.parametrize(
        ("cells", "field", "code"),
        [
            ({}, "product", "row_no_product"),
            ({"product": "09521234000014"}, "product", "row_product_bad"),
            ({"product": "6.90123E+12"}, "product", "row_rounded"),
            ({"gtin": "9.5E12"}, "gtin", "row_rounded"),
            ({"gtin": DRUG}, "gtin", "row_identifier_bad"),
            ({"drug_id": GTIN}, "drug_id", "row_identifier_bad"),
            ({"ppn": "110375286415"}, "ppn", "row_identifier_bad"),
            ({"product": "８３３８６５２"}, "product", "row_product_bad"),
            ({"product": GTIN, "pack_size": "0"}, "pack_size", "row_not_whole"),
            ({"product": GTIN, "pack_size": "1.5"}, "pack_size", "row_not_whole"),
            ({"product": GTIN, "pack_size": 1.5}, "pack_size", "row_no_text"),
            ({"product": GTIN, "near_expiry_days": "-1"}, "near_expiry_days", "row_not_whole"),
            ({"product": GTIN, "split_allowed": "maybe"}, "split_allowed", "row_not_yes"),
            ({"product": GTIN, "name_zh": "a\x07b"}, "name_zh", "row_text_bad"),
            ({"product": GTIN, "name_zh": "x" * 201}, "name_zh", "row_text_bad"),
            ({"product": GTIN, "spec": ["a"]}, "spec", "row_no_text"),
            ({"product": GTIN, "name_zh": "", "name_en": " "}, "name_zh", "row_no_name"),
        ],
    )
    def test_what_will_not_do_is_named(
        self, ledger: Store, cells: dict[str, object], field: str, code: str
    ) -> None:
        report = take(ledger, "products", {"name_en": "x", **cells})
        assert (field, code) in [(bad.field, bad.code) for bad in report.bad]
        assert (ledger.catalog.size(), report.refused) == (0, 1)

    def test_a_ppn_with_the_right_check_digits(self, ledger: Store) -> None:
        assert counts(take(ledger, "products", {"ppn": "110375286414", "name_en": "x"})) == (1, 0, 0, 0)
        assert ledger.catalog.product("110375286414") is not None

    def test_no_two_rows_share_an_identifier(self, ledger: Store) -> None:
        report = take(
            ledger,
            "products",
            {"gtin": GTIN, "drug_id": DRUG, "name_en": "one"},
            {"gtin": GTIN_2, "drug_id": DRUG, "name_en": "two"},
        )
        assert faults(report) == [(2, "product", "row_identifier_twice")]
        assert ledger.catalog.product(GTIN_2) is None

    def test_formula_text_of_a_spreadsheet_is_read_as_meant(self, ledger: Store) -> None:
        assert counts(take(ledger, "products", {"product": '="09521234000013"', "name_en": "x"})) == (
            1,
            0,
            0,
            0,
        )


class TestPartners:
    def test_a_partner_by_gln(self, ledger: Store) -> None:
        row = {"gln": GLN, "name": "示例医院", "role": "医院"}
        assert counts(take(ledger, "partners", row)) == (1, 0, 0, 0)
        assert ledger.partners.partner(GLN) == Partner(GLN, "示例医院", "示例医院", "hospital")
        assert counts(take(ledger, "partners", row, row)) == (0, 0, 1, 0)
        assert counts(take(ledger, "partners", {**row, "role": "warehouse"})) == (0, 1, 0, 0)
        assert [one.gln for one in ledger.partners.all("warehouse")] == [GLN]
        assert ledger.partners.all("hospital") == () and ledger.partners.partner(OTHER_GLN) is None

    def test_what_will_not_do_is_named(self, ledger: Store) -> None:
        report = take(
            ledger,
            "partners",
            {"gln": "9521999000007", "name": "x"},
            {"gln": "", "name": "x"},
            {"gln": GLN},
            {"gln": GLN, "name": "x", "role": "king"},
            {"gln": OTHER_GLN, "name": "x"},
            {"gln": OTHER_GLN, "name": "y"},
        )
        assert faults(report) == [
            (1, "gln", "row_not_gln"),
            (2, "gln", "row_missing"),
            (3, "name_zh", "row_missing"),
            (4, "role", "row_not_word"),
            (6, "gln", "row_twice"),
        ]
        assert [one.gln for one in ledger.partners.all()] == [OTHER_GLN]


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


class TestTrees:
    def test_packs_by_code_by_key_and_by_serial(self, ledger: Store) -> None:
        report = take(
            ledger,
            "trees",
            {"parent": "(00)095212340000000013", "code": f"(01){GTIN}(17)280131(10)L1(21)S1"},
            {"parent": SSCC, "code": f"gs1:{GTIN}/S2", "lot": "L1", "expiry": "2028-01"},
            {"parent": SSCC, "product": GTIN, "serial": "S3"},
            {"parent": SSCC, "code": CN20},
            {"parent": SSCC, "product": DRUG, "serial": "83386520001941653321"},
            {"parent": OUTER, "code": SSCC},
        )
        assert (counts(report), faults(report)) == ((6, 0, 0, 0), [])
        day = date(2028, 1, 31)
        found = {child.key: child for child in ledger.trees.packs(OUTER)}
        assert found[f"gs1:{GTIN}/S1"] == Child(f"gs1:{GTIN}/S1", GTIN, "S1", "L1", day, "day", Level.UNIT)
        assert found[f"gs1:{GTIN}/S2"] == Child(f"gs1:{GTIN}/S2", GTIN, "S2", "L1", day, "month", Level.UNIT)
        assert found[f"cn20:{CN20}"] == Child(f"cn20:{CN20}", DRUG, "000194165")
        assert len(found) == 5 and ledger.trees.children(OUTER)[0].level is Level.CASE

    def test_second_parents_and_cycles_are_refused_within_and_across_files(self, ledger: Store) -> None:
        take(ledger, "trees", {"parent": SSCC, "code": CN20}, {"parent": OUTER, "code": SSCC})
        report = take(
            ledger,
            "trees",
            {"parent": OUTER, "code": CN20},
            {"parent": SSCC, "code": OUTER},
            {"parent": SSCC, "code": SSCC},
            {"parent": SSCC, "code": f"gs1:{GTIN}/S1"},
            {"parent": OUTER, "code": f"gs1:{GTIN}/S1"},
        )
        assert faults(report) == [
            (1, "code", "row_second_parent"),
            (2, "parent", "row_cycle"),
            (3, "code", "row_second_parent"),
            (5, "code", "row_second_parent"),
        ]
        assert ledger.trees.parents_of(f"cn20:{CN20}") == (SSCC, OUTER)

    def test_what_will_not_do_is_named(self, ledger: Store) -> None:
        report = take(
            ledger,
            "trees",
            {"parent": "", "code": CN20},
            {"parent": SSCC, "code": "6925265101481"},
            {"parent": SSCC, "code": f"(01){GTIN}(10)L1"},
            {"parent": SSCC, "code": "sscc:095212340000000014"},
            {"parent": SSCC, "code": "gs1:09521234000014/S1"},
            {"parent": SSCC, "product": DRUG, "serial": "7"},
            {"parent": SSCC, "code": f"(01){GTIN}(10)L1(21)S1", "lot": "L2"},
            {"parent": SSCC, "code": "8.33865E+19"},
            {"parent": SSCC},
        )
        assert faults(report) == [
            (1, "parent", "row_missing"),
            (2, "code", "row_code_bad"),
            (3, "code", "row_code_no_serial"),
            (4, "code", "row_key_bad"),
            (5, "code", "row_key_bad"),
            (6, "serial", "row_serial_needs_code"),
            (7, "lot", "row_differs_from_code"),
            (8, "code", "row_rounded"),
            (9, "serial", "row_missing"),
        ]
        assert not ledger.trees.knows(SSCC)


class TestShipments:
    def lines(self, ledger: Store, number: str = "ASN-1") -> tuple[Line, ...]:
        found = ledger.documents.find("desadv", number)
        assert found is not None
        return ledger.documents.lines_of(found.document_id)

    def test_counted_lines(self, ledger: Store) -> None:
        rows = (
            {"单号": "ASN-1", "供应商": GLN, "日期": "2026-11-20", "产品编码": GTIN, "批号": "L1",
             "有效期至": "2028-01-31", "数量": "3"},
            {"单号": "ASN-1", "供应商": GLN, "日期": "2026-11-20", "产品编码": DRUG, "数量": 20, "单位": "片"},
        )  # fmt: skip
        assert counts(take(ledger, "shipments", *rows)) == (1, 0, 0, 0)
        assert self.lines(ledger) == (
            Line(1, GTIN, 3, "L1", date(2028, 1, 31), "day"),
            Line(2, DRUG, 20, unit=UNIT),
        )
        found = ledger.documents.find("desadv", "ASN-1")
        assert found is not None and (found.partner, found.day) == (GLN, date(2026, 11, 20))
        assert counts(take(ledger, "shipments", *rows)) == (0, 0, 1, 0)

    def test_packs_by_serial_with_their_case(self, ledger: Store) -> None:
        rows = [
            {"number": "ASN-1", "code": f"(01){GTIN}(17)280131(10)L1(21)S{n}", "case": SSCC} for n in range(3)
        ] + [{"number": "ASN-1", "product": GTIN, "serial": "S9", "lot": "L2"}]
        assert counts(take(ledger, "shipments", *rows)) == (1, 0, 0, 0)
        assert self.lines(ledger) == (
            Line(1, GTIN, 3, "L1", date(2028, 1, 31), "day"),
            Line(2, GTIN, 1, "L2"),
        )
        documents = ledger.documents
        assert documents.expectation("ASN-1", f"gs1:{GTIN}/S2", GTIN, "L1").line == self.lines(ledger)[0]
        assert documents.expectation("ASN-1", f"gs1:{GTIN}/S5", GTIN, "L1").why == "serial_not_listed"
        assert documents.expectation("ASN-1", SSCC, None, None).case
        assert len(ledger.trees.packs(SSCC)) == 3
        assert counts(take(ledger, "shipments", *rows)) == (0, 0, 1, 0)

    def test_a_nested_document_of_json(self, ledger: Store) -> None:
        item = {
            "number": "ASN-1",
            "partner": GLN,
            "cases": [SSCC],
            "lines": [
                {"product": GTIN, "lot": "L1", "quantity": 2, "serials": ["S1", f"gs1:{GTIN}/S2"]},
                {"产品编码": GTIN_2, "数量": 4},
            ],
        }
        assert counts(take(ledger, "shipments", item)) == (1, 0, 0, 0)
        assert self.lines(ledger) == (Line(1, GTIN, 2, "L1"), Line(2, GTIN_2, 4))
        assert ledger.documents.expectation("ASN-1", f"gs1:{GTIN}/S1", GTIN, "L1").listed
        assert counts(take(ledger, "shipments", item)) == (0, 0, 1, 0)

    def test_a_bad_row_holds_its_document_back_and_no_other(self, ledger: Store) -> None:
        report = take(
            ledger,
            "shipments",
            {"number": "ASN-1", "product": GTIN, "quantity": "3"},
            {"number": "ASN-2", "product": GTIN, "quantity": "3"},
            {"number": "ASN-1", "product": GTIN_2, "quantity": "three"},
        )
        assert faults(report) == [(1, "", "row_document_held"), (3, "quantity", "row_not_whole")]
        assert (report.added, report.refused) == (1, 2)
        assert ledger.documents.find("desadv", "ASN-1") is None
        assert dict(report.bad[0].params) == {"number": "ASN-1", "other": "3"}

    def test_what_is_known_already_can_hold_a_document_back_and_leaves_nothing_behind(
        self, ledger: Store
    ) -> None:
        take(ledger, "trees", {"parent": OUTER, "code": f"gs1:{GTIN}/S2"})
        report = take(
            ledger,
            "shipments",
            {"number": "ASN-1", "code": f"gs1:{GTIN}/S1", "case": SSCC},
            {"number": "ASN-1", "code": f"gs1:{GTIN}/S2", "case": SSCC},
        )
        assert faults(report) == [(1, "", "row_document_held"), (2, "code", "row_second_parent")]
        assert ledger.documents.find("desadv", "ASN-1") is None and not ledger.trees.knows(SSCC)
        box = f"gs1:{CASE_GTIN}/C"
        report = take(
            ledger,
            "shipments",
            {"number": "ASN-2", "code": f"{box}1", "case": f"{box}2"},
            {"number": "ASN-2", "code": f"{box}2", "case": f"{box}1"},
        )
        assert (2, "case", "row_cycle") in faults(report) and not ledger.trees.knows(f"{box}2")

    def test_a_number_belongs_to_one_partner(self, ledger: Store) -> None:
        row = {"number": "ASN-1", "partner": GLN, "product": GTIN, "quantity": 1}
        take(ledger, "shipments", row)
        report = take(ledger, "shipments", {**row, "partner": OTHER_GLN, "quantity": 9})
        assert faults(report) == [(1, "number", "row_number_of_other")]
        assert self.lines(ledger)[0].quantity == 1
        assert counts(take(ledger, "shipments", {**row, "quantity": 9})) == (0, 1, 0, 0)

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([{"product": GTIN}], [(1, "quantity", "row_missing")]),
            ([{"quantity": 1}], [(1, "product", "row_missing")]),
            ([{"case": SSCC}], [(1, "product", "row_missing")]),
            ([{}], [(1, "product", "row_missing")]),
            ([{"product": GTIN, "quantity": 1, "partner": "1"}], [(1, "partner", "row_not_gln")]),
            (
                [{"product": GTIN, "quantity": 2, "serials": "S1"}],
                [(1, "serials", "row_serials_count")],
            ),
            (
                [{"product": GTIN, "quantity": 2, "serials": "S1;S2"}, {"product": GTIN, "quantity": 1}],
                [(1, "product", "row_serials_mixed"), (2, "", "row_document_held")],
            ),
            (
                [{"code": f"gs1:{GTIN}/S1"}, {"code": f"gs1:{GTIN}/S1"}],
                [(1, "", "row_document_held"), (2, "code", "row_serial_twice")],
            ),
            (
                [
                    {"line": 1, "code": f"gs1:{GTIN}/S1", "lot": "A"},
                    {"line": 1, "code": f"gs1:{GTIN}/S2", "lot": "B"},
                ],
                [(1, "", "row_document_held"), (2, "line", "row_line_differs")],
            ),
            (
                [{"line": 1, "product": GTIN, "quantity": 1}, {"line": 1, "product": GTIN_2, "quantity": 1}],
                [(1, "", "row_document_held"), (2, "line", "row_line_twice")],
            ),
            ([{"code": f"gs1:{GTIN}/S1", "quantity": 2}], [(1, "quantity", "row_serial_quantity")]),
            (
                [{"product": GTIN, "quantity": 1, "day": "2026-11-20"}, {"product": GTIN, "quantity": 1}],
                [(1, "", "row_document_held"), (2, "number", "row_document_differs")],
            ),
            ([{"product": GTIN, "quantity": 1, "kind": "poem"}], [(1, "kind", "row_not_word")]),
        ],
    )
    def test_what_will_not_do_is_named(
        self, ledger: Store, rows: list[dict[str, object]], expected: list[tuple[int, str, str]]
    ) -> None:
        report = take(ledger, "shipments", *({"number": "ASN-1", **row} for row in rows))
        assert faults(report) == expected
        assert ledger.documents.find("desadv", "ASN-1") is None

    def test_other_papers_with_lines(self, ledger: Store) -> None:
        row = {"number": "T-1", "product": GTIN, "quantity": 1}
        for kind, word in (("transfer", "调拨单"), ("order", "order"), ("po", "采购单")):
            take(ledger, "shipments", {**row, "kind": word})
            assert ledger.documents.find(kind, "T-1") is not None
        assert ledger.documents.find("desadv", "T-1") is None

    def test_a_tree_that_comes_later_names_the_serials(self, ledger: Store) -> None:
        take(
            ledger,
            "shipments",
            {"number": "ASN-1", "product": GTIN, "lot": "L1", "quantity": 1},
            {"number": "ASN-1", "case": OUTER},
        )
        assert ledger.documents.expectation("ASN-1", f"gs1:{GTIN}/S9", GTIN, "L1").listed
        take(
            ledger,
            "trees",
            {"parent": OUTER, "code": SSCC},
            {"parent": SSCC, "product": GTIN, "serial": "S1", "lot": "L1"},
        )
        assert ledger.documents.expectation("ASN-1", f"gs1:{GTIN}/S9", GTIN, "L1").why == "serial_not_listed"
        assert ledger.documents.expectation("ASN-1", f"gs1:{GTIN}/S1", GTIN, "L1").listed


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


def csv_file(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def names(path: Path, encoding: str | None = None) -> list[tuple[int, str]]:
    sheet = read_file(path, columns_of("products"), encoding)
    return [(row.line, row.text("name_zh")) for row in sheet.rows]


class TestFiles:
    TEXT = f"product,名称\n{GTIN},聚乙烯醇滴眼液\n{DRUG},苯二氮䓬片\n"

    @pytest.mark.parametrize(
        ("encoding", "found"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
    )
    def test_encodings_are_told_apart(self, tmp_path: Path, encoding: str, found: str) -> None:
        path = csv_file(tmp_path, self.TEXT, encoding)
        assert read_file(path, columns_of("products")).encoding == found
        assert names(path) == [(2, "聚乙烯醇滴眼液"), (3, "苯二氮䓬片")]

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("latin-1", "Sérum antidiphtérique à dose élevée"),
            ("cp1252", "Préparation – goût “fraise”"),
            ("big5", "聚乙烯醇滴眼液適用於緩解乾眼症狀與眼睛疲勞不適"),
            ("shift-jis", "ヒアルロン酸点眼液"),
        ],
    )
    def test_other_encodings_are_not_taken_for_chinese(
        self, tmp_path: Path, encoding: str, text: str
    ) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},{text}\n", encoding)
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"))
        assert caught.value.code == "file_encoding_unknown"

    def test_bytes_that_are_right_in_both_are_asked_about(self, tmp_path: Path) -> None:
        both = bytes.fromhex("c2bcc3b5")  # two Western letters in UTF-8, two Chinese ones in GB18030
        path = tmp_path / "rows.csv"
        path.write_bytes(b"product,name_zh\n8338652," + both + b"\n")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"))
        assert caught.value.code == "file_encoding_unclear"
        assert names(path, "utf-8") == [(2, both.decode("utf-8"))]
        assert names(path, "gb18030") == [(2, both.decode("gb18030"))]
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert names(path) == [(2, both.decode("utf-8"))], "a byte order mark settles it"

    def test_western_letters_among_chinese_ones_are_no_riddle(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},Sérum 血清 5 µg\n")
        assert names(path) == [(2, "Sérum 血清 5 µg")]

    def test_a_named_encoding_is_held_to(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, self.TEXT, "gb18030")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"), "utf-8")
        assert (caught.value.code, caught.value.params["line"]) == ("file_not_encoded", "1")
        with pytest.raises(UserError) as caught:
            read_file(path, columns_of("products"), "klingon")
        assert caught.value.code == "encoding_unknown"

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_separators_are_seen_in_the_header(self, tmp_path: Path, separator: str) -> None:
        text = f"product{separator}name_zh{separator}note\n\n{GTIN}{separator}滴眼液{separator}x\n"
        path = csv_file(tmp_path, text)
        sheet = read_file(path, columns_of("products"))
        assert sheet.ignored == ("note",) and names(path) == [(3, "滴眼液")]

    def test_lines_are_counted_as_an_editor_does(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f'product,spec,name_zh\r\n{GTIN},"a\r\nb",一\r\n{DRUG},,二\r\n')
        rows = list(read_file(path, columns_of("products")).rows)
        assert [row.line for row in rows] == [2, 4]
        report = parse("products", rows).report
        assert faults(report) == [(2, "spec", "row_text_bad")]

    def test_a_row_with_cells_too_many_or_few_is_refused(self, tmp_path: Path, ledger: Store) -> None:
        path = csv_file(tmp_path, f"product,name_zh\n{GTIN},one,two\n{DRUG}\n{GTIN_2},three\n")
        sheet = read_file(path, columns_of("products"))
        report = save(ledger, parse("products", sheet.rows), Clock())
        assert faults(report) == [(2, "", "row_cells"), (3, "", "row_cells")]
        assert ledger.catalog.size() == 1

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b"", "columns_missing"),
            (b"number\n1\n", "columns_missing"),
            (b"number,number,product\n", "columns_twice"),
            (b"PK\x03\x04rest", "file_is_spreadsheet"),
            (b"\xd0\xcf\x11\xe0rest", "file_is_spreadsheet"),
            (b"[1, 2", "file_unreadable"),
            (b'{"things": []}', "json_no_list"),
            (b'"number', "file_unreadable"),
            (b"\xff\xfe\x00\xd8", "file_encoding_unknown"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, tmp_path: Path, raw: bytes, code: str) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(raw)
        with pytest.raises(UserError) as caught:
            list(read_file(path, columns_of("recalls")).rows)
        assert caught.value.code == code

    def test_a_broken_quote_takes_nothing_in(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path, f'product,name_zh\n{GTIN},a\n{DRUG},"b"c\n')
        with pytest.raises(UserError) as caught:
            parse("products", read_file(path, columns_of("products")).rows)
        assert (caught.value.code, caught.value.params["line"]) == ("file_broken", "3")

    def test_absent_and_overlong_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UserError) as caught:
            read_file(tmp_path / "absent.csv", columns_of("products"))
        assert caught.value.code == "file_unreadable"
        monkeypatch.setattr(files_module, "LIMIT", 2)
        path = csv_file(tmp_path, "product,name_zh\n1,a\n2,b\n3,c\n")
        with pytest.raises(UserError) as caught:
            names(path)
        assert caught.value.code == "file_too_long"
        monkeypatch.setattr(files_module, "LARGEST", 10)
        with pytest.raises(UserError) as caught:
            names(path)
        assert caught.value.code == "file_too_large"

    def test_json_in_a_list_or_under_items(self, tmp_path: Path, ledger: Store) -> None:
        items = [
            {"product": GTIN, "名称": "滴眼液", "other": {"deep": []}},
            7,
            {"product": 8338652, "name": "片"},
        ]
        for number, whole in enumerate((items, {"items": items, "cursor": "x"})):
            path = tmp_path / f"{number}.json"
            path.write_text(json.dumps(whole), "utf-8")
            report = save(ledger, parse("products", read_file(path, columns_of("products")).rows), Clock())
            assert faults(report) == [(2, "", "row_no_object")]
        assert (ledger.catalog.size(), report.same) == (2, 2)

    def test_numbers_with_fractions_or_exponents_are_no_text(self, tmp_path: Path, ledger: Store) -> None:
        path = tmp_path / "rows.json"
        path.write_text('[{"gtin": 9.521234000013e12, "name": "x"}, {"product": 9521234000013, "name": "y"}]')
        report = save(ledger, parse("products", read_file(path, columns_of("products")).rows), Clock())
        assert faults(report)[0][0] == 1 and report.refused == 1
        assert ledger.catalog.product(GTIN) is not None

    def test_a_tower_of_brackets_is_no_fault_of_ours(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.json"
        path.write_text("[" * 100_000)
        with pytest.raises(UserError):
            read_file(path, columns_of("products")).rows.__next__()


def test_an_unknown_kind_is_a_mistake_of_the_person(ledger: Store) -> None:
    with pytest.raises(UserError) as caught:
        load(ledger, "poems", [], Clock())
    assert caught.value.params["known"] == ", ".join(KINDS)


def test_what_the_platform_no_longer_has_is_taken_back(ledger: Store) -> None:
    items: dict[str, dict[str, object]] = {
        "products": {"gtin": GTIN, "drug_id": DRUG, "name": "x"},
        "partners": {"gln": GLN, "name": "x"},
        "recalls": {"number": "R-1", "product": GTIN, "day": "2026-11-01"},
        "trees": {"parent": SSCC, "code": CN20},
        "shipments": {"number": "ASN-1", "product": GTIN, "quantity": 1, "serials": "S1"},
        "prescriptions": {"number": "RX-1", "patient": PATIENT, "product": GTIN, "quantity": 1},
        "approvals": {"number": "AP-1", "product": GTIN, "institution": GLN, "valid_from": "2026-01-01",
                      "valid_to": "2026-12-31"},
    }  # fmt: skip
    empty = _dump(ledger)
    names = dict(zip(items, (DRUG, GLN, "R-1", SSCC, "ASN-1", "RX-1", "AP-1"), strict=True))
    for kind, item in items.items():
        assert take(ledger, kind, item).added == 1
    for kind, name in names.items():
        assert withdraw(ledger, kind, [name, "unknown"]) == 1
        assert withdraw(ledger, kind, [name]) == 0
    assert ledger.recalls.notice("R-1")[0].withdrawn and ledger.recalls.recalls_of(GTIN, None, None) == ()
    ledger._connection.execute("DELETE FROM recall")
    assert _dump(ledger) == empty
    assert set(KINDS) - set(items) == {"patients"}
    with pytest.raises(UserError, match="kind_kept"):
        withdraw(ledger, "patients", [PATIENT])


def test_what_happened_under_a_document_outlives_it(ledger: Store) -> None:
    row = {"number": "ASN-1", "partner": GLN, "product": GTIN, "quantity": 2}
    take(ledger, "shipments", row)
    told = Told(ledger)
    told.tell(EventKind.RECEIVE, pack("S1"))
    assert withdraw(ledger, "shipments", ["ASN-1"]) == 1
    assert ledger.documents.find("desadv", "ASN-1") is None
    assert ledger.documents.agrees(told.chain())
    assert take(ledger, "shipments", {**row, "partner": OTHER_GLN}).added == 1
    assert ledger.documents.lines("desadv", "ASN-1")[0].seen == 1


def test_only_the_first_faults_are_named_and_all_are_counted(ledger: Store) -> None:
    report = take(ledger, "products", *({"product": "x", "pack_size": "y"} for _ in range(1500)))
    assert (len(report.bad), report.refused) == (1000, 1500) and report.faults >= 1500


def test_products_can_be_read_without_a_ledger(tmp_path: Path) -> None:
    found = importing.read_products(csv_file(tmp_path, f"product,name_zh\n{GTIN},滴眼液\nx,y\n"))
    assert [one.product for one in found.products] == [GTIN] and [one.line for one in found.bad] == [3]


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [GTIN, DRUG, GLN, CN20, SSCC, f"gs1:{GTIN}/S1", "2026-11-20", "3", "是", PATIENT, "L1", "1"]
    ),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def items_of(kind: str) -> st.SearchStrategy[list[dict[str, object]]]:
    columns = [*columns_of(kind).known, "lines", "什么"]
    return st.lists(st.dictionaries(st.sampled_from(columns), cells, max_size=len(columns)), max_size=6)


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "patients"])
@given(st.data())
def test_whatever_comes_is_taken_or_named_and_the_second_time_changes_nothing(
    kind: str, data: st.DataObject
) -> None:
    ledger = store()
    items = data.draw(items_of(kind))
    first = load(ledger, kind, items, Clock())
    before = _dump(ledger)
    again = load(ledger, kind, items, Clock())
    assert _dump(ledger) == before
    assert (again.added, again.changed, again.same) == (0, 0, first.taken)
    assert [faults(first), first.refused] == [faults(again), again.refused]
    lines = {row.line for row in rows_of(items)}
    assert {bad.line for bad in first.bad} <= lines and first.refused <= len(lines)


def _dump(ledger: Store) -> Iterable[object]:
    tables = ("product", "product_code", "partner", "recall", "tree", "document", "document_line", "document_serial",
              "document_case", "prescription", "approval")  # fmt: skip
    return [ledger._connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
