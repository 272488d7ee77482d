"""The ledger's schema: migrations of its tables, and the guard that refuses a file not ours or too new.

sqlite-utils runs the migrations and is imported only when one is due, because importing it costs more than
opening the ledger. `user_version` holds the number of the last migration that ran.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from ledger.booktables import TOLD
from ledger.errors import LedgerForeign, LedgerNewer
from ledger.tables import OWN

APPLICATION_ID = 0x54724473
"""The bytes "TrDs" in the file header; `file` and SQLite's own tools show them."""

VERSION = 1
"""The newest schema this program knows."""

_APPEND_ONLY = ("event", "raw_scan", "reading", "anchor")


def _first(connection: sqlite3.Connection) -> None:
    for statement in (OWN + TOLD).split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


_MIGRATIONS: tuple[tuple[str, Callable[[sqlite3.Connection], None]], ...] = (("0001_first", _first),)


def scratch() -> sqlite3.Connection:
    """An empty ledger in a temporary file that nobody else sees, to fold events into once more."""
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode=OFF").fetchall()
    connection.execute("PRAGMA cache_size=-64000")
    connection.execute("BEGIN")
    _first(connection)
    return connection


def strange(connection: sqlite3.Connection) -> str:
    """Name of what is not as this program made it: ours that is gone or different, or a trigger of somebody else's.

    Empty where nothing is. Rules stand in the file itself, so one more trigger could do whatever it likes.
    """
    query = (
        "SELECT type, name, tbl_name, sql FROM sqlite_schema"
        " WHERE name NOT GLOB 'sqlite_*' ORDER BY type DESC, name"
    )
    found = connection.execute(query).fetchall()
    with closing(scratch()) as fresh:
        ours = fresh.execute(query).fetchall()
    lost = set(ours) - set(found)
    added = {row for row in found if row[0] == "trigger"} - set(ours)
    return next((str(row[1]) for row in (*ours, *found) if row in lost or row in added), "")


def guard(connection: sqlite3.Connection) -> int:
    """Return the file's schema version; raise LedgerForeign or LedgerNewer where it is not for this program."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        raise LedgerForeign("ledger_foreign", file=str(file))
    if version > VERSION:
        raise LedgerNewer("ledger_newer", found=str(version), known=str(VERSION))
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, each migration in one transaction with its record."""
    if guard(connection) == VERSION:
        return
    from sqlite_utils import Database, Migrations

    # First of all, so that a file whose making was cut short is known for ours.
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrations = Migrations("tracedesk")
    for name, step in _MIGRATIONS:

        def run(db: Database, step: Callable[[sqlite3.Connection], None] = step) -> None:
            step(db.conn)

        migrations(name=name)(run)
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version={VERSION}")
