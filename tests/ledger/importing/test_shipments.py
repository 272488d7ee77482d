"""Despatch advices from a file, line by line."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.shipment import UNIT, Line
from ledger.store import Store
from tests.ledger.importing.rows import (
    GLN,
    OTHER_GLN,
    OUTER,
    SSCC,
    counts,
    faults,
    take,
)
from tests.ledger.papers import CASE_GTIN, DRUG, GTIN, GTIN_2


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
