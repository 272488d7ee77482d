"""What is known of patients: sealed in the ledger, shown masked, erasable by law.

The row of a patient is AES-256-GCM under the patient's own key, which lies outside the ledger
(ledger/patientkeys.py). Events name a patient only by a keyed commitment, so the chain and every export of it
verify as before when a patient has been erased. The pseudonym comes from the hospital; a name or a number never
stands in its place.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.change import Change
from ledger.errors import EnvironmentFault
from ledger.event import Event
from ledger.patientkeys import PatientKeys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from ledger.store import Store

ID_TYPES = ("1", "2", "3", "4", "5", "6", "9")
"""customer_id_type of the platforms: identity card, passport, officer's card, health insurance card, vaccination
card, student's card, other."""

_NONCE = 12


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """What is known of a patient. It has no repr, so that no log and no traceback shows it."""

    name: str
    id_type: str = ""
    """One of ID_TYPES; empty where nothing was said."""
    id_number: str = ""
    phone: str = ""
    collector: str = ""
    """Who collects the medicine for the patient."""


class Patients:
    """The patients of one ledger."""

    def __init__(self, connection: sqlite3.Connection, keys: PatientKeys) -> None:
        self._connection = connection
        self.keys = keys

    @classmethod
    def of(cls, store: Store) -> Patients:
        """The patients of an open ledger, whose keys lie beside its file."""
        file: str = store.connection.execute("PRAGMA database_list").fetchone()[2]
        return cls(store.connection, PatientKeys(Path(file).parent if file else None, store.site_key))

    def put(self, patient: str, known: Patient) -> Change:
        """Seal what is known of a patient, inside the caller's transaction; UserError for an erased one."""
        before = self.find(patient)
        if before == known:
            return Change.SAME
        text = json.dumps(asdict(known), ensure_ascii=False).encode()
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + _cipher(self.keys.make(patient)).encrypt(nonce, text, patient.encode())
        self._connection.execute(
            "INSERT INTO patient (patient, sealed) VALUES (?, ?)"
            " ON CONFLICT (patient) DO UPDATE SET sealed = excluded.sealed",
            (patient, sealed),
        )
        return Change.CHANGED if before else Change.ADDED

    def find(self, patient: str) -> Patient | None:
        """What is known of a patient; None for nothing. EnvironmentFault where it is there and cannot be opened."""
        from cryptography.exceptions import InvalidTag

        row = self._connection.execute("SELECT sealed FROM patient WHERE patient = ?", (patient,)).fetchone()
        if row is None:
            return None
        key = self.keys.key(patient)
        if key is None:
            if self.keys.erased(patient):
                return None
            raise EnvironmentFault("patient_key_missing")
        try:
            return _opened(key, row[0], patient)
        except (InvalidTag, ValueError, TypeError):
            raise EnvironmentFault("patient_unreadable_sealed") from None

    def opens(self, patient: str, key: bytes) -> bool | None:
        """Whether a key opens what is known of the patient; None where nothing is."""
        from cryptography.exceptions import InvalidTag

        row = self._connection.execute("SELECT sealed FROM patient WHERE patient = ?", (patient,)).fetchone()
        if row is None:
            return None
        try:
            return _opened(key, row[0], patient) is not None
        except (InvalidTag, ValueError, TypeError):
            return False

    def erased_subjects(self) -> frozenset[str]:
        """The commitments to the patients that the chain says were erased; reads the whole chain once."""
        sql = "SELECT body FROM event WHERE kind = 'patient_erased'"
        events = (Event.from_canonical(body) for (body,) in self._connection.execute(sql))
        return frozenset(event.told("subject") or "" for event in events)

    def all(self) -> tuple[str, ...]:
        """The pseudonyms of the patients that something is known of."""
        rows = self._connection.execute("SELECT patient FROM patient ORDER BY patient")
        return tuple(patient for (patient,) in rows)

    def without_key(self) -> int:
        """How many patients' data are here and no key to open them, as after a restore on another machine."""
        have = set(self.keys.everybody())
        return sum(patient not in have for patient in self.all())

    def known(self, patient: str) -> bool:
        """True when anything in the ledger names the pseudonym: sealed data, a prescription, an approval."""
        for table in ("patient", "prescription", "approval"):
            sql = f"SELECT 1 FROM {table} WHERE patient = ? LIMIT 1"  # noqa: S608 - our own words
            if self._connection.execute(sql, (patient,)).fetchone():
                return True
        return self.keys.key(patient) is not None

    def forget(self, patient: str) -> None:
        """Remove what the ledger itself knows of a patient, and the pseudonym from papers. Inside a transaction.

        An approval for the patient holds for nobody afterwards. The key is the caller's to destroy after COMMIT.
        """
        self._connection.execute("DELETE FROM patient WHERE patient = ?", (patient,))
        self._connection.execute("UPDATE prescription SET patient = '' WHERE patient = ?", (patient,))
        self._connection.execute("UPDATE approval SET patient = '' WHERE patient = ?", (patient,))


def masked(known: Patient) -> dict[str, str]:
    """What of a patient may stand on a screen: enough to tell two patients apart, too little to know one."""
    shown = {"name": _first(known.name), "id_type": known.id_type, "id_number": _last(known.id_number)}
    return shown | {"phone": _last(known.phone), "collector": _first(known.collector)}


def in_clear(known: Patient) -> dict[str, str]:
    """Everything known of a patient, by field."""
    return {field.name: getattr(known, field.name) for field in fields(known)}


def _first(name: str) -> str:
    return name[:1] + "**" if name else ""


def _last(number: str) -> str:
    shown = number[-4:] if len(number) > 8 else number[-1:]
    return "****" + shown if number else ""


def _opened(key: bytes, sealed: bytes, patient: str) -> Patient:
    text = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], patient.encode())
    return Patient(**json.loads(text))


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
