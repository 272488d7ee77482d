"""What patients got last: the supplies that were dispensed under prescriptions and not taken back."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from ledger.catalog import Catalog
from ledger.event import EventKind
from ledger.prescription import Supply

_SUPPLIED = (
    "SELECT number, weeks, max(seq) FILTER (WHERE of_seq IS NULL) AS latest FROM prescription"
    " JOIN document USING (document_id) JOIN progress USING (document_id) WHERE patient = ? AND act = ?"
)


class Supplies:
    """The supplies of one ledger."""

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog) -> None:
        self._connection = connection
        self._catalog = catalog

    def last_supply(self, patient: str, product: str) -> Supply | None:
        """The latest dispense of the product to the patient that was not taken back, under any prescription."""
        products = self._catalog.identifiers(product)
        marks = ", ".join("?" * len(products))
        row = self._connection.execute(
            f"{_SUPPLIED} AND product IN ({marks}) GROUP BY document_id, key HAVING sum(shown) > 0"
            " ORDER BY latest DESC LIMIT 1",
            (patient, EventKind.DISPENSE.value, *products),
        ).fetchone()
        if row is None:
            return None
        number, weeks, seq = row
        at = self._connection.execute("SELECT at FROM event WHERE seq = ?", (seq,)).fetchone()[0]
        return Supply(number, datetime.fromisoformat(at).date(), weeks, seq)
