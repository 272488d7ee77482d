"""Proof: the chain holds, no number is missing, and stock, outbox and scans are what the events say.

Reads only; runs beside the writer on a connection of its own. Memory stays the same however long the ledger is.
Every finding names the first place where something does not hold, so that an administrator can look there.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import headmark
from ledger.chain import Chain, Fault, Gap
from ledger.comparison import Comparison
from ledger.connection import connect_reader
from ledger.errors import DiskFull, LedgerDamaged, LedgerForeign
from ledger.event import ABOUT_PACKS, GENESIS, Event, EventKind, link
from ledger.identity import is_behind
from ledger.stages import Cancelled, Progress, silent
from ledger.store import FILE, Store

EVERY = 2_000
"""Progress is told once in so many rows."""


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
            fault = Fault("audit_file", params=(("why", _why(error)),))
            return Finding(0, False, False, GENESIS.hex(), 1, (fault,))


def check(
    store: Store,
    progress: Progress = silent,
    mark: headmark.Mark | None = None,
    damage: Fault | None = None,
) -> Finding:
    """Check a ledger that is open, all but its file."""
    with closing(Comparison(store)) as comparison:
        walk = _Walk(store, comparison, progress)
        unproved = walk.chain()
        chain = [*([unproved] if unproved else _identity(store, walk)), *_readable(_outside(store, mark))]
        stock = [] if unproved else _readable(walk.stock())
        damaged = [damage] if damage else []
        others = [*damaged, *_readable(_outbox(store, progress)), *_readable(_scans(store, progress))]
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
        found.append(Fault("audit_file", params=(("why", _why(error)),)))
    return found


class _Walk:
    """One pass over all events, in order."""

    def __init__(self, store: Store, comparison: Comparison, progress: Progress) -> None:
        self._store = store
        self._comparison = comparison
        self._progress = progress
        self.link = Chain()
        self.events = 0
        """How many events hold, counted to the first that does not."""
        self.doubtful = 0
        self._untold: Fault | None = None
        self._people: list[Event] = []

    def chain(self) -> Fault | None:
        """Follow the chain to its end, telling every event again; the first break, if there is one."""
        total = self._store.head.seq
        self._progress("audit_chain", 0, total)
        query = "SELECT seq, event_id, kind, at, body, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
        size = 500
        while True:
            try:
                some = self._store.connection.execute(query, (self.link.seq, size)).fetchall()
            except (sqlite3.DatabaseError, LedgerDamaged) as error:
                why = _why(error)
                if size == 1:
                    return Fault("audit_file", self.link.seq + 1, (("why", why),))
                size = 1  # look again, one by one, for the very place
                continue
            if not some:
                return None
            for seq, event_id, kind, at, body, digest in some:
                event = self.link.follow(seq, body, digest)
                if isinstance(event, Fault):
                    return event
                # Canonical bytes begin with the time, as it was written.
                began = body.startswith(b'{"at":"%b"' % str(at).encode())
                if not began or (event.event_id, event.kind) != (event_id, kind):
                    return Fault("audit_columns", seq)
                self._hear(event)
                if self.events % EVERY == 0:
                    self._progress("audit_chain", self.events, total)

    def stock(self) -> Iterator[Fault]:
        """Where the projection is not what the events say."""
        if self._untold is not None:
            yield self._untold
            return
        self._progress("audit_stock", 0, 0)
        found = self._comparison.difference()
        if found:
            yield Fault("audit_stock_differs", params=(("table", found[0]), ("key", found[1])))
        for person in self._store.people.disagreements(self._people)[:1]:
            yield Fault("audit_people", params=(("person", person),))

    def _hear(self, event: Event) -> None:
        self.events += 1
        self.doubtful += not event.moment.trusted
        if event.kind is EventKind.PERSON_CHANGED:
            self._people.append(event)
        if self._untold is None and not self._comparison.tell(event):
            self._untold = Fault("audit_impossible", event.seq)


def _identity(store: Store, walk: _Walk) -> Iterator[Fault]:
    """The file must bear the name that its last event bears."""
    if walk.link.ledger_id not in (None, store.ledger_id):
        yield Fault("audit_other_ledger", walk.link.seq)


def _outside(store: Store, mark: headmark.Mark | None) -> Iterator[Fault]:
    """What others know of the chain: receipts, and the head noted beside the ledger."""
    rows = store.connection.execute(
        "SELECT anchor.seq, anchor.source FROM anchor LEFT JOIN event USING (seq)"
        " WHERE event.hash IS NULL OR event.hash <> anchor.hash ORDER BY anchor.seq LIMIT 1"
    ).fetchall()
    for seq, source in rows:
        if seq > store.head.seq:
            yield Fault("audit_cut", store.head.seq + 1, (("known", str(seq)), ("source", source)))
        else:
            yield Fault("audit_anchor", seq, (("source", source),))
    if mark and is_behind(store, mark):
        if mark.seq > store.head.seq:
            yield Fault(
                "audit_cut", store.head.seq + 1, (("known", str(mark.seq)), ("source", headmark.FILE))
            )
        else:
            yield Fault("audit_anchor", mark.seq, (("source", headmark.FILE),))


def _outbox(store: Store, progress: Progress) -> Iterator[Fault]:
    """Every event about packs has its frozen bytes, whole; and nothing else has any."""
    execute = store.connection.execute
    progress("audit_outbox", 0, 0)
    for count, (seq, payload, digest) in enumerate(
        execute("SELECT seq, payload, payload_sha256 FROM outbox"), start=1
    ):
        # A flipped bit may make any column NULL, whatever its table was promised.
        if payload is None or hashlib.sha256(payload).digest() != digest:
            yield Fault("audit_payload", seq)
            return
        if count % EVERY == 0:
            progress("audit_outbox", count, 0)
    foreign = execute(
        "SELECT outbox.seq FROM outbox LEFT JOIN event USING (seq) WHERE event.seq IS NULL"
        " OR (outbox.declaration_time = '' AND outbox.event_id <> event.event_id) LIMIT 1"
    ).fetchone()
    if foreign:
        yield Fault("audit_payload", foreign[0])
    kinds = sorted(ABOUT_PACKS)
    # Two sorted lists of numbers: no index on the outbox is needed, and memory stays small.
    untold = execute(
        f"SELECT seq FROM event WHERE kind IN ({', '.join('?' * len(kinds))})"  # noqa: S608 - marks only
        " EXCEPT SELECT seq FROM outbox ORDER BY 1 LIMIT 1",
        kinds,
    ).fetchone()
    if untold:
        yield Fault("audit_undelivered", untold[0])


def _scans(store: Store, progress: Progress) -> Iterator[Fault]:
    """No raw scan is missing or changed, and each that led to an event names one that exists."""
    execute = store.connection.execute
    previous, expected = GENESIS, 1
    try:
        for scan_id, scan, digest in store.scans():
            if scan_id != expected:
                yield Fault("audit_scans_missing", params=(("scan", str(expected)),))
                break
            if link(previous, scan.canonical()) != digest:
                yield Fault("audit_scan_changed", params=(("scan", str(scan_id)),))
                break
            previous, expected = digest, scan_id + 1
            if scan_id % EVERY == 0:
                progress("audit_scans", scan_id, 0)
    except (ValueError, TypeError, AttributeError):
        yield Fault("audit_scan_changed", params=(("scan", str(expected)),))
    lost = execute(
        "SELECT scan_id FROM raw_scan LEFT JOIN event USING (seq)"
        " WHERE raw_scan.seq IS NOT NULL AND event.seq IS NULL ORDER BY scan_id LIMIT 1"
    ).fetchone()
    if lost:
        yield Fault("audit_scan", params=(("scan", str(lost[0])),))


def _why(error: Exception) -> str:
    """What is wrong with the file; raises the error where it is about something else."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if isinstance(error, DiskFull) or name.startswith("SQLITE_FULL"):
        raise DiskFull("audit_no_room") from error
    if isinstance(error, LedgerDamaged):
        return error.params.get("why", error.code)
    # A plain error comes of a changed bit in a table's definition: the name of a column, for one.
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")):
        return str(error)
    raise error


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
