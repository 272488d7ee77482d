"""Import of a product list as a file, beside the least that any import must do with it."""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from desktop.bench.row import Row
from desktop.bench.rows_of import open_bare
from ledger.clock import Clock
from ledger.codes.check import mod10
from ledger.importing.files import read_file
from ledger.importing.load import columns_of, parse, save
from ledger.importing.report import Report
from ledger.store import Store
from ledger.writer import Writer

BARE = "csv.reader and executemany of the same rows in one transaction"
HEAD = ("gtin", "drug_id", "name_zh", "name_en", "spec", "maker", "pack_size", "storage", "near_expiry_days")
_WIDTHS = "product TEXT PRIMARY KEY, " + ", ".join(f"c{n} TEXT" for n in range(len(HEAD) - 2))


def rows(home: Path, folder: Path, count: int) -> Iterator[Row]:
    """Import a list of so many products: new, the same again, and every one changed."""
    file, bare = folder / "products.csv", folder / "products.sqlite3"
    writer, baseline = Writer(home), open_bare(bare)
    baseline.execute(f"CREATE TABLE product ({_WIDTHS}) STRICT")
    baseline.execute(
        "CREATE TABLE code (code TEXT PRIMARY KEY, kind TEXT, product TEXT) STRICT, WITHOUT ROWID"
    )
    try:
        for what, price in (("new", ""), ("known already", ""), ("all changed", " B")):
            write(file, count, price)
            started = time.perf_counter()
            theirs = _bare(baseline, file)
            between = time.perf_counter()
            report = import_(writer, file)
            ours = time.perf_counter() - between
            assert theirs == report.taken == count and not report.refused, report
            label = f"import of {count} products, {what}"
            yield Row("ledger", label, ours, between - started, BARE, "lower", "s", 1)
    finally:
        baseline.close()
        writer.close()


def write(file: Path, count: int, mark: str) -> None:
    """A list as a wholesaler's system writes it."""
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(HEAD)
        for number in range(count):
            body = f"0690{number:09d}"
            row = (
                f"{body}{mod10(body)}",
                f"8{number:06d}",
                f"复方制剂{number}片",
                f"Compound {number}{mark}",
            )
            lines.writerow((*row, "0.25g×24片", "博鳌制药有限公司", 24, "遮光，密封保存", 90))


def import_(writer: Writer, file: Path) -> Report:
    """As the command does: read and understand in this thread, save in the writer's transaction."""
    sheet = read_file(file, columns_of("products"))
    parsed = parse("products", sheet.rows, sheet.ignored)

    def job(store: Store) -> Report:
        return save(store, parsed, Clock())

    return writer.run(job)


def _bare(connection: sqlite3.Connection, file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as source:
        lines = csv.reader(source)
        next(lines)
        taken = list(lines)
    connection.execute("BEGIN IMMEDIATE")
    marks = ", ".join("?" * (len(HEAD) - 1))
    connection.executemany(
        f"INSERT OR REPLACE INTO product VALUES ({marks})",  # noqa: S608 - marks only
        [(row[0], *row[2:]) for row in taken],
    )
    codes = [(code, kind, row[0]) for row in taken for kind, code in (("gtin", row[0]), ("drug", row[1]))]
    connection.executemany("INSERT OR REPLACE INTO code VALUES (?, ?, ?)", codes)
    connection.execute("COMMIT")
    return len(taken)
