"""Where secrets lie: in the system's keyring, or where there is none, in a file that only this user can read.

A home folder has secrets of its own, and each belongs to the platform that it was entered for: for another one it is
not there. Nothing here is ever printed; `place` says where they lie, for people to know.
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
from sync.origin import fits, others

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

    def get(self, name: str, belongs: str = "") -> str | None:
        """A secret that may go to what `belongs` names (`belonging`); None where it is not set, or set for another.

        One that was entered before the address was known belongs to the first that asks. Raises SettingsError where
        the file is broken.
        """
        kept, value = self._parted(name)
        if value is None or not fits(kept, belongs):
            return None
        if kept != belongs and "-" not in belongs.split():
            try:
                self.set(name, value, belongs)
            except OSError:  # else it would belong to whoever asks next as well
                raise SettingsError("secrets_file_broken", file=str(self._file)) from None
        return value

    def elsewhere(self, name: str, belongs: str = "") -> str:
        """The platform that a secret was entered for, where it may not go to `belongs`; empty where it may, or is
        not set."""
        kept, value = self._parted(name)
        return others(kept, belongs) or "?" if value is not None and not fits(kept, belongs) else ""

    def set(self, name: str, value: str, belongs: str = "") -> None:
        """Keep a secret for whom it belongs to; the one before is gone."""
        text = f"{belongs}\n{value}"
        keyring = self._usable()
        if keyring is not None:
            try:
                keyring.set_password(self._service, name, text)
            except Exception:  # noqa: BLE001 - see below
                self._keyring = None
            else:
                self._write({key: kept for key, kept in self._read().items() if key != name})
                return
        self._write(self._read() | {name: text})

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

    def _parted(self, name: str) -> tuple[str, str | None]:
        """Whom a secret belongs to, and the secret."""
        text = self._kept(name)
        if text is None:
            return "", None
        belongs, parted, value = text.partition("\n")
        return (belongs, value) if parted else ("?", text)  # put there by somebody else: it goes nowhere

    def _kept(self, name: str) -> str | None:
        keyring = self._usable()
        if keyring is not None:
            try:
                if (text := keyring.get_password(self._service, name)) is not None:
                    return text
            except Exception:  # noqa: BLE001 - a keyring that fails or stays locked: what the file has is left
                self._keyring = None
        return self._read().get(name)

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
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(secrets, file)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(self._file)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
