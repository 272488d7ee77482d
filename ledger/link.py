"""How a record is chained to the one before it."""

from __future__ import annotations

import hashlib

GENESIS = bytes(32)
"""What stands in place of the hash before the first event."""


def link(previous: bytes, body: bytes) -> bytes:
    """Hash that chains canonical bytes to the event before them."""
    return hashlib.sha256(previous + body).digest()
