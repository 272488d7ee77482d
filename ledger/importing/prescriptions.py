"""Prescriptions from rows: one row a line. The patient stands as a pseudonym; a name or a number is refused.

A refused pseudonym is never repeated in a report: it may be the very name that must not be written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.importing.columns import Columns
from ledger.importing.papers import Paper, documents, line_of, numbered
from ledger.importing.report import Report
from ledger.importing.rows import Row
from ledger.patients import Patients
from ledger.prescription import Prescription
from ledger.shipment import Line
from ledger.store import Store

COLUMNS = Columns(
    {
        "number": ("处方号", "处方编号"),
        "patient": ("患者假名", "患者代码", "pseudonym"),
        "day": ("日期", "处方日期", "date"),
        "line": ("行号",),
        "product": ("产品编码", "gtin"),
        "quantity": ("数量", "qty"),
        "unit": ("单位",),
        "weeks": ("周数", "离园周数", "take_out_weeks"),
        "filing": ("备案号", "filing_number"),
        "consent": ("知情同意",),
        "assessed": ("已评估", "评估", "assessment"),
        "signed": ("已签字", "签字", "signature"),
    },
    ("number", "patient", "product", "quantity"),
)

_UUID = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands once for a prescription."""

    patient: str
    day: date | None
    weeks: int | None
    filing: str
    consent: bool
    assessed: bool
    signed: bool


def parse(rows: Iterable[Row], report: Report) -> list[Prescription]:
    """The prescriptions of rows; one with a row that will not do is refused."""
    return [made for _, made in documents(rows, report, _head, _build)]


def save(store: Store, taken: Iterable[Prescription], report: Report) -> None:
    """Put the prescriptions into the ledger, inside the caller's transaction; an erased patient stays erased."""
    keys = Patients.of(store).keys
    for one in taken:
        report.count(store.documents.put(replace(one, patient="") if keys.erased(one.patient) else one))


def pseudonym(row: Row, name: str) -> str | None:
    """A pseudonym, which is a UUID, in its plain form; None where the cell is empty.

    Anything else could be a name, a citizen's number or a telephone number.
    """
    text = row.text(name, 200)
    if not text:
        return None
    if not _UUID.fullmatch(text):
        row.fault(name, "row_no_pseudonym")
        return None
    return text.lower()


def _head(row: Row) -> Head:
    patient = pseudonym(row, "patient")
    if patient is None and not row.bad:
        row.fault("patient", "row_missing")
    return Head(
        patient or "",
        row.day("day"),
        row.whole("weeks", 0, 520) or None,
        row.text("filing", 100),
        row.yes("consent") or False,
        row.yes("assessed") or False,
        row.yes("signed") or False,
    )


def _build(paper: Paper[Head]) -> Prescription:
    lines: dict[int, Line] = {}
    for row in paper.rows:
        number = numbered(row, lines)
        line = line_of(row, number)
        if line and number in lines:
            row.fault("line", "row_line_twice", found=str(number))
        elif line:
            lines[number] = line
    head = paper.head
    return Prescription(
        paper.number,
        tuple(lines[number] for number in sorted(lines)),
        head.patient,
        head.day,
        head.weeks,
        head.filing,
        head.consent,
        head.assessed,
        head.signed,
    )
