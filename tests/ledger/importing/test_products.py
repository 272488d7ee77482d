"""Products from a file: good rows go in, bad ones are named, nothing is guessed."""

from __future__ import annotations

import pytest

from ledger.catalog import Product
from ledger.store import Store
from tests.ledger.importing.rows import (
    MA,
    counts,
    faults,
    take,
)
from tests.ledger.papers import DRUG, GTIN, GTIN_2


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
