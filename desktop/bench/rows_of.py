"""The rows that one capture wrote, and a bare database to write the same rows into."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from ledger.store import FILE

Written = list[tuple[str, tuple[object, ...]]]
_ADD_UP = (
    "INSERT INTO progress_sum VALUES (?, ?, ?, 'receive', 1, 1, 0, 0)"
    " ON CONFLICT DO UPDATE SET shown = shown + 1, packs = packs + 1"
)


def open_bare(path: Path) -> sqlite3.Connection:
    """A connection as durable as the ledger's own, with nothing of the ledger around it."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=0",
        "foreign_keys=ON",
        "cache_size=-8000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def mirror_of(home: Path) -> sqlite3.Connection:
    """A reader of the ledger, to see what was written."""
    return sqlite3.connect(f"{(home / FILE).as_uri()}?mode=ro", uri=True)


def written_by(mirror: sqlite3.Connection, seq: int) -> Written:
    """Every row of one capture as (INSERT statement, values), in an order that foreign keys allow."""
    packs = [row[0] for row in mirror.execute("SELECT pack_id FROM pack_event WHERE seq = ?", (seq,))]
    scan = mirror.execute("SELECT max(scan_id) FROM raw_scan").fetchone()[0]
    found = _found(mirror, "event", "seq", [seq])
    found += _found(mirror, "pack", "pack_id", packs)
    keys = [
        row[0] for pack in packs for row in mirror.execute("SELECT key FROM pack WHERE pack_id = ?", (pack,))
    ]
    found += _found(mirror, "pack_code", "key", keys)
    ids = [row[0] for row in mirror.execute("SELECT event_id FROM event WHERE seq = ?", (seq,))]
    found += _found(mirror, "pack_event", "seq", [seq]) + _found(mirror, "outbox", "event_id", ids)
    found += _found(mirror, "raw_scan", "scan_id", [scan]) + _found(mirror, "progress", "seq", [seq])
    sums = {(row[1][0], row[1][5], row[1][6]) for row in found if "progress " in row[0]}
    return found + [(_ADD_UP, (number, product, lot)) for number, product, lot in sorted(sums, key=repr)]


def document_rows(mirror: sqlite3.Connection, number: str) -> Written:
    """The rows of a document and its lines."""
    keys = [row[0] for row in mirror.execute("SELECT document_id FROM document WHERE number = ?", (number,))]
    return [
        row for table in ("document", "document_line") for row in _found(mirror, table, "document_id", keys)
    ]


def insert(connection: sqlite3.Connection, written: Written) -> float:
    """Insert the rows in one durable transaction; the seconds that it took."""
    started = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for statement, values in written:
        connection.execute(statement, values)
    connection.execute("COMMIT")
    return time.perf_counter() - started


def _found(mirror: sqlite3.Connection, table: str, column: str, keys: Sequence[int | str]) -> Written:
    found: Written = []
    for key in keys:
        for values in mirror.execute(f"SELECT * FROM {table} WHERE {column} = ?", (key,)):  # noqa: S608
            marks = ", ".join("?" * len(values))
            found.append((f"INSERT INTO {table} VALUES ({marks})", values))  # noqa: S608
    return found
