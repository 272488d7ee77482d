"""The backups that lie in a folder, and what restoring one of them would mean for the ledger that stands here."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger import headmark
from ledger.backup import prove
from ledger.connection import connect_reader
from ledger.errors import LedgerNewer, TraceDeskError
from ledger.stages import Progress, silent
from ledger.store import FILE, Store, exists

MOST = 14
"""So many of a folder are told, the latest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that may be a backup, as far as a look at it tells."""

    file: Path
    made: datetime
    """When the file was written, in UTC."""
    size: int
    """In bytes."""
    events: int = 0
    seq: int = 0
    """Number of its last event."""
    last: str = ""
    """ISO time of its last event."""
    ledger_id: str = ""
    ours: bool = False
    """It begins with the same event as the ledger here, or there is none here."""
    fault: str = ""
    """Code word of why it is none; empty where it can be opened."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What restoring a backup would mean. Counted from the ledger that stands here, where there is one to be read."""

    kept: Kept
    proved: int
    """Events of the backup that were proved, one by one: all of them."""
    after: int = 0
    """Records here that the backup does not have."""
    delivered: int = 0
    """Those of them that the platform has, and gives back when it is asked."""
    alone: int = 0
    """Those of them about packs that are on this machine alone: they would have to be recorded again."""
    sealed: int = 0
    """Patients in the backup; their keys are not in it."""
    counted: bool = True
    """False where the ledger here cannot be read, so that nobody can count."""
    noted: int = 0
    """The number that a ledger which cannot be read is known to have come to; 0 where nobody knows."""


def kept_in(home: Path, folder: Path, most: int = MOST) -> tuple[Kept, ...]:
    """The latest files of a folder that look like backups, each opened; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = [one for one in entries if one.name.endswith(".sqlite3") and one.is_file()]
        dated = sorted(((one.stat().st_mtime, one.path) for one in found), reverse=True)[:most]
    except OSError:
        return ()
    return tuple(look_at(home, Path(path)) for _, path in dated)


def look_at(home: Path, file: Path) -> Kept:
    """One file; its `fault` says why it is no backup."""
    try:
        seen = file.stat()
    except OSError:
        return Kept(file, datetime.fromtimestamp(0, UTC), 0, fault="backup_gone")
    bare = Kept(file, datetime.fromtimestamp(seen.st_mtime, UTC), seen.st_size)
    try:
        with closing(connect_reader(file)) as connection:
            store = Store(connection)
            events: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
            last = connection.execute("SELECT at FROM event ORDER BY seq DESC LIMIT 1").fetchone()
            first = store.hash_at(1)
            ledger_id, seq = store.ledger_id, store.head.seq
    except LedgerNewer:
        return Kept(file, bare.made, bare.size, fault="backup_newer")
    except (TraceDeskError, sqlite3.Error, OSError):
        return Kept(file, bare.made, bare.size, fault="backup_unreadable")
    ours = _first_here(home) in (None, first)
    fault = "" if events else "backup_without_events"
    return Kept(file, bare.made, bare.size, events, seq, last[0] if last else "", ledger_id, ours, fault)


def outlook(home: Path, kept: Kept, progress: Progress = silent) -> Outlook:
    """Prove a backup, event by event, and count what is here and not there. LedgerDamaged where it is not whole."""
    finding, _ = prove(kept.file, progress)
    with closing(connect_reader(kept.file)) as connection:
        there = Store(connection)
        sealed: int = connection.execute("SELECT count(*) FROM patient").fetchone()[0]
        mark = headmark.read(home)
        noted = mark.seq if mark else 0
        if not exists(home):
            return Outlook(kept, finding.events, sealed=sealed, counted=not noted, noted=noted)
        with suppress(TraceDeskError, sqlite3.Error), closing(connect_reader(home / FILE)) as own:
            here = Store(own)
            if here.head.seq or not noted:  # an empty one stands where another has vanished
                return Outlook(kept, finding.events, *_counts(own, _common(there, here)), sealed)
        return Outlook(kept, finding.events, sealed=sealed, counted=False, noted=noted)


def _first_here(home: Path) -> bytes | None:
    try:
        with closing(connect_reader(home / FILE)) as connection:
            return Store(connection).hash_at(1)
    except (TraceDeskError, sqlite3.Error):
        return None


def _common(there: Store, here: Store) -> int:
    """The last number up to which both tell the same; chains that part never meet again."""
    low, high = 0, min(there.head.seq, here.head.seq)
    while low < high:
        middle = (low + high + 1) // 2
        if _same(there, here, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _same(there: Store, here: Store, upto: int) -> bool:
    sql = "SELECT seq, hash FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1"
    one, other = (store.connection.execute(sql, (upto,)).fetchone() for store in (there, here))
    return bool(one == other)


def _counts(own: sqlite3.Connection, common: int) -> tuple[int, int, int]:
    after: int = own.execute("SELECT count(*) FROM event WHERE seq > ?", (common,)).fetchone()[0]
    states = dict(
        own.execute(
            "SELECT state = 'accepted', count(DISTINCT seq) FROM outbox WHERE seq > ? GROUP BY 1", (common,)
        ).fetchall()
    )
    return after, states.get(1, 0), states.get(0, 0)
