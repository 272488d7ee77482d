"""A patient is erased by law, or shown in clear: who did it and why stands in the chain, the patient does not."""

from __future__ import annotations

from ledger.clock import Clock
from ledger.event import EventKind
from ledger.patients import Patient, Patients
from ledger.record import record
from ledger.roles import Act, Refusal, refused
from ledger.staff import today
from ledger.store import Store


def erase(store: Store, clock: Clock, by: str, patient: str, reason: str) -> Refusal | None:
    """Remove a patient from the ledger, inside the writer's transaction; None when it is done.

    After COMMIT the caller destroys the key (`PatientKeys.destroy`); until then it can be done again.
    """
    problem = store.people.judge(by, Act.ERASE_PATIENT, today(store, clock))
    if problem:
        return problem
    patients = Patients.of(store)
    if patients.keys.erased(patient):
        return refused("patient_erased")
    if not patients.known(patient):
        return refused("patient_unknown")
    subject = patients.keys.subject(patient)
    patients.forget(patient)
    record(store, clock, EventKind.PATIENT_ERASED, by, reason=reason, documents=(), subject=subject)
    return None


def reveal(store: Store, clock: Clock, by: str, patient: str, reason: str) -> Patient | Refusal:
    """What is known of a patient, in clear; that it was shown, to whom and why, is recorded first."""
    problem = store.people.judge(by, Act.PATIENT, today(store, clock))
    if problem:
        return problem
    patients = Patients.of(store)
    found = patients.find(patient)
    if found is None:
        return refused("patient_erased" if patients.keys.erased(patient) else "patient_unknown")
    subject = patients.keys.subject(patient)
    record(store, clock, EventKind.PATIENT_SHOWN, by, reason=reason, documents=(), subject=subject)
    return found
