"""Approvals for 特许药械 from rows: one row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ledger.approval import Approval
from ledger.importing.columns import Columns
from ledger.importing.identifiers import product
from ledger.importing.prescriptions import pseudonym
from ledger.importing.report import Report
from ledger.importing.rows import Row
from ledger.patients import Patients
from ledger.store import Store

COLUMNS = Columns(
    {
        "number": ("批件号", "批准文号", "批准编号"),
        "product": ("产品编码", "gtin"),
        "institution": ("医疗机构", "机构", "gln"),
        "patient": ("患者假名", "患者代码", "pseudonym"),
        "lot": ("批号", "batch"),
        "quantity": ("数量", "qty"),
        "valid_from": ("生效日期", "有效期自"),
        "valid_to": ("失效日期", "有效期至"),
        "suspended": ("已暂停", "暂停"),
    },
    ("number", "product", "institution", "valid_from", "valid_to"),
)


def parse(rows: Iterable[Row], report: Report) -> list[Approval]:
    """The approvals of rows; rows that will not do are refused."""
    taken: dict[str, Approval] = {}
    for row in rows:
        made = _approval(row)
        if made and taken.setdefault(made.number, made) != made:
            row.fault("number", "row_twice", found=made.number)
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def save(store: Store, taken: Iterable[Approval], report: Report) -> None:
    """Put the approvals into the ledger, inside the caller's transaction; one for an erased patient helps nobody."""
    keys = Patients.of(store).keys
    for one in taken:
        gone = one.patient is not None and keys.erased(one.patient)
        report.count(store.documents.put(replace(one, patient="") if gone else one))


def _approval(row: Row) -> Approval | None:
    number, found, institution = row.need("number", 100), product(row), row.gln("institution")
    first, last = row.day("valid_from"), row.day("valid_to")
    for name, value in (
        ("product", found),
        ("institution", institution),
        ("valid_from", first),
        ("valid_to", last),
    ):
        if value is None and not row.text(name):
            row.fault(name, "row_missing")
    patient, lot = pseudonym(row, "patient"), row.text("lot", 50) or None
    quantity, suspended = row.whole("quantity"), row.yes("suspended") or False
    if first and last and last < first:
        row.fault("valid_to", "row_ends_before", first=first.isoformat(), last=last.isoformat())
    if row.bad or not (found and institution and first and last):
        return None
    return Approval(number, found, institution, first, last, patient, lot, quantity, suspended)
