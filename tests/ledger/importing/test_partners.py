"""Partners from a file."""

from __future__ import annotations

from ledger.partners import Partner
from ledger.store import Store
from tests.ledger.importing.rows import (
    GLN,
    OTHER_GLN,
    counts,
    faults,
    take,
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
