"""Every kind alike: whatever comes is taken or named, and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import importing
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.importing import KINDS, columns_of, load, rows_of, withdraw
from ledger.store import Store
from tests.ledger.importing.rows import (
    CN20,
    GLN,
    OTHER_GLN,
    PATIENT,
    SSCC,
    csv_file,
    faults,
    take,
)
from tests.ledger.papers import DRUG, GTIN, Told, pack, store


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
