"""Patients from rows: what is known of each by pseudonym. It is sealed at once; no report ever repeats a cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import UserError
from ledger.importing.columns import Columns
from ledger.importing.prescriptions import pseudonym
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row
from ledger.patients import ID_TYPES, Patient, Patients
from ledger.store import Store

COLUMNS = Columns(
    {
        "patient": ("患者假名", "患者代码", "pseudonym"),
        "name": ("姓名", "患者姓名"),
        "id_type": ("证件类型",),
        "id_number": ("证件号码", "证件号"),
        "phone": ("电话", "手机"),
        "collector": ("代领人", "领药人"),
    },
    ("patient", "name"),
)

_ID_TYPES = {word: word for word in ID_TYPES} | {
    "身份证": "1",
    "护照": "2",
    "军官证": "3",
    "医保卡": "4",
    "接种证": "5",
    "学生证": "6",
    "其他": "9",
}


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """One row's patient."""

    line: int
    patient: str
    known: Patient


def parse(rows: Iterable[Row], report: Report) -> list[Given]:
    """The patients of rows; rows that will not do are refused without their words."""
    taken: dict[str, Given] = {}
    for row in rows:
        patient = pseudonym(row, "patient")
        if patient is None and not row.bad:
            row.fault("patient", "row_missing")
        name = row.text("name", 100)
        if not name and not row.bad:
            row.fault("name", "row_missing")
        typed = row.text("id_type", 20)
        if typed and typed not in _ID_TYPES:
            row.fault("id_type", "row_patient_id_type")
        known = Patient(
            name,
            _ID_TYPES.get(typed, ""),
            row.text("id_number", 50),
            row.text("phone", 30),
            row.text("collector", 100),
        )
        if patient and not row.bad:
            if patient in taken and taken[patient].known != known:
                row.fault("patient", "row_patient_twice")
            else:
                taken[patient] = Given(row.line, patient, known)
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def save(store: Store, taken: Iterable[Given], report: Report) -> None:
    """Seal the patients, inside the caller's transaction; one that was erased by law stays so."""
    patients = Patients.of(store)
    for one in taken:
        try:
            report.count(patients.put(one.patient, one.known))
        except UserError as error:
            report.refuse(BadRow(one.line, "patient", error.code))
