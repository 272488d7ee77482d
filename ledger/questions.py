"""Which packs the platform is still to be asked about: those that only local rules have passed so far.

Packs are asked about in the order in which they came; those that the platform could not tell wait their time and
are asked about again. What was confirmed or contradicted is settled (ledger/worklist.py).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_MARK = "asked_to"
"""Name in `meta` of the number of the last pack that was asked about."""
_PACK = (
    "SELECT pack_id, key, lot, expiry FROM pack WHERE pack_id > ? AND state NOT IN ('unknown', 'destroyed')"
    " AND substr(key, 1, 5) <> 'heap:' AND NOT EXISTS (SELECT 1 FROM verdict WHERE verdict.key = pack.key)"
    " ORDER BY pack_id LIMIT ?"
)
_AGAIN = (
    "SELECT pack.pack_id, pack.key, pack.lot, pack.expiry FROM asked JOIN pack_code USING (key)"
    " JOIN pack USING (pack_id) WHERE (asked.at < ? OR asked.at > ?) AND state NOT IN ('unknown', 'destroyed')"
    " ORDER BY asked.at LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A pack that nobody but this site's own rules has judged."""

    number: int
    key: str
    lot: str | None
    expiry: str | None
    """ISO date as recorded."""


class Questions:
    """The open questions of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def open(self, limit: int, again_before: str, now: str = "9999") -> tuple[Question, ...]:
        """What to ask next: new packs first, then those that were last asked about before this time (ISO).

        Those asked about after `now` too: a clock that has been put right since had run ahead.
        """
        mark = self._mark()
        rows = self._connection.execute(_PACK, (mark, limit)).fetchall()
        if len(rows) < limit:
            rows += self._connection.execute(_AGAIN, (again_before, now, limit - len(rows))).fetchall()
        return tuple(Question(*row) for row in rows)

    def asked(self, questions: tuple[Question, ...], unknown: frozenset[str], at: str) -> None:
        """Note that these were asked about, and which of them the platform could not tell."""
        mark = max([self._mark(), *(one.number for one in questions)])
        self._connection.execute(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_MARK, str(mark)),
        )
        for one in questions:
            if one.key in unknown:
                self._connection.execute(
                    "INSERT OR REPLACE INTO asked (key, at) VALUES (?, ?)", (one.key, at)
                )
            else:
                self._connection.execute("DELETE FROM asked WHERE key = ?", (one.key,))

    def begin_anew(self) -> None:
        """Ask about every pack without a verdict, because another platform answers now."""
        self._connection.execute("DELETE FROM asked")
        self._connection.execute("DELETE FROM meta WHERE name = ?", (_MARK,))

    def _mark(self) -> int:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (_MARK,)).fetchone()
        return int(row[0]) if row else 0
