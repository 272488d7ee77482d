"""A small ledger at work, for tests: real files, a settable clock, codes that are easy to make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from ledger.capture import Captured, Scanned, Workplace, capture
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.event import DocumentRef, Event, EventKind
from ledger.situation import Intent, Policy
from ledger.store import Store
from ledger.writer import Writer

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
GTIN = "09521234000013"
CN20 = "83386520001941653320"


def gs1(serial: str = "S1", expiry: str = "280131", lot: str = "L1", gtin: str = GTIN) -> str:
    """A GS1 element string as a scanner sends it."""
    return f"01{gtin}17{expiry}10{lot}\x1d21{serial}"


class Counter:
    """One workstation: writer, clock and policy; `scan` waits for the answer."""

    def __init__(self, home: Path, policy: Policy | None = None) -> None:
        self.home = home
        self.time = NOON
        self.clock = Clock(lambda: self.time, CHINA)
        self.writer = Writer(home)
        self.workplace = Workplace(self.clock, policy or Policy(), wire, "DOCK-1", "COUNTER-1")

    def scan(self, text: str, kind: EventKind, *, entry: Entry = Entry.WEDGE, **intent: object) -> Captured:
        """Capture one scan and wait for its COMMIT."""
        wanted = intent_of(kind, **intent)
        return self.writer.run(lambda store: capture(store, self.workplace, Scanned(text, entry), wanted))

    def receive(self, text: str, **intent: object) -> Captured:
        return self.scan(text, EventKind.RECEIVE, **intent)

    def dispense(self, text: str, **intent: object) -> Captured:
        return self.scan(text, EventKind.DISPENSE, **intent)

    def store(self, job: object) -> object:
        return self.writer.run(job)  # type: ignore[arg-type]

    def close(self) -> None:
        self.writer.close()


def intent_of(kind: EventKind, operator: str = "op-1", document: str | None = None, **rest: object) -> Intent:
    refs = (DocumentRef("prescription", document),) if document else ()
    return Intent(kind, operator, refs, **rest)  # type: ignore[arg-type]


def wire(event: Event, voided: bytes | None) -> bytes:
    """Stands in for the platform's form where only the ledger is tested: the id, so that bytes differ."""
    return event.event_id.encode() if voided is None else b"not: " + voided


def rows(store: Store, table: str) -> int:
    connection = store._connection
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
