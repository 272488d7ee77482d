"""What the sandbox platform keeps beside events: reference data, the heads of ledgers, devices, serial numbers."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS item (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT,
    UNIQUE (kind, name)
) STRICT;
CREATE INDEX IF NOT EXISTS item_kind ON item (kind, number);
CREATE TABLE IF NOT EXISTS ledger (
    ledger TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    resumes TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS device (
    device TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    token TEXT NOT NULL,
    state TEXT NOT NULL,
    replaces TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS code (
    code TEXT PRIMARY KEY,
    replaces TEXT NOT NULL,
    used INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS serial (
    epc TEXT PRIMARY KEY,
    state TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One item or tombstone of a kind."""

    number: int
    name: str
    item: dict[str, Any] | None


class Shelf:
    """Used in the server's thread only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(_TABLES)

    def put(self, kind: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Add or replace items; each has an `id`. One that is the same already does not move."""
        for item in items:
            name, body = str(item["id"]), json.dumps(dict(item), ensure_ascii=False, sort_keys=True)
            held = self._connection.execute(
                "SELECT body FROM item WHERE kind = ? AND name = ?", (kind, name)
            ).fetchone()
            if held is None or held[0] != body:
                self._move(kind, name, body)

    def take_back(self, kind: str, names: Iterable[str]) -> None:
        """Leave a tombstone for each of these items."""
        for name in names:
            self._move(kind, name, None)

    def since(self, kind: str, number: int, limit: int) -> list[Shelved]:
        """Items and tombstones above a number, oldest first."""
        rows = self._connection.execute(
            "SELECT number, name, body FROM item WHERE kind = ? AND number > ? ORDER BY number LIMIT ?",
            (kind, number, limit),
        )
        return [Shelved(number, name, json.loads(body) if body else None) for number, name, body in rows]

    def last(self, kind: str) -> int:
        """The highest number of a kind, 0 where it has nothing."""
        found: int = self._connection.execute(
            "SELECT coalesce(max(number), 0) FROM item WHERE kind = ?", (kind,)
        ).fetchone()[0]
        return found

    def last_event(self) -> int:
        """How far the events have come."""
        found: int = self._connection.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]
        return found

    def head_of(self, ledger: str) -> tuple[int, str] | None:
        """The highest number and hash known of a ledger."""
        row = self._connection.execute("SELECT seq, hash FROM ledger WHERE ledger = ?", (ledger,)).fetchone()
        return (row[0], row[1]) if row else None

    def remember_head(self, ledger: str, device: str, seq: int, digest: str, resumes: str) -> None:
        """Remember how far a ledger has come."""
        self._connection.execute(
            "INSERT INTO ledger VALUES (?, ?, ?, ?, ?) ON CONFLICT (ledger) DO UPDATE SET"
            " device = excluded.device, seq = excluded.seq, hash = excluded.hash",
            (ledger, device, seq, digest, resumes),
        )

    def issue_code(self, replaces: str = "") -> str:
        """A one-time code for a device, or for the successor of one."""
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
        self._connection.execute("INSERT INTO code VALUES (?, ?, 0)", (code, replaces))
        return code

    def enrol(self, code: str, device: str, name: str, public_key: str) -> str | None:
        """Trade a code for a token, once; None where the code will not do."""
        row = self._connection.execute("SELECT replaces, used FROM code WHERE code = ?", (code,)).fetchone()
        if row is None or row[1]:
            return None
        token = secrets.token_urlsafe(32)
        self._connection.execute("UPDATE code SET used = 1 WHERE code = ?", (code,))
        self._connection.execute(
            "INSERT OR REPLACE INTO device VALUES (?, ?, ?, ?, 'active', ?)",
            (device, name, public_key, token, row[0]),
        )
        return token

    def retire(self, device: str) -> None:
        """Put a device out of service."""
        self._connection.execute(
            "INSERT INTO device VALUES (?, '', '', '', 'retired', '') ON CONFLICT (device) DO UPDATE SET"
            " state = 'retired', token = ''",
            (device,),
        )

    def state_of(self, device: str) -> str:
        """`active`, `retired`, or empty for a device that never enrolled."""
        row = self._connection.execute("SELECT state FROM device WHERE device = ?", (device,)).fetchone()
        return row[0] if row else ""

    def knows_token(self, token: str) -> bool:
        """True for the token of a device in service."""
        row = self._connection.execute(
            "SELECT 1 FROM device WHERE token = ? AND state = 'active' AND token <> ''", (token,)
        ).fetchone()
        return row is not None

    def register(self, serials: Mapping[str, str]) -> None:
        """Take serial numbers that makers have told of: URI -> `active`, `cancelled`, `stolen` …"""
        self._connection.executemany("INSERT OR REPLACE INTO serial VALUES (?, ?)", serials.items())

    def serial(self, epc: str) -> str | None:
        """What is registered of a serial number."""
        row = self._connection.execute("SELECT state FROM serial WHERE epc = ?", (epc,)).fetchone()
        return row[0] if row else None

    def _move(self, kind: str, name: str, body: str | None) -> None:
        self._connection.execute("DELETE FROM item WHERE kind = ? AND name = ?", (kind, name))
        self._connection.execute("INSERT INTO item (kind, name, body) VALUES (?, ?, ?)", (kind, name, body))


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
