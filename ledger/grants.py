"""The approvals that were granted, and how much of each was taken.

What this workstation took is read from the journal, and what the site's others told stands beside it
(ledger/draws.py). Dispensing and leaving the warehouse are counted apart, because each may happen at another site of
the same owner.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.approval import Approval, Standing
from ledger.catalog import Catalog
from ledger.draws import Draws
from ledger.event import EventKind
from ledger.journal import Amount, Journal
from ledger.shipment import APPROVAL

if TYPE_CHECKING:
    from ledger.codes.code import Code
    from ledger.product import Product
    from ledger.situation import Intent

_APPROVALS = (
    "SELECT document_id, number, product, institution, valid_from, valid_to, approval.patient, lot, quantity,"
    " suspended FROM {tables} USING (document_id) WHERE kind = ? AND {where} ORDER BY number"
)
# SQLite would go through all approvals in the order of their numbers; a cross join keeps the order of the tables.
_BY_NUMBER, _BY_PRODUCT = "document CROSS JOIN approval", "approval CROSS JOIN document"


# A case whose packs went with it is these packs; one that nobody looked into is one. Voids count with what they void.
_WITH_CASES = (
    "SELECT coalesce(sum(CASE WHEN packs > 0 THEN packs ELSE cases END), 0) FROM"
    " (SELECT sum(packs) AS packs, sum(cases) AS cases FROM progress WHERE document_id = ? AND act = ?"
    " GROUP BY coalesce(of_seq, seq))"
)
_OPENED = "SELECT key, sum(units) FROM progress WHERE document_id = ? AND act = 'dispense' AND units <> 0 GROUP BY key"
ONE_PACK = Amount(packs=1)


class _Taken(NamedTuple):
    """What was taken under an approval, wherever."""

    standing: Standing
    dispensed: Amount
    shipped: Amount
    opened: frozenset[str]
    """Keys of the packs that units were dispensed of, where nobody knows how many units a pack holds."""


class Grants:
    """The approvals of one ledger."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, journal: Journal, draws: Draws
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._journal = journal
        self._draws = draws

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
        return self._taken(document_id, one, self._catalog.pack_size(one.product)).standing

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
        """Every approval of the product at the institution as it stands on that day, those that hold first.

        An approval for one patient does not hold for another one, nor where the patient is not told; one for a
        lot does not hold for another lot, nor where the lot is not known. `shipping` asks for packs that leave
        the warehouse for the institution, where the patient is not known yet and does not count. `wanted` is what
        is to go out under it at once; `opened` the key of the pack, where that is single units of one.
        """
        products = self._catalog.identifiers(product)
        marks = ", ".join("?" * len(products))
        where = f"product IN ({marks}) AND institution = ?"
        rows = self._approvals(where, (*products, institution), _BY_PRODUCT)
        size = self._catalog.pack_size(product)
        found = [
            self._standing(
                document_id,
                one,
                one.patient if shipping else patient,
                day,
                lot,
                size,
                shipping,
                wanted,
                opened,
            )
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

    def _approvals(
        self, where: str, values: tuple[str, ...], tables: str = _BY_NUMBER
    ) -> list[tuple[int, Approval]]:
        query = _APPROVALS.format(tables=tables, where=where)
        rows = self._connection.execute(query, (APPROVAL, *values))
        return [_approval(row) for row in rows]

    def _standing(
        self,
        document_id: int,
        one: Approval,
        patient: str | None,
        day: date,
        lot: str | None,
        size: int | None,
        shipping: bool,
        wanted: Amount,
        opened: str | None,
    ) -> Standing:
        taken = self._taken(document_id, one, size)
        standing, used, shipped = taken.standing, taken.standing.used, taken.standing.shipped
        # The rest of an opened pack takes no further one.
        more = Amount() if opened in taken.opened else wanted
        after = _whole((taken.shipped if shipping else taken.dispensed) + more, size)
        over = one.quantity is not None and one.quantity < after
        obstacles = {
            "approval_suspended": one.suspended,
            "approval_not_yet": day < one.valid_from,
            "approval_over": day > one.valid_to,
            "approval_other_patient": one.patient is not None and one.patient != patient,
            "approval_other_lot": one.lot is not None and one.lot != lot,
            "approval_used_up": one.quantity is not None and used >= one.quantity and (shipping or over),
            "approval_shipped_up": one.quantity is not None
            and shipped >= one.quantity
            and (over or not shipping),
            "approval_short": one.quantity is not None
            and over
            and (shipped if shipping else used) < one.quantity,
        }
        left = None if one.quantity is None else max(0, one.quantity - after)
        return replace(
            standing, obstacles=tuple(word for word, stands in obstacles.items() if stands), left=left
        )

    def _taken(self, document_id: int, one: Approval, size: int | None) -> _Taken:
        """How the approval stands, and all that was dispensed and sent off under it, wherever."""
        dispensed, shipped = (
            self._under(document_id, act) for act in (EventKind.DISPENSE, EventKind.TRANSFER_OUT)
        )
        back = {
            (seq, key): -self._journal.standing_of(document_id, key, seq)
            for seq, key in self._draws.taken_back(document_id)
        }
        dispensed = sum(back.values(), dispensed)
        others = self._draws.elsewhere(one.number)
        total, opened = dispensed + others.dispensed, frozenset[str]()
        if size is None and total.units:
            # Nobody knows how much a pack holds: every one that was opened is a whole one.
            here = self._opened(document_id, back)
            opened = here | others.opened
            dispensed, total = _counted(dispensed, here), _counted(total, opened)
        sent = shipped + others.shipped
        used, gone = _whole(total, size), _whole(sent, size)
        standing = Standing(
            one,
            used,
            gone,
            used_elsewhere=used - _whole(dispensed, size),
            shipped_elsewhere=gone - _whole(shipped, size),
        )
        return _Taken(standing, total, sent, opened)

    def _opened(self, document_id: int, back: dict[tuple[int, str], Amount]) -> frozenset[str]:
        """Keys of the packs that single units were dispensed of here. Takes as long as the approval's rows are many,
        and is asked only where the pack size is not known."""
        units = dict(self._connection.execute(_OPENED, (document_id,)).fetchall())
        for (_, key), amount in back.items():
            units[key] = units.get(key, 0) + amount.units
        return frozenset(key for key, left in units.items() if left > 0)

    def _under(self, document_id: int, act: EventKind) -> Amount:
        asked = (document_id, act.value)
        packs, units, cases = self._connection.execute(
            "SELECT coalesce(sum(packs), 0), coalesce(sum(units), 0), coalesce(sum(cases), 0) FROM progress_sum"
            " WHERE document_id = ? AND act = ?",
            asked,
        ).fetchone()
        if cases:
            packs = self._connection.execute(_WITH_CASES, asked).fetchone()[0]
        return Amount(packs=packs, units=units)


def wanted(code: Code, intent: Intent, product: Product) -> Amount:
    """How much is to go out at once. Units of a pack whose size the catalogue does not know count as a pack."""
    if intent.quantity is None:
        return ONE_PACK
    if code.key is None:
        return Amount(packs=intent.quantity)
    return Amount(units=intent.quantity) if product.pack_size else ONE_PACK


def _whole(taken: Amount, size: int | None) -> int:
    """Packs, opened ones included."""
    return taken.packs + (-(-taken.units // size) if size else 0)


def _counted(taken: Amount, opened: frozenset[str]) -> Amount:
    """Packs where nobody knows how many units one holds."""
    return Amount(packs=taken.packs + len(opened))


def _approval(row: tuple[Any, ...]) -> tuple[int, Approval]:
    document_id, number, product, institution, valid_from, valid_to, patient, lot, quantity, suspended = row
    first, last = date.fromisoformat(valid_from), date.fromisoformat(valid_to)
    return document_id, Approval(
        number, product, institution, first, last, patient, lot, quantity, bool(suspended)
    )
