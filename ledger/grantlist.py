"""The approvals as a list: filtered, searched, ordered by what ends first; and what was taken under one. Only reads.

As in ledger/stocklist.py a list is asked for in two steps: `sheet` names the approvals in their order, `rows` tells
what stands in the few that are seen.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ledger.connection import in_portions
from ledger.event import Event, EventKind, PackFacts
from ledger.shipment import APPROVAL
from ledger.stocklist import like

if TYPE_CHECKING:
    from ledger.approval import Standing
    from ledger.store import Store

PORTION = 500
"""So many approvals are told at once."""
MOST = 500
"""So many uses of an approval are told, the latest of each side."""


class Phase(StrEnum):
    """Where an approval is in its life, by its dates; one that is suspended is that alone."""

    VALID = "valid"
    ENDING = "ending"
    """Valid, and ends soon."""
    COMING = "coming"
    OVER = "over"
    SUSPENDED = "suspended"
    OVERDRAWN = "overdrawn"
    """More was dispensed than was granted, whatever its dates: two counters could not hear of each other."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a phase is told by."""

    today: date
    soon: date
    """The first day that is not soon any more."""

    def phase(self, standing: Standing) -> Phase:
        """The phase of an approval."""
        one = standing.approval
        if one.suspended:
            return Phase.SUSPENDED
        if one.valid_to < self.today:
            return Phase.OVER
        if one.valid_from > self.today:
            return Phase.COMING
        return Phase.ENDING if one.valid_to < self.soon else Phase.VALID


@dataclass(frozen=True, slots=True)
class GrantRow:
    """An approval as the list shows it."""

    grant_id: int
    standing: Standing
    names: tuple[str, str]
    """Chinese and English name of the product; empty where the catalogue does not know it."""
    spec: str
    institution: tuple[str, str]
    """Names of the institution; empty where nobody told them."""


@dataclass(frozen=True, slots=True)
class Use:
    """One pack, some of one, or packs without serial, that went out under an approval."""

    at: datetime
    kind: EventKind
    """DISPENSE or TRANSFER_OUT."""
    facts: PackFacts
    left: int | None
    """How many of several packs without serial still count; None for a pack with a serial."""
    counts: bool
    """False once it was taken back or declared wrong."""
    here: bool
    """Recorded by this ledger; else told by another workstation."""
    operator: str
    place: str
    prescription: str
    """Number of the prescription it went out on; empty where there was none."""
    weeks: int | None
    """Weeks of supply that were taken out of the zone with it, as far as this ledger knows."""


# The words of a phase, for `:today` and `:soon`.
_PHASES = {
    Phase.VALID: "NOT suspended AND valid_from <= :today AND valid_to >= :today",
    Phase.ENDING: "NOT suspended AND valid_from <= :today AND valid_to >= :today AND valid_to < :soon",
    Phase.COMING: "NOT suspended AND valid_from > :today AND valid_to >= :today",
    Phase.OVER: "NOT suspended AND valid_to < :today",
    Phase.SUSPENDED: "suspended",
}
# At most so many packs can have been dispensed under it; what that leaves is asked exactly.
_PERHAPS_OVERDRAWN = (
    " AND quantity < (SELECT coalesce(sum(packs + cases + units), 0) FROM progress_sum"
    " WHERE progress_sum.document_id = document.document_id AND act = 'dispense')"
    " + (SELECT coalesce(sum(packs + units), 0) FROM told_draw"
    " WHERE told_draw.number = document.number AND act = 'dispense')"
)
_FROM = " FROM approval JOIN document USING (document_id) WHERE kind = :kind AND known"
_FOUND = (
    " AND (number LIKE :text ESCAPE '\\' OR lot LIKE :text ESCAPE '\\' OR product LIKE :text ESCAPE '\\'"
    " OR product IN (SELECT twin.code FROM product AS one JOIN product_code AS twin USING (product_id)"
    " WHERE name_zh LIKE :text ESCAPE '\\' OR name_en LIKE :text ESCAPE '\\' OR EXISTS (SELECT 1"
    " FROM product_code AS mine WHERE mine.product_id = one.product_id AND mine.code LIKE :text ESCAPE '\\')))"
)
_OWN = (
    "SELECT progress.seq, progress.key, event.body FROM progress JOIN event USING (seq)"
    " WHERE document_id = ? AND of_seq IS NULL AND act IN ('dispense', 'transfer_out')"
    " ORDER BY seq DESC, place LIMIT ?"
)
_TOLD = (
    "SELECT told_draw.key, body, EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_draw.event_id)"
    " OR EXISTS (SELECT 1 FROM told_back WHERE told_back.event_id = told_draw.event_id"
    " AND told_back.key = told_draw.key AND NOT EXISTS"
    " (SELECT 1 FROM told_void WHERE told_void.event_id = told_back.by_event))"
    " FROM told_draw JOIN told_event USING (event_id) WHERE number = ? AND act IN ('dispense', 'transfer_out')"
    " ORDER BY event_id DESC LIMIT ?"
)


class Grantlist:
    """The approvals of one ledger, as a person looks through them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def sheet(self, text: str, phase: Phase | None, span: Span) -> array[int]:
        """Numbers of the approvals that have the text as a part of number, lot or product, in their order.

        What can be used comes first, and of that what ends first.
        """
        where = _FOUND if text else ""
        if phase is Phase.OVERDRAWN:
            where += f" AND document_id IN ({', '.join(str(one) for one in self._overdrawn())})"
        elif phase is not None:
            where += f" AND {_PHASES[phase]}"
        given = self._given(span) | {"text": like(text)}
        rows = self._connection.execute(
            f"SELECT document_id{_FROM}{where} ORDER BY suspended, valid_to < :today, valid_from > :today,"
            " valid_to, number",
            given,
        )
        return array("q", (grant_id for (grant_id,) in in_portions(rows)))

    def rows(self, ids: Sequence[int]) -> tuple[GrantRow, ...]:
        """What stands in these approvals, in their order; at most PORTION of them."""
        some = list(ids)[:PORTION]
        marks = ", ".join("?" * len(some))
        numbers = dict(
            self._connection.execute(
                f"SELECT document_id, number FROM document WHERE document_id IN ({marks})",  # noqa: S608
                some,
            ).fetchall()
        )
        told = (self._row(one, numbers[one]) for one in some if one in numbers)
        return tuple(row for row in told if row is not None)

    def totals(self, span: Span) -> dict[Phase, int]:
        """How many approvals are in each phase; those that end soon are valid too."""
        sums = ", ".join(f"coalesce(sum({words}), 0)" for words in _PHASES.values())
        row = self._connection.execute(f"SELECT {sums}{_FROM}", self._given(span)).fetchone()
        return dict(zip(_PHASES, row, strict=True)) | {Phase.OVERDRAWN: len(self._overdrawn())}

    def uses(self, grant_id: int, number: str) -> tuple[Use, ...]:
        """What went out under an approval here and, as far as others told, elsewhere; the latest first."""
        journal = self._store.documents.journal
        back = set(self._store.documents.draws.taken_back(grant_id))
        found = []
        for seq, key, body in self._connection.execute(_OWN, (grant_id, MOST)).fetchall():
            standing = journal.standing_of(grant_id, key, seq)
            counts = bool(standing) and (seq, key) not in back
            left = standing.packs if key.startswith("heap:") else None
            found.append(_use(Event.from_canonical(body), key, left, counts=counts, here=True))
        for key, body, gone in self._connection.execute(_TOLD, (number, MOST)).fetchall():
            event = Event.from_canonical(body)
            left = None
            if key.startswith("heap:"):
                left = next((one.quantity or 0 for one in event.packs if one.key == key), 0)
            found.append(_use(event, key, left, counts=not gone, here=False))
        return tuple(sorted(found, key=lambda use: use.at, reverse=True))

    def _overdrawn(self) -> list[int]:
        rows = self._connection.execute(
            f"SELECT document_id, number{_FROM}{_PERHAPS_OVERDRAWN}",
            {"kind": APPROVAL},
        ).fetchall()
        exact = ((grant_id, self._store.documents.standing(number)) for grant_id, number in rows)
        return [grant_id for grant_id, standing in exact if standing is not None and standing.over]

    def _row(self, grant_id: int, number: str) -> GrantRow | None:
        standing = self._store.documents.standing(number)
        if standing is None:
            return None
        product = self._store.catalog.product(standing.approval.product)
        partner = self._store.partners.partner(standing.approval.institution)
        return GrantRow(
            grant_id,
            standing,
            (product.name_zh, product.name_en) if product else ("", ""),
            product.spec if product else "",
            (partner.name_zh, partner.name_en) if partner else ("", ""),
        )

    @staticmethod
    def _given(span: Span) -> dict[str, Any]:
        return {"kind": APPROVAL, "today": span.today.isoformat(), "soon": span.soon.isoformat()}


def _use(event: Event, key: str, left: int | None, *, counts: bool, here: bool) -> Use:
    weeks = event.told("take_out_weeks")
    return Use(
        event.moment.at,
        event.kind,
        next(facts for facts in event.packs if facts.key == key),
        left,
        counts,
        here,
        event.operator,
        event.place,
        next((ref.number for ref in event.documents if ref.kind == "prescription"), ""),
        int(weeks) if weeks and weeks.isdecimal() else None,
    )
