"""A small file beside the ledger that says how far the ledger has come: `ledger.head`.

It is written when the ledger is idle and when it is closed, never per scan; so it may lag, but it is never ahead
of what is durable. A ledger that stands behind it has been set back.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from ledger.files import flush_folder, write_whole

FILE = "ledger.head"
log = logging.getLogger("tracedesk.ledger")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a ledger has come."""

    ledger_id: str
    seq: int
    hash: bytes
    installation: str = ""
    """Where it was (ledger/identity.py)."""


def read(home: Path) -> Mark | None:
    """The mark of a home folder; None where there is none, or none that can be read."""
    try:
        raw = json.loads((home / FILE).read_bytes())
        mark = Mark(raw["ledger_id"], raw["seq"], bytes.fromhex(raw["hash"]), raw["installation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return mark if raw.get("check") == _check(mark) else None


def write(home: Path, mark: Mark) -> None:
    """Put the mark in the place of the one before, in one piece.

    It is a help, not a record: where it cannot be written the work goes on, and the log says so.
    """
    path = home / FILE
    fields = {
        "ledger_id": mark.ledger_id,
        "installation": mark.installation,
        "seq": mark.seq,
        "hash": mark.hash.hex(),
        "check": _check(mark),
    }
    try:
        first = not path.exists()
        write_whole(path, json.dumps(fields).encode() + b"\n")
        if first:
            # A rename that a power cut undoes leaves an older mark, which does no harm; no mark at all would.
            flush_folder(home)
    except OSError as error:
        log.warning("cannot note the head of the ledger: %s", error)


def _check(mark: Mark) -> str:
    """Tells a torn file from a whole one; no protection against a forger."""
    words = f"{mark.ledger_id} {mark.installation} {mark.seq} {mark.hash.hex()}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]
