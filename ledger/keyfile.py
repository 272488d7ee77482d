"""The recovery file of the patient keys: sealed under a passphrase, for the day when machine or keyring is gone.

Backups hold no keys, so this file is how the keys travel. It has the site's key, which opens the folder of this
home folder whenever it is found again, and every patient's key of the day, should that folder be lost. Taking it in
never brings back whom the ledger's chain, or the folder here, says to be erased.

The passphrase goes through scrypt (RFC 7914) with N=2^17, r=8: 128 MiB and about half a second for each guess. The
content is AES-256-GCM, with everything that stands in clear authenticated beside it.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ledger.errors import EnvironmentFault, UserError
from ledger.patientkeys import PatientKeys, subject_of
from ledger.patients import Patients
from ledger.sitekey import name_of
from ledger.store import Store
from ledger.verifier import Cost, derive

SHORTEST = 12
"""Characters of a passphrase."""
SAVED = "patient_keys_saved"
"""The ledger notes under this name when the last recovery file was made."""
COST = Cost(17, 8, 1)
LARGEST = 64 << 20
"""Bytes; nothing longer is read."""
_FORM, _VERSION, _SALT, _NONCE, _KEY = "tracedesk patient keys", 1, 16, 12, 32


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    """What a recovery file holds. No repr: it must stand in no log."""

    at: str
    """When it was made."""
    site: bytes
    keys: Mapping[str, bytes | None]
    """Pseudonym -> key; None for a patient who was erased."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the keys of a recovery file."""

    back: int
    """Keys that were missing, or could not be opened, and are here again."""
    same: int
    """Keys that were here already."""
    erased: int
    """Patients in the file who were erased, and stay so."""
    kept: int
    """Patients who have another key here, which opens what is known of them, and keep it."""


def passphrase_fault(passphrase: str) -> str | None:
    """Code word of why the passphrase will not do; None where it will."""
    if len(passphrase) < SHORTEST:
        return "passphrase_short"
    return "passphrase_easy" if len(set(passphrase)) < 6 else None


def collect(keys: PatientKeys, at: str) -> Saved:
    """The keys of a home folder. EnvironmentFault where the site's key, or any patient's, is not to be had."""
    site = keys.site.key()
    return Saved(at, site, MappingProxyType({one: keys.key(one) for one in keys.everybody()}))


def sealed(saved: Saved, passphrase: str, cost: Cost = COST) -> bytes:
    """The recovery file's bytes; half a second. UserError where the passphrase will not do."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    fault = passphrase_fault(passphrase)
    if fault:
        raise UserError(fault, shortest=str(SHORTEST))
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    head: dict[str, object] = {
        "form": _FORM,
        "version": _VERSION,
        "at": saved.at,
        "scrypt": [cost.log_n, cost.r, cost.p],
        "salt": _text(salt),
        "nonce": _text(nonce),
    }
    inside = {"site": _text(saved.site), "keys": {one: _text(key or b"") for one, key in saved.keys.items()}}
    cipher = AESGCM(derive(passphrase, salt, cost, _KEY))
    body = cipher.encrypt(nonce, json.dumps(inside).encode(), _plain(head))
    return json.dumps(head | {"sealed": _text(body)}, indent=1).encode() + b"\n"


def opened(data: bytes, passphrase: str) -> Saved:
    """What the file holds; half a second. UserError where it is none, was changed, or the passphrase is wrong."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        head: dict[str, Any] = json.loads(data)
        body, at = b64decode(head.pop("sealed"), validate=True), str(head["at"])
        salt, nonce = b64decode(head["salt"], validate=True), b64decode(head["nonce"], validate=True)
        cost = Cost(*map(int, head["scrypt"]))
        if head["form"] != _FORM or head["version"] != _VERSION or not cost.bearable or len(nonce) != _NONCE:
            raise UserError("key_file_unreadable")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise UserError("key_file_unreadable") from None
    try:
        inside = json.loads(AESGCM(derive(passphrase, salt, cost, _KEY)).decrypt(nonce, body, _plain(head)))
    except InvalidTag:
        raise UserError("key_file_passphrase") from None
    keys = {one: b64decode(key) or None for one, key in inside["keys"].items()}
    return Saved(at, b64decode(inside["site"]), MappingProxyType(keys))


def take(store: Store, saved: Saved) -> Taken:
    """Put the keys where they are missing, in the writer; doing it again does no harm.

    The site's key of the file becomes this folder's where there is none, or goes back to a keeper that has lost it.
    UserError where what is lost here is another one: what lies wrapped under it must not become unreadable for good.
    """
    patients = Patients.of(store)
    keys = patients.keys
    site = keys.site
    if site.name is None:
        site.adopt(saved.site)
    try:
        site.key()
    except EnvironmentFault:
        if site.name != name_of(saved.site):
            raise UserError("key_file_of_another") from None
        site.adopt(saved.site)
    gone, counts = patients.erased_subjects(), dict.fromkeys(("back", "same", "erased", "kept"), 0)
    for one, key in saved.keys.items():
        if key is None or keys.erased(one) or subject_of(one, key) in gone:
            if not keys.erased(one):
                keys.destroy(one)
            counts["erased"] += 1
            continue
        here = _here(keys, one)
        if here == key:
            counts["same"] += 1
        elif here is not None and patients.opens(one, key) is not True:
            counts["kept"] += 1
        else:
            keys.put(one, key)
            counts["back"] += 1
    return Taken(**counts)


def _here(keys: PatientKeys, patient: str) -> bytes | None:
    try:
        return keys.key(patient)
    except EnvironmentFault:
        return None  # wrapped under a key that is lost, or broken: the file's is better than none


def _plain(head: Mapping[str, object]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
