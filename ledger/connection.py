"""Connections to a ledger file: one that writes durably, others that read; errors come out typed by blame."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Self

from ledger import schema
from ledger.errors import DiskFull, EnvironmentFault, LedgerDamaged, LedgerForeign

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "wal_autocheckpoint=0",  # the writer checkpoints when it is idle
    "recursive_triggers=ON",  # else INSERT OR REPLACE walks through the append-only triggers
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cache_size=-8000",  # 8 MB: twice as much made no capture quicker at a million events, and stayed in memory
    "temp_store=MEMORY",
)


FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file ends in: sqlite3 itself stumbles over the text of some of SQLite's own messages."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes, its schema up to date. Raises as `ledger.store.open_store`."""
    _refuse_foreign(path)
    unclean = _has_log(path)
    with blamed():
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        try:
            path.chmod(0o600)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
            if unclean and (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise LedgerDamaged("ledger_damaged", why=said)
            schema.migrate(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A bare connection that reads a ledger file, for audit, export and backup. Raises as open_reader."""
    _refuse_foreign(path)
    with blamed():
        try:
            return _reader(path, "mode=ro")
        except EnvironmentFault:
            # Beside a log that cannot be made, as on a read-only medium, the file alone is all there is.
            if not path.is_file() or _has_log(path):
                raise
            return _reader(path, "mode=ro&immutable=1")


def in_portions(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    """The rows of a long reading, many at a time, which is quicker than one by one."""
    while some := cursor.fetchmany(500):
        yield from some


@contextmanager
def blamed() -> Iterator[None]:
    """Turn sqlite3's errors about the machine into ours; faults of this program stay as they are."""
    try:
        yield
    except FAULTS as error:
        blame(error)


def blame(error: sqlite3.Error | UnicodeDecodeError) -> NoReturn:
    """Raise one of FAULTS as ours where it is about the machine, as it is where it is about this program."""
    typed = _typed(error)
    raise typed from (None if typed is error else error)


def _typed(error: sqlite3.Error | UnicodeDecodeError) -> Exception:
    name = (getattr(error, "sqlite_errorname", "") or "").removeprefix("SQLITE_")
    if name.startswith("FULL"):
        return DiskFull("disk_full")
    undecoded = isinstance(error, UnicodeDecodeError) or "not decode to UTF-8" in str(error)
    if undecoded or name.startswith(("CORRUPT", "NOTADB")):
        return LedgerDamaged("ledger_damaged", why=str(error))
    if name.startswith(("IOERR", "CANTOPEN", "READONLY", "PERM", "BUSY", "LOCKED", "NOLFS")):
        return EnvironmentFault("ledger_unwritable", why=str(error))
    return error


class _BlamingCursor(sqlite3.Cursor):
    """Types SQLite's errors wherever they come out: a damaged page is met only when it is fetched."""

    def execute(self, sql: str, given: Any = (), /) -> Self:
        try:
            return super().execute(sql, given)
        except FAULTS as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY":
                raise  # a reader that writes is this program's own fault
            blame(error)

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except FAULTS as error:
            blame(error)

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except FAULTS as error:
            blame(error)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        try:
            return super().fetchmany(size)
        except FAULTS as error:
            blame(error)

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except FAULTS as error:
            blame(error)


class _Reader(sqlite3.Connection):
    """The connection of somebody who only reads, and for whom no transaction types the errors."""

    def execute(self, sql: str, given: Any = (), /) -> sqlite3.Cursor:
        return self.cursor(_BlamingCursor).execute(sql, given)


def _reader(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=5.0, factory=_Reader
    )
    try:
        if schema.guard(connection) == 0:
            raise LedgerForeign("ledger_empty", file=str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    """True when the last program that wrote did not end as it should, or has not ended."""
    log_file = path.with_name(f"{path.name}-wal")
    return log_file.exists() and log_file.stat().st_size > 0


def _refuse_foreign(path: Path) -> None:
    """A file that is no SQLite database is left alone, with a sentence instead of SQLite's words."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise EnvironmentFault(
            "ledger_unopenable", file=str(path), why=os.strerror(error.errno or 0)
        ) from None
    if start and start != b"SQLite format 3\0":
        raise LedgerForeign("ledger_foreign", file=str(path))
