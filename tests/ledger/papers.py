"""A ledger in memory and events that are easy to make, for tests of documents; the SQL is the real one."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime

from ledger import schema
from ledger.codes.code import Kind, Level
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import Moment
from ledger.store import Store

GTIN = "09521234000013"
GTIN_2 = "09521234000020"
CASE_GTIN = "19521234000010"
DRUG = "8338652"
ASN = DocumentRef("desadv", "ASN-1")
RX = DocumentRef("prescription", "RX-1")
TODAY = date(2026, 11, 20)


def store() -> Store:
    """An empty ledger that lies in memory, but undoes what fails and remembers what it reads as a real one does."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema._first(connection)
    made = Store(connection)
    made.memory.watch()
    return made


def pack(
    serial: str,
    lot: str | None = "L1",
    product: str | None = GTIN,
    *,
    quantity: int | None = None,
    units: int | None = None,
    state: str = "in_stock",
    parent: str | None = None,
    level: Level = Level.UNIT,
) -> PackFacts:
    """A pack with a serial."""
    return PackFacts(
        f"gs1:{product}/{serial}",
        Kind.GS1,
        product,
        serial,
        lot,
        level=level,
        state=state,
        quantity=quantity,
        units=units,
        parent=parent,
    )


def heap(quantity: int | None, lot: str = "L1", product: str = GTIN) -> PackFacts:
    """Packs without serial."""
    return PackFacts(
        f"heap:{product}/{lot}", Kind.GS1, product, None, lot, state="in_stock", quantity=quantity
    )


def case(sscc: str = "095212340000000013") -> PackFacts:
    """A case with nothing said of what it holds."""
    return PackFacts(f"sscc:{sscc}", Kind.SSCC, level=Level.CASE, state="in_stock")


def event(
    seq: int,
    kind: EventKind,
    *packs: PackFacts,
    documents: tuple[DocumentRef, ...] = (ASN,),
    detail: tuple[tuple[str, str], ...] = (),
) -> Event:
    """An event as the ledger would chain it."""
    moment = Moment(datetime(2026, 11, 20, 4, 0, tzinfo=UTC), seq, "boot")
    return Event(
        f"event-{seq}",
        "ledger",
        seq,
        kind,
        moment,
        "device",
        "op-1",
        "",
        packs,
        None,
        documents,
        detail=detail,
    )


class Told:
    """Events that are projected as they are told, and kept for telling them again."""

    def __init__(self, one: Store | None = None) -> None:
        self.store = one or store()
        self.events: list[Event] = []

    def tell(
        self,
        kind: EventKind,
        *packs: PackFacts,
        documents: tuple[DocumentRef, ...] = (ASN,),
        detail: tuple[tuple[str, str], ...] = (),
    ) -> Event:
        """Project one more event."""
        made = event(len(self.events) + 1, kind, *packs, documents=documents, detail=detail)
        self.events.append(made)
        # The journal asks the event table for the number of an id.
        self.store._connection.execute(
            "INSERT INTO event (seq, event_id, kind, at, body, hash) VALUES (?, ?, ?, '', ?, x'00')",
            (made.seq, made.event_id, made.kind, made.canonical()),
        )
        self.store.documents.project(made)
        return made

    def date(self, seq: int, at: str) -> None:
        """Say when an event was; the ledger itself never changes one, so its guard is taken away."""
        self.store._connection.execute("DROP TRIGGER IF EXISTS event_no_update")
        self.store._connection.execute("UPDATE event SET at = ? WHERE seq = ?", (at, seq))

    def undo(self, earlier: Event, *packs: PackFacts) -> Event:
        """Take some packs of an earlier dispense back."""
        return self.tell(EventKind.UNDO, *packs, documents=(), detail=(("undoes", earlier.event_id),))

    def void(self, earlier: Event) -> Event:
        """Declare an earlier event wrong."""
        detail = (("voids", earlier.event_id), ("voids_seq", str(earlier.seq)))
        return self.tell(EventKind.VOID, *earlier.packs, documents=(), detail=detail)

    def chain(self) -> list[tuple[int, bytes, bytes]]:
        """The events as `store.chain()` gives them."""
        return [(one.seq, one.canonical(), b"") for one in self.events]

    def rows(self, table: str) -> list[tuple[object, ...]]:
        """All rows of a table, documents by name."""
        columns = [
            name
            for (name,) in self.store._connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
            if name != "document_id"
        ]
        return sorted(
            self.store._connection.execute(
                f"SELECT document.kind, document.number, {', '.join(f'{table}.{name}' for name in columns)}"
                f" FROM {table} JOIN document USING (document_id)"
            ).fetchall(),
            key=repr,
        )
