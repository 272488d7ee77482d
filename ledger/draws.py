"""What the site's other workstations took under approvals, and what was taken back from one workstation to another.

Written when others are heard, kept beside what they told, and never part of the chain: who took how much follows
from `told_event` and this ledger's own events alone. Every event counts once, by its id, so that hearing it again
changes nothing, and this ledger's own events that come back are not here. All workstations that know the same
events come to the same sum:

    a dispense counts until it is voided, or until an undo at any workstation names it
    what is taken back from a heap, which names no dispense, is taken back of the same workstation's own

A dispense recorded at two counters counts twice until a person has voided the wrong one.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from ledger.event import Event, EventKind
from ledger.journal import Amount, rows_under
from ledger.memory import Memory
from ledger.shipment import APPROVAL

_COUNTED = frozenset({EventKind.DISPENSE, EventKind.TRANSFER_OUT, EventKind.UNDO})
_STANDS = " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_back.by_event)"
_DRAWN = (
    "SELECT act, key, packs, units, device, EXISTS (SELECT 1 FROM told_back"  # noqa: S608 - our own words
    f" WHERE told_back.event_id = told_draw.event_id AND told_back.key = told_draw.key{_STANDS})"
    " FROM told_draw WHERE number = ?"
    " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_draw.event_id)"
    " ORDER BY device, seq, event_id"
)
_OWN_TAKEN_BACK = (
    "SELECT DISTINCT progress.seq, progress.key FROM told_back CROSS JOIN progress"  # noqa: S608 - our own words
    " ON progress.document_id = ? AND progress.key = told_back.key AND progress.seq = told_back.own_seq"
    f" WHERE own_seq IS NOT NULL AND progress.act = 'dispense'{_STANDS}"
)


class Elsewhere(NamedTuple):
    """What the other workstations took under an approval."""

    dispensed: Amount
    shipped: Amount
    opened: frozenset[str]
    """Keys of the packs that single units were dispensed of."""


class Draws:
    """What others took under approvals."""

    def __init__(self, connection: sqlite3.Connection, memory: Memory) -> None:
        self._connection = connection
        self._memory = memory

    def told(self, event: Event) -> None:
        """Another workstation's event was heard, for the first time; inside the transaction that keeps it."""
        if event.kind not in _COUNTED:
            return
        if event.kind is EventKind.UNDO and (undone := event.told("undoes")):
            self._taken_back(event, undone)
            return
        rows = rows_under(event, 0)
        if any(row.amount.packs for row in rows):
            rows = [row for row in rows if not row.amount.cases]  # they are these packs
        numbers = dict.fromkeys(ref.number for ref in event.documents if ref.kind == APPROVAL)
        self._connection.executemany(
            "INSERT OR IGNORE INTO told_draw (number, event_id, key, act, packs, units, device, seq)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    event.event_id,
                    row.key,
                    row.act,
                    row.amount.packs + row.amount.cases,
                    row.amount.units,
                    event.device_id,
                    event.seq,
                )
                for number in numbers
                for row in rows
            ],
        )

    def recorded(self, event: Event) -> None:
        """This ledger has recorded an event that may take back what another workstation did."""
        if event.kind is EventKind.UNDO and (undone := event.told("undoes")):
            if self._own_seq(undone) is None:
                self._taken_back(event, undone)
        elif event.kind is EventKind.VOID and (voided := event.told("voids")):
            self._connection.execute("DELETE FROM told_back WHERE by_event = ?", (voided,))

    def elsewhere(self, number: str) -> Elsewhere:
        """What others dispensed under an approval, and sent off under it, and nobody took back."""
        return self._memory.of("draws", number, lambda: self._elsewhere(number))

    def latest(self, number: str) -> str | None:
        """Key of what another workstation dispensed last under an approval; None where nobody told of anything."""
        row = self._connection.execute(
            "SELECT key FROM told_draw WHERE number = ? AND act = 'dispense'"
            " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_draw.event_id)"
            " ORDER BY event_id DESC LIMIT 1",
            (number,),
        ).fetchone()
        return row[0] if row else None

    def taken_back(self, document_id: int) -> tuple[tuple[int, str], ...]:
        """Number and key of this ledger's own dispenses under an approval that others took back, whether they
        still stand here or not."""
        return self._memory.of("taken_back", document_id, lambda: self._own_taken_back(document_id))

    def _taken_back(self, event: Event, undone: str) -> None:
        own_seq = self._own_seq(undone)
        self._connection.executemany(
            "INSERT OR IGNORE INTO told_back (event_id, key, by_event, own_seq) VALUES (?, ?, ?, ?)",
            [(undone, facts.key, event.event_id, own_seq) for facts in event.packs],
        )

    def _own_seq(self, event_id: str) -> int | None:
        row = self._connection.execute("SELECT seq FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return row[0] if row else None

    def _elsewhere(self, number: str) -> Elsewhere:
        dispensed, shipped = Amount(), Amount()
        opened: set[str] = set()
        heaps: dict[tuple[str, str], int] = {}
        for act, key, packs, units, device, back in self._connection.execute(_DRAWN, (number,)):
            if act == EventKind.TRANSFER_OUT:
                shipped += Amount(packs=packs, units=units)
            elif act == EventKind.UNDO:
                heaps[device, key] = max(0, heaps.get((device, key), 0) - packs)
            elif back:
                continue
            elif key.startswith("heap:"):
                heaps[device, key] = heaps.get((device, key), 0) + packs
            else:
                dispensed += Amount(packs=packs, units=units)
                opened |= {key} if units else set()
        return Elsewhere(dispensed + Amount(packs=sum(heaps.values())), shipped, frozenset(opened))

    def _own_taken_back(self, document_id: int) -> tuple[tuple[int, str], ...]:
        return tuple(self._connection.execute(_OWN_TAKEN_BACK, (document_id,)).fetchall())
