"""What lies in which case, from a file."""

from __future__ import annotations

from datetime import date

from ledger.codes.code import Level
from ledger.store import Store
from ledger.trees import Child
from tests.ledger.importing.rows import (
    CN20,
    OUTER,
    SSCC,
    counts,
    faults,
    take,
)
from tests.ledger.papers import DRUG, GTIN


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
