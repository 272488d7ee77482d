"""The ledger's memory: open it, append an event, all in the one transaction.

One connection writes, and it belongs to the writer thread; commits are durable (WAL, synchronous=FULL). The
event table is the truth; the pack table is a projection written in the same transaction. What is looked up
stands in the parts that a store is made of: the stock, the history, the raw scans.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger import headmark
from ledger.boards import Boards
from ledger.catalog import Catalog
from ledger.connection import blamed, connect_reader, connect_writer
from ledger.documents import Documents
from ledger.doubt import doubt
from ledger.errors import LedgerDamaged
from ledger.event import Event
from ledger.history import History
from ledger.link import GENESIS, link
from ledger.memory import Memory
from ledger.outbox import Outbox
from ledger.partners import Partners
from ledger.people import People
from ledger.pulled import Pulled
from ledger.questions import Questions
from ledger.recalls import Recalls
from ledger.scans import Scans
from ledger.site import Site
from ledger.sitekey import SiteKey
from ledger.stock import Stock
from ledger.transaction import Transaction
from ledger.trees import Trees
from ledger.worklist import Worklist

FILE = "ledger.sqlite3"
log = logging.getLogger("tracedesk.ledger")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    seq: int
    hash: bytes
    at: datetime | None
    """The latest trusted time on record: the floor under every later one."""


class Store(Stock, History, Scans):
    """The open ledger. Every method but `transaction` runs inside a transaction or only reads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.memory = Memory(connection)
        self.outbox = Outbox(connection)
        self.catalog = Catalog(connection, self.memory)
        self.partners = Partners(connection)
        self.recalls = Recalls(connection, self.catalog, self.memory)
        self.trees = Trees(connection)
        self.documents = Documents(connection, self.catalog, self.trees, self.memory)
        self.boards = Boards(connection, self.catalog, self.trees, self.documents)
        self.people = People(connection, self.memory)
        self.worklist = Worklist(connection)
        self.pulled = Pulled(connection)
        self.questions = Questions(connection)
        self.site = Site(connection, self)
        self.site_key: SiteKey | None = None
        """Wraps the keys of patients; None: as a file beside the ledger has it."""
        self.head = Head(0, GENESIS, None)
        self._last_scan = GENESIS
        self._found_head = False
        """False after something was undone, until the head was read again: a disk that fails may refuse that too."""
        self.recover()
        self.ledger_id = self.noted("ledger_id") or ""
        self.device_id = self.noted("device_id") or ""
        self._mark: tuple[Path, str] | None = None
        self._marked: headmark.Mark | None = None

    def transaction(self) -> Transaction:
        """All or nothing, durable when it returns; sqlite3's errors come out typed by blame."""
        return Transaction(self, self._connection)

    def begun(self) -> None:
        """A transaction has begun: hold nothing that another connection may have changed since the last."""
        if not self._found_head:
            self.recover()
        self.memory.look_again()
        self._forget_packs()

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
                self._forget()
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

    def recover(self) -> None:
        """Read the head of the chain from the file, as at opening and after a rollback."""
        self._found_head = False
        self._forget()
        row = self._connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        if row and not isinstance(row[1], bytes):
            raise LedgerDamaged("ledger_damaged", why="event hash")
        self.head = Head(row[0], row[1], self._floor()) if row else Head(0, GENESIS, None)
        self._recover_scans()
        self._found_head = True

    def _forget(self) -> None:
        self.worklist.forget()
        self.memory.forget()
        self._forget_packs()

    def _forget_packs(self) -> None:
        if self._looked_up:
            self._looked_up.clear()

    def append(self, event: Event, payload: bytes | None, *, declares: str | None = None) -> Event:
        """Chain the event, move its packs, and put its frozen payload, if it has one, into the outbox.

        Raises IllegalTransition, before anything is written, where the table has no way for one of its packs.
        `declares` is the id of the event that this one declares wrong: the payload goes out under that id.
        """
        self._walk(event)
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
        self.site.recorded(event)
        return event

    def project(self, event: Event) -> None:
        """Fold an event into the projection: what `append` does once, and an audit does again to compare."""
        self.worklist.project(event)
        for facts in event.packs:
            self.fold(event, facts)
        self._forget_packs()

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


def open_store(home: Path) -> Store:
    """Open the ledger of a home folder for writing, making it where there is none.

    Raises LedgerForeign, LedgerNewer, LedgerDamaged, DiskFull or EnvironmentFault.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = connect_writer(home / FILE)
    with blamed():
        try:
            _baptise(connection)
            store = Store(connection)
            store.memory.watch()
            store._looked_up = {}
            return store
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


def exists(home: Path) -> bool:
    """True when the home folder has a ledger."""
    return (home / FILE).is_file()


def _baptise(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM meta WHERE name = 'ledger_id'").fetchone():
        return
    for name in ("ledger_id", "device_id"):
        connection.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (name, str(uuid.uuid4())))
