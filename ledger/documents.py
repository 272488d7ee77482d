"""What a task is checked against: expected shipments, prescriptions, approvals, and how far each has come.

A document is found by kind and number; numbers are unique for a kind at one site. How far it has come is worked
out from the journal of the events that named it (ledger/journal.py) and its lines as they are today, so that
partial receipts, undone scans and lines that were sent anew need no care. Look-ups for one scan go by index and
cost the same however long the ledger grows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date

from ledger.allocation import Filled
from ledger.approval import Approval, Standing
from ledger.catalog import Catalog
from ledger.change import Change
from ledger.draws import Draws
from ledger.event import Event
from ledger.expectation import Document
from ledger.expecting import Expecting, day_of
from ledger.filing import Filing
from ledger.grants import ONE_PACK, Grants
from ledger.journal import Amount, Journal, concerned
from ledger.journalcheck import JournalCheck
from ledger.memory import Memory
from ledger.prescription import Prescription, Supply
from ledger.shipment import PRESCRIPTION, Shipment
from ledger.supplies import Supplies
from ledger.trees import Trees


class Documents(Expecting):
    """The documents of one ledger and their progress."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, trees: Trees, memory: Memory
    ) -> None:
        super().__init__(connection, catalog, trees, memory)
        self.filing = Filing(connection, catalog, trees)
        self.journal = Journal(connection, memory)
        self.draws = Draws(connection, memory)
        self.grants = Grants(connection, catalog, self.journal, self.draws)
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
        return Document(document_id, kind, number, partner, day_of(day), bool(finished))

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
            Document(document_id, kind, number, partner, day_of(day), bool(finished))
            for document_id, kind, number, partner, day, finished in rows
        )

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
        filled = [one for product in products for one in self.allocated(row[0], kind, product).lines]
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
        filled = self.allocated(row[0], PRESCRIPTION, row[1]).lines
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
        return Prescription(number, lines, patient, day_of(day), weeks, filing, consent, assessed, signed)

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
        wanted: Amount = ONE_PACK,
        opened: str | None = None,
    ) -> tuple[Standing, ...]:
        """Every approval of the product at the institution, those that hold first (ledger/grants.py)."""
        return self.grants.approvals_for(
            product, institution, patient, day, lot, shipping=shipping, wanted=wanted, opened=opened
        )

    def standing(self, number: str) -> Standing | None:
        """An approval and what was taken under it."""
        return self.grants.standing(number)
