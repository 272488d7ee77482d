"""What the ledger costs beside bare sqlite3: a capture, a case of 50 packs, an import, look-ups, an audit.

Capture: a code as text handed to the writer thread, identified, judged, minted, chained, saved with synchronous
=FULL and answered. Its baseline: the rows that this wrote, inserted into a copy of the same database with the same
pragmas by plain SQL in one transaction. The two take turns, scan by scan, in the same run.

Options: events (present beforehand, 100000), scans (measured, 2000).
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from desktop.bench.row import Row
from desktop.bench.rows_of import insert, mirror_of, open_bare, written_by
from desktop.settings import Settings
from desktop.station import scanned_of, workplace_of
from ledger.audit import check
from ledger.capture import Captured, Outcome, Workplace, capture
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.codes.code import Level
from ledger.event import EventKind
from ledger.shipment import Line, Shipment
from ledger.situation import Intent
from ledger.store import FILE, Store
from ledger.trees import Child
from ledger.writer import Writer
from scanner.scan import Scan, Source

_GTINS = ("06901234567892", "09521234000013", "04150123456782", "08806555018017")
_SMALL = 10_000
"""Events at which the look-ups are measured first, to see whether they stay flat."""
_PRODUCTS = 100_000
BARE = "bare sqlite3 transaction of the same rows"


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure everything on one ledger that grows to the wanted size."""
    present, scans = int(options.get("events", 100_000)), int(options.get("scans", 2_000))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-") as folder:
        home = Path(folder) / "home"
        writer = Writer(home)
        workplace = workplace_of(Settings(home), Clock(), writer.run(lambda store: store.device_id))
        try:
            _fill(writer, workplace, 0, min(_SMALL, present))
            small = {name: _timed(writer, look, 300) for name, look in _looks(min(_SMALL, present)).items()}
            _fill(writer, workplace, min(_SMALL, present), present)
            yield from _look_rows(writer, small, present)
        finally:
            writer.close()
        yield from _capture_rows(home, workplace, Path(folder) / "bare.sqlite3", present, scans)
        yield from _bulk_rows(home, Path(folder) / "bulk.sqlite3")


def _capture_rows(home: Path, workplace: Workplace, bare: Path, present: int, scans: int) -> Iterator[Row]:
    shutil.copyfile(home / FILE, bare)
    writer, baseline, mirror = Writer(home), open_bare(bare), mirror_of(home)
    ours: list[float] = []
    theirs: list[float] = []
    try:
        for number in range(present, present + scans):
            text = _code(number)
            started = time.perf_counter()
            answer = writer.run(lambda store, text=text: _receive(store, workplace, text))  # type: ignore[misc]
            ours.append(time.perf_counter() - started)
            theirs.append(insert(baseline, _rows_of(mirror, answer)))
        for name, pick in (("median", 0.5), ("p99", 0.99)):
            mine, other = _quantile(ours, pick), _quantile(theirs, pick)
            yield _row(f"capture, {present} events present, {name}", mine, other, BARE, scans)
        mine, other = statistics.fmean(ours), statistics.fmean(theirs)
        yield _row(f"capture, {present} events present, mean", mine, other, BARE, scans)
        yield _case_row(writer, workplace, baseline, mirror)
    finally:
        mirror.close()
        baseline.close()
        writer.close()


def _case_row(
    writer: Writer, workplace: Workplace, baseline: sqlite3.Connection, mirror: sqlite3.Connection
) -> Row:
    """A case of 50 packs, received by one scan."""
    ours, theirs = [], []
    for number in range(20):
        sscc = _with_check(f"0952123400{number:07d}")
        writer.run(lambda store, sscc=sscc, number=number: _declare(store, sscc, number))  # type: ignore[misc]
        started = time.perf_counter()
        answer = writer.run(lambda store, sscc=sscc: _receive(store, workplace, "00" + sscc))  # type: ignore[misc]
        ours.append(time.perf_counter() - started)
        theirs.append(insert(baseline, _rows_of(mirror, answer)))
    return _row(
        "case of 50 packs in one scan, mean", statistics.fmean(ours), statistics.fmean(theirs), BARE, 20
    )


def _declare(store: Store, sscc: str, number: int) -> None:
    for place in range(50):
        serial = f"C{number:03d}-{place:03d}"
        key, expiry = f"gs1:{_GTINS[1]}/{serial}", date.today() + timedelta(days=500)
        store.trees.put(f"sscc:{sscc}", Child(key, _GTINS[1], serial, "CASE", expiry, "day", Level.UNIT))


def _bulk_rows(home: Path, bare: Path) -> Iterator[Row]:
    """Import of products, and the audit of everything."""
    products = [
        Product(f"{number:014d}", f"产品{number}", f"Product {number}") for number in range(_PRODUCTS)
    ]
    writer = Writer(home)
    try:
        started = time.perf_counter()
        writer.run(lambda store: store.catalog.load(products))
        mine = time.perf_counter() - started
        connection = open_bare(bare)
        connection.execute("CREATE TABLE product (product TEXT PRIMARY KEY, zh TEXT, en TEXT) STRICT")
        connection.execute("CREATE TABLE code (code TEXT PRIMARY KEY, product TEXT) STRICT, WITHOUT ROWID")
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        triples = ((one.product, one.name_zh, one.name_en) for one in products)
        connection.executemany("INSERT INTO product VALUES (?, ?, ?)", triples)
        connection.executemany(
            "INSERT INTO code VALUES (?, ?)", ((one.product, one.product) for one in products)
        )
        connection.execute("COMMIT")
        other = time.perf_counter() - started
        connection.close()
        yield _row(f"import of {_PRODUCTS} products", mine, other, "bare executemany of names and codes", 1)
        started = time.perf_counter()
        finding = writer.run(check)
        mine = time.perf_counter() - started
        assert finding.chain_ok and finding.projection_ok
        other = writer.run(_hash_all)
        yield _row(
            f"audit of {finding.events} events", mine, other, "bare read and SHA-256 of every event", 1
        )
    finally:
        writer.close()


def _hash_all(store: Store) -> float:
    started, digest = time.perf_counter(), bytes(32)
    for _, body, _ in store.chain():
        digest = hashlib.sha256(digest + body).digest()
    return time.perf_counter() - started


Look = Callable[[Store, int], object]


def _looks(present: int) -> dict[str, Look]:
    """Look-ups by name; the number picks a pack that is there."""

    def key(number: int) -> str:
        return f"gs1:{_GTINS[number % len(_GTINS)]}/{_serial(number)}"

    def history(store: Store, number: int) -> object:
        pack = store.look_up(key(number % present))
        assert pack is not None
        return store.events_of(pack.pack_id)

    return {
        "look-up of a pack": lambda store, number: store.look_up(key(number % present)),
        "history of a pack": history,
        "board of an expected shipment": lambda store, _: store.boards.board("desadv", "BENCH-1"),
    }


def _timed(writer: Writer, look: Look, times: int) -> float:
    """Mean seconds of a look-up, inside the writer, at scattered packs."""

    def run(store: Store) -> float:
        if store.documents.find("desadv", "BENCH-1") is None:
            store.documents.put(Shipment("BENCH-1", tuple(Line(n + 1, g, 100) for n, g in enumerate(_GTINS))))
        look(store, 1)
        started = time.perf_counter()
        for number in range(times):
            look(store, number * 7_919)
        return (time.perf_counter() - started) / times

    return writer.run(run)


def _look_rows(writer: Writer, small: dict[str, float], present: int) -> Iterator[Row]:
    for name, look in _looks(present).items():
        mine = _timed(writer, look, 300)
        yield _row(
            f"{name}, {present} events present", mine, small[name], f"the same at {_SMALL} events", 300
        )


def _fill(writer: Writer, workplace: Workplace, first: int, last: int) -> None:
    """Receive so many packs by the same walk, many to a transaction."""

    def some(store: Store, start: int, stop: int) -> None:
        for number in range(start, stop):
            _receive(store, workplace, _code(number))

    for start in range(first, last, 5_000):
        stop = min(start + 5_000, last)
        writer.run(lambda store, start=start, stop=stop: some(store, start, stop))  # type: ignore[misc]


def _receive(store: Store, workplace: Workplace, text: str) -> Captured:
    scan = Scan(text, Source.SERIAL, "DataMatrix", "bench", "]d2" if not text.startswith("00") else "]C1")
    return capture(store, workplace, scanned_of(scan), Intent(EventKind.RECEIVE, "op-1"))


def _rows_of(mirror: sqlite3.Connection, answer: Captured) -> list[tuple[str, tuple[object, ...]]]:
    assert answer.outcome is Outcome.ACCEPTED and answer.event is not None, answer.problems
    return written_by(mirror, answer.event.seq)


def _code(number: int) -> str:
    """A GS1 element string."""
    expiry = date.today() + timedelta(days=400 + number % 300)
    lot = f"LOT{number // 500:05d}"
    return f"01{_GTINS[number % len(_GTINS)]}17{expiry:%y%m%d}10{lot}\x1d21{_serial(number)}"


def _serial(number: int) -> str:
    """Serials are scrambled, because real ones do not come in order."""
    return f"{number * 2_654_435_761 % 2**32:08X}{number:06d}"


def _with_check(digits: str) -> str:
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _row(name: str, ours: float, baseline: float, baseline_name: str, n: int) -> Row:
    return Row("ledger", name, ours * 1000, baseline * 1000, baseline_name, "lower", "ms", n)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
