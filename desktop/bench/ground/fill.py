"""A ledger with a long past, quickly: the rows that real captures write, cast in bulk.

Two prototypes walk the whole walk: a pack received under an expected shipment, and the same pack dispensed. The
rows that they wrote are the moulds: product, serial, lot, expiry, document, time, ids and numbers are replaced,
chain and digests worked out anew. What comes out is what so many captures would have written: the audit proves
it, and a test holds it against captures, row by row.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.bench.ground import past
from desktop.settings import Settings
from desktop.workplace import scanned_of, workplace_of
from ledger.capture import Outcome, capture
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.event import DocumentRef, EventKind
from ledger.link import link
from ledger.moment import Moment, new_event_id
from ledger.scans import RawScan
from ledger.shipment import SHIPMENT, Line, Shipment
from ledger.situation import Intent
from ledger.store import open_store
from scanner.scan import Scan, Source

CHUNK = 20_000
"""Events in one transaction."""
WAITING = 2_000
"""Records that are not delivered yet; the platform has all before them."""

_FIELD_OF = {
    "seq": "seq",
    "last_seq": "seq",
    "pack_id": "pack_id",
    "scan_id": "scan_id",
    "document_id": "document_id",
}
_NUMBERS = re.compile(r'("(?:seq|td:deviceSeq|mono_ms)":)\d+')
_TABLES = ("event", "pack", "pack_code", "pack_event", "outbox", "raw_scan", "progress")
_SUM = (
    "INSERT INTO progress_sum (document_id, product, lot, act, shown, packs, units, cases)"
    " VALUES (?, ?, ?, 'receive', ?, ?, 0, 0) ON CONFLICT DO UPDATE SET shown = shown + excluded.shown,"
    " packs = packs + excluded.packs"
)
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cast:
    """One table of a mould: what it is inserted with, the plain values, and those to be filled in."""

    statement: str
    columns: tuple[str, ...]
    plain: tuple[object, ...]
    filled: tuple[tuple[int, Callable[[Fields], object]], ...]

    def row(self, fields: Fields) -> list[Any]:
        """The row of these fields."""
        values = list(self.plain)
        for place, fill in self.filled:
            values[place] = fill(fields)
        return values


class Filler:
    """Fills one new ledger; close it."""

    def __init__(self, home: Path, events: int, start: datetime | None = None) -> None:
        """Open the ledger and walk the prototypes. `events` is how many it will hold in the end, one a second."""
        self.start = start or datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=events + 60)
        self._settings = Settings(home)
        self.store = open_store(home)
        for pragma in ("synchronous=OFF", "cache_size=-400000"):
            self.store.connection.execute(f"PRAGMA {pragma}").fetchall()
        self._documents: dict[str, int] = {}
        self._moulds: dict[EventKind, dict[str, Cast]] = {}
        goods = [Product(gtin, f"产品{n}", f"Product {n}") for n, gtin in enumerate(past.products())]
        with self.store.transaction():
            self.store.catalog.load(goods)
            for seq, kind, pack in past.deeds(0, 2):
                self.walk(seq, kind, pack)
                self._moulds[kind] = self._mould(seq, kind, pack)

    def walk(self, seq: int, kind: EventKind, pack: int) -> None:
        """Do one deed by the walk that a scan walks."""
        moment = self._moment(seq)
        clock = Clock(lambda: moment.at, UTC, lambda: moment.mono_ms, moment.boot)
        workplace = workplace_of(self._settings, clock, self.store.device_id)
        documents: tuple[DocumentRef, ...] = ()
        if kind is EventKind.RECEIVE:
            self._document(pack)
            documents = (DocumentRef(SHIPMENT, past.document(pack)),)
        scan = scanned_of(Scan(past.face(pack).text, Source.SERIAL, "DataMatrix", "bench", "]d2"))
        answer = capture(self.store, workplace, scan, Intent(kind, "op-1", documents))
        if answer.outcome is not Outcome.ACCEPTED:
            raise RuntimeError(f"the prototype was not accepted: {answer.problems}")

    def fill(self, last: int) -> None:
        """Let everything happen up to an event."""
        while (first := self.store.head.seq) < last:
            with self.store.transaction():
                self._cast(first, min(first + CHUNK, last))
            self.store.recover()
            self.store.checkpoint()

    def deliver(self) -> None:
        """Everything was delivered but the last records."""
        with self.store.transaction():
            last = max(self.store.head.seq - WAITING, 0)
            self.store.connection.execute("UPDATE outbox SET state = 'accepted' WHERE state <> 'accepted'")
            self.store.connection.execute("UPDATE outbox SET state = 'pending' WHERE seq > ?", (last,))
            self.store.note("outbox_accepted", str(last))

    def close(self) -> None:
        """Leave the last records waiting, and close the ledger."""
        self.deliver()
        self.store.close()

    def _cast(self, first: int, last: int) -> None:
        execute = self.store.connection.execute
        rows: dict[str, list[list[Any]]] = defaultdict(list)
        left: list[tuple[int, int]] = []
        sums: Counter[tuple[int, str, str]] = Counter()
        head = self.store.head.hash
        number, scan_hash = execute(
            "SELECT scan_id, hash FROM raw_scan ORDER BY scan_id DESC LIMIT 1"
        ).fetchone()
        for seq, kind, pack in past.deeds(first, last):
            number += 1
            fields = self._fields(seq, pack, number, is_new=kind is EventKind.RECEIVE)
            made = {table: cast.row(fields) for table, cast in self._moulds[kind].items()}
            head = made["event"][-1] = link(head, made["event"][-2])
            made["outbox"][-1] = hashlib.sha256(made["outbox"][-2]).digest()
            scan = RawScan(made["raw_scan"][1], fields["text"], *made["raw_scan"][3:-1])
            scan_hash = made["raw_scan"][-1] = link(scan_hash, scan.canonical())
            for table, row in made.items():
                rows[table].append(row)
            if kind is EventKind.RECEIVE:
                sums[fields["document_id"], fields["product"], fields["lot"]] += 1
            else:
                left.append((seq, pack))
        many = self.store.connection.executemany
        for table in _TABLES:
            many(self._moulds[EventKind.RECEIVE][table].statement, rows[table])
        many("UPDATE pack SET state = 'dispensed', last_seq = ? WHERE pack_id = ?", left)
        many(_SUM, [(*key, count, count) for key, count in sums.items()])

    def _fields(self, seq: int, pack: int, scan_id: int, *, is_new: bool) -> Fields:
        face, moment = past.face(pack), self._moment(seq)
        return {
            "seq": seq,
            "pack_id": pack,
            "scan_id": scan_id,
            "document_id": self._document(pack) if is_new else 0,
            "document": past.document(pack),
            "mono_ms": moment.mono_ms,
            "at": moment.iso(),
            "event_id": new_event_id(moment),
            "product": face.product,
            "serial": face.serial,
            "lot": face.lot,
            "expiry": face.expiry.isoformat(),
            "text": face.text,
            "state": "accepted",
        }

    def _moment(self, seq: int) -> Moment:
        return Moment(self.start + timedelta(seconds=seq), seq * 1_000, "bench")

    def _document(self, pack: int) -> int:
        """The shipment of a pack, sent as soon as its first pack comes."""
        number = past.document(pack)
        if number not in self._documents:
            self.store.documents.put(shipment_of(pack))
            found = self.store.documents.find(SHIPMENT, number)
            assert found is not None
            self._documents[number] = found.document_id
        return self._documents[number]

    def _mould(self, seq: int, kind: EventKind, pack: int) -> dict[str, Cast]:
        """The rows that a capture wrote, as moulds."""
        found = self.rows_of(seq, kind)
        event_id = found["event"][1][found["event"][0].index("event_id")]
        known = self._fields(seq, pack, 0, is_new=True) | {"event_id": event_id}
        return {table: _cast(table, columns, values, known) for table, (columns, values) in found.items()}

    def rows_of(self, seq: int, kind: EventKind) -> dict[str, tuple[tuple[str, ...], tuple[Any, ...]]]:
        """Columns and values of the rows that the latest event inserted, by table."""
        found = {}
        for table, where in (
            ("event", "seq = ?"),
            ("pack", "pack_id = (SELECT pack_id FROM pack_event WHERE seq = ?)"),
            ("pack_code", "pack_id = (SELECT pack_id FROM pack_event WHERE seq = ?)"),
            ("pack_event", "seq = ?"),
            ("outbox", "seq = ?"),
            ("raw_scan", "seq = ?"),
            ("progress", "seq = ?"),
        ):
            cursor = self.store.connection.execute(f"SELECT * FROM {table} WHERE {where}", (seq,))  # noqa: S608
            row = cursor.fetchone()
            if row is not None and (kind is EventKind.RECEIVE or table not in ("pack", "pack_code")):
                found[table] = (tuple(column[0] for column in cursor.description), row)
        return found


def shipment_of(pack: int) -> Shipment:
    """What the sender of a pack has told of its shipment: a line a lot."""
    first = pack // past.PER_DOCUMENT * past.PER_DOCUMENT
    lots = [past.face(lot) for lot in range(first, first + past.PER_DOCUMENT, past.PER_LOT)]
    lines = [Line(number, one.product, past.PER_LOT, one.lot) for number, one in enumerate(lots, 1)]
    return Shipment(past.document(pack), tuple(lines))


def _cast(table: str, columns: tuple[str, ...], values: tuple[Any, ...], known: Fields) -> Cast:
    filled: list[tuple[int, Callable[[Fields], object]]] = []
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        name = "state" if (table, column) == ("outbox", "state") else _FIELD_OF.get(column)
        if name:
            filled.append((place, lambda fields, name=name: fields[name]))  # type: ignore[misc]
        elif isinstance(value, bytes) and not column.endswith(("hash", "sha256")):
            form = _form(value.decode(), known)
            filled.append((place, lambda fields, form=form: (form % fields).encode()))  # type: ignore[misc]
        elif isinstance(value, str) and (form := _form(value, known)) != value:
            filled.append((place, lambda fields, form=form: form % fields))  # type: ignore[misc]
    marks = ", ".join("?" * len(columns))
    return Cast(f"INSERT INTO {table} VALUES ({marks})", columns, values, tuple(filled))  # noqa: S608


def _form(text: str, known: Fields) -> str:
    """A text with the names of fields where the prototype had their values."""
    form = text.replace("%", "%%")
    for name in ("text", "event_id", "at", "document", "product", "serial", "lot", "expiry"):
        form = form.replace(known[name], f"%({name})s")
    return _NUMBERS.sub(lambda found: f"{found[1]}%({_number(found[1])})d", form)


def _number(label: str) -> str:
    return "mono_ms" if "mono" in label else "seq"
