"""Proof: the chain holds, no number is missing, and stock, outbox and scans are what the events say.

Reads only; runs beside the writer on a connection of its own. Memory stays the same however long the ledger is.
Every finding names the first place where something does not hold, so that an administrator can look there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import headmark
from ledger.auditstages import (
    Walk,
    damage_of,
    identity_faults,
    outbox_faults,
    outside_faults,
    scan_faults,
    schema_faults,
)
from ledger.chain import Fault, Gap
from ledger.comparison import Comparison
from ledger.connection import connect_reader
from ledger.errors import DiskFull, LedgerDamaged, LedgerForeign
from ledger.link import GENESIS
from ledger.stages import Cancelled, Progress, silent
from ledger.store import FILE, Store


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit says."""

    events: int
    """How many events hold, counted to the first that does not."""
    chain_ok: bool
    projection_ok: bool
    head: str
    """64 hex digits; zeros for an empty ledger."""
    broken_at: int | None = None
    """First sequence number at which the chain or the events do not hold."""
    faults: tuple[Fault, ...] = ()
    """The first fault of each kind; none for a whole ledger."""
    gaps: tuple[Gap, ...] = ()
    """Numbers lost before a restore, each told by the event after it."""
    anchors: int = 0
    """Places of the chain that somebody outside has confirmed."""
    doubtful: int = 0
    """Events recorded while the computer's clock could not be trusted."""

    @property
    def whole(self) -> bool:
        """True when nothing at all was found."""
        return not self.faults


def audit(home: Path, progress: Progress = silent) -> Finding:
    """Check the whole ledger of a home folder, its file included; an absent one is empty and whole."""
    mark = headmark.read(home)  # before the snapshot is taken, so that a writer at work is never ahead of it
    if not (home / FILE).is_file():
        return _nothing("audit_ledger_gone", mark.seq) if mark and mark.seq else _nothing()
    try:
        return audit_file(home / FILE, mark, progress)
    except LedgerForeign as error:
        if error.code == "ledger_empty":
            return _nothing()
        raise


def audit_file(path: Path, mark: headmark.Mark | None = None, progress: Progress = silent) -> Finding:
    """Check a ledger file, such as a backup; `mark` is how far it is known to have come."""
    connection = connect_reader(path)
    with closing(connection), _stoppable(connection, progress):
        try:
            connection.execute("BEGIN")  # one snapshot for all that follows
            damage = _file_fault(connection)
            return check(Store(connection), progress, mark, damage)
        except (sqlite3.DatabaseError, LedgerDamaged, DiskFull) as error:
            fault = Fault("audit_file", params=(("why", damage_of(error)),))
            return Finding(0, False, False, GENESIS.hex(), 1, (fault,))


def check(
    store: Store,
    progress: Progress = silent,
    mark: headmark.Mark | None = None,
    damage: Fault | None = None,
) -> Finding:
    """Check a ledger that is open, all but its file."""
    with closing(Comparison(store)) as comparison:
        walk = Walk(store, comparison, progress)
        unproved = walk.chain()
        chain = [
            *([unproved] if unproved else identity_faults(store, walk)),
            *_readable(outside_faults(store, mark)),
        ]
        stock = [] if unproved else _readable(walk.stock())
        damaged = [damage] if damage else []
        others = [
            *damaged,
            *_readable(schema_faults(store)),
            *_readable(outbox_faults(store, progress)),
            *_readable(scan_faults(store, progress)),
        ]
    first: dict[str, Fault] = {}
    for fault in (*chain, *stock, *others):
        first.setdefault(fault.code, fault)
    return Finding(
        events=walk.events,
        chain_ok=not chain,
        projection_ok=not unproved and not stock,
        head=store.head.hash.hex(),
        broken_at=min((fault.seq for fault in (*chain, *stock) if fault.seq is not None), default=None),
        faults=tuple(first.values()),
        gaps=tuple(walk.link.gaps),
        anchors=0 if unproved else store.anchors(),
        doubtful=walk.doubtful,
    )


def _readable(faults: Iterator[Fault]) -> list[Fault]:
    """What a stage finds; a page that cannot be read ends the stage and is found too."""
    found: list[Fault] = []
    try:
        found.extend(faults)
    except (sqlite3.DatabaseError, LedgerDamaged) as error:
        found.append(Fault("audit_file", params=(("why", damage_of(error)),)))
    return found


def _file_fault(connection: sqlite3.Connection) -> Fault | None:
    """What SQLite finds wrong with the file's pages and indexes."""
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return None if said == "ok" else Fault("audit_file", params=(("why", str(said)),))


@contextmanager
def _stoppable(connection: sqlite3.Connection, progress: Progress) -> Iterator[None]:
    """Let a Cancelled of the watcher end a long query too."""
    stopped: list[Cancelled] = []

    def look() -> int:
        try:
            progress("audit_reading", 0, 0)
        except Cancelled as stop:
            stopped.append(stop)
        return len(stopped)

    connection.set_progress_handler(look, 200_000)
    try:
        yield
    except sqlite3.OperationalError:
        if stopped:
            raise stopped[0] from None
        raise


def _nothing(code: str | None = None, seq: int = 0) -> Finding:
    faults = (Fault(code, 1, (("known", str(seq)),)),) if code else ()
    return Finding(0, not code, not code, GENESIS.hex(), 1 if code else None, faults)
