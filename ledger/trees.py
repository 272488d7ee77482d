"""What lies in what, as the sender declared it: pallets, cases and packs, known before they arrive.

A thing lies in one other thing at most, and nothing lies in itself by any way round.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from ledger.change import Change
from ledger.codes.code import Level

DEEPEST = 16
"""No package has more packages around it; a longer way up is a fault of the data."""

_SELECT = "SELECT key, product, serial, lot, expiry, expiry_precision, level FROM tree "
_INSIDE = (
    "WITH RECURSIVE inside (key) AS (SELECT key FROM tree WHERE parent = ?"
    " UNION SELECT tree.key FROM tree JOIN inside ON tree.parent = inside.key)"
    " SELECT key, product, serial, lot, expiry, expiry_precision, level FROM inside JOIN tree USING (key)"
    " WHERE NOT EXISTS (SELECT 1 FROM tree AS below WHERE below.parent = inside.key) ORDER BY key"
)


@dataclass(frozen=True, slots=True)
class Child:
    """A pack or a case that lies in another case."""

    key: str
    product: str | None = None
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    level: Level = Level.UNKNOWN


class Cycle(Exception):
    """The case would lie in itself."""


class SecondParent(Exception):
    """The pack lies in another case already; its key is the first argument."""


class Trees:
    """The declared trees of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def children(self, case_key: str) -> tuple[Child, ...]:
        """What lies directly in a case, by key; empty where nothing is known of it."""
        rows = self._connection.execute(_SELECT + "WHERE parent = ? ORDER BY key", (case_key,))
        return tuple(_made(row) for row in rows)

    def packs(self, case_key: str) -> tuple[Child, ...]:
        """Everything in a case that holds nothing itself, however deep, by key."""
        rows = self._connection.execute(_INSIDE, (case_key,))
        return tuple(_made(row) for row in rows)

    def child(self, key: str) -> Child | None:
        """What is declared of a pack or case that lies in another one."""
        row = self._connection.execute(_SELECT + "WHERE key = ?", (key,)).fetchone()
        return _made(row) if row else None

    def parents_of(self, key: str) -> tuple[str, ...]:
        """The cases around a pack, the nearest first."""
        found: list[str] = []
        while len(found) < DEEPEST:
            row = self._connection.execute("SELECT parent FROM tree WHERE key = ?", (key,)).fetchone()
            if row is None:
                break
            key = row[0]
            found.append(key)
        return tuple(found)

    def knows(self, case_key: str) -> bool:
        """True when something is declared to lie in it."""
        row = self._connection.execute("SELECT 1 FROM tree WHERE parent = ? LIMIT 1", (case_key,)).fetchone()
        return row is not None

    def put(self, parent: str, new: Child) -> Change:
        """Declare that a pack or case lies in a case; raises SecondParent or Cycle where it cannot be."""
        row = self._connection.execute("SELECT parent FROM tree WHERE key = ?", (new.key,)).fetchone()
        if row and row[0] != parent:
            raise SecondParent(row[0])
        if row and self.child(new.key) == new:
            return Change.SAME
        if row is None:
            around = self.parents_of(parent)
            if new.key == parent or new.key in around or len(around) + 1 >= DEEPEST:
                raise Cycle(parent)
        self._connection.execute(
            "INSERT OR REPLACE INTO tree (key, parent, product, serial, lot, expiry, expiry_precision, level)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.key,
                parent,
                new.product,
                new.serial,
                new.lot,
                new.expiry.isoformat() if new.expiry else None,
                new.expiry_precision,
                new.level,
            ),
        )
        return Change.CHANGED if row else Change.ADDED

    def forget(self, case_key: str) -> int:
        """Take back what was declared to lie directly in a case, so that it can be declared anew; how many."""
        return self._connection.execute("DELETE FROM tree WHERE parent = ?", (case_key,)).rowcount


def _made(
    row: tuple[str, str | None, str | None, str | None, str | None, str | None, str],
) -> Child:
    key, product, serial, lot, expiry, precision, level = row
    last_day = date.fromisoformat(expiry) if expiry else None
    return Child(key, product, serial, lot, last_day, precision, Level(level))
