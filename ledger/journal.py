"""What happened under each document: a projection of the events alone, rebuilt from them at any time.

Every pack of an event that names a document is one row of the journal; sums by product and lot are kept beside
it, so that a look-up costs the same however much has happened. Nothing in the journal is changed: what a void or
an undo takes back is a new row with the opposite numbers that names the row it takes back, and never takes back
more than still stands; so no sum falls below zero. Which line of a document a pack counts on is not written here
but worked out when asked (ledger/allocation.py), because lines are reference data and may be sent anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ledger.codes.code import Level
from ledger.event import ABOUT_PACKS, DocumentRef, Event, EventKind, PackFacts
from ledger.memory import Memory

MISSING = "missing"
"""Act of a pack that a stock count did not find."""

ENDS = {EventKind.DOCUMENT_OPENED: 0, EventKind.DOCUMENT_FINISHED: 1}
_LOOK_BACK = (b'"kind":"undo"', b'"kind":"void"', b'"kind":"return"')
_TABLES = ("document", "progress", "progress_sum", "progress_end")
_ROWS = (
    "SELECT document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place"
    " FROM progress "
)
_BY_SEQ = _ROWS + "WHERE seq = ? ORDER BY document_id, key, place"
_LAST = 2**63 - 1
_BY_KEY = _ROWS + "WHERE document_id = ? AND key = ? AND seq < ? ORDER BY seq DESC, place DESC"
_INSERT = (
    "INSERT INTO progress (document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq,"
    " of_place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD = (
    "INSERT INTO progress_sum (document_id, product, lot, act, shown, packs, units, cases)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET shown = shown + excluded.shown,"
    " packs = packs + excluded.packs, units = units + excluded.units, cases = cases + excluded.cases"
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
class JournalRow:
    """One pack of one event under one document."""

    document_id: int
    key: str
    seq: int
    place: int
    act: str
    product: str
    lot: str
    amount: Amount
    of: tuple[int, int] | None
    """Number and place of the row that this one takes back."""

    def values(self) -> tuple[int | str | None, ...]:
        """The row as the table has it."""
        of_seq, of_place = self.of or (None, None)
        return (
            self.document_id,
            self.key,
            self.seq,
            self.place,
            self.act,
            self.product,
            self.lot,
            self.amount.shown,
            self.amount.packs,
            self.amount.units,
            self.amount.cases,
            of_seq,
            of_place,
        )

    def summed(self) -> tuple[int | str, ...]:
        """What it adds to the sums."""
        amount = self.amount
        sums = (amount.shown, amount.packs, amount.units, amount.cases)
        return (self.document_id, self.product, self.lot, self.act, *sums)


class Journal:
    """What happened under documents, and its sums."""

    def __init__(self, connection: sqlite3.Connection, memory: Memory) -> None:
        self._connection = connection
        self._memory = memory

    def project(self, event: Event) -> None:
        """Write what the event means for documents. Called once for every event, in order."""
        self._write(self.rows_of(event))
        if (finished := ENDS.get(event.kind)) is not None:
            self._connection.executemany(
                "INSERT OR REPLACE INTO progress_end (document_id, seq, finished) VALUES (?, ?, ?)",
                [(document_id, event.seq, finished) for document_id in self.documents_of(event)],
            )

    def rows_of(self, event: Event) -> list[JournalRow]:
        """The rows that an event writes; what it takes back is looked up among those of earlier events."""
        if event.kind is EventKind.VOID or (event.kind is EventKind.UNDO and event.told("undoes")):
            return self._taken_back(event)
        if event.kind is EventKind.UNDO:
            return self._taken_back_latest(event)
        if event.kind not in ABOUT_PACKS:
            return []
        rows = [row for document_id in self.documents_of(event) for row in rows_under(event, document_id)]
        if event.kind is EventKind.RETURN:
            rows += self._brought_back(event)
        return rows

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

    def standing_of(self, document_id: int, key: str, seq: int) -> Amount:
        """What is left of the rows that one event wrote for a pack under a document."""
        rest = _standing(self._found(_BY_KEY, document_id, key, _LAST))
        return sum((amount for (of, _), amount in rest.items() if of == seq), Amount())

    def documents_of(self, event: Event) -> list[int]:
        """The documents that an event names, each once; one that nobody has sent is made."""
        if len(event.documents) < 2:
            return [self._document(reference) for reference in event.documents]
        return list(dict.fromkeys(self._document(reference) for reference in event.documents))

    def _document(self, reference: DocumentRef) -> int:
        name = (reference.kind, reference.number)
        return self._memory.of("document", name, lambda: self._found_or_made(name))

    def _found_or_made(self, name: tuple[str, str]) -> int:
        row = self._connection.execute(
            "SELECT document_id FROM document WHERE kind = ? AND number = ?", name
        ).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO document (kind, number, known) VALUES (?, ?, 0) RETURNING document_id", name
            ).fetchone()
        document_id: int = row[0]
        return document_id

    def _taken_back(self, event: Event) -> list[JournalRow]:
        """Take back what one earlier event wrote: all of it for a void, the packs named for an undo."""
        named = event.told("voids_seq")
        seq = int(named) if named else self._look_up_seq(event.told("voids") or event.told("undoes") or "")
        wanted = None if event.kind is EventKind.VOID else {facts.key for facts in event.packs}
        taken: list[JournalRow] = []
        for row in self._found(_BY_SEQ, seq):
            if wanted is None or row.key in wanted:
                rows = self._found(_BY_KEY, row.document_id, row.key, event.seq)
                rest = _standing(rows)[row.seq, row.place]
                if rest:
                    taken.append(_opposite(row, rest, event.seq, len(taken)))
        return taken

    def _taken_back_latest(self, event: Event) -> list[JournalRow]:
        """An undo that names no event takes back the latest dispense under its documents, or so many packs."""
        taken: list[JournalRow] = []
        for document_id in self.documents_of(event):
            for facts in event.packs:
                rows = self._found(_BY_KEY, document_id, facts.key, event.seq)
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
                    taken.append(_opposite(row, amount, event.seq, len(taken)))
                    left -= amount.packs
                    if not heap:
                        break
        return taken

    def _brought_back(self, event: Event) -> list[JournalRow]:
        """What a patient brings back counts, as a return, under the documents that it was dispensed under."""
        seq = self._look_up_seq(event.told("returns") or "")
        documents = {row.document_id for row in self._found(_BY_SEQ, seq)} - set(self.documents_of(event))
        return [row for document_id in sorted(documents) for row in rows_under(event, document_id)]

    def _found(self, query: str, *values: int | str | None) -> list[JournalRow]:
        return [_made(row) for row in self._connection.execute(query, values)]

    def _write(self, rows: list[JournalRow]) -> None:
        if rows:
            self._connection.executemany(_INSERT, [row.values() for row in rows])
            self._connection.executemany(_ADD, [row.summed() for row in rows])

    def _look_up_seq(self, event_id: str) -> int | None:
        row = self._connection.execute("SELECT seq FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return row[0] if row else None


def concerned(chain: Iterable[tuple[int, bytes, bytes]]) -> Iterator[Event]:
    """The events that say anything of documents; the others are not even parsed."""
    for _, body, _ in chain:
        # Canonical bytes have no blanks, and a quote inside a text is escaped: these match members alone.
        if b'"documents":[]' not in body or any(word in body for word in _LOOK_BACK):
            yield Event.from_canonical(body)


def rows_under(event: Event, document_id: int) -> list[JournalRow]:
    """The rows that an event writes under one document, a pack each."""
    parents = {facts.parent for facts in event.packs}
    rows: list[JournalRow] = []
    for facts in event.packs:
        amount = _amount(facts, facts.key in parents)
        if amount is not None:
            act = MISSING if event.kind is EventKind.COUNT and facts.state == "lost" else event.kind.value
            product, lot = facts.product or "", facts.lot or ""
            place = len(rows)
            rows.append(JournalRow(document_id, facts.key, event.seq, place, act, product, lot, amount, None))
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


def _standing(rows: list[JournalRow]) -> dict[tuple[int, int], Amount]:
    """What is left of each row of one pack, given latest first, once what was taken back and given again counts."""
    rest: dict[tuple[int, int], Amount] = {}
    given: dict[tuple[int, int], Amount] = {}
    for row in rows:
        here = (row.seq, row.place)
        rest[here] = row.amount + given.get(here, Amount())
        if row.of is not None:
            given[row.of] = given.get(row.of, Amount()) + rest[here]
    return rest


def _opposite(row: JournalRow, amount: Amount, seq: int, place: int) -> JournalRow:
    of = (row.seq, row.place)
    return JournalRow(row.document_id, row.key, seq, place, row.act, row.product, row.lot, -amount, of)


def _made(row: tuple[Any, ...]) -> JournalRow:
    document_id, key, seq, place, act, product, lot, shown, packs, units, cases, of_seq, of_place = row
    of = (of_seq, of_place) if of_seq is not None else None
    return JournalRow(document_id, key, seq, place, act, product, lot, Amount(shown, packs, units, cases), of)
