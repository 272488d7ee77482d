"""What was read of the reference tables, held until one of them is written.

Every scan asks for the same product, its recalls, the same shipment. The connection that writes remembers the
answers; temporary triggers, which only this connection has, make it forget all of them at the first row that
anybody writes through it, an undone transaction does too, and so does a file that another connection has written.
Readers remember nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

TABLES = (
    "product",
    "product_code",
    "recall",
    "document",
    "document_line",
    "document_serial",
    "document_case",
    "progress_end",
    "person",
    "told_draw",
    "told_back",
    "told_void",
)
"""The tables that answers may be remembered of."""

_TRIGGERS = tuple(
    (f"{table}_{verb.lower()}_forgets", verb, table)
    for table in TABLES
    for verb in ("INSERT", "UPDATE", "DELETE")
)
MOST = 10_000
"""So many answers are held at most."""


class Memory:
    """Answers of one connection, by a name and what was asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._held: dict[tuple[str, object], Any] = {}
        self._watching = False
        self._version = 0

    def watch(self) -> None:
        """From now on remember: this connection is the one that writes."""
        self._connection.create_function("tracedesk_forget", 0, self.forget)
        self._listen()

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """While many rows are written: remember nothing, and listen to none of them.

        A statement with a trigger keeps what it may have to undo in a journal of its own, and inside a savepoint
        SQLite walks all of that journal at the end of each: a hundred thousand updates took a minute.
        """
        if not self._watching:
            yield
            return
        self._watching = False
        self.forget()
        for name, _, _ in _TRIGGERS:
            self._connection.execute(f"DROP TRIGGER IF EXISTS temp.{name}")
        try:
            yield
        finally:
            self._listen()

    def _listen(self) -> None:
        for name, verb, table in _TRIGGERS:
            # They may be there: a transaction that was undone has brought them back.
            self._connection.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {verb} ON main.{table}"
                " BEGIN SELECT tracedesk_forget(); END"
            )
        self._watching = True

    def look_again(self) -> None:
        """At the start of a transaction: forget everything when another connection has written the file."""
        if self._watching:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                self.forget()

    def forget(self) -> None:
        """Hold nothing any more."""
        self._held.clear()

    def of(self, name: str, asked: object, read: Callable[[], T]) -> T:
        """What `read` answers to `asked`, read once; `name` tells questions apart."""
        if not self._watching:
            return read()
        place = (name, asked)
        held = self._held
        if place in held:
            known: T = held[place]
            return known
        if len(held) >= MOST:
            held.clear()
        answer = held[place] = read()
        return answer
