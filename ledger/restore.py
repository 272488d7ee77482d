"""Put a backup in the ledger's place without forking history: nothing is deleted, and the ledger goes on under a
new id that names the old head.

The steps are such that a crash between any two leaves either the old ledger, or the restored one that will resume
by itself when it is opened (ledger/identity.py), or none and a mark that says so: then restore again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from ledger import headmark
from ledger.backup import copy, draft_of, prove
from ledger.clock import Clock
from ledger.connection import connect_reader
from ledger.errors import LedgerDamaged, LedgerForeign, TraceDeskError, UserError
from ledger.files import flush_folder
from ledger.headmark import Mark
from ledger.identity import RESTORED, Resumed, marked, settle
from ledger.lock import HomeLock
from ledger.stages import Progress, silent
from ledger.store import FILE, Store, open_store

_FILES = (FILE, f"{FILE}-wal", f"{FILE}-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup stands in the ledger's place."""

    resumed: Resumed
    set_aside: Path | None
    """Folder with the ledger that stood there before; None where there was none."""


def restore(
    home: Path, source: Path, clock: Clock, operator: str = "", progress: Progress = silent
) -> Restored:
    """Restore a backup into a home folder that no other program writes to.

    Raises LedgerLocked, UserError where the backup is of another ledger than the folder's, LedgerDamaged where it
    is not whole, and what opening it raises.
    """
    if not source.is_file():
        raise UserError("file_unreadable", file=str(source), why=os.strerror(2))
    lock = HomeLock(home)
    try:
        with draft_of(home / f"{FILE}.restored") as draft:
            with closing(_opened(source)) as connection:
                copy(connection, draft, progress)
            if not prove(draft, progress)[0].events:
                raise UserError("backup_empty", file=str(source))
            present = _present(home)
            _refuse_another(home, draft)
            _remember(draft, present)
            aside = _set_aside(home, clock)
            draft.replace(home / FILE)
            flush_folder(home)
        return Restored(_go_on(home, clock, operator), aside)
    finally:
        lock.release()


def _opened(source: Path) -> sqlite3.Connection:
    """The backup; what is said of a foreign file in the ledger's place would be wrong advice about this one."""
    try:
        return connect_reader(source)
    except LedgerForeign:
        raise UserError("backup_foreign", file=str(source)) from None


def _present(home: Path) -> Mark | None:
    """The head of the ledger that stands in the folder, or what is noted of it."""
    mark = headmark.read(home)
    with suppress(TraceDeskError, sqlite3.Error), closing(connect_reader(home / FILE)) as connection:
        store = Store(connection)
        own = Mark(store.ledger_id, store.head.seq, store.head.hash)
        return own if mark is None or mark.seq <= own.seq else mark
    return mark


def _refuse_another(home: Path, draft: Path) -> None:
    """A backup belongs to the ledger in the folder when both begin with the same event."""
    if not (home / FILE).is_file():
        return
    try:
        with closing(connect_reader(home / FILE)) as connection:
            here = Store(connection).hash_at(1)
    except (LedgerForeign, LedgerDamaged, sqlite3.Error):
        return  # there is none, or none that can be read: that is what a backup is for
    with closing(connect_reader(draft)) as connection:
        there = Store(connection).hash_at(1)
    if here is not None and here != there:
        raise UserError("backup_of_another", folder=str(home))


def _remember(draft: Path, present: Mark | None) -> None:
    """Write into the copy what it replaces, so that it resumes whoever opens it first."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        store = Store(connection)
        own = Mark(store.ledger_id, store.head.seq, store.head.hash)
        known = present if present and present.seq > own.seq else own
        connection.execute("PRAGMA synchronous=FULL")
        with store.transaction():
            store.note(RESTORED, marked(known))


def _set_aside(home: Path, clock: Clock) -> Path | None:
    """Move the ledger that stands there into a folder of its own; its log first, for without it the file is whole."""
    present = [home / name for name in _FILES if (home / name).exists()]
    if not present:
        return None
    name = f"replaced-{clock.now().at:%Y%m%dT%H%M%S}"
    aside = home / name
    for number in range(1, 100):
        if not aside.exists():
            break
        aside = home / f"{name}-{number}"
    aside.mkdir(mode=0o700)
    # Closing the last connection empties the log into the file.
    with suppress(sqlite3.Error), closing(sqlite3.connect(home / FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for path in present:
        with suppress(FileNotFoundError):
            path.replace(aside / path.name)
    flush_folder(aside)
    return aside


def _go_on(home: Path, clock: Clock, operator: str) -> Resumed:
    store = open_store(home)
    try:
        with store.transaction():
            resumed = settle(store, home, clock, operator)
        store.checkpoint()
    finally:
        store.close()
    assert resumed is not None
    return resumed
