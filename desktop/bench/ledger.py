"""How much a whole capture costs beside a bare sqlite3 transaction that writes the very same rows.

Ours: a code as text handed to the writer thread, identified, judged, minted, chained, saved with synchronous
=FULL and answered. Baseline: the rows that this wrote, inserted into a copy of the same database with the same
pragmas by plain SQL in one transaction. The two take turns, scan by scan, in the same run.

Options: events (present beforehand, 100000), scans (measured, 2000).
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from desktop.bench.row import Row
from desktop.settings import Settings
from desktop.station import scanned_of, workplace_of
from ledger.capture import Captured, Outcome, Workplace, capture
from ledger.clock import Clock
from ledger.event import EventKind
from ledger.situation import Intent
from ledger.store import FILE, Store
from ledger.writer import Writer
from scanner.scan import Scan, Source

_TABLES = ("event", "raw_scan", "pack", "pack_code", "pack_event", "outbox")
_GTINS = ("06901234567892", "09521234000013", "04150123456782", "08806555018017")


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure capture against the bare transaction, and look-ups against a bare point query."""
    present, scans = int(options.get("events", 100_000)), int(options.get("scans", 2_000))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-") as folder:
        home = Path(folder) / "home"
        yield from _measure(home, Path(folder) / "bare.sqlite3", present, scans)


def _measure(home: Path, bare: Path, present: int, scans: int) -> Iterator[Row]:
    writer = Writer(home)
    try:
        workplace = workplace_of(Settings(home), Clock(), writer.run(lambda store: store.device_id))
        _fill(writer, workplace, present)
    finally:
        writer.close()
    shutil.copyfile(home / FILE, bare)
    writer = Writer(home)
    baseline = _open_bare(bare)
    mirror = sqlite3.connect(f"{(home / FILE).as_uri()}?mode=ro", uri=True)
    try:
        ours, theirs = [], []
        for number in range(present, present + scans):
            text = _code(number)
            started = time.perf_counter()
            answer = writer.run(lambda store, text=text: _receive(store, workplace, text))  # type: ignore[misc]
            ours.append(time.perf_counter() - started)
            assert answer.outcome is Outcome.ACCEPTED and answer.event is not None
            written = _written(mirror, answer.event.seq)
            started = time.perf_counter()
            _insert(baseline, written)
            theirs.append(time.perf_counter() - started)
    finally:
        mirror.close()
        baseline.close()
        writer.close()
    name = "bare sqlite3 transaction of the same rows"
    for label, pick in (("median", 0.5), ("p99", 0.99)):
        yield Row(
            "ledger",
            f"capture, {present} events present, {label}",
            _quantile(ours, pick) * 1000,
            _quantile(theirs, pick) * 1000,
            name,
            "lower",
            "ms",
            scans,
        )
    yield Row(
        "ledger",
        f"capture, {present} events present, mean",
        statistics.fmean(ours) * 1000,
        statistics.fmean(theirs) * 1000,
        name,
        "lower",
        "ms",
        scans,
    )


def _fill(writer: Writer, workplace: Workplace, count: int) -> None:
    """Receive so many packs by the same walk, many to a transaction."""

    def some(store: Store, first: int, last: int) -> None:
        for number in range(first, last):
            _receive(store, workplace, _code(number))

    for first in range(0, count, 5_000):
        last = min(first + 5_000, count)
        writer.run(lambda store, first=first, last=last: some(store, first, last))  # type: ignore[misc]


def _receive(store: Store, workplace: Workplace, text: str) -> Captured:
    scan = Scan(text, Source.SERIAL, "DataMatrix", "bench", "]d2")
    return capture(store, workplace, scanned_of(scan), Intent(EventKind.RECEIVE, "op-1"))


def _code(number: int) -> str:
    """A GS1 element string; serials are scrambled, because real ones do not come in order."""
    serial = f"{number * 2_654_435_761 % 2**32:08X}{number:06d}"
    expiry = date.today() + timedelta(days=400 + number % 300)
    return f"01{_GTINS[number % len(_GTINS)]}17{expiry:%y%m%d}10LOT{number // 500:05d}\x1d21{serial}"


def _open_bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=0",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def _written(mirror: sqlite3.Connection, seq: int) -> list[tuple[str, tuple[object, ...]]]:
    """The rows of one capture as (INSERT statement, values)."""
    pack_id = mirror.execute("SELECT pack_id FROM pack_event WHERE seq = ?", (seq,)).fetchone()[0]
    found = []
    for table in _TABLES:
        where, key = ("pack_id", pack_id) if table in ("pack", "pack_code") else ("seq", seq)
        if table == "raw_scan":  # found by its number, for there is no index on seq
            where, key = "scan_id", mirror.execute("SELECT max(scan_id) FROM raw_scan").fetchone()[0]
        values = mirror.execute(f"SELECT * FROM {table} WHERE {where} = ?", (key,)).fetchone()  # noqa: S608 - our own names
        found.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values))  # noqa: S608
    return found


def _insert(connection: sqlite3.Connection, written: list[tuple[str, tuple[object, ...]]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement, values in written:
        connection.execute(statement, values)
    connection.execute("COMMIT")


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
