"""Trees of cases and packs from rows: one row for each thing that lies in another.

A pack or case is named by its key, by its whole code, or by product and serial. Things that would lie in
themselves or in two others are refused, and stay refused until the older statement is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.importing.columns import Columns
from ledger.importing.identifiers import Coded, code, gtin, product
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row
from ledger.store import Store
from ledger.trees import Child, Cycle, SecondParent

COLUMNS = Columns(
    {
        "parent": ("上级码", "箱码", "大码", "case"),
        "code": ("追溯码", "下级码", "小码", "key", "child"),
        "product": ("产品编码", "gtin"),
        "serial": ("序列号",),
        "lot": ("批号", "batch"),
        "expiry": ("有效期至", "有效期", "exp"),
    },
    ("parent",),
)


@dataclass(frozen=True, slots=True)
class Inside:
    """One thing that lies in a case."""

    line: int
    parent: str
    child: Child


def parse(rows: Iterable[Row], report: Report) -> list[Inside]:
    """What lies in what, by rows; rows that will not do are refused."""
    taken: dict[str, Inside] = {}
    for row in rows:
        parent = case(row, "parent")
        child = pack(row)
        if parent and child and not row.bad:
            made = Inside(row.line, parent.key, child)
            first = taken.setdefault(child.key, made)
            if (first.parent, first.child) != (made.parent, made.child):
                row.fault(
                    "code",
                    "row_second_parent" if first.parent != made.parent else "row_twice",
                    found=child.key,
                )
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def save(store: Store, taken: Iterable[Inside], report: Report) -> None:
    """Put the trees into the ledger, inside the caller's transaction; shipments in these cases are looked at."""
    changed = set()
    for one in taken:
        try:
            change = store.trees.put(one.parent, one.child)
        except SecondParent:
            report.refuse(BadRow(one.line, "code", "row_second_parent", (("found", one.child.key),)))
            continue
        except Cycle:
            report.refuse(BadRow(one.line, "parent", "row_cycle", (("found", one.parent),)))
            continue
        report.count(change)
        if change != "same":
            changed.add(one.parent)
    store.documents.filing.expand(changed)


def case(row: Row, name: str) -> Coded | None:
    """A case by its key or code; a fault where the cell is empty or names none."""
    text = row.need(name, 200)
    return code(row, name, text) if text else None


def pack(row: Row) -> Child | None:
    """The pack or case of a row by its code, or by product and serial; lot and expiry as told beside it."""
    text = row.text("code", 200)
    coded = code(row, "code", text) if text else _by_serial(row)
    if coded is None or row.bad:
        return None
    named, lot = product(row), row.text("lot", 50) or None
    last_day, precision = row.expiry("expiry")
    if lot and coded.lot and lot != coded.lot:
        row.fault("lot", "row_differs_from_code", found=lot, coded=coded.lot)
    if last_day and coded.expiry and last_day != coded.expiry:
        row.fault(
            "expiry", "row_differs_from_code", found=last_day.isoformat(), coded=coded.expiry.isoformat()
        )
    if row.bad:
        return None
    return Child(
        coded.key,
        coded.product or named,
        coded.serial,
        coded.lot or lot,
        coded.expiry or last_day,
        coded.expiry_precision or precision,
        coded.level,
    )


def _by_serial(row: Row) -> Coded | None:
    serial, found = row.need("serial", 100), product(row)
    if not serial or found is None:
        if not row.bad:
            row.fault("code", "row_missing")
        return None
    return serial_key(row, "serial", found, serial)


def serial_key(row: Row, name: str, of_product: str, serial: str) -> Coded | None:
    """A pack by product and serial: a GTIN with its serial; a drug's 20 digits are a code by themselves."""
    if len(of_product) == 14 and gtin(of_product):
        return code(row, name, f"gs1:{of_product}/{serial}")
    if serial.startswith(of_product) and len(serial) == 20:
        return code(row, name, f"cn20:{serial}")
    row.fault(name, "row_serial_needs_code", found=serial)
    return None


def listed(row: Row, of_product: str, text: str) -> Coded | None:
    """A pack of a list of serials: a whole code or key, or the bare serial of the line's product."""
    if len(of_product) == 14 and gtin(of_product) and ":" not in text and "(" not in text and len(text) <= 20:
        return serial_key(row, "serials", of_product, text)
    return code(row, "serials", text)
