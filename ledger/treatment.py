"""What a patient was given here, what of it the patient still has, and which of it a recall reaches.

The dispenses are found by the keyed commitment that stands in them, and by the prescriptions that bear the pseudonym:
a key that was made anew has another commitment. An erased patient has neither. What other workstations handed out is
not here: their commitments cannot be joined with ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ledger.event import Event, EventKind, PackFacts
from ledger.merge import standing
from ledger.patientkeys import subject_of
from ledger.patients import Patients
from ledger.recalls import Match, Recall
from ledger.store import Store

PRESCRIPTION = "prescription"
MOST = 500
"""So many packs of a patient are told, the latest."""
# The words of the index `event_subject` (ledger/tables.py).
_SUBJECT = """substr(CAST(body AS TEXT), instr(CAST(body AS TEXT), '["subject","') + 12, 36)"""
_BY_SUBJECT = (
    f"SELECT body FROM event WHERE kind = 'dispense' AND instr(CAST(body AS TEXT), '[\"subject\",\"') > 0"  # noqa: S608
    f" AND {_SUBJECT} = ?"
)
_BY_PAPERS = (
    "SELECT body FROM event WHERE kind = 'dispense' AND seq IN (SELECT seq FROM progress"
    " WHERE document_id IN (SELECT document_id FROM prescription WHERE patient = ?))"
)


class Now(StrEnum):
    """Where what was given is by now."""

    WITH_PATIENT = "with_patient"
    RETURNED = "returned"
    PERHAPS_RETURNED = "perhaps_returned"
    """Goods without serial of this kind came back since, and nobody can say from whom."""
    UNDONE = "undone"
    VOID = "void"
    """The record was declared wrong."""


@dataclass(frozen=True, slots=True)
class Given:
    """One pack, or some of one, as it was given to a patient."""

    seq: int
    at: datetime
    """Local time of the workstation."""
    facts: PackFacts
    names: tuple[str, str]
    """Chinese and English name of the product; empty where the catalogue does not have it."""
    spec: str
    number: str
    """Number of the prescription; empty where there was none."""
    weeks: int | None
    """Weeks of supply that were taken out of the zone with it."""
    now: Now
    recalls: tuple[Recall, ...] = ()

    @property
    def lasts_until(self) -> date | None:
        """The day on which a supply taken out of the zone runs out; None where nobody said how long it lasts."""
        return self.at.date() + timedelta(weeks=self.weeks) if self.weeks else None

    @property
    def has_it(self) -> bool:
        """True while the patient has it, as far as anybody here knows."""
        return self.now in (Now.WITH_PATIENT, Now.PERHAPS_RETURNED)

    @property
    def recalled(self) -> Match | None:
        """How sure it is that a recall reaches what the patient has; None where none does."""
        return self.recalls[0].match if self.recalls and self.has_it else None


def given_to(store: Store, patient: str) -> tuple[Given, ...]:
    """Everything that was given to the patient, the latest first. Raises EnvironmentFault without the site's key."""
    bodies = list(store.connection.execute(_BY_PAPERS, (patient,)))
    key = Patients.of(store).keys.key(patient)
    if key is not None:
        bodies += store.connection.execute(_BY_SUBJECT, (subject_of(patient, key),))
    events = {event.seq: event for event in (Event.from_canonical(body) for (body,) in bodies)}
    told: dict[int, tuple[Event, ...]] = {}
    found = [
        _given(store, event, facts, told)
        for event in sorted(events.values(), key=lambda one: -one.seq)
        for facts in event.packs
    ]
    return tuple(found[:MOST])


def whose(store: Store, key: str) -> tuple[str, ...]:
    """The pseudonyms of the patients who were given this pack, the latest first; goes through all patients."""
    pack = store.look_up(key)
    if pack is None:
        return ()
    wanted: dict[str, str] = {}
    for event in reversed(standing(store.events_of(pack.pack_id))):
        if event.kind is EventKind.DISPENSE and (subject := event.told("subject")):
            number = next((ref.number for ref in event.documents if ref.kind == PRESCRIPTION), "")
            wanted.setdefault(subject, number)
    if not wanted:
        return ()
    patients = Patients.of(store)
    named = {subject: _prescribed(store, number) for subject, number in wanted.items()}
    if not all(named.values()):
        for patient in patients.keys.everybody():
            key_of_one = patients.keys.key(patient)
            theirs = subject_of(patient, key_of_one) if key_of_one else ""
            if theirs in named:
                named[theirs] = patient
    return tuple(dict.fromkeys(patient for patient in named.values() if patient))


def recalled_with(found: Iterable[Given]) -> int:
    """How many packs that the patient has, or may have, a recall reaches, or may reach."""
    return sum(one.recalled is not None for one in found)


def _prescribed(store: Store, number: str) -> str:
    paper = store.documents.prescription(number) if number else None
    return paper.patient if paper else ""


def _given(store: Store, event: Event, facts: PackFacts, told: dict[int, tuple[Event, ...]]) -> Given:
    product = store.catalog.product(facts.product) if facts.product else None
    weeks = event.told("take_out_weeks")
    recalls: tuple[Recall, ...] = ()
    if facts.product:
        recalls = store.recalls.recalls_of(facts.product, facts.lot, facts.serial, facts.key)
    return Given(
        event.seq,
        event.moment.at,
        facts,
        (product.name_zh, product.name_en) if product else ("", ""),
        product.spec if product else "",
        next((ref.number for ref in event.documents if ref.kind == PRESCRIPTION), ""),
        int(weeks) if weeks else None,
        _now(store, event, facts, told),
        recalls,
    )


def _now(store: Store, event: Event, facts: PackFacts, told: dict[int, tuple[Event, ...]]) -> Now:
    pack = store.look_up(facts.key)
    if pack is None:
        return Now.VOID
    if pack.pack_id not in told:
        told[pack.pack_id] = standing(store.events_of(pack.pack_id))
    history = told[pack.pack_id]
    if all(one.event_id != event.event_id for one in history):
        return Now.VOID
    later = [one for one in history if one.seq > event.seq]
    for one in later:
        if event.event_id in (one.told("undoes"), one.told("returns")):
            return Now.UNDONE if one.kind is EventKind.UNDO else Now.RETURNED
    shared = facts.quantity is not None
    for one in later:
        if one.kind is EventKind.DISPENSE and not shared:
            break
        if one.kind is EventKind.RETURN and not (one.told("returns") and shared):
            return Now.PERHAPS_RETURNED if shared else Now.RETURNED
        if one.kind is EventKind.UNDO and not shared:
            return Now.UNDONE
    return Now.WITH_PATIENT
