"""The keys that patient data are sealed with: one a patient, in a folder beside the ledger, for its owner alone.

Each lies wrapped under the site's key (ledger/sitekey.py), so a copy of the folder alone opens nothing. A backup or
an export of the ledger travels without them, so it tells nothing of a patient. Erasing a patient destroys the key,
and with it whatever is sealed in any copy of the ledger, however old; an empty file stays as the mark that this
pseudonym has been erased, so that no later delivery of the same data brings it back.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from uuid import UUID

from ledger.errors import EnvironmentFault, UserError
from ledger.files import flush_folder, write_once, write_whole
from ledger.sitekey import FOLDER, WRAPPED, SiteKey

_KEY = 32


class PatientKeys:
    """The keys of one home folder."""

    def __init__(self, home: Path | None, site: SiteKey | None = None) -> None:
        """None for a ledger that lies in no folder: it has no keys and gets none."""
        self._home = home
        self._site = site or (SiteKey(home) if home else None)

    @property
    def site(self) -> SiteKey:
        """The key that wraps these. EnvironmentFault for a ledger that lies in no folder."""
        if self._site is None:
            raise EnvironmentFault("patient_key_missing")
        return self._site

    def key(self, patient: str) -> bytes | None:
        """The patient's key; None where there is none, erased or never made. Raises EnvironmentFault."""
        kept = self._read(patient)
        if not kept or not any(kept):
            return None
        key = self.site.unwrap(patient, kept)
        if key is None:
            raise EnvironmentFault("patient_key_broken", file=str(self._path(patient)))
        return key

    def erased(self, patient: str) -> bool:
        """True when the patient's data were erased here."""
        kept = self._read(patient)
        return kept is not None and not any(kept)

    def everybody(self) -> tuple[str, ...]:
        """The pseudonyms that have a key, or had one that was destroyed."""
        if self._home is None or not self._folder.is_dir():
            return ()
        found = (path.stem for path in self._folder.glob("*.key"))
        return tuple(sorted(name for name in found if _is_pseudonym(name)))

    def make(self, patient: str) -> bytes:
        """The patient's key, made durably where there is none; UserError where the patient was erased."""
        if self._home is None:
            raise EnvironmentFault("patient_key_missing")
        if self.erased(patient):
            raise UserError("patient_erased")
        key = self.key(patient)
        if key is not None:
            return key
        try:
            wrapped = self.site.wrap(patient, secrets.token_bytes(_KEY))
            write_once(self._path(patient), wrapped)
        except OSError as error:
            raise self._unwritable(error) from None
        made = self.key(patient)
        assert made is not None
        return made

    def put(self, patient: str, key: bytes) -> None:
        """Keep a key that was made elsewhere, in the place of whatever lies there. Raises EnvironmentFault."""
        assert len(key) == _KEY
        wrapped = self.site.wrap(patient, key)
        try:
            write_whole(self._path(patient), wrapped)
            flush_folder(self._folder)
        except OSError as error:
            raise self._unwritable(error) from None

    def destroy(self, patient: str) -> None:
        """Destroy the patient's key for ever; doing it again does no harm. Raises EnvironmentFault."""
        path = self._path(patient)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            with open(handle, "wb", buffering=0) as file:
                # Over the old bytes first: a file that is only replaced leaves them on the disk.
                file.write(bytes(WRAPPED))
                os.fsync(file.fileno())
                file.truncate(0)
                os.fsync(file.fileno())
            flush_folder(self._folder)
        except OSError as error:
            raise self._unwritable(error) from None

    def subject(self, patient: str) -> str:
        """The keyed commitment that stands for the patient in events and for the platform: a UUID of version 8.

        Who holds the key can show whose it is; once the key is destroyed nobody can.
        """
        return subject_of(patient, self.make(patient))

    def _read(self, patient: str) -> bytes | None:
        if self._home is None:
            return None
        try:
            return self._path(patient).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise EnvironmentFault("file_unreadable", file=str(self._folder), why=why) from None

    @property
    def _folder(self) -> Path:
        assert self._home is not None
        return self._home / FOLDER

    def _path(self, patient: str) -> Path:
        return self._folder / f"{UUID(patient)}.key"  # nothing but a pseudonym names a file

    def _unwritable(self, error: OSError) -> EnvironmentFault:
        why = os.strerror(error.errno or 0)
        return EnvironmentFault("file_unwritable", file=str(self._folder), why=why)


def subject_of(patient: str, key: bytes) -> str:
    """The commitment to a patient under a key (`PatientKeys.subject`)."""
    digest = hmac.digest(key, b"subject " + patient.encode(), "sha256")
    value = int.from_bytes(digest[:16]) & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62
    return str(UUID(int=value))


def _is_pseudonym(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
