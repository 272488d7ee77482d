"""Hold the journal of documents against the events, told once more in order; nothing is written.

The rows that an event must have written are worked out by the journal itself, from the rows of earlier events, which
have been held already, and looked for where they stand.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

from ledger.event import DocumentRef, Event
from ledger.journal import ENDS, Journal
from ledger.memory import Memory

_AHEAD = 1_000
"""Events whose rows are looked up together."""

_NOBODY = 0
"""Number of a document that the ledger does not have."""

_ROWS = (
    "SELECT document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place"
    " FROM progress WHERE seq BETWEEN ? AND ?"
)
_ADDED = (
    "SELECT document_id, product, lot, act, sum(shown), sum(packs), sum(units), sum(cases)"
    " FROM progress GROUP BY document_id, product, lot, act"
)
_SUMS = "SELECT document_id, product, lot, act, shown, packs, units, cases FROM progress_sum"


class JournalCheck:
    """Hears events in order, and says whether the journal holds exactly what they say."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._journal = _Reading(connection)
        self._near: dict[int, list[tuple[Any, ...]]] = {}
        self._near_to = 0
        self._told = 0
        self._ends: dict[int, tuple[int, int]] = {}

    def tell(self, event: Event) -> bool:
        """Hear one event; False when its rows are not what it must have written."""
        seq = event.seq
        if seq > self._near_to:
            self._near = defaultdict(list)
            self._near_to = seq + _AHEAD
            for row in self._connection.execute(_ROWS, (seq, self._near_to)).fetchall():
                self._near[row[2]].append(row)
        if event.documents or event.detail:
            if (finished := ENDS.get(event.kind)) is not None:
                self._ends.update(dict.fromkeys(self._journal.documents_of(event), (seq, finished)))
            written = [row.values() for row in self._journal.rows_of(event)]
        else:
            written = []
        found = self._near.get(seq, [])
        self._told += len(found)
        return found == written or sorted(found, key=_place) == sorted(written, key=_place)

    def difference(self) -> tuple[str, str] | None:
        """The first table in which more stands than was told, with a row's key."""
        execute = self._connection.execute
        if execute("SELECT count(*) FROM progress").fetchone()[0] != self._told:
            return "progress", ""
        for one, other in ((_ADDED, _SUMS), (_SUMS, _ADDED)):
            if row := execute(f"SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other}) LIMIT 1").fetchone():  # noqa: S608
                return "progress_sum", str(row[0])
        ends = {
            number: tuple(end)
            for number, *end in execute("SELECT document_id, seq, finished FROM progress_end")
        }
        return None if ends == self._ends else ("progress_end", "")


class _Reading(Journal):
    """A journal that makes no documents, and asks for each only once in a while."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection, Memory(connection))
        self._known: dict[DocumentRef, int] = {}

    def _document(self, reference: DocumentRef) -> int:
        found = self._known.get(reference)
        if found is None:
            row = self._connection.execute(
                "SELECT document_id FROM document WHERE kind = ? AND number = ?",
                (reference.kind, reference.number),
            ).fetchone()
            if len(self._known) >= _AHEAD:
                self._known.clear()
            found = self._known[reference] = row[0] if row else _NOBODY
        return found


def _place(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:4]
