"""Where secrets lie: in the system's keyring, or where there is none, in a file that only this user can read.

A home folder has secrets of its own. Nothing here is ever printed; `place` says where they lie, for people to know.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import SettingsError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

FILE = "secrets.json"

TOKEN = "platform.auth.token"  # noqa: S105 - the name of a secret, not one
CLIENT_SECRET = "platform.auth.client_secret"  # noqa: S105
KEY_PASSPHRASE = "platform.auth.key_passphrase"  # noqa: S105
NAMES = (TOKEN, CLIENT_SECRET, KEY_PASSPHRASE)
"""Every secret that a person may set."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where secrets lie: a code word and its parameters."""

    code: str
    backend: str = ""
    file: str = ""


def system_keyring() -> KeyringBackend | None:
    """The system's keyring; None where it has none worth the name (a server without a desktop)."""
    try:
        import keyring

        found = keyring.get_keyring()
        # The backends that keep nothing, or keep it in the clear, have a priority below 1.
        return found if found.priority >= 1 else None
    except Exception:  # noqa: BLE001 - broken bus, broken backend: the file it is
        return None


class Vault:
    """The secrets of one home folder. The keyring is loaded when the first one is wanted."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / FILE
        self._service = f"TraceDesk {hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:12]}"
        self._keyring: KeyringBackend | None = None
        self._looked = False

    def get(self, name: str) -> str | None:
        """A secret; None where it is not set. Raises SettingsError where the file is broken."""
        keyring = self._usable()
        if keyring is not None:
            try:
                if (value := keyring.get_password(self._service, name)) is not None:
                    return value
            except Exception:  # noqa: BLE001 - a keyring that fails or stays locked: what the file has is left
                self._keyring = None
        return self._read().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; the one before is gone."""
        keyring = self._usable()
        if keyring is not None:
            try:
                keyring.set_password(self._service, name, value)
            except Exception:  # noqa: BLE001 - see above
                self._keyring = None
            else:
                self._write({key: kept for key, kept in self._read().items() if key != name})
                return
        self._write(self._read() | {name: value})

    def forget(self, name: str) -> None:
        """Remove a secret from wherever it lies."""
        keyring = self._usable()
        if keyring is not None:
            with suppress(Exception):
                keyring.delete_password(self._service, name)
        self._write({key: kept for key, kept in self._read().items() if key != name})

    def place(self) -> Place:
        """Where a secret would be kept now."""
        keyring = self._usable()
        if keyring is not None:
            return Place("secrets_in_keyring", backend=keyring.name)
        return Place("secrets_in_file", file=str(self._file))

    def _usable(self) -> KeyringBackend | None:
        """The system's keyring, looked for once."""
        if not self._looked:
            self._looked = True
            self._keyring = system_keyring()
        return self._keyring

    def _read(self) -> dict[str, str]:
        try:
            raw = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise SettingsError("secrets_file_broken", file=str(self._file)) from None
        if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
            raise SettingsError("secrets_file_broken", file=str(self._file))
        return raw

    def _write(self, secrets: dict[str, str]) -> None:
        if not secrets:
            self._file.unlink(missing_ok=True)
            return
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._home, prefix=FILE)  # mkstemp makes it 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(secrets, file)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(self._file)
