"""The site's key, under which the keys of all patients lie wrapped: made once a home folder, kept by a keeper.

What keeps it best (the system's keyring) is not the ledger's to know, so it is handed in; without one a file for
its owner alone does. Beside the wrapped keys a mark names the site's key without telling it: while the mark is
there no second key is ever made, so a keyring that is locked or left behind is told and never papered over.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from ledger.errors import EnvironmentFault
from ledger.files import flush_folder, write_once, write_whole

FOLDER = "patient-keys"
MARK = "site.id"
FILE = "patient-site.key"
_KEY, _NONCE, _NAME, _TAG = 32, 12, 8, 16
_FORM = b"\x01"
WRAPPED = len(_FORM) + _NAME + _NONCE + _KEY + _TAG
"""Bytes of a wrapped key."""


class Keeper(Protocol):
    """Keeps keys by name, where others do not look. Called from any thread; EnvironmentFault where it cannot keep."""

    def get(self, name: str) -> bytes | None:
        """The key of this name; None where it is not here, or where nobody can get at it now."""
        ...

    def keep(self, name: str, key: bytes) -> None:
        """Keep a key durably, in the place of another one of this name."""
        ...


@dataclass(frozen=True, slots=True)
class FileKeeper:
    """Keeps the site's key in a file of the home folder, mode 0600."""

    home: Path

    def get(self, name: str) -> bytes | None:
        """The key in the file, where it is the one of this name. Raises EnvironmentFault."""
        try:
            key = (self.home / FILE).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise EnvironmentFault("file_unreadable", file=str(self.home / FILE), why=why) from None
        return key if name_of(key) == name else None

    def keep(self, name: str, key: bytes) -> None:
        """Write the file anew. Raises EnvironmentFault."""
        try:
            write_whole(self.home / FILE, key)
            flush_folder(self.home)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise EnvironmentFault("file_unwritable", file=str(self.home / FILE), why=why) from None

    def drop(self) -> None:
        """Overwrite and remove the file: the key lies somewhere better."""
        with suppress(FileNotFoundError):
            with (self.home / FILE).open("rb+", buffering=0) as file:
                file.write(bytes(_KEY))
                os.fsync(file.fileno())
            (self.home / FILE).unlink()


class SiteKey:
    """The site's key of one home folder: got from its keeper once, used from any thread."""

    def __init__(self, home: Path, keeper: Keeper | None = None) -> None:
        self._folder = home / FOLDER
        self.keeper: Keeper = keeper or FileKeeper(home)
        self._lock = Lock()
        self._had: bytes | None = None

    @property
    def name(self) -> str | None:
        """What names the site's key; None before the first patient."""
        try:
            said = (self._folder / MARK).read_text("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise EnvironmentFault("file_unreadable", file=str(self._folder), why=why) from None
        return said

    def key(self) -> bytes:
        """The key. EnvironmentFault where it was never made, or where its keeper does not give it."""
        with self._lock:
            if self._had is None:
                name = self.name
                key = self.keeper.get(name) if name else None
                if name is None or key is None or name_of(key) != name:
                    raise EnvironmentFault("patient_site_key_missing")
                self._had = key
            return self._had

    def make(self) -> bytes:
        """The key, made durably where there never was one. Raises EnvironmentFault."""
        if self.name is None:
            self.adopt(secrets.token_bytes(_KEY))
        return self.key()

    def adopt(self, key: bytes) -> None:
        """Use this key where there is none, or give it back to a keeper that has lost it. Raises EnvironmentFault.

        The keeper has it before the mark names it.
        """
        name = name_of(key)
        with self._lock:
            self._had = None
        self.keeper.keep(name, key)
        if self.keeper.get(name) != key:
            raise EnvironmentFault("patient_site_key_missing")
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700)
                flush_folder(self._folder.parent)
            write_once(self._folder / MARK, name.encode())
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise EnvironmentFault("file_unwritable", file=str(self._folder), why=why) from None

    def wrap(self, patient: str, key: bytes) -> bytes:
        """A patient's key as it lies in its file."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        own, nonce = self.make(), secrets.token_bytes(_NONCE)
        name = bytes.fromhex(name_of(own))
        return _FORM + name + nonce + AESGCM(own).encrypt(nonce, key, patient.encode())

    def unwrap(self, patient: str, kept: bytes) -> bytes | None:
        """A patient's key from its file; None for a broken one. EnvironmentFault where the site's is not here."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(kept) != WRAPPED or not kept.startswith(_FORM):
            return None
        own = self.key()
        head = len(_FORM) + _NAME
        if kept[len(_FORM) : head].hex() != name_of(own):
            raise EnvironmentFault("patient_key_elsewhere")
        try:
            return AESGCM(own).decrypt(kept[head : head + _NONCE], kept[head + _NONCE :], patient.encode())
        except InvalidTag:
            return None


def name_of(key: bytes) -> str:
    """What names a site's key without telling it: 16 hex digits."""
    return hashlib.sha256(b"TraceDesk site key " + key).hexdigest()[: 2 * _NAME]
