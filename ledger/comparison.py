"""Hold what a ledger says of its packs, documents and tasks against its events, told once more in order.

Capture folds each event into the projection. Here the same is read backwards: the rows that an event must have
left are looked for where they stand, so that nothing is written anew and memory stays nearly the same however
long the ledger is. Because all rows of earlier events are held already, each event is held against them alone.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from itertools import zip_longest
from typing import Any

from ledger import schema
from ledger.connection import in_portions
from ledger.errors import LedgerDamaged
from ledger.event import Event, EventKind, PackFacts
from ledger.journalcheck import JournalCheck
from ledger.pack import IllegalTransition
from ledger.replay import States
from ledger.stock import facts_row
from ledger.store import Store
from ledger.worklist import Worklist

_AHEAD = 1_000
"""Events whose packs are looked up together."""

_PACKS = (
    "SELECT pack_event.seq, pack_id, key, product, serial, level, last_seq, state, lot, expiry, expiry_precision,"
    " units, remaining, out, parent, place FROM pack_event CROSS JOIN pack USING (pack_id)"
    " WHERE pack_event.seq BETWEEN ? AND ?"
)
_WITHOUT_CODE = (
    "SELECT pack.key FROM pack LEFT JOIN pack_code USING (key)"
    " WHERE pack_code.pack_id IS NOT pack.pack_id LIMIT 1"
)
_WORKLIST = {"task": "task_id", "verdict": "key"}


class Comparison:
    """Hears the events of a ledger and holds its projection against them. Close it."""

    def __init__(self, original: Store) -> None:
        self._original = original
        self._scratch = schema.scratch()
        self._worklist = Worklist(self._scratch)
        self._journal = JournalCheck(original.connection)
        self._states = States()
        self._lasts = array("Q", [0])
        """By pack: number of the last event told of it."""
        self._near: dict[int, list[tuple[Any, ...]]] = {}
        self._near_to = 0
        self._told = 0
        """Pairs of an event and a pack of it."""
        self._differs: tuple[str, str] | None = None
        self._unreadable: Exception | None = None

    def tell(self, event: Event) -> bool:
        """Hear one event; False when no such event can follow those before it."""
        try:
            self._worklist.project(event)
            if self._differs is None and self._unreadable is None:
                self._hold(event)
        except (IllegalTransition, sqlite3.IntegrityError, ValueError, KeyError, TypeError):
            return False
        except (sqlite3.DatabaseError, LedgerDamaged) as error:
            self._unreadable = error
        return True

    def difference(self) -> tuple[str, str] | None:
        """The first place where the projection is not what was told: a table and a row's key.

        Raises what SQLite raised where the projection could not be read.
        """
        if self._unreadable is not None:
            raise self._unreadable
        return self._differs or self._beyond() or self._tasks() or self._journal.difference()

    def close(self) -> None:
        """Give the temporary file free."""
        self._scratch.close()

    def _hold(self, event: Event) -> None:
        rows = self._rows_of(event.seq)
        by_key = {row[1]: row for row in rows}
        held: dict[int, tuple[tuple[Any, ...], PackFacts]] = {}
        for facts in event.packs:
            row = by_key.get(facts.key) or self._by_label(rows, facts.key)
            if row is None or not 0 < row[0] <= self._states.next():
                self._differs = ("pack_event", facts.key)
                self._judge(event, facts)
                return
            pack = row[0]
            if pack == self._states.next():
                self._lasts.append(0)
                if row[1:5] != (facts.key, facts.product, facts.serial, facts.level):
                    self._differs = ("pack", facts.key)
                    return
            self._states.step(pack, event.kind, facts)
            self._lasts[pack] = event.seq
            held[pack] = (row, facts)
            if event.kind is EventKind.LABEL and (other := event.told("label")):
                self._scratch.execute("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", (other, pack))
        self._told += len(held)
        if len(held) != len(rows):
            self._differs = ("pack_event", str(event.seq))
        for row, facts in held.values():
            if row[5] == event.seq and row[6:] != facts_row(facts):
                self._differs = ("pack", facts.key)
        if not self._journal.tell(event):
            self._differs = ("progress", str(event.seq))

    def _judge(self, event: Event, facts: PackFacts) -> None:
        """Whether the pack of this code, wherever the ledger has it, can be led there at all."""
        row = self._original.connection.execute(
            "SELECT pack_id FROM pack_code WHERE key = ?", (facts.key,)
        ).fetchone()
        if row and 0 < row[0] < self._states.next():
            self._states.step(row[0], event.kind, facts)

    def _rows_of(self, seq: int) -> list[tuple[Any, ...]]:
        """What the ledger has of the packs of an event."""
        if seq > self._near_to:
            self._near = defaultdict(list)
            self._near_to = seq + _AHEAD
            for number, *row in self._original.connection.execute(_PACKS, (seq, self._near_to)).fetchall():
                self._near[number].append(tuple(row))
        return self._near.get(seq, [])

    def _by_label(self, rows: list[tuple[Any, ...]], code: str) -> tuple[Any, ...] | None:
        """The pack that bears another code, put on it by an event that was told."""
        found = self._scratch.execute("SELECT pack_id FROM pack_code WHERE key = ?", (code,)).fetchone()
        return next((row for row in rows if found and row[0] == found[0]), None)

    def _beyond(self) -> tuple[str, str] | None:
        """What stands in the tables and no event has told; the last event of each pack."""
        execute = self._original.connection.execute
        lasts = self._lasts
        packs = in_portions(execute("SELECT pack_id, last_seq, key FROM pack ORDER BY pack_id"))
        for number, (pack, last, key) in enumerate(packs, 1):
            if pack != number or number >= len(lasts) or lasts[number] != last:
                return "pack", str(key)
        count = len(lasts) - 1
        if execute("SELECT count(*) FROM pack").fetchone()[0] != count:
            return "pack", ""
        if execute("SELECT count(*) FROM pack_event").fetchone()[0] != self._told:
            return "pack_event", ""
        if row := execute(_WITHOUT_CODE).fetchone():
            return "pack_code", str(row[0])
        labels = self._scratch.execute("SELECT key, pack_id FROM pack_code").fetchall()
        for label in labels:
            if execute("SELECT pack_id FROM pack_code WHERE key = ?", label[:1]).fetchone() != label[1:]:
                return "pack_code", str(label[0])
        if execute("SELECT count(*) FROM pack_code").fetchone()[0] != count + len(labels):
            return "pack_code", ""
        return None

    def _tasks(self) -> tuple[str, str] | None:
        for table, key in _WORKLIST.items():
            query = f"SELECT * FROM {table} ORDER BY {key}"  # noqa: S608 - our own words
            both = (self._scratch.execute(query), self._original.connection.execute(query))
            for mine, theirs in zip_longest(*both):
                if mine != theirs:
                    return table, str((theirs or mine)[0])
        return None
