"""The key that signs exports: Ed25519 (RFC 8032), made at first use, kept in the home folder for the owner alone.

A signature says that whoever holds this key has made the export and that no byte of it has changed since. Who
that is an inspector knows by the fingerprint, which stands in the ledger's own chain with every export.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import EnvironmentFault
from ledger.files import write_once

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = "signing.key"


class SigningKey:
    """The key pair of a home folder."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public: bytes = private.public_key().public_bytes_raw()
        """The 32 bytes that check a signature."""

    @classmethod
    def of(cls, home: Path) -> SigningKey:
        """The home folder's key, made where there is none. Raises EnvironmentFault."""
        path = home / FILE
        try:
            if not path.exists():
                try:
                    _make(path)
                except OSError as error:
                    why = os.strerror(error.errno or 0)
                    raise EnvironmentFault("file_unwritable", file=str(path), why=why) from None
            return cls(_load(path.read_bytes()))
        except ValueError:
            raise EnvironmentFault("signing_key_broken", file=str(path)) from None
        except OSError as error:
            raise EnvironmentFault(
                "file_unreadable", file=str(path), why=os.strerror(error.errno or 0)
            ) from None

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only this key can make."""
        return self._private.sign(message)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """True when the holder of the public key's other half has signed exactly these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """What people compare, by eye or over the telephone: 16 groups of 4 hex digits of the key's SHA-256."""
    digits = hashlib.sha256(public).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _load(pem: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Write a new key in one piece; where another process was quicker, its key stays."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_once(path, pem)
