"""Find patients by what a person has at hand: pseudonym, prescription, name, identity or telephone number.

Names and numbers are sealed, so every patient is opened for a search, which takes 0.15 to 0.3 ms each: some seconds
for twenty thousand, and it can be given up meanwhile. Nothing that was searched for is kept anywhere. Beginnings of
names and ends of numbers find: a search is no way to leaf through everybody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ledger.errors import EnvironmentFault, UserError
from ledger.patients import Patient, Patients, masked
from ledger.store import Store

MOST = 40
"""So many are told; a search that finds more has to say more."""
_DIGITS, _LETTERS = 4, 2
"""Least characters of a number's end or a pseudonym's beginning, and of a name that is not Chinese."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A patient who was found, as far as may be shown."""

    patient: str
    shown: tuple[tuple[str, str], ...] = ()
    """What is known, masked (`patients.masked`), by field; empty where only papers name the pseudonym."""
    fault: str = ""
    """Code word of why what is known cannot be opened; empty where it can."""
    erased: bool = False

    def says(self, field: str) -> str:
        """A field as it may be shown; empty where nothing is known."""
        return dict(self.shown).get(field, "")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    hits: tuple[Hit, ...]
    more: bool = False
    """There are more than are told."""
    closed: int = 0
    """Patients whose data could not be opened, and who may be meant as well."""


def count(store: Store) -> int:
    """How many patients anything is known of here."""
    sql = "SELECT patient FROM patient UNION SELECT patient FROM prescription WHERE patient <> ''"
    number: int = store.connection.execute(f"SELECT count(*) FROM ({sql})").fetchone()[0]  # noqa: S608 - our own
    return number


def look_at(store: Store, patient: str) -> Hit:
    """One patient by pseudonym, whether anything is known or not."""
    patients = Patients.of(store)
    if patients.keys.erased(patient):
        return Hit(patient, erased=True)
    try:
        known = patients.find(patient)
    except (EnvironmentFault, UserError) as error:
        return Hit(patient, fault=error.code)
    return _hit(patient, known)


def search(store: Store, text: str, given_up: Callable[[], bool] = lambda: False) -> Found:
    """The patients that a text may mean. One that is too short for what it is finds nobody.

    `given_up` is asked now and then whether anybody still waits for the answer.
    """
    wanted = _plain(text)
    if not wanted:
        return Found(())
    patients = Patients.of(store)
    paper = store.documents.prescription(text.strip())
    named = dict.fromkeys([paper.patient] if paper and paper.patient else [])
    named |= dict.fromkeys(_by_pseudonym(store, wanted))
    hits = [look_at(store, patient) for patient in named]
    closed = 0
    for patient in patients.all():
        if patient in named:
            continue
        if given_up():
            break
        try:
            known = patients.find(patient)
        except (EnvironmentFault, UserError):
            closed += 1
            continue
        if known is not None and _meant(known, wanted):
            hits.append(_hit(patient, known))
        if len(hits) > MOST:
            break
    return Found(tuple(hits[:MOST]), len(hits) > MOST, closed)


def _by_pseudonym(store: Store, wanted: str) -> list[str]:
    begins = wanted.lower()
    if len(begins) < _DIGITS or not set(begins) <= set("0123456789abcdef-"):
        return []
    low, high = begins, begins + "g"
    sql = (
        "SELECT patient FROM patient WHERE patient >= :low AND patient < :high"
        " UNION SELECT patient FROM prescription WHERE patient >= :low AND patient < :high LIMIT :most"
    )
    rows = store.connection.execute(sql, {"low": low, "high": high, "most": MOST + 1})
    found = [patient for (patient,) in rows]
    if not found and _is_pseudonym(begins) and Patients.of(store).keys.erased(begins):
        found = [begins]
    return found


def _meant(known: Patient, wanted: str) -> bool:
    name = _plain(known.name)
    long_enough = len(wanted) >= _LETTERS or not wanted.isascii()
    if name and long_enough and (name == wanted or name.startswith(wanted)):
        return True
    numbers = (_plain(known.id_number), _plain(known.phone))
    return len(wanted) >= _DIGITS and any(number and number.endswith(wanted) for number in numbers)


def _hit(patient: str, known: Patient | None) -> Hit:
    return Hit(patient, tuple(masked(known).items()) if known else ())


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _is_pseudonym(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
