"""The stages of an audit: each reads one part of the ledger and names the first place where it does not hold.

The chain with everything it tells, what others know of it, the frozen bytes for the platform, the raw scans.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from ledger import headmark
from ledger.chain import Chain, Fault
from ledger.comparison import Comparison
from ledger.errors import DiskFull, LedgerDamaged
from ledger.event import ABOUT_PACKS, Event, EventKind
from ledger.identity import is_behind
from ledger.link import GENESIS, link
from ledger.schema import strange
from ledger.stages import Progress
from ledger.store import Store

EVERY = 2_000
"""Progress is told once in so many rows."""


class Walk:
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
                why = damage_of(error)
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


def identity_faults(store: Store, walk: Walk) -> Iterator[Fault]:
    """The file must bear the name that its last event bears."""
    if walk.link.ledger_id not in (None, store.ledger_id):
        yield Fault("audit_other_ledger", walk.link.seq)


def outside_faults(store: Store, mark: headmark.Mark | None) -> Iterator[Fault]:
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


def schema_faults(store: Store) -> Iterator[Fault]:
    """Tables and triggers are those that this program makes."""
    if name := strange(store.connection):
        yield Fault("audit_schema", params=(("name", name),))


def outbox_faults(store: Store, progress: Progress) -> Iterator[Fault]:
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


def scan_faults(store: Store, progress: Progress) -> Iterator[Fault]:
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


def damage_of(error: Exception) -> str:
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
