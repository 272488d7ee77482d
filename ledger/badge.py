"""Badges: a code on a person's card that stands for the person when it is scanned.

A badge is kept as HMAC-SHA256 under a key of this installation, so that a scan finds its person in one look-up and
the ledger does not tell the code. The key lies in a file of its own beside the ledger: backups and exports of the
ledger travel, the key does not. Without it badges have to be registered again; PINs go on working.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.codes.code import Kind
from ledger.codes.identify import identify
from ledger.errors import EnvironmentFault

FILE = "badge.key"
_KEY = 32
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX = "TDB1"
_RANDOM = 20
"""Characters of 5 bits: 100 bits nobody guesses."""
_MINTED = re.compile(f"{_PREFIX}[{_ALPHABET}]{{{_RANDOM}}}", re.IGNORECASE)
_TORN = re.compile(
    f"{_PREFIX}[{_ALPHABET}]{{6,{_RANDOM - 1}}}|(?:DB1|B1)[{_ALPHABET}]{{{_RANDOM}}}", re.IGNORECASE
)
"""What is left of one where the window was busy for its first key or its last ones."""


def minted() -> str:
    """A new badge code of our own: capital letters and digits alone, so that every symbology and layout bears it."""
    return _PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))


def is_minted(text: str) -> bool:
    """Whether a scan has the form of our own badges, known or not; such a scan is never kept as a pack's code."""
    return _MINTED.fullmatch(text.strip()) is not None


def is_secret(text: str) -> bool:
    """Whether a scan is one of our badges or most of one: such a text is kept and shown nowhere."""
    return is_minted(text) or _TORN.fullmatch(text.strip()) is not None


def weakness(text: str) -> str | None:
    """Code word of why this text cannot be a badge, None where it can."""
    code = _plain(text)
    if not (code.isascii() and code.isprintable()) or len(code) > 128:
        return "badge_unreadable"
    if is_minted(code):
        return None
    if len(code) < (12 if code.isdigit() else 8) or len(set(code)) < 4:
        return "badge_too_easy"
    if identify(code).kind not in (Kind.OPAQUE, Kind.UNKNOWN):
        return "badge_is_goods"
    return None


@dataclass(frozen=True, slots=True, repr=False)
class Badges:
    """The badges of this installation as they can be asked at every scan: one hash and one look-up."""

    key: bytes
    owners: Mapping[bytes, str]
    """Person id by digest."""

    def owner(self, text: str) -> str | None:
        """Id of the person whose badge this scan is."""
        return self.owners.get(digest(self.key, text)) if self.owners else None


def digest(key: bytes, text: str) -> bytes:
    """What is kept in place of a badge code."""
    return hmac.digest(key, _plain(text).encode("utf-8", "surrogatepass"), "sha256")


def read_key(home: Path) -> bytes | None:
    """The key of this installation, None where there is none yet; raise EnvironmentFault where it is broken."""
    try:
        key = (home / FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentFault(
            "badge_key_broken", file=str(home / FILE), why=os.strerror(error.errno or 0)
        ) from None
    if len(key) != _KEY:
        raise EnvironmentFault("badge_key_broken", file=str(home / FILE), why=f"{len(key)} bytes")
    return key


def make_key(home: Path) -> bytes:
    """The key of this installation, made durably and for the owner alone where there is none yet."""
    key = read_key(home)
    if key is not None:
        return key
    key = os.urandom(_KEY)
    draft = home / f"{FILE}.{secrets.token_hex(4)}"
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(home / FILE)
        _settle(home)
    except OSError as error:
        raise EnvironmentFault(
            "home_unwritable", folder=str(home), why=os.strerror(error.errno or 0)
        ) from None
    return key


def _plain(text: str) -> str:
    """Our own codes whatever Caps Lock did to them, others as they stand."""
    code = text.strip()
    return code.upper() if is_minted(code) else code


def _settle(folder: Path) -> None:
    """The folder's entry must be as durable as the badges that depend on it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
