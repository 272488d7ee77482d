"""The recovery code: the sealed envelope for the day when no administrator can sign in.

It is made when the first administrator is, shown once and kept on paper; the ledger keeps its SHA-256, which is
enough for 125 random bits. Using it uses it up.
"""

from __future__ import annotations

import hashlib
import secrets

NOTE = "recovery"
"""Under this name the ledger notes the digest."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_GROUPS, _GROUP = 5, 5


def minted() -> str:
    """A new code: five groups of five letters and digits without look-alikes (Crockford's base 32)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def digest(code: str) -> str:
    """What the ledger notes; case, blanks, dashes and look-alikes typed by a person do not matter."""
    letters = "".join(filter(str.isalnum, code.upper())).translate(_LOOKALIKES)
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()
