"""Documents from rows: rows of the same number are one document, and a document is taken whole or not at all.

Half a shipment would call the other half a surplus, so one bad row holds its document back; other documents go
in. What stands once for a document (partner, patient, day) must be the same in all its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ledger.importing.identifiers import product
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row
from ledger.shipment import PACK, UNIT, Line

Head = TypeVar("Head")
Item = TypeVar("Item")

UNITS = (
    {"pack": PACK, "unit": UNIT}
    | dict.fromkeys(("盒", "包装"), PACK)
    | dict.fromkeys(("片", "粒", "最小单位"), UNIT)
)
"""What a line counts, as files say it."""


@dataclass(slots=True)
class Paper(Generic[Head]):
    """The rows of one document and what stands once in them."""

    number: str
    head: Head
    rows: list[Row] = field(default_factory=list)

    @property
    def faulty(self) -> bool:
        """True when any row has a fault."""
        return any(row.bad for row in self.rows)


def documents(
    rows: Iterable[Row],
    report: Report,
    head: Callable[[Row], Head],
    build: Callable[[Paper[Head]], Item],
) -> list[tuple[Paper[Head], Item]]:
    """Documents of rows: `head` reads what stands once, `build` makes the whole and may find faults in rows.

    Faulty documents are refused.
    """
    papers: dict[str, Paper[Head]] = {}
    for row in rows:
        number = row.need("number", 100)
        said = head(row)
        if not number:
            for one in row.bad:
                report.refuse(one)
            continue
        paper = papers.setdefault(number, Paper(number, said))
        if paper.head != said and not row.bad:
            row.fault("number", "row_document_differs", number=number)
        paper.rows.append(row)
    taken = []
    for paper in papers.values():
        item = build(paper)
        if paper.faulty:
            refuse(paper, report)
        else:
            taken.append((paper, item))
    return taken


def refuse(paper: Paper[Head], report: Report) -> None:
    """Refuse every row of a document: the faulty ones for their faults, the others because of these."""
    first = next(row.line for row in paper.rows if row.bad)
    for row in paper.rows:
        for one in row.bad:
            report.refuse(one)
    for row in paper.rows:
        if not report.refused_line(row.line):
            params = (("number", paper.number), ("other", str(first)))
            report.refuse(BadRow(row.line, "", "row_document_held", params))


def line_of(row: Row, number: int) -> Line | None:
    """The line of a row: product, quantity, and lot, expiry and unit where it says so."""
    found, quantity = product(row), row.whole("quantity")
    if found is None and not row.bad:
        row.fault("product", "row_missing")
    if quantity is None and not row.bad:
        row.fault("quantity", "row_missing")
    last_day, precision = row.expiry("expiry")
    unit = row.word("unit", UNITS) or PACK
    lot = row.text("lot", 50) or None
    if found is None or quantity is None or row.bad:
        return None
    return Line(number, found, quantity, lot, last_day, precision, unit)


def numbered(row: Row, lines: Iterable[int]) -> int:
    """The number of a row's line: as it says, else one more than the greatest so far."""
    return row.whole("line", 1, 100_000) or max(lines, default=0) + 1
