"""The ledger's memory: look up a pack, append an event, keep every raw scan, in the one transaction.

One connection writes, and it belongs to the writer thread; commits are durable (WAL, synchronous=FULL). The
event table is the truth; the pack table is a projection written in the same transaction.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, Self

from ledger import headmark, schema
from ledger.board import Boards
from ledger.catalog import Catalog
from ledger.codes.code import Kind, Level
from ledger.documents import Documents
from ledger.doubt import doubt
from ledger.errors import DiskFull, EnvironmentFault, LedgerDamaged, LedgerForeign
from ledger.event import GENESIS, Event, EventKind, PackFacts, link
from ledger.outbox import Outbox
from ledger.pack import Pack, State, step
from ledger.partners import Partners
from ledger.people import People
from ledger.recalls import Recalls
from ledger.trees import Trees
from ledger.worklist import Worklist

FILE = "ledger.sqlite3"
log = logging.getLogger("tracedesk.ledger")

_PACK = (
    "SELECT pack_id, key, state, product, serial, lot, expiry, expiry_precision, level, units, remaining, out,"
    " parent, place, last_seq FROM pack "
)
_LOOK_UP = f"{_PACK} WHERE pack_id = (SELECT pack_id FROM pack_code WHERE key = ?)"  # noqa: S608 - our own words
_ON_SHELF = _PACK + (
    "WHERE product = ? AND expiry >= ? AND expiry < ? AND state IN ('in_stock', 'opened')"
    " ORDER BY expiry, pack_id LIMIT 1"
)
_INSIDE = _PACK + "WHERE parent = ? ORDER BY pack_id"


@dataclass(frozen=True, slots=True)
class RawScan:
    """A scan as it came in, for ever, with what became of it."""

    at: str
    text: str
    symbology: str
    source: str
    device: str
    operator: str
    verb: str
    parser: str
    outcome: str
    problem: str
    seq: int | None

    def canonical(self) -> bytes:
        """The bytes that are chained to the scan before: scans have a chain of their own, refused ones included."""
        return json.dumps([getattr(self, name) for name in self.__slots__], separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    seq: int
    hash: bytes
    at: datetime | None
    """The latest trusted time on record: the floor under every later one."""


class Store:
    """The open ledger. Every method but `transaction` runs inside a transaction or only reads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.outbox = Outbox(connection)
        self.catalog = Catalog(connection)
        self.partners = Partners(connection)
        self.recalls = Recalls(connection, self.catalog)
        self.trees = Trees(connection)
        self.documents = Documents(connection, self.catalog, self.trees)
        self.boards = Boards(connection, self.catalog, self.trees, self.documents)
        self.people = People(connection)
        self.worklist = Worklist(connection)
        self.head = Head(0, GENESIS, None)
        self._last_scan = GENESIS
        self.recover()
        self.ledger_id = self.noted("ledger_id") or ""
        self.device_id = self.noted("device_id") or ""
        self._mark: tuple[Path, str] | None = None
        self._marked: headmark.Mark | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns; sqlite3's errors come out typed by blame."""
        with blamed():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                self.recover()
                raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it fails."""
        before = self.head, self._last_scan
        with blamed():
            self._connection.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                # SQLite undoes the whole transaction by itself when the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK TO part")
                    self._connection.execute("RELEASE part")
                self.head, self._last_scan = before
                raise
            self._connection.execute("RELEASE part")

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the modules of the ledger that ask in SQL: audit, export, backup."""
        return self._connection

    @property
    def in_transaction(self) -> bool:
        """False outside `transaction`, and when SQLite has undone it by itself."""
        return self._connection.in_transaction

    def packs(self) -> int:
        """How many packs are known."""
        count: int = self._connection.execute("SELECT count(*) FROM pack").fetchone()[0]
        return count

    def recover(self) -> None:
        """Read the head of the chain from the file, as at opening and after a rollback."""
        row = self._connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        self.head = Head(row[0], row[1], self._floor()) if row else Head(0, GENESIS, None)
        row = self._connection.execute("SELECT hash FROM raw_scan ORDER BY scan_id DESC LIMIT 1").fetchone()
        self._last_scan = row[0] if row else GENESIS

    def look_up(self, key: str) -> Pack | None:
        """The pack that bears this code."""
        row = self._connection.execute(_LOOK_UP, (key,)).fetchone()
        return _pack(row) if row else None

    def first_to_expire(self, product: str, today: date, before: date) -> Pack | None:
        """The good pack of the product on the shelf that expires first, if that is before the given day."""
        row = self._connection.execute(_ON_SHELF, (product, today.isoformat(), before.isoformat())).fetchone()
        return _pack(row) if row else None

    def inside(self, key: str) -> tuple[Pack, ...]:
        """The packs that lie in a case."""
        return tuple(_pack(row) for row in self._connection.execute(_INSIDE, (key,)))

    def event(self, seq: int) -> Event:
        """The event with this sequence number."""
        body = self._connection.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()[0]
        return _told(body)

    def events_of(self, pack_id: int) -> tuple[Event, ...]:
        """Everything that happened to a pack, in order."""
        rows = self._connection.execute(
            "SELECT body FROM pack_event JOIN event USING (seq) WHERE pack_id = ? ORDER BY seq", (pack_id,)
        )
        return tuple(_told(body) for (body,) in rows)

    def events_under(self, kind: str, number: str) -> Iterator[Event]:
        """The events about packs that name a document, the latest first."""
        rows = self._connection.execute(
            "SELECT body FROM event WHERE seq IN (SELECT seq FROM progress WHERE document_id ="
            " (SELECT document_id FROM document WHERE kind = ? AND number = ?)) ORDER BY seq DESC",
            (kind, number),
        )
        return (_told(body) for (body,) in rows)

    def scans_of(self, text: str) -> tuple[RawScan, ...]:
        """Every raw scan of exactly this text, in order."""
        rows = self._connection.execute(
            "SELECT at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq"
            " FROM raw_scan WHERE text = ? ORDER BY scan_id",
            (_bytes(text),),
        )
        return tuple(RawScan(at, _text(raw), *rest) for at, raw, *rest in rows)

    def chain(self, after: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequence number, canonical bytes and hash of every event after one, in order."""
        return iter(
            self._connection.execute("SELECT seq, body, hash FROM event WHERE seq > ? ORDER BY seq", (after,))
        )

    def projected(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table of `schema.PROJECTION` in the order of their keys."""
        keys = schema.PROJECTION[table]
        return _rows(self._connection.execute(f"SELECT * FROM {table} ORDER BY {keys}"))  # noqa: S608 - our own words

    def twin_of(self, key: str) -> str | None:
        """Another known 20-digit code that differs from this one in the four check digits only."""
        if not key.startswith(f"{Kind.CN20}:"):
            return None
        stem = key[:-4]
        row = self._connection.execute(
            "SELECT key FROM pack_code WHERE key BETWEEN ? AND ? AND key <> ? LIMIT 1",
            (f"{stem}0000", f"{stem}9999", key),
        ).fetchone()
        return row[0] if row else None

    def expiry_of(self, product: str, lot: str) -> tuple[date, str] | None:
        """Expiry and its precision as known from an earlier pack of the product and lot."""
        row = self._connection.execute(
            "SELECT expiry, expiry_precision FROM pack WHERE product = ? AND lot = ? AND expiry IS NOT NULL"
            " LIMIT 1",
            (product, lot),
        ).fetchone()
        return (date.fromisoformat(row[0]), row[1]) if row else None

    def append(self, event: Event, payload: bytes | None, *, declares: str | None = None) -> Event:
        """Chain the event, move its packs, and put its frozen payload, if it has one, into the outbox.

        `declares` is the id of the event that this one declares wrong: the payload goes out under that id.
        """
        execute = self._connection.execute
        body = event.canonical()
        digest = link(self.head.hash, body)
        execute(
            "INSERT INTO event (seq, event_id, kind, at, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (event.seq, event.event_id, event.kind, event.moment.iso(), body, digest),
        )
        self.project(event)
        if payload is not None:
            if declares:
                self.outbox.put(event.seq, declares, payload, event.moment.iso())
            else:
                self.outbox.put(event.seq, event.event_id, payload)
        self.documents.project(event)
        self.head = Head(event.seq, digest, event.moment.floor(self.head.at))
        return event

    def project(self, event: Event) -> None:
        """Fold an event into the projection: what `append` does once, and an audit does again to compare."""
        self.worklist.project(event)
        for facts in event.packs:
            self._project(event, facts)

    def anchor(self, seq: int, digest: bytes, at: str, source: str) -> None:
        """Keep what somebody outside has confirmed of the chain: the hash at a number, told at a time.

        Kept even where it contradicts the chain: the audit says so.
        """
        self._connection.execute(
            "INSERT OR IGNORE INTO anchor (seq, hash, at, source) VALUES (?, ?, ?, ?)",
            (seq, digest, at, source),
        )

    def anchors(self) -> int:
        """How many places of the chain somebody outside has confirmed."""
        count: int = self._connection.execute("SELECT count(*) FROM anchor").fetchone()[0]
        return count

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of the event with this number, None where there is no such event."""
        row = self._connection.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
        return row[0] if row else None

    def keep_scan(self, scan: RawScan) -> None:
        """Keep what was scanned, whatever became of it."""
        digest = link(self._last_scan, scan.canonical())
        self._connection.execute(
            "INSERT INTO raw_scan (at, text, symbology, source, device, operator, verb, parser, outcome,"
            " problem, seq, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                scan.at,
                _bytes(scan.text),
                scan.symbology,
                scan.source,
                scan.device,
                scan.operator,
                scan.verb,
                scan.parser,
                scan.outcome,
                scan.problem,
                scan.seq,
                digest,
            ),
        )
        self._last_scan = digest

    def scans(self) -> Iterator[tuple[int, RawScan, bytes]]:
        """Number, content and hash of every raw scan, in order."""
        rows = self._connection.execute(
            "SELECT scan_id, hash, at, text, symbology, source, device, operator, verb, parser, outcome,"
            " problem, seq FROM raw_scan ORDER BY scan_id"
        )
        return (
            (scan_id, RawScan(at, _text(raw), *rest), digest)
            for scan_id, digest, at, raw, *rest in _rows(rows)
        )

    def unread_by(self, parser: str, limit: int) -> tuple[tuple[int, RawScan], ...]:
        """Old scans that this version of the parser has not read yet, with their numbers."""
        rows = self._connection.execute(
            "SELECT scan_id, at, text, symbology, source, device, operator, verb, parser, outcome, problem, seq"
            " FROM raw_scan WHERE parser NOT IN ('', ?) AND NOT EXISTS"
            " (SELECT 1 FROM reading WHERE reading.scan_id = raw_scan.scan_id AND reading.parser = ?)"
            " ORDER BY scan_id LIMIT ?",
            (parser, parser, limit),
        ).fetchall()
        return tuple((number, RawScan(at, _text(raw), *rest)) for number, at, raw, *rest in rows)

    def keep_reading(self, scan_id: int, parser: str, kind: str, key: str, problem: str) -> None:
        """Keep what a later parser made of an old scan, beside what was made of it then."""
        self._connection.execute(
            "INSERT INTO reading (scan_id, parser, kind, key, problem) VALUES (?, ?, ?, ?, ?)",
            (scan_id, parser, kind, key, problem),
        )

    def readings_of(self, text: str) -> tuple[tuple[str, str, str, str], ...]:
        """Parser, kind, key and first problem of every later reading of exactly this text."""
        rows = self._connection.execute(
            "SELECT reading.parser, kind, key, reading.problem FROM reading JOIN raw_scan USING (scan_id)"
            " WHERE text = ? ORDER BY scan_id, reading.parser",
            (_bytes(text),),
        )
        return tuple(rows)

    def note(self, name: str, value: str) -> None:
        """Remember a small fact about the ledger itself, such as the last successful delivery."""
        self._connection.execute(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def noted(self, name: str) -> str | None:
        """What was remembered under the name."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def doubt(self, made_at: str) -> int:
        """Have the platform asked about every record that waits, before it is sent; return how many do."""
        return doubt(self._connection, made_at)

    def keep_mark(self, home: Path, installation: str) -> None:
        """From the next checkpoint on, note beside the ledger how far it has come (ledger/headmark.py)."""
        self._mark, self._marked = (home, installation), headmark.read(home)

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file, as far as readers allow; note the head.

        What is in the log is durable already; so a full disk puts this off and stops nobody.
        """
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            log.warning("checkpoint put off: %s", error)
        self.mark()

    def mark(self) -> None:
        """Note beside the ledger how far it has come. Only where everything up to its head is durable."""
        if self._mark:
            home, installation = self._mark
            mark = headmark.Mark(self.ledger_id, self.head.seq, self.head.hash, installation)
            if mark != self._marked:
                headmark.write(home, mark)
                self._marked = mark

    def close(self) -> None:
        """Close the connection; the last one out empties the write-ahead log."""
        self._connection.close()

    def _floor(self) -> datetime | None:
        for (body,) in self._connection.execute("SELECT body FROM event ORDER BY seq DESC"):
            moment = _told(body).moment
            if moment.trusted:
                return moment.at
        return None

    def _project(self, event: Event, facts: PackFacts) -> None:
        execute = self._connection.execute
        pack = self.look_up(facts.key)
        state = step(pack.state if pack else State.UNKNOWN, event.kind, facts.state, facts.key)
        expiry = facts.expiry.isoformat() if facts.expiry else None
        if pack:
            pack_id = pack.pack_id
            execute(
                "UPDATE pack SET state = ?, lot = ?, expiry = ?, expiry_precision = ?, units = ?, remaining = ?,"
                " out = ?, parent = ?, place = ?, last_seq = ? WHERE pack_id = ?",
                (
                    state,
                    facts.lot,
                    expiry,
                    facts.expiry_precision,
                    facts.units,
                    facts.remaining,
                    facts.out,
                    facts.parent,
                    facts.place,
                    event.seq,
                    pack_id,
                ),
            )
        else:
            pack_id = execute(
                "INSERT INTO pack (key, state, product, serial, lot, expiry, expiry_precision, level, units,"
                " remaining, out, parent, place, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " RETURNING pack_id",
                (
                    facts.key,
                    state,
                    facts.product,
                    facts.serial,
                    facts.lot,
                    expiry,
                    facts.expiry_precision,
                    facts.level,
                    facts.units,
                    facts.remaining,
                    facts.out,
                    facts.parent,
                    facts.place,
                    event.seq,
                ),
            ).fetchone()[0]
            execute("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", (facts.key, pack_id))
        if event.kind is EventKind.LABEL and (other := event.told("label")):
            execute("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", (other, pack_id))
        execute("INSERT OR IGNORE INTO pack_event (pack_id, seq) VALUES (?, ?)", (pack_id, event.seq))


def open_store(home: Path) -> Store:
    """Open the ledger of a home folder for writing, making it where there is none.

    Raises LedgerForeign, LedgerNewer, LedgerDamaged, DiskFull or EnvironmentFault.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / FILE
    _refuse_foreign(path)
    unclean = _has_log(path)
    with blamed():
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        try:
            path.chmod(0o600)
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "fullfsync=1",
                "checkpoint_fullfsync=1",
                "wal_autocheckpoint=0",  # the writer checkpoints when it is idle
                "recursive_triggers=ON",  # else INSERT OR REPLACE walks through the append-only triggers
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "cache_size=-16000",
                "temp_store=MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            if unclean and (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise LedgerDamaged("ledger_damaged", why=said)
            schema.migrate(connection)
            _baptise(connection)
            return Store(connection)
        except BaseException:
            connection.close()
            raise


def open_reader(home: Path) -> Store:
    """Open the ledger for reading only, beside the writer. Raises as open_store, and LedgerForeign if absent."""
    connection = connect_reader(home / FILE)
    with blamed():
        try:
            connection.execute("PRAGMA query_only=ON")
            return Store(connection)
        except BaseException:
            connection.close()
            raise


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


class _BlamingCursor(sqlite3.Cursor):
    """Types SQLite's errors wherever they come out: a damaged page is met only when it is fetched."""

    def execute(self, sql: str, given: Any = (), /) -> Self:
        try:
            return super().execute(sql, given)
        except sqlite3.Error as error:
            if error.sqlite_errorname == "SQLITE_READONLY":
                raise  # a reader that writes is this program's own fault
            _throw(error)

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.Error as error:
            _throw(error)

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.Error as error:
            _throw(error)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        try:
            return super().fetchmany(size)
        except sqlite3.Error as error:
            _throw(error)

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.Error as error:
            _throw(error)


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


def exists(home: Path) -> bool:
    """True when the home folder has a ledger."""
    return (home / FILE).is_file()


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    """The rows of a long reading, many at a time, which is quicker than one by one."""
    while some := cursor.fetchmany(500):
        yield from some


def _has_log(path: Path) -> bool:
    """True when the last program that wrote did not end as it should, or has not ended."""
    log_file = path.with_name(f"{path.name}-wal")
    return log_file.exists() and log_file.stat().st_size > 0


def _baptise(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM meta WHERE name = 'ledger_id'").fetchone():
        return
    for name in ("ledger_id", "device_id"):
        connection.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (name, str(uuid.uuid4())))


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


@contextmanager
def blamed() -> Iterator[None]:
    """Turn sqlite3's errors about the machine into ours; faults of this program stay as they are."""
    try:
        yield
    except sqlite3.Error as error:
        _throw(error)


def _throw(error: sqlite3.Error) -> NoReturn:
    typed = _typed(error)
    raise typed from (None if typed is error else error)


def _typed(error: sqlite3.Error) -> Exception:
    name = (getattr(error, "sqlite_errorname", "") or "").removeprefix("SQLITE_")
    if name.startswith("FULL"):
        return DiskFull("disk_full")
    if name.startswith(("CORRUPT", "NOTADB")) or "not decode to UTF-8" in str(error):
        return LedgerDamaged("ledger_damaged", why=str(error))
    if name.startswith(("IOERR", "CANTOPEN", "READONLY", "PERM", "BUSY", "LOCKED", "NOLFS")):
        return EnvironmentFault("ledger_unwritable", why=str(error))
    return error


def _told(body: bytes) -> Event:
    try:
        return Event.from_canonical(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerDamaged("ledger_damaged", why="event body") from error


def _pack(row: tuple[Any, ...]) -> Pack:
    pack_id, key, state, product, serial, lot, expiry, precision, level, *rest = row
    try:
        last_day = date.fromisoformat(expiry) if expiry else None
        return Pack(
            pack_id, key, State(state), product, serial, lot, last_day, precision, Level(level), *rest
        )
    except ValueError as error:
        raise LedgerDamaged("ledger_damaged", why=f"pack {pack_id}") from error


def _bytes(text: str) -> bytes:
    """Raw text as bytes that lose nothing: lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
