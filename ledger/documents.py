"""What a task is checked against: expected shipments, prescriptions, approvals, and how far each has come.

A document is found by kind and number; numbers are unique for a kind at one site. How far it has come is worked
out from the journal of the events that named it (ledger/journal.py) and its lines as they are today, so that
partial receipts, undone scans and lines that were sent anew need no care. Look-ups for one scan go by index and
cost the same however long the ledger grows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ledger.allocation import Allocation, Filled, allocate
from ledger.approval import Approval, Standing
from ledger.catalog import Catalog
from ledger.change import Change
from ledger.event import Event
from ledger.expectation import Document, Expectation, acts_of
from ledger.filing import Filing
from ledger.grants import Grants
from ledger.journal import Amount, Journal, concerned
from ledger.journalcheck import JournalCheck
from ledger.memory import Memory
from ledger.prescription import Prescription, Supply
from ledger.shipment import PRESCRIPTION, SHIPMENT, Line, Shipment
from ledger.supplies import Supplies
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


class Documents:
    """The documents of one ledger and their progress."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, trees: Trees, memory: Memory
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._catalog = catalog
        self._trees = trees
        self.filing = Filing(connection, catalog, trees)
        self.grants = Grants(connection, catalog)
        self.journal = Journal(connection, memory)
        self.supplies = Supplies(connection, catalog)

    def project(self, event: Event) -> None:
        """Write what an event means for documents; called by the store for every event it appends."""
        if event.documents or event.detail:
            self.journal.project(event)

    def rebuild(self, chain: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Write all progress anew from `store.chain()`."""
        self.journal.rebuild(chain)

    def agrees(self, chain: Iterable[tuple[int, bytes, bytes]]) -> bool:
        """True when the stored progress is what the events of `store.chain()` say."""
        held = JournalCheck(self._connection)
        return all(map(held.tell, concerned(chain))) and held.difference() is None

    def put(self, document: Shipment | Prescription | Approval) -> Change:
        """Add a document or replace it as a whole."""
        match document:
            case Shipment():
                return self.filing.shipment(document)
            case Prescription():
                return self.filing.prescription(document)
            case Approval():
                return self.filing.approval(document)

    def find(self, kind: str, number: str) -> Document | None:
        """The document of this kind (`desadv`, `prescription`, `approval` …) and number, if somebody sent it."""
        row = self._connection.execute(
            "SELECT document_id, partner, day, coalesce(finished, 0), known FROM document"
            " LEFT JOIN progress_end USING (document_id) WHERE kind = ? AND number = ?",
            (kind, number),
        ).fetchone()
        if row is None or not row[4]:
            return None
        document_id, partner, day, finished, _ = row
        return Document(document_id, kind, number, partner, _day(day), bool(finished))

    def finished(self, kind: str, number: str) -> bool:
        """True when a person has closed it, sent or not."""
        row = self._connection.execute(
            "SELECT finished FROM document JOIN progress_end USING (document_id) WHERE kind = ? AND number = ?",
            (kind, number),
        ).fetchone()
        return bool(row and row[0])

    def all(self, kind: str, *, after: str = "", limit: int = 100) -> tuple[Document, ...]:
        """Documents of a kind by number, so many after one."""
        rows = self._connection.execute(
            "SELECT document_id, kind, number, partner, day, coalesce(finished, 0) FROM document"
            " LEFT JOIN progress_end USING (document_id) WHERE kind = ? AND number > ? AND known"
            " ORDER BY number LIMIT ?",
            (kind, after, limit),
        )
        return tuple(
            Document(document_id, kind, number, partner, _day(day), bool(finished))
            for document_id, kind, number, partner, day, finished in rows
        )

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

    def lines(self, kind: str, number: str) -> tuple[Filled, ...]:
        """Every line of a document with what counts on it, from sums; serials are the board's affair."""
        row = self._connection.execute(
            "SELECT document_id FROM document WHERE kind = ? AND number = ?", (kind, number)
        ).fetchone()
        if row is None:
            return ()
        products: dict[str, None] = {}
        for line in self.lines_of(row[0]):
            products.setdefault(self._catalog.main(line.product))
        filled = [one for product in products for one in self._allocated(row[0], kind, product).lines]
        return tuple(sorted(filled, key=lambda one: one.line.line))

    def dispensed(self, number: str, line: int) -> Filled | None:
        """One line of a prescription with what was dispensed on it; None where there is no such line."""
        row = self._connection.execute(
            "SELECT document_id, product FROM document JOIN document_line USING (document_id)"
            " WHERE kind = ? AND number = ? AND line = ?",
            (PRESCRIPTION, number, line),
        ).fetchone()
        if row is None:
            return None
        filled = self._allocated(row[0], PRESCRIPTION, row[1]).lines
        return next((one for one in filled if one.line.line == line), None)

    def prescription(self, number: str) -> Prescription | None:
        """A prescription with its lines."""
        row = self._connection.execute(
            "SELECT document_id, patient, day, weeks, filing, consent, assessed, signed"
            " FROM document JOIN prescription USING (document_id) WHERE kind = ? AND number = ?",
            (PRESCRIPTION, number),
        ).fetchone()
        if row is None:
            return None
        document_id, patient, day, weeks, filing, *flags = row
        consent, assessed, signed = map(bool, flags)
        lines = self.lines_of(document_id)
        return Prescription(number, lines, patient, _day(day), weeks, filing, consent, assessed, signed)

    def last_supply(self, patient: str, product: str) -> Supply | None:
        """The latest dispense of the product to the patient that was not taken back (ledger/supplies.py)."""
        return self.supplies.last_supply(patient, product)

    def approval(self, number: str) -> Approval | None:
        """An approval by its number."""
        return self.grants.approval(number)

    def approvals_for(
        self,
        product: str,
        institution: str,
        patient: str | None,
        day: date,
        lot: str | None = None,
        *,
        shipping: bool = False,
    ) -> tuple[Standing, ...]:
        """Every approval of the product at the institution, those that hold first (ledger/grants.py)."""
        return self.grants.approvals_for(product, institution, patient, day, lot, shipping=shipping)

    def standing(self, number: str) -> Standing | None:
        """An approval and what was taken under it."""
        return self.grants.standing(number)

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
        taking = self._allocated(document_id, kind, product).taking(lot)
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

    def _allocated(self, document_id: int, kind: str, product: str) -> Allocation:
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
    return Line(line, product, quantity, lot, _day(expiry), precision, unit)


def _marks(values: Sequence[object]) -> str:
    return f"({', '.join('?' * len(values))})"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
