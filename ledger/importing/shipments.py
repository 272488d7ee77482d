"""Expected shipments from rows. A row says one of three things:

    product, quantity [lot, expiry]         so many packs, told by number alone
    code, or product and serial [lot, …]    one pack by its serial, in its case where `case` names one
    case alone                              a case or pallet whose tree is told elsewhere

Packs of the same product, lot and expiry are one line, unless `line` numbers them. All packs of a product are told
by serial or none is: a list that names some of them could not tell a wrong pack from an unnamed one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.change import Change
from ledger.importing import trees
from ledger.importing.columns import Columns
from ledger.importing.identifiers import code
from ledger.importing.papers import Paper, documents, line_of, numbered, refuse
from ledger.importing.report import Report
from ledger.importing.rows import Row
from ledger.shipment import EXPECTED, SHIPMENT, Line, Shipment
from ledger.store import Store
from ledger.trees import Child, Cycle, SecondParent

COLUMNS = Columns(
    {
        "number": ("单号", "发货单号", "随货单号", "送货单号"),
        "kind": ("单据类型",),
        "partner": ("供应商", "发货方", "gln"),
        "day": ("日期", "发货日期", "预计到货日期", "date"),
        "line": ("行号",),
        "product": ("产品编码", "gtin"),
        "lot": ("批号", "batch"),
        "expiry": ("有效期至", "有效期", "exp"),
        "quantity": ("数量", "qty"),
        "unit": ("单位",),
        "code": ("追溯码", "key"),
        "serial": ("序列号",),
        "serials": (),
        "case": ("箱码", "大码", "sscc"),
        "cases": (),
    },
    ("number",),
)


_KINDS = {kind: kind for kind in EXPECTED} | {
    "发货单": SHIPMENT,
    "到货单": SHIPMENT,
    "采购单": "po",
    "调拨单": "transfer",
    "出库单": "order",
}


@dataclass(frozen=True, slots=True)
class Head:
    """What stands once for a shipment."""

    kind: str
    partner: str | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A shipment and what lies in its cases."""

    paper: Paper[Head]
    shipment: Shipment
    inside: tuple[tuple[Row, str, Child], ...]


def parse(rows: Iterable[Row], report: Report) -> list[Delivery]:
    """The shipments of rows; a shipment with a row that will not do is refused."""
    return [found for _, found in documents(rows, report, _head, _build)]


def save(store: Store, taken: Iterable[Delivery], report: Report) -> None:
    """Put the shipments and their trees into the ledger, inside the caller's transaction."""
    for delivery in taken:
        try:
            with store.savepoint():
                change = _save(store, delivery)
        except _Faulty:
            refuse(delivery.paper, report)
        else:
            report.count(change)


class _Faulty(Exception):
    """What is known already forbids the shipment; its rows say why."""


def _save(store: Store, delivery: Delivery) -> Change:
    new, paper = delivery.shipment, delivery.paper
    known = store.documents.find(new.kind, new.number)
    if known and known.partner and new.partner and known.partner != new.partner:
        paper.rows[0].fault("number", "row_number_of_other", number=new.number, partner=known.partner)
    grown = set()
    for row, parent, child in delivery.inside:
        try:
            if store.trees.put(parent, child) is not Change.SAME:
                grown.add(parent)
        except SecondParent:
            row.fault("code", "row_second_parent", found=child.key)
        except Cycle:
            row.fault("case", "row_cycle", found=parent)
    if paper.faulty:
        raise _Faulty
    change = store.documents.put(new)
    store.documents.filing.expand(grown)
    return change


def _head(row: Row) -> Head:
    return Head(row.word("kind", _KINDS) or SHIPMENT, row.gln("partner"), row.day("day"))


def _build(paper: Paper[Head]) -> Delivery:
    lines: dict[int, Line] = {}
    serials: dict[str, int] = {}
    cases: set[str] = set()
    inside: list[tuple[Row, str, Child]] = []
    by_lot: dict[tuple[object, ...], int] = {}
    for row in paper.rows:
        case = trees.case(row, "case") if row.text("case") else None
        for text in row.several("cases"):
            cases |= _other_case(row, text)
        if case:
            cases.add(case.key)
        if row.text("code") or row.text("serial"):
            child = trees.pack(row)
            if child is None:
                continue
            if child.key in serials:
                row.fault("code", "row_serial_twice", found=child.key)
            _one_pack(row, child, lines, serials, by_lot)
            if case:
                inside.append((row, case.key, child))
        elif row.text("product") or row.text("quantity") or not (case or row.several("cases")):
            _counted(row, lines, serials)
    _all_or_none(paper, lines, serials)
    return Delivery(
        paper,
        Shipment(
            paper.number,
            tuple(lines[number] for number in sorted(lines)),
            paper.head.partner,
            paper.head.day,
            tuple(sorted(serials.items())),
            tuple(sorted(cases)),
            paper.head.kind,
        ),
        tuple(inside),
    )


def _other_case(row: Row, text: str) -> set[str]:
    found = code(row, "cases", text)
    return {found.key} if found else set()


def _one_pack(
    row: Row,
    child: Child,
    lines: dict[int, Line],
    serials: dict[str, int],
    by_lot: dict[tuple[object, ...], int],
) -> None:
    """Put a pack that is told by serial on its line, which grows by one."""
    said = row.whole("quantity")
    if said not in (None, 1):
        row.fault("quantity", "row_serial_quantity", found=str(said))
    if child.product is None:
        row.fault("product", "row_missing")
        return
    same = (row.text("line"), child.product, child.lot, child.expiry, child.expiry_precision)
    number = by_lot.get(same) or numbered(row, lines)
    made = Line(number, child.product, 1, child.lot, child.expiry, child.expiry_precision)
    known = lines.get(number)
    if known and replace(known, quantity=1) != made:
        row.fault("line", "row_line_differs", found=str(number))
        return
    by_lot[same] = number
    lines[number] = replace(made, quantity=known.quantity + 1) if known else made
    serials[child.key] = number


def _counted(row: Row, lines: dict[int, Line], serials: dict[str, int]) -> None:
    """Add a line that is told by number, with its serials where a list of them stands beside it."""
    number = numbered(row, lines)
    line = line_of(row, number)
    if line is None:
        return
    if number in lines:
        row.fault("line", "row_line_twice", found=str(number))
        return
    lines[number] = line
    listed = row.several("serials")
    for text in listed:
        coded = trees.listed(row, line.product, text)
        if coded is None:
            continue
        if coded.key in serials:
            row.fault("serials", "row_serial_twice", found=coded.key)
        if coded.lot and line.lot and coded.lot != line.lot:
            row.fault("serials", "row_differs_from_code", found=line.lot, coded=coded.lot)
        serials[coded.key] = number
    if listed and len(listed) != line.quantity and not row.bad:
        row.fault("serials", "row_serials_count", found=str(len(listed)), wanted=str(line.quantity))


def _all_or_none(paper: Paper[Head], lines: dict[int, Line], serials: dict[str, int]) -> None:
    by_serial = set(serials.values())
    told = {lines[number].product for number in by_serial if number in lines}
    for line in lines.values():
        if line.product in told and line.line not in by_serial and not paper.faulty:
            paper.rows[0].fault("product", "row_serials_mixed", product=line.product)
    if not lines and not paper.faulty:
        paper.rows[0].fault("product", "row_missing")
