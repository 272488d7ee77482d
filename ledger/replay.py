"""Tell every event again to an empty ledger, and compare what it makes of them with what the ledger has.

The fold is the very one that captures use; what differs was changed by something else than an event. The second
ledger lies in a temporary file, so that memory stays the same however long the first one is.
"""

from __future__ import annotations

import sqlite3
from itertools import zip_longest

from ledger import schema
from ledger.event import Event
from ledger.pack import IllegalTransition
from ledger.store import Store


class Replay:
    """An empty ledger that hears events. Close it."""

    def __init__(self, original: Store | None = None) -> None:
        """`original` is the ledger to compare with, where there is one."""
        self._store = Store(schema.scratch())
        self._original = original
        self._documents = original.documents.shadow() if original else None

    def tell(self, event: Event) -> bool:
        """Fold one event; False when no such event can follow those before it."""
        try:
            self._store.project(event)
            if self._documents:
                self._documents.project(event)
        except (IllegalTransition, sqlite3.IntegrityError, ValueError, KeyError, TypeError):
            return False
        return True

    def difference(self) -> tuple[str, str] | None:
        """The first place where the original's projection is not what was told: a table and a row's key."""
        if self._original is None or self._documents is None:
            return None
        for table in schema.PROJECTION:
            for mine, theirs in zip_longest(self._store.projected(table), self._original.projected(table)):
                if mine != theirs:
                    row = theirs or mine
                    return table, str(row[1] if table == "pack" else row[0])
        return None if self._documents.agrees() else ("progress", "")

    def close(self) -> None:
        """Give the temporary files free."""
        if self._documents:
            self._documents.close()
        self._store.close()
