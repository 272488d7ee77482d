"""Recalls by product, lot or serial: which of them a pack falls under.

A recall holds for a whole product, for a lot of it, or for a single serial. Where the pack's lot or serial is
not known and a recall names one, the pack may fall under it: that is told apart, because it must be looked into.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.catalog import Catalog
from ledger.change import Change
from ledger.memory import Memory

MOST = 50
"""So many recalls of one pack are told at most."""


class Match(StrEnum):
    """How sure it is that the pack falls under the recall."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    """The recall names a lot or a serial, and the pack's own is not known."""


@dataclass(frozen=True, slots=True)
class Recall:
    """One recall notice, as far as it concerns one product, lot or serial."""

    number: str
    """Number of the notice."""
    product: str
    """Any identifier of the product."""
    lot: str | None = None
    """None: every lot."""
    serial: str | None = None
    """Serial of the pack, or its key; None: every pack."""
    level: int | None = None
    """召回级别 1 (gravest) to 3; None where the notice names none."""
    reason: str = ""
    day: date = date.min
    """Day of the notice."""
    action: str = ""
    """What is to be done, as the notice says."""
    withdrawn: bool = False
    match: Match = Match.CERTAIN
    """Only in answers of `recalls_of`."""


_SELECT = "SELECT number, product, lot, serial, class, reason, day, action, withdrawn FROM recall "
_WITH_PATIENTS = "SELECT key, lot, serial FROM pack WHERE (state = 'dispensed' OR coalesce(out, 0) > 0)"


class Recalls:
    """The recall notices of one ledger."""

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog, memory: Memory) -> None:
        self._connection = connection
        self._catalog = catalog
        self._memory = memory

    def recalls_of(
        self, product: str, lot: str | None, serial: str | None, key: str | None = None
    ) -> tuple[Recall, ...]:
        """The recalls in force that a pack falls under: certain ones first, then the gravest, then the latest.

        Any identifier of the product will do. `key` is the pack's key where it has one: a notice may name it
        instead of the serial. At most MOST are told.
        """
        products = self._catalog.identifiers(product)
        if not self._memory.of("recalled", products, lambda: self._any(products)):
            return ()
        marks = ", ".join("?" * len(products))
        lots = "lot IN ('', ?)" if lot else "1"
        serials = "serial IN ('', ?, ?)" if serial or key else "1"
        rows = self._connection.execute(
            f"{_SELECT} WHERE product IN ({marks}) AND {lots} AND {serials} AND withdrawn = 0"
            " ORDER BY (lot <> '' AND ?) + (serial <> '' AND ?), coalesce(class, 9), day DESC, number LIMIT ?",
            (
                *products,
                *([lot] if lot else []),
                *([serial or "", key or ""] if serial or key else []),
                not lot,
                not (serial or key),
                MOST,
            ),
        )
        found = []
        for row in rows:
            unsure = (row[2] and not lot) or (row[3] and not (serial or key))
            found.append(_made(row, Match.POSSIBLE if unsure else Match.CERTAIN))
        return tuple(found)

    def _any(self, products: tuple[str, ...]) -> bool:
        """True when a recall of the product is in force, of whatever lot or serial."""
        marks = ", ".join("?" * len(products))
        any_of = f"SELECT 1 FROM recall WHERE product IN ({marks}) AND withdrawn = 0 LIMIT 1"  # noqa: S608
        return self._connection.execute(any_of, products).fetchone() is not None

    def with_patients(self, recall: Recall) -> tuple[tuple[str, Match], ...]:
        """Keys of the packs and heaps that patients have, whole or in part, and that fall under the recall."""
        products = self._catalog.identifiers(recall.product)
        marks = ", ".join("?" * len(products))
        lots = "AND (lot = ? OR lot IS NULL)" if recall.lot else ""
        rows = self._connection.execute(
            f"{_WITH_PATIENTS} AND product IN ({marks}) {lots} ORDER BY pack_id",
            (*products, *([recall.lot] if recall.lot else [])),
        )
        found = []
        for key, lot, serial in rows:
            if recall.serial and serial and recall.serial not in (serial, key):
                continue
            unsure = (recall.lot and not lot) or (recall.serial and not serial)
            found.append((key, Match.POSSIBLE if unsure else Match.CERTAIN))
        return tuple(found)

    def notice(self, number: str) -> tuple[Recall, ...]:
        """Everything that one notice concerns, withdrawn or not."""
        rows = self._connection.execute(
            f"{_SELECT} WHERE number = ? ORDER BY product, lot, serial", (number,)
        )
        return tuple(_made(row, Match.CERTAIN) for row in rows)

    def withdraw(self, number: str) -> bool:
        """Mark a whole notice as withdrawn, which keeps it; False where there is none in force."""
        return (
            self._connection.execute(
                "UPDATE recall SET withdrawn = 1 WHERE number = ? AND NOT withdrawn", (number,)
            ).rowcount
            > 0
        )

    def put(self, new: Recall) -> Change:
        """Add a recall or replace what is known of it."""
        scope = (new.product, new.lot or "", new.serial or "", new.number)
        row = self._connection.execute(
            f"{_SELECT} WHERE product = ? AND lot = ? AND serial = ? AND number = ?", scope
        ).fetchone()
        if row and _made(row, new.match) == new:
            return Change.SAME
        self._connection.execute(
            "INSERT OR REPLACE INTO recall (product, lot, serial, number, class, reason, day, action, withdrawn)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*scope, new.level, new.reason, new.day.isoformat(), new.action, new.withdrawn),
        )
        return Change.CHANGED if row else Change.ADDED


def _made(row: tuple[str, str, str, str, int | None, str, str, str, int], match: Match) -> Recall:
    number, product, lot, serial, level, reason, day, action, withdrawn = row
    return Recall(
        number,
        product,
        lot or None,
        serial or None,
        level,
        reason,
        date.fromisoformat(day),
        action,
        bool(withdrawn),
        match,
    )
