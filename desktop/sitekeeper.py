"""Keeps the key of the site's patients in the system's keyring, or where there is none in a file of mode 0600.

The entry in the keyring bears the key's own name, not the folder's: a home folder that is moved on this machine finds
it again.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.sitekey import FILE, FileKeeper, SiteKey
from sync.vault import Place, system_keyring

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "TraceDesk patients"


class SiteKeeper:
    """A keeper for `SiteKey`. The keyring is loaded when the first key is wanted; a home without patients has none."""

    def __init__(self, home: Path) -> None:
        self._file = FileKeeper(home)
        self._home = home

    def get(self, name: str) -> bytes | None:
        """The key of this name, from the keyring, else from the file."""
        return self._from_keyring(name) or self._file.get(name)

    def keep(self, name: str, key: bytes) -> None:
        """Keep a key in the keyring, read back; where that fails, in the file. Raises EnvironmentFault."""
        keyring = system_keyring()
        if keyring is None or not _put(keyring, name, key):
            self._file.keep(name, key)
        elif self._file.get(name) is not None:
            self._file.drop()

    def move(self, name: str) -> bool:
        """Move a key from the file into the keyring; False where there is no keyring that keeps it."""
        key = self._file.get(name)
        if key is not None:
            self.keep(name, key)
        return self._from_keyring(name) is not None

    def place(self, name: str | None) -> Place:
        """Where the key of this name lies; for None where the first one would be put."""
        keyring = system_keyring()
        if name is not None:
            if self._from_keyring(name) is not None:
                return Place("site_key_in_keyring", backend=keyring.name if keyring else "")
            if self._file.get(name) is None:
                return Place("site_key_nowhere")
            file = str(self._home / FILE)
            return Place("site_key_movable" if keyring else "site_key_in_file", file=file)
        if keyring is not None:
            return Place("site_key_none_keyring", backend=keyring.name)
        return Place("site_key_none_file")

    def _from_keyring(self, name: str) -> bytes | None:
        keyring = system_keyring()
        if keyring is None:
            return None
        try:
            kept = keyring.get_password(SERVICE, name)
            return b64decode(kept, validate=True) if kept else None
        except Exception:  # noqa: BLE001 - locked, refused, broken: as if it were not there, which is told
            return None


def site_key(home: Path) -> SiteKey:
    """The key of a home folder's patients, kept as well as this machine can."""
    return SiteKey(home, SiteKeeper(home))


def _put(keyring: KeyringBackend, name: str, key: bytes) -> bool:
    text = b64encode(key).decode("ascii")
    try:
        keyring.set_password(SERVICE, name, text)
        return keyring.get_password(SERVICE, name) == text
    except Exception:  # noqa: BLE001 - see above
        return False
