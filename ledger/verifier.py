"""PINs: which ones will do, and how one is kept so that the ledger's file does not tell it.

A verifier is text, `scrypt$15$8$1$SALT$KEY` (log2 N, r, p; salt and key in hexadecimal), so that it carries its own
cost and can come from elsewhere. scrypt (RFC 7914) with N=2^15, r=8 takes 32 MiB and about 0.2 s on an office machine:
slow enough to make guessing dear, quick enough to change hands at the counter. A PIN of six digits stays
guessable for somebody who holds the file itself; that is what the lock of the disk and the file's mode are for.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from itertools import pairwise

SHORTEST, LONGEST = 6, 32
"""Digits of a PIN."""

_SALT, _KEY = 16, 32
_FIRST = 8
"""Digits of a PIN made by chance."""
_MOST = 1 << 28
"""Bytes that a verifier may ask for at most; a hostile one must not take the machine's memory."""

_POPULAR = frozenset(
    "112233 123321 131452 147258 147852 159357 159753 258369 369258 520131 521131 131420 142536 110110"  # noqa: SIM905
    " 119119 121314 789456 456789 741852 963852 5201314 1314520 1234567890 0987654321".split()
)
"""Taken first by whoever guesses: lists of leaked PINs, and the shapes of the keypad."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs."""

    log_n: int = 15
    r: int = 8
    p: int = 1

    @property
    def memory(self) -> int:
        """Bytes that scrypt wants, as OpenSSL counts them."""
        return 128 * self.r * ((1 << self.log_n) + self.p + 2)

    @property
    def bearable(self) -> bool:
        """False for a cost that is nonsense or more than this program will spend."""
        return 1 <= self.log_n <= 20 and 1 <= self.r <= 32 and 1 <= self.p <= 4 and self.memory <= _MOST


OURS = Cost()
"""What new verifiers cost: 0.14 to 0.21 s and 32 MiB; 2^16 would pass the 0.3 s that a change of hands may take."""


def first_pin(person_id: str) -> str:
    """A PIN made by chance for somebody who has to change it at the first sign-in."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(_FIRST))
        if weakness(pin, person_id) is None:
            return pin


def weakness(pin: str, person_id: str) -> str | None:
    """Code word of why this PIN will not do, None where it will."""
    if not (pin.isascii() and pin.isdigit()):
        return "pin_not_digits"
    if len(pin) < SHORTEST:
        return "pin_too_short"
    if len(pin) > LONGEST:
        return "pin_too_long"
    if pin in "".join(filter(str.isdigit, person_id)):
        return "pin_is_id"
    if _regular(pin) or pin in _POPULAR:
        return "pin_too_easy"
    return None


def verifier_of(pin: str, cost: Cost = OURS) -> str:
    """What is kept in place of the PIN; another one each time."""
    salt = os.urandom(_SALT)
    key = derive(pin, salt, cost, _KEY)
    return f"scrypt${cost.log_n}${cost.r}${cost.p}${salt.hex()}${key.hex()}"


def holds(verifier: str, pin: str) -> bool:
    """Whether this is the PIN; takes as long as the verifier's cost. False for a verifier that is unreadable."""
    read = _read(verifier)
    if read is None or len(pin) > LONGEST:
        return False
    cost, salt, key = read
    return hmac.compare_digest(derive(pin, salt, cost, len(key)), key)


def readable(verifier: str) -> bool:
    """Whether this is a verifier that `holds` would try."""
    return _read(verifier) is not None


def cheaper(verifier: str, cost: Cost = OURS) -> bool:
    """Whether the verifier was made at a lower cost, so that it should be made again when the PIN is at hand."""
    read = _read(verifier)
    return read is not None and (read[0].log_n, read[0].r, read[0].p) < (cost.log_n, cost.r, cost.p)


def _regular(pin: str) -> bool:
    """The same step from digit to digit (000000, 123456, 975310), or one short piece over and over (121212)."""
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(pin)}
    if len(steps) == 1:
        return True
    return any(pin == (pin[:length] * len(pin))[: len(pin)] for length in range(1, len(pin) // 2 + 1))


def derive(secret: str, salt: bytes, cost: Cost, length: int) -> bytes:
    """scrypt of a PIN or passphrase at a cost; takes as long and as much memory as that says."""
    return hashlib.scrypt(
        secret.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=1 << cost.log_n,
        r=cost.r,
        p=cost.p,
        maxmem=cost.memory + (1 << 20),  # OpenSSL refuses at its own 32 MiB otherwise
        dklen=length,
    )


def _read(verifier: str) -> tuple[Cost, bytes, bytes] | None:
    name, *rest = verifier.split("$")
    if name != "scrypt" or len(rest) != 5 or not all(text.isascii() and text.isdigit() for text in rest[:3]):
        return None
    if max(map(len, rest)) > 128:
        return None
    cost = Cost(*(int(text) for text in rest[:3]))
    try:
        salt, key = bytes.fromhex(rest[3]), bytes.fromhex(rest[4])
    except ValueError:
        return None
    return (cost, salt, key) if cost.bearable and len(salt) >= 8 and len(key) >= 16 else None
