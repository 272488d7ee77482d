"""The approvals that were granted, and how much of each was taken.

What was taken is read from the journal: dispensing and leaving the warehouse are counted apart, because each may
happen at another site of the same owner.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from ledger.approval import Approval, Standing
from ledger.catalog import Catalog
from ledger.event import EventKind
from ledger.shipment import APPROVAL

_APPROVALS = (
    "SELECT document_id, number, product, institution, valid_from, valid_to, approval.patient, lot, quantity,"
    " suspended FROM approval JOIN document USING (document_id) WHERE kind = ? AND "
)


class Grants:
    """The approvals of one ledger."""

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog) -> None:
        self._connection = connection
        self._catalog = catalog

    def approval(self, number: str) -> Approval | None:
        """An approval by its number."""
        found = self._approvals("number = ?", (number,))
        return found[0][1] if found else None

    def standing(self, number: str) -> Standing | None:
        """An approval and what was taken under it, whoever asks and whenever: without obstacles."""
        found = self._approvals("number = ?", (number,))
        if not found:
            return None
        document_id, one = found[0]
        size = self._catalog.pack_size(one.product)
        used, shipped = (
            self._packs_under(document_id, act, size) for act in (EventKind.DISPENSE, EventKind.TRANSFER_OUT)
        )
        return Standing(one, used, shipped)

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
        """Every approval of the product at the institution as it stands on that day, those that hold first.

        An approval for one patient does not hold for another one, nor where the patient is not told; one for a
        lot does not hold for another lot, nor where the lot is not known. `shipping` asks for packs that leave
        the warehouse for the institution, where the patient is not known yet and does not count.
        """
        products = self._catalog.identifiers(product)
        marks = ", ".join("?" * len(products))
        rows = self._approvals(f"product IN ({marks}) AND institution = ?", (*products, institution))
        size = self._catalog.pack_size(product)
        found = [
            self._standing(document_id, one, one.patient if shipping else patient, day, lot, size)
            for document_id, one in rows
        ]
        return tuple(
            sorted(
                found,
                key=lambda one: (
                    not one.holds(shipping=shipping),
                    len(one.obstacles),
                    one.approval.valid_to,
                    one.approval.number,
                ),
            )
        )

    def _approvals(self, where: str, values: tuple[str, ...]) -> list[tuple[int, Approval]]:
        rows = self._connection.execute(f"{_APPROVALS}{where} ORDER BY number", (APPROVAL, *values))
        return [_approval(row) for row in rows]

    def _standing(
        self,
        document_id: int,
        one: Approval,
        patient: str | None,
        day: date,
        lot: str | None,
        size: int | None,
    ) -> Standing:
        used = self._packs_under(document_id, EventKind.DISPENSE, size)
        shipped = self._packs_under(document_id, EventKind.TRANSFER_OUT, size)
        obstacles = {
            "approval_suspended": one.suspended,
            "approval_not_yet": day < one.valid_from,
            "approval_over": day > one.valid_to,
            "approval_other_patient": one.patient is not None and one.patient != patient,
            "approval_other_lot": one.lot is not None and one.lot != lot,
            "approval_used_up": one.quantity is not None and used >= one.quantity,
            "approval_shipped_up": one.quantity is not None and shipped >= one.quantity,
        }
        return Standing(one, used, shipped, tuple(word for word, stands in obstacles.items() if stands))

    def _packs_under(self, document_id: int, act: EventKind, size: int | None) -> int:
        packs, units = self._connection.execute(
            "SELECT coalesce(sum(packs + cases), 0), coalesce(sum(units), 0) FROM progress_sum"
            " WHERE document_id = ? AND act = ?",
            (document_id, act.value),
        ).fetchone()
        # Without a pack size, opened packs count as one together: the least that can have been used.
        whole: int = packs + (-(-units // size) if size else min(1, units))
        return whole


def _approval(row: tuple[Any, ...]) -> tuple[int, Approval]:
    document_id, number, product, institution, valid_from, valid_to, patient, lot, quantity, suspended = row
    first, last = date.fromisoformat(valid_from), date.fromisoformat(valid_to)
    return document_id, Approval(
        number, product, institution, first, last, patient, lot, quantity, bool(suspended)
    )
