"""Hand the events out so that anybody can check them without the ledger: JSON Lines or CSV, chained and signed.

An export is one unbroken stretch of the chain: from the first event of the first day asked for to the last event
of the last day, with all that lies between, even where a clock was wrong. It reads one snapshot, beside the writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from ledger.connection import blamed, connect_reader
from ledger.errors import LedgerDamaged
from ledger.exportform import FORMAT, Entry, Form, header_digest, sealed_bytes
from ledger.link import GENESIS
from ledger.signing import SigningKey, fingerprint
from ledger.stages import Progress, silent
from ledger.store import FILE, Store

EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    events: int
    first_seq: int
    """0 when it holds nothing."""
    last_seq: int
    head: str
    """Hash of the last event, 64 hex digits."""
    key: str
    """Fingerprint of the key that signed."""
    first: date | None
    last: date | None
    scans: int
    """Raw scans kept so far; they are not exported, but the ledger's own event holds them fast."""
    last_scan: str
    """Hash of the last of them, 64 hex digits."""

    def detail(self) -> dict[str, str]:
        """What the ledger's own event says of it."""
        return {
            "events": str(self.events),
            "first_seq": str(self.first_seq),
            "last_seq": str(self.last_seq),
            "head": self.head,
            "key": self.key,
            "scans": str(self.scans),
            "last_scan": self.last_scan,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write to, and the form to write in."""

    file: BinaryIO
    form: Form
    when_empty: bool = True
    """False to write nothing at all, not even the seal, when there is no event."""


def export(
    home: Path,
    key: SigningKey,
    targets: Sequence[Target],
    made_at: str,
    first: date | None = None,
    last: date | None = None,
    progress: Progress = silent,
) -> Exported:
    """Write the events of these local days, both included, to every target; nobody is overwritten or closed.

    Raises what opening a reader raises, LedgerDamaged where the ledger cannot be read to its end, and OSError.
    """
    connection = connect_reader(home / FILE)
    with closing(connection), blamed():
        connection.execute("BEGIN")
        store = Store(connection)
        low, high = _stretch(connection, first, last)
        previous = (store.hash_at(_before(connection, low)) or GENESIS) if low else GENESIS
        header: dict[str, Any] = {
            "format": FORMAT,
            "ledger_id": store.ledger_id,
            "device_id": store.device_id,
            "made_at": made_at,
            "from": first.isoformat() if first else None,
            "to": last.isoformat() if last else None,
            "first_seq": low,
            "previous": previous.hex(),
            "key": key.public.hex(),
        }
        writer = _Sealer(targets, header, key)
        rows = connection.execute(
            "SELECT seq, event_id, body, hash FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq", (low, high)
        )
        count, head = 0, previous
        for seq, event_id, body, digest in rows:
            try:
                text = body.decode("utf-8")
            except (UnicodeDecodeError, AttributeError):
                raise LedgerDamaged("audit_unreadable", seq=str(seq)) from None
            writer.write(Entry(event_id, seq, digest.hex(), head.hex(), text))
            head = digest
            count += 1
            if count % EVERY == 0:
                progress("exporting", seq - low, high - low)
        writer.seal(count, high, head)
        scans, last_scan = _scans(connection)
        return Exported(
            count, low, high, head.hex(), fingerprint(key.public), first, last, scans, last_scan.hex()
        )


class _Sealer:
    """Writes entries, the first with the header and the last with the seal; so the latest one is held back."""

    def __init__(self, targets: Sequence[Target], header: dict[str, Any], key: SigningKey) -> None:
        self._targets = targets
        self._header: dict[str, Any] | None = header
        self._digest = header_digest(header)
        self._key = key
        self._held: Entry | None = None
        for target in targets:
            if target.when_empty or header["first_seq"]:
                target.file.write(target.form.start)

    def write(self, entry: Entry) -> None:
        if self._held is not None:
            self._put(self._held)
        self._held = entry

    def seal(self, count: int, last_seq: int, head: bytes) -> None:
        seal: dict[str, Any] = {
            "events": count,
            "last_seq": last_seq,
            "head": head.hex(),
            "header": self._digest,
            "key": self._key.public.hex(),
        }
        seal["signature"] = self._key.sign(sealed_bytes(seal)).hex()
        self._put(self._held or Entry(), seal)

    def _put(self, entry: Entry, seal: dict[str, Any] | None = None) -> None:
        header, self._header = self._header, None
        whole = Entry(
            entry.event_id, entry.seq, entry.hash, entry.previous, entry.body, header, seal or entry.seal
        )
        for target in self._targets:
            if target.when_empty or entry.body is not None:
                target.file.write(target.form.encode(whole))


def _stretch(connection: sqlite3.Connection, first: date | None, last: date | None) -> tuple[int, int]:
    """First and last number of the days asked for; zeros when no event is of these days."""
    low, high = (
        first.isoformat() if first else "0000-00-00",
        last.isoformat() if last else "9999-99-99",
    )
    row = connection.execute(
        "SELECT min(seq), max(seq) FROM event WHERE substr(at, 1, 10) BETWEEN ? AND ?", (low, high)
    ).fetchone()
    return (row[0], row[1]) if row[0] is not None else (0, 0)


def _scans(connection: sqlite3.Connection) -> tuple[int, bytes]:
    row = connection.execute("SELECT scan_id, hash FROM raw_scan ORDER BY scan_id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, GENESIS)


def _before(connection: sqlite3.Connection, seq: int) -> int:
    """The number before, which is not one less where a restore has lost numbers."""
    found: int = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM event WHERE seq < ?", (seq,)
    ).fetchone()[0]
    return found
