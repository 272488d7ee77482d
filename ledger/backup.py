"""Copy the ledger beside a writer at work, and name the copy a backup only when it has been opened and proved.

The copy is one file of one moment. It is written under another name, flushed, audited whole, and then named in
one step; so whatever bears a backup's name is a backup.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.audit import Finding, audit_file
from ledger.connection import blamed, connect_reader
from ledger.errors import DiskFull, EnvironmentFault, LedgerDamaged, UserError
from ledger.files import flush_folder, name_once
from ledger.stages import Progress, silent
from ledger.store import FILE, Store

PAGES = 2_560
"""Pages copied between two looks at whether to go on: 10 MiB."""

_NIGHTLY = re.compile(r"tracedesk-[0-9a-f]{8}-[0-9]{4}-[0-9]{2}-[0-9]{2}\.sqlite3")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was opened and proved."""

    file: Path
    ledger_id: str
    events: int
    head: str
    """Hash of its last event, 64 hex digits."""
    size: int
    """In bytes."""


def back_up(home: Path, dest: Path, progress: Progress = silent) -> Backup:
    """Copy the ledger of a home folder to a file that does not exist yet.

    Raises UserError where the file exists, LedgerDamaged where the ledger is not whole (no copy is left then), and
    what opening a reader raises.
    """
    if dest.exists():
        raise UserError("file_exists", file=str(dest))
    with closing(connect_reader(home / FILE)) as source, draft_of(dest) as draft:
        copy(source, draft, progress)
        finding, ledger_id = prove(draft, progress)
        try:
            name_once(draft, dest)
        except FileExistsError:
            raise UserError("file_exists", file=str(dest)) from None
        flush_folder(dest.parent)
        return Backup(dest, ledger_id, finding.events, finding.head, dest.stat().st_size)


def nightly(home: Path, folder: Path, keep: int, today: date, progress: Progress = silent) -> Backup | None:
    """Make today's backup in a folder unless it is there, and keep the latest `keep` of this ledger.

    None when today's is there. Older ones go only after the new one is proved. Raises as `back_up`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(connect_reader(home / FILE)) as source:
        name = f"tracedesk-{Store(source).ledger_id[:8]}"
    dest = folder / f"{name}-{today.isoformat()}.sqlite3"
    if dest.exists():
        return None
    made = back_up(home, dest, progress)
    ours = sorted(
        path for path in folder.iterdir() if _NIGHTLY.fullmatch(path.name) and path.name.startswith(name)
    )
    for old in ours[: -max(keep, 1)]:
        if old != dest:  # a clock that went back has made the new one the oldest by name
            old.unlink()
    return made


@contextmanager
def draft_of(dest: Path) -> Iterator[Path]:
    """An empty file beside `dest` for the owner alone, gone afterwards whatever happens."""
    draft = dest.with_name(f".{dest.name}.part")
    try:
        dest.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise EnvironmentFault("file_unwritable", file=str(dest), why=os.strerror(error.errno or 0)) from None
    try:
        yield draft
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def copy(source: sqlite3.Connection, draft: Path, progress: Progress) -> None:
    """Copy one snapshot of a ledger into an empty file, flushed, without a write-ahead log beside it."""
    with _no_room(draft), blamed():
        source.execute("BEGIN")  # one snapshot, however long the copy takes
        source.execute("SELECT 1 FROM sqlite_schema").fetchone()
        with closing(sqlite3.connect(draft, isolation_level=None)) as target:
            try:
                source.backup(
                    target,
                    pages=PAGES,
                    progress=lambda _, left, total: progress("copying", total - left, total),
                )
            finally:
                source.execute("ROLLBACK")
            # One file is what people carry away.
            target.execute("PRAGMA journal_mode=DELETE").fetchall()
    with _no_room(draft), draft.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _no_room(draft: Path) -> Iterator[None]:
    try:
        yield
    except (DiskFull, OSError) as error:
        raise DiskFull("backup_no_room", folder=str(draft.parent)) from error


def prove(file: Path, progress: Progress = silent) -> tuple[Finding, str]:
    """Audit a copy; its finding and ledger id. Raises LedgerDamaged where anything does not hold."""
    finding = audit_file(file, progress=progress)
    if not finding.whole:
        fault = finding.faults[0]
        raise LedgerDamaged("backup_not_whole", fault=fault.code, at=str(fault.seq or "-"))
    with closing(connect_reader(file)) as connection:
        return finding, Store(connection).ledger_id
