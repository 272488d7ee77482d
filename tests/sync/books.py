"""A ledger as small as delivery needs it: the real schema and outbox on one connection, one transaction a job."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from ledger import schema
from ledger.codes.code import Kind, Level
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import Moment, new_event_id
from ledger.outbox import Outbox
from sync.epcis import Wire

T = TypeVar("T")

WIRE = Wire(
    id_base="https://id.tracedesk.example/hospital-1",
    org_base="https://id.tracedesk.example",
    namespace="https://ns.tracedesk.example/epcis/",
    gln="9521999000006",
    usci=None,
    device_id="6f1c9b1e-0d0f-4a52-9c8e-1d7f0c1a2b3c",
)
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@cache
def _empty() -> bytes:
    """A ledger file in which nothing has happened; made once, because migrations take their time."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection)
    data = connection.serialize()
    connection.close()
    return data


class TinyBooks:
    """What sync.delivery.Books asks for; `run` is what a writer would be."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        if isinstance(path, Path) and not path.exists():
            path.write_bytes(_empty())
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        if not isinstance(path, Path):
            self.connection.deserialize(_empty())
        self.outbox = Outbox(self.connection)
        self._lock = threading.Lock()
        self.jobs = 0

    def run(self, job: Callable[[TinyBooks], T]) -> T:
        with self._lock:
            self.jobs += 1
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                result = job(self)
                self.connection.execute("COMMIT")
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            return result

    def note(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def add(self, event: Event, payload: bytes | None = None, packs: tuple[int, ...] | None = None) -> None:
        """Save an event as the store does: event, its packs, its payload. Packs are numbered by the caller."""

        def save(books: TinyBooks) -> None:
            execute = books.connection.execute
            execute(
                "INSERT INTO event (seq, event_id, kind, at, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
                (event.seq, event.event_id, event.kind, event.moment.iso(), b"{}", b""),
            )
            for pack_id in packs if packs is not None else (event.seq,):
                execute("INSERT INTO pack_event (pack_id, seq) VALUES (?, ?)", (pack_id, event.seq))
            books.outbox.put(
                event.seq, event.event_id, WIRE.event_bytes(event) if payload is None else payload
            )

        self.run(save)

    def states(self) -> dict[int, str]:
        """State of every record by sequence number."""
        with self._lock:
            return dict(self.connection.execute("SELECT seq, state FROM outbox ORDER BY seq").fetchall())

    def errors(self) -> dict[int, str]:
        with self._lock:
            return dict(
                self.connection.execute(
                    "SELECT seq, last_error FROM outbox WHERE last_error <> ''"
                ).fetchall()
            )

    def close(self) -> None:
        self.connection.close()


def event(
    seq: int, kind: EventKind = EventKind.RECEIVE, pack: int | None = None, at: datetime | None = None
) -> Event:
    """A plain event about one GS1 pack; equal numbers make the same pack."""
    moment = Moment(at or START + timedelta(seconds=seq), seq * 1000, "boot")
    serial = f"S{pack if pack is not None else seq}"
    return Event(
        event_id=new_event_id(moment),
        ledger_id="00000000-0000-7000-8000-000000000000",
        seq=seq,
        kind=kind,
        moment=moment,
        device_id="device",
        operator="op-7f3a",
        place="DOCK-1",
        packs=(
            PackFacts(
                key=f"gs1:09521234000013/{serial}",
                kind=Kind.GS1,
                product="09521234000013",
                serial=serial,
                lot="AB-123",
                expiry=date(2028, 1, 31),
                expiry_precision="day",
                level=Level.UNIT,
                symbology="GS1 DataMatrix",
                state="in_stock",
            ),
        ),
        documents=(DocumentRef("po", "PO-2026-0042"),),
    )
