"""What happened under each document: a projection of the events alone, rebuilt from them at any time.

Every pack of an event that names a document is one row of the journal; sums by product and lot are kept beside
it, so that a look-up costs the same however much has happened. Nothing in the journal is changed: what a void or
an undo takes back is a new row with the opposite numbers that names the row it takes back, and never takes back
more than still stands; so no sum falls below zero. Which line of a document a pack counts on is not written here
but worked out when asked (ledger/allocation.py), because lines are reference data and may be sent anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ledger.codes.code import Level
from ledger.event import ABOUT_PACKS, DocumentRef, Event, EventKind, PackFacts

MISSING = "missing"
"""Act of a pack that a stock count did not find."""

_ENDS = {EventKind.DOCUMENT_OPENED: 0, EventKind.DOCUMENT_FINISHED: 1}
_LOOK_BACK = (b'"kind":"undo"', b'"kind":"void"', b'"kind":"return"')
_TABLES = ("document", "progress", "progress_sum", "progress_end")
_ROWS = (
    "SELECT document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place"
    " FROM progress "
)
_BY_SEQ = _ROWS + "WHERE seq = ? ORDER BY document_id, key, place"
_BY_KEY = _ROWS + "WHERE document_id = ? AND key = ? ORDER BY seq DESC, place DESC"
_INSERT = (
    "INSERT INTO progress (document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq,"
    " of_place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD = (
    "INSERT INTO progress_sum (document_id, product, lot, act, shown, packs, units, cases)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET shown = shown + excluded.shown,"
    " packs = packs + excluded.packs, units = units + excluded.units, cases = cases + excluded.cases"
)
_COMPARED = (
    "SELECT kind, number, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place"
    " FROM document JOIN progress USING (document_id) ORDER BY kind, number, key, seq, place",
    "SELECT kind, number, product, lot, act, shown, packs, units, cases"
    " FROM document JOIN progress_sum USING (document_id) ORDER BY kind, number, product, lot, act",
    "SELECT kind, number, seq, finished FROM document JOIN progress_end USING (document_id)"
    " ORDER BY kind, number",
)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much a row stands for, or what is left of it."""

    shown: int = 0
    """How often the pack was shown: 1 for every pack or heap an event names."""
    packs: int = 0
    """Whole packs."""
    units: int = 0
    """Units of opened packs."""
    cases: int = 0
    """Cases; what lies in them is counted apart."""

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.shown + other.shown,
            self.packs + other.packs,
            self.units + other.units,
            self.cases + other.cases,
        )

    def __neg__(self) -> Amount:
        return Amount(-self.shown, -self.packs, -self.units, -self.cases)

    def __bool__(self) -> bool:
        return bool(self.shown or self.packs or self.units or self.cases)

    def some(self, packs: int) -> Amount:
        """So many packs of it; all of it, the showing too, when there are no more."""
        return self if self.packs <= packs else Amount(packs=packs)


@dataclass(frozen=True, slots=True)
class _Row:
    document_id: int
    key: str
    seq: int
    place: int
    act: str
    product: str
    lot: str
    amount: Amount
    of: tuple[int, int] | None


class Journal:
    """What happened under documents, and its sums."""

    def __init__(
        self, connection: sqlite3.Connection, seq_of: Callable[[str], int | None] | None = None
    ) -> None:
        self._connection = connection
        self._seq_of = seq_of or self._look_up_seq

    def project(self, event: Event) -> None:
        """Write what the event means for documents. Called once for every event, in order."""
        if event.kind is EventKind.VOID or (event.kind is EventKind.UNDO and event.told("undoes")):
            self._take_back(event)
        elif event.kind is EventKind.UNDO:
            self._take_back_latest(event)
        elif event.kind in ABOUT_PACKS:
            for document_id in self._documents(event):
                self._write(event, _rows(event, document_id))
            if event.kind is EventKind.RETURN:
                self._write(event, self._brought_back(event))
        elif event.kind in _ENDS:
            self._connection.executemany(
                "INSERT OR REPLACE INTO progress_end (document_id, seq, finished) VALUES (?, ?, ?)",
                [(document_id, event.seq, _ENDS[event.kind]) for document_id in self._documents(event)],
            )

    def rebuild(self, chain: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Write the whole projection anew from the ledger's events (`store.chain()`)."""
        for table in _TABLES[1:]:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words only
        for event in concerned(chain):
            self.project(event)
        self._connection.execute(
            "DELETE FROM document WHERE known = 0"
            " AND NOT EXISTS (SELECT 1 FROM progress WHERE progress.document_id = document.document_id)"
            " AND NOT EXISTS (SELECT 1 FROM progress_end WHERE progress_end.document_id = document.document_id)"
        )

    def agrees(self, chain: Iterable[tuple[int, bytes, bytes]]) -> bool:
        """True when the projection is what the events say. Reads only; the second copy is a temporary file."""
        with closing(self.shadow()) as shadow:
            for event in concerned(chain):
                shadow.project(event)
            return shadow.agrees()

    def shadow(self) -> Shadow:
        """A second, empty projection to feed with events and compare with this one."""
        return Shadow(self._connection, self._seq_of)

    def _documents(self, event: Event) -> list[int]:
        """The documents that an event names, each once."""
        return list(dict.fromkeys(self._document(reference) for reference in event.documents))

    def _document(self, reference: DocumentRef) -> int:
        name = (reference.kind, reference.number)
        row = self._connection.execute(
            "SELECT document_id FROM document WHERE kind = ? AND number = ?", name
        ).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO document (kind, number, known) VALUES (?, ?, 0) RETURNING document_id", name
            ).fetchone()
        document_id: int = row[0]
        return document_id

    def _take_back(self, event: Event) -> None:
        """Take back what one earlier event wrote: all of it for a void, the packs named for an undo."""
        named = event.told("voids_seq")
        seq = int(named) if named else self._seq_of(event.told("voids") or event.told("undoes") or "")
        wanted = None if event.kind is EventKind.VOID else {facts.key for facts in event.packs}
        taken = []
        for row in self._found(_BY_SEQ, seq):
            if wanted is None or row.key in wanted:
                rest = _standing(self._found(_BY_KEY, row.document_id, row.key))[row.seq, row.place]
                if rest:
                    taken.append(_opposite(row, rest))
        self._write(event, taken)

    def _take_back_latest(self, event: Event) -> None:
        """An undo that names no event takes back the latest dispense under its documents, or so many packs."""
        taken = []
        for document_id in self._documents(event):
            for facts in event.packs:
                rows = self._found(_BY_KEY, document_id, facts.key)
                rest, heap, left = _standing(rows), facts.key.startswith("heap:"), facts.quantity or 0
                for row in rows:
                    amount = rest[row.seq, row.place]
                    if (
                        row.of is not None
                        or row.act != EventKind.DISPENSE
                        or not amount
                        or (heap and not left)
                    ):
                        continue
                    amount = amount.some(left) if heap else amount
                    taken.append(_opposite(row, amount))
                    left -= amount.packs
                    if not heap:
                        break
        self._write(event, taken)

    def _brought_back(self, event: Event) -> list[_Row]:
        """What a patient brings back counts, as a return, under the documents that it was dispensed under."""
        seq = self._seq_of(event.told("returns") or "")
        documents = {row.document_id for row in self._found(_BY_SEQ, seq)} - set(self._documents(event))
        return [row for document_id in sorted(documents) for row in _rows(event, document_id)]

    def _found(self, query: str, *values: int | str | None) -> list[_Row]:
        return [_made(row) for row in self._connection.execute(query, values)]

    def _write(self, event: Event, rows: list[_Row]) -> None:
        for place, row in enumerate(rows):
            amount = (row.amount.shown, row.amount.packs, row.amount.units, row.amount.cases)
            of = row.of or (None, None)
            self._connection.execute(
                _INSERT,
                (row.document_id, row.key, event.seq, place, row.act, row.product, row.lot, *amount, *of),
            )
            self._connection.execute(_ADD, (row.document_id, row.product, row.lot, row.act, *amount))

    def _look_up_seq(self, event_id: str) -> int | None:
        row = self._connection.execute("SELECT seq FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return row[0] if row else None


class Shadow:
    """A projection made anew beside the stored one, to compare them; lies in a temporary file."""

    def __init__(self, original: sqlite3.Connection, seq_of: Callable[[str], int | None]) -> None:
        self._original = original
        self._copy = sqlite3.connect("", isolation_level=None)
        self._copy.execute("PRAGMA journal_mode=OFF").fetchall()
        for table in _TABLES:
            for (statement,) in original.execute(
                "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY rowid",
                (table,),
            ).fetchall():
                self._copy.execute(statement)
        self._copy.execute("BEGIN")
        self._journal = Journal(self._copy, seq_of)

    def project(self, event: Event) -> None:
        """As `Journal.project`, for every event in order."""
        self._journal.project(event)

    def agrees(self) -> bool:
        """True when both projections hold the same."""
        return all(
            one == other
            for query in _COMPARED
            for one, other in zip_longest(self._original.execute(query), self._copy.execute(query))
        )

    def close(self) -> None:
        """Give the temporary file free."""
        self._copy.close()


def concerned(chain: Iterable[tuple[int, bytes, bytes]]) -> Iterator[Event]:
    """The events that say anything of documents; the others are not even parsed."""
    for _, body, _ in chain:
        # Canonical bytes have no blanks, and a quote inside a text is escaped: these match members alone.
        if b'"documents":[]' not in body or any(word in body for word in _LOOK_BACK):
            yield Event.from_canonical(body)


def _rows(event: Event, document_id: int) -> list[_Row]:
    """The rows that an event writes under one document, a pack each."""
    parents = {facts.parent for facts in event.packs}
    rows = []
    for facts in event.packs:
        amount = _amount(facts, facts.key in parents)
        if amount is not None:
            act = MISSING if event.kind is EventKind.COUNT and facts.state == "lost" else event.kind.value
            product, lot = facts.product or "", facts.lot or ""
            rows.append(_Row(document_id, facts.key, event.seq, 0, act, product, lot, amount, None))
    return rows


def _amount(facts: PackFacts, holds_others: bool) -> Amount | None:
    if facts.key.startswith("heap:"):
        # The second heap of an event says where the packs went; they are counted on the first.
        return None if facts.quantity is None else Amount(shown=1, packs=facts.quantity)
    if holds_others or facts.level is Level.CASE:
        return Amount(shown=1, cases=1)
    if facts.quantity is not None:
        return Amount(shown=1, units=facts.quantity)
    return Amount(shown=1, packs=1)


def _standing(rows: list[_Row]) -> dict[tuple[int, int], Amount]:
    """What is left of each row of one pack, given latest first, once what was taken back and given again counts."""
    rest: dict[tuple[int, int], Amount] = {}
    given: dict[tuple[int, int], Amount] = {}
    for row in rows:
        here = (row.seq, row.place)
        rest[here] = row.amount + given.get(here, Amount())
        if row.of is not None:
            given[row.of] = given.get(row.of, Amount()) + rest[here]
    return rest


def _opposite(row: _Row, amount: Amount) -> _Row:
    of = (row.seq, row.place)
    return _Row(row.document_id, row.key, 0, 0, row.act, row.product, row.lot, -amount, of)


def _made(row: tuple[Any, ...]) -> _Row:
    document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place = row
    of = (of_seq, of_place) if of_seq is not None else None
    return _Row(document_id, key, seq, place, act, product, lot, Amount(shown, packs, units, cases), of)
