"""What a document says of one pack: its lines, what counts on them, and which line the next pack counts on.

Look-ups go by index and cost the same however long the ledger grows; what only changes when a document is sent anew
is remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from ledger.allocation import Allocation, allocate
from ledger.catalog import Catalog
from ledger.expectation import Expectation, acts_of
from ledger.journal import Amount
from ledger.memory import Memory
from ledger.shipment import SHIPMENT, Line
from ledger.trees import Trees

_LINES = (
    "SELECT line, product, quantity, lot, expiry, expiry_precision, unit FROM document_line"
    " WHERE document_id = ?"
)
_SUMS = "SELECT lot, sum(shown), sum(packs), sum(units), sum(cases) FROM progress_sum WHERE document_id = ?"
_LINE_OF_SERIAL = (
    "SELECT line, product, quantity, lot, expiry, expiry_precision, unit FROM document_line"
    " WHERE document_id = ? AND line = (SELECT line FROM document_serial WHERE document_id = ? AND key = ?)"
)
_PAPER = (
    "SELECT document_id, known, coalesce(finished, 0),"
    " EXISTS (SELECT 1 FROM document_serial AS one WHERE one.document_id = document.document_id)"
    " FROM document LEFT JOIN progress_end USING (document_id) WHERE kind = ? AND number = ?"
)
_NAMED = (
    "SELECT 1 FROM document WHERE kind = ? AND number = ? AND"
    " (EXISTS (SELECT 1 FROM document_serial AS one WHERE one.document_id = document.document_id AND key = ?)"
    " OR EXISTS (SELECT 1 FROM document_case AS one WHERE one.document_id = document.document_id AND key = ?))"
)
_SHOWN = "SELECT sum(shown) FROM progress WHERE document_id = ? AND key = ? AND act IN "


class Expecting:
    """The part of the documents that a scan is held against."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, trees: Trees, memory: Memory
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._catalog = catalog
        self._trees = trees

    def expectation(
        self,
        number: str,
        key: str | None,
        product: str | None,
        lot: str | None,
        *,
        kind: str = SHIPMENT,
        fresh: bool = False,
    ) -> Expectation:
        """What the document says of a pack with this key (None for goods without serial), product and lot.

        `fresh` where the ledger has no such pack, which spares looking whether it has been counted.
        """
        paper = self._memory.of("paper", (kind, number), lambda: self._paper(kind, number))
        if paper is None:
            return Expectation(why="document_unknown")
        document_id, known, finished, serials = paper
        seen = key is not None and not fresh and self._seen(document_id, kind, key)
        if not known:
            return Expectation(why="document_unknown", already_seen=seen, finished=finished)
        if serials and (said := self._by_serial(document_id, key, seen, finished)):
            return said
        return self._by_product(document_id, kind, key, product, lot, seen, finished)

    def lines_of(self, document_id: int, products: Sequence[str] = ()) -> tuple[Line, ...]:
        """The lines of a document, or those of some products, in order."""
        some = f" AND product IN {_marks(products)}" if products else ""
        rows = self._connection.execute(f"{_LINES}{some} ORDER BY line", (document_id, *products))
        return tuple(_line(row) for row in rows)

    def _paper(self, kind: str, number: str) -> tuple[int, bool, bool, bool] | None:
        """Number of a document's row, whether somebody sent it, whether it is closed, whether it lists serials."""
        row = self._connection.execute(_PAPER, (kind, number)).fetchone()
        return (row[0], bool(row[1]), bool(row[2]), bool(row[3])) if row else None

    def _by_serial(self, document_id: int, key: str | None, seen: bool, finished: bool) -> Expectation | None:
        """What the document says of a pack that it lists by serial."""
        row = self._connection.execute(_LINE_OF_SERIAL, (document_id, document_id, key)).fetchone()
        if row is None:
            return None
        line = _line(row)
        lots = (line.lot,) if line.lot else ()
        wanted = 0 if seen else 1
        return Expectation(
            known=True,
            listed=True,
            line=line,
            open_quantity=wanted,
            already_seen=seen,
            finished=finished,
            lots=lots,
        )

    def _by_product(
        self,
        document_id: int,
        kind: str,
        key: str | None,
        product: str | None,
        lot: str | None,
        seen: bool,
        finished: bool,
    ) -> Expectation:
        lines = self._lines_about(document_id, product) if product else ()
        if not product or not lines:
            case = key is not None and self._is_case(document_id, key)
            why = "" if case else "product_not_listed"
            return Expectation(True, case, why, already_seen=seen, case=case, finished=finished)
        lots = tuple(dict.fromkeys(line.lot for line in lines if line.lot))
        if self.lists_serials(document_id, *[line.line for line in lines]):
            return Expectation(True, why="serial_not_listed", already_seen=seen, finished=finished, lots=lots)
        taking = self.allocated(document_id, kind, product).taking(lot)
        if taking is None:
            return Expectation(True, why="lot_not_listed", already_seen=seen, finished=finished, lots=lots)
        return Expectation(
            known=True,
            listed=True,
            line=taking.line,
            open_quantity=taking.open,
            open_units=taking.open_units,
            already_seen=seen,
            finished=finished,
            lots=lots,
        )

    def _lines_about(self, document_id: int, product: str) -> tuple[Line, ...]:
        """The lines of one product, under whatever identifier."""
        products = self._catalog.identifiers(product)
        return self._memory.of("lines", (document_id, products), lambda: self.lines_of(document_id, products))

    def allocated(self, document_id: int, kind: str, product: str) -> Allocation:
        """The lines of one product with what counts on them."""
        lines = self._lines_about(document_id, product)
        if not lines:
            return Allocation((), {})
        products, acts = self._catalog.identifiers(product), acts_of(kind)
        rows = self._connection.execute(
            f"{_SUMS} AND product IN {_marks(products)} AND act IN {_marks(acts)} GROUP BY lot",
            (document_id, *products, *acts),
        )
        sums = {lot: Amount(*amount) for lot, *amount in rows}
        return allocate(lines, sums, self._catalog.pack_size(product))

    def _seen(self, document_id: int, kind: str, key: str) -> bool:
        acts = acts_of(kind)
        row = self._connection.execute(_SHOWN + _marks(acts), (document_id, key, *acts)).fetchone()
        return bool(row[0])

    def names(self, kind: str, number: str, key: str) -> bool:
        """True when the document lists this very pack or case."""
        row = self._connection.execute(_NAMED, (kind, number, key, key)).fetchone()
        return row is not None

    def lists_serials(self, document_id: int, *lines: int) -> bool:
        """True when the document lists the packs of any of these lines by serial."""
        any_of = f"SELECT 1 FROM document_serial WHERE document_id = ? AND line IN {_marks(lines)} LIMIT 1"  # noqa: S608
        return self._memory.of(
            "serials",
            (document_id, lines),
            lambda: self._connection.execute(any_of, (document_id, *lines)).fetchone() is not None,
        )

    def _is_case(self, document_id: int, key: str) -> bool:
        return any(
            self._connection.execute(
                "SELECT 1 FROM document_case WHERE document_id = ? AND key = ?", (document_id, one)
            ).fetchone()
            for one in (key, *self._trees.parents_of(key))
        )


def _line(row: tuple[Any, ...]) -> Line:
    line, product, quantity, lot, expiry, precision, unit = row
    return Line(line, product, quantity, lot, day_of(expiry), precision, unit)


def _marks(values: Sequence[object]) -> str:
    return f"({', '.join('?' * len(values))})"


def day_of(text: str | None) -> date | None:
    """A day as the tables have it."""
    return date.fromisoformat(text) if text else None
