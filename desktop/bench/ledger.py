"""What the ledger costs beside bare sqlite3: a capture, a case of 50 packs, an import, look-ups, an audit.

Capture: a code as text, identified, judged, minted, chained and committed with synchronous=FULL, in one transaction.
Its baseline: the rows that this wrote, inserted into a copy of the same database with the same pragmas by plain SQL
in one transaction. The two take turns, scan by scan, in the same run. A second row adds the way to the writer thread
and back. Python's collector is off meanwhile, as it is in every thread of the window but the one that paints
(desktop/garbage.py).

Options: events (present beforehand, 100000), scans (measured, 1000), products (100000), folder (where the ledgers
are made; the system's temporary one).
"""

from __future__ import annotations

import gc
import hashlib
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from desktop.bench.ground import goods, lookups, past
from desktop.bench.ground.fill import Filler, shipment_of
from desktop.bench.row import Row
from desktop.bench.rows_of import document_rows, insert, mirror_of, open_bare, written_by
from desktop.settings import Settings
from desktop.workplace import scanned_of, workplace_of
from ledger.audit import audit
from ledger.capture import Captured, Outcome, Workplace, capture
from ledger.clock import Clock
from ledger.codes.check import mod10
from ledger.codes.code import Level
from ledger.connection import connect_reader
from ledger.event import DocumentRef, EventKind
from ledger.link import GENESIS
from ledger.shipment import SHIPMENT
from ledger.situation import Intent
from ledger.store import FILE, Store, open_store
from ledger.trees import Child
from ledger.writer import Writer
from scanner.scan import Scan, Source

_SHORT = 10_000
"""Events of the ledger whose look-ups are measured in turns with the long one's, to see whether they stay flat."""
_CASES = 40
T = TypeVar("T")
BARE = "bare sqlite3 transaction of the same rows"


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure everything on one ledger of the wanted size."""
    present, scans = int(options.get("events", 100_000)), int(options.get("scans", 1_000))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-", dir=options.get("folder")) as name:
        folder = Path(name)
        short, home = folder / "short", folder / "home"
        with closing(Filler(home, present)) as filler:
            filler.fill(min(_SHORT, present))
            _copy(filler, home, short)
            filler.fill(present)
        yield from lookups.rows(short, home, (min(_SHORT, present), present))
        yield _audit_row(home)
        yield from _capture_rows(home, folder / "bare.sqlite3", present, scans)
        yield from goods.rows(home, folder, int(options.get("products", 100_000)))


def _copy(filler: Filler, home: Path, short: Path) -> None:
    """The ledger as it is now, of its own; all but its last records are delivered there too."""
    filler.deliver()
    filler.store.checkpoint()
    short.mkdir()
    shutil.copyfile(home / FILE, short / FILE)


def _capture_rows(home: Path, bare: Path, present: int, scans: int) -> Iterator[Row]:
    shutil.copyfile(home / FILE, bare)
    first = past.packs_by(present) + 1
    baseline, mirror = open_bare(bare), mirror_of(home)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with closing(open_store(home)) as store:
            workplace = workplace_of(Settings(home), Clock(), store.device_id)

            def alone(job: Callable[[Store], T]) -> T:
                with store.transaction():
                    return job(store)

            packs = range(first, first + scans)
            yield from _take_turns(alone, "capture", packs, workplace, baseline, mirror, present)
        with closing(Writer(home)) as writer:
            packs = range(first + scans, first + 2 * scans)
            name = "capture by way of the writer thread"
            yield from _take_turns(writer.run, name, packs, workplace, baseline, mirror, present)
            yield from _case_rows(writer, workplace, baseline, mirror)
    finally:
        gc.enable()
        gc.unfreeze()
        mirror.close()
        baseline.close()


def _take_turns(
    run: Callable[[Callable[[Store], Any]], Any],
    name: str,
    packs: range,
    workplace: Workplace,
    baseline: sqlite3.Connection,
    mirror: sqlite3.Connection,
    present: int,
) -> Iterator[Row]:
    """Receive these packs against their shipments, each followed by its baseline."""
    ours: list[float] = []
    theirs: list[float] = []
    for pack in packs:
        if pack == packs[0] or pack % past.PER_DOCUMENT == 0:
            known = document_rows(mirror, past.document(pack))
            run(partial(_expect, pack=pack))
            insert(baseline, [row for row in document_rows(mirror, past.document(pack)) if row not in known])
        job = _received(workplace, past.face(pack).text, past.document(pack))
        started = time.perf_counter()
        answer = run(job)
        ours.append(time.perf_counter() - started)
        theirs.append(insert(baseline, _rows_of(mirror, answer)))
    for word, pick in (("median", 0.5), ("p99", 0.99)):
        mine, other = _quantile(ours, pick), _quantile(theirs, pick)
        yield _row(f"{name}, {present} events present, {word}", mine, other, BARE, len(packs))
    mine, other = statistics.fmean(ours), statistics.fmean(theirs)
    yield _row(f"{name}, {present} events present, mean", mine, other, BARE, len(packs))


def _case_rows(
    writer: Writer, workplace: Workplace, baseline: sqlite3.Connection, mirror: sqlite3.Connection
) -> Iterator[Row]:
    """A case of 50 packs, received by one scan."""
    ours, theirs = [], []
    for number in range(_CASES):
        body = f"0952123400{number:07d}"
        sscc = f"{body}{mod10(body)}"
        writer.run(partial(_declare, sscc=sscc, number=number))
        started = time.perf_counter()
        answer = writer.run(_received(workplace, "00" + sscc))
        ours.append(time.perf_counter() - started)
        theirs.append(insert(baseline, _rows_of(mirror, answer)))
    for name, pick in (("median", 0.5), ("slowest", 1.0)):
        mine, other = _quantile(ours, pick), _quantile(theirs, pick)
        yield _row(f"case of 50 packs in one scan, {name}", mine, other, BARE, _CASES)


def _declare(store: Store, sscc: str, number: int) -> None:
    product = past.products()[number]
    for place in range(50):
        serial = f"C{number:03d}-{place:03d}"
        key, expiry = f"gs1:{product}/{serial}", date.today() + timedelta(days=500)
        store.trees.put(f"sscc:{sscc}", Child(key, product, serial, "CASE", expiry, "day", Level.UNIT))


def _expect(store: Store, pack: int) -> None:
    store.documents.put(shipment_of(pack))


def _audit_row(home: Path) -> Row:
    started = time.perf_counter()
    finding = audit(home)
    mine = time.perf_counter() - started
    assert finding.whole, finding.faults
    started = time.perf_counter()
    _hash_all(home)
    other = time.perf_counter() - started
    label, bare = f"audit of {finding.events} events", "bare read and SHA-256 of every event"
    return Row("ledger", label, mine, other, bare, "lower", "s", 1)


def _hash_all(home: Path) -> None:
    digest = GENESIS
    with closing(connect_reader(home / FILE)) as connection:
        for (body,) in connection.execute("SELECT body FROM event ORDER BY seq"):
            digest = hashlib.sha256(digest + body).digest()


def _received(workplace: Workplace, text: str, paper: str = "") -> Callable[[Store], Captured]:
    """The job of receiving what a device has read."""
    scan = Scan(text, Source.SERIAL, "DataMatrix", "bench", "]d2" if not text.startswith("00") else "]C1")
    documents = (DocumentRef(SHIPMENT, paper),) if paper else ()
    scanned, intent = scanned_of(scan), Intent(EventKind.RECEIVE, "op-1", documents)
    return lambda store: capture(store, workplace, scanned, intent)


def _rows_of(mirror: sqlite3.Connection, answer: Captured) -> list[tuple[str, tuple[object, ...]]]:
    assert answer.outcome is Outcome.ACCEPTED and answer.event is not None, answer.problems
    return written_by(mirror, answer.event.seq)


def _row(name: str, ours: float, baseline: float, baseline_name: str, n: int) -> Row:
    return Row("ledger", name, ours * 1000, baseline * 1000, baseline_name, "lower", "ms", n)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
