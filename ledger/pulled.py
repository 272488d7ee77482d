"""How far each kind of reference data was pulled from the platform, and the names of what it has given.

A load begins where there is no cursor and is whole when the platform has said that there is no more. What an
earlier load gave and a whole later one did not is no longer there: those names are told, to be taken back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on with one kind."""

    kind: str
    cursor: str = ""
    """Empty at the beginning of a load."""
    etag: str = ""
    load: int = 1
    """Number of the load under way, or of the one that is whole."""
    whole: bool = False
    """True once everything was seen; from then on only changes come."""
    at: str = ""
    """When it last moved, ISO 8601."""


class Pulled:
    """The cursors of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def cursor(self, kind: str) -> Cursor:
        """Where to go on with a kind; its beginning where it was never pulled."""
        row = self._connection.execute(
            "SELECT kind, cursor, etag, load, whole, at FROM cursor WHERE kind = ?", (kind,)
        ).fetchone()
        return Cursor(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) if row else Cursor(kind)

    def cursors(self) -> tuple[Cursor, ...]:
        """Every cursor there is, by kind."""
        rows = self._connection.execute(
            "SELECT kind, cursor, etag, load, whole, at FROM cursor ORDER BY kind"
        )
        return tuple(Cursor(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows)

    def counts(self) -> dict[str, int]:
        """How many items of each kind the platform has given and not taken back."""
        rows = self._connection.execute("SELECT kind, count(*) FROM pulled WHERE refused = '' GROUP BY kind")
        return dict(rows.fetchall())

    def move(self, cursor: Cursor) -> None:
        """Go on from here, in the transaction that takes what came before."""
        self._connection.execute(
            "INSERT OR REPLACE INTO cursor (kind, cursor, etag, load, whole, at) VALUES (?, ?, ?, ?, ?, ?)",
            (cursor.kind, cursor.cursor, cursor.etag, cursor.load, cursor.whole, cursor.at),
        )

    def begin_anew(self) -> None:
        """Load every kind from its beginning, because another platform answers now.

        What the one before gave is taken back when the whole new load does not give it, but for recalls: that
        somebody else does not know of one does not end it.
        """
        self._connection.execute("UPDATE cursor SET cursor = '', etag = '', load = load + 1, whole = 0")
        self._connection.execute("DELETE FROM pulled WHERE kind = 'recalls'")

    def given(self, kind: str, names: Iterable[str], load: int) -> None:
        """Note that the platform has given these items, all of them understood for now."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO pulled (kind, name, load, refused) VALUES (?, ?, ?, '')",
            [(kind, name, load) for name in names],
        )

    def holds(self, kind: str, name: str) -> bool:
        """True for an item that the platform has given and not taken back."""
        row = self._connection.execute(
            "SELECT 1 FROM pulled WHERE kind = ? AND name = ?", (kind, name)
        ).fetchone()
        return row is not None

    def gone(self, kind: str, names: Iterable[str]) -> tuple[str, ...]:
        """Forget these names; return those that the platform had given."""
        held = []
        for name in names:
            cursor = self._connection.execute("DELETE FROM pulled WHERE kind = ? AND name = ?", (kind, name))
            if cursor.rowcount:
                held.append(name)
        return tuple(held)

    def left_over(self, kind: str, load: int) -> tuple[str, ...]:
        """Names that earlier loads gave and this one, now whole, did not."""
        rows = self._connection.execute(
            "SELECT name FROM pulled WHERE kind = ? AND load < ? ORDER BY name", (kind, load)
        )
        return tuple(name for (name,) in rows)

    def refuse(self, kind: str, name: str, why: str) -> None:
        """Note that an item will not do, and why, in a code word."""
        self._connection.execute(
            "UPDATE pulled SET refused = ? WHERE kind = ? AND name = ?", (why, kind, name)
        )

    def refused(self, limit: int = 50) -> tuple[tuple[str, str, str], ...]:
        """Kind, name and code word of items that the platform has given and that will not do."""
        rows = self._connection.execute(
            "SELECT kind, name, refused FROM pulled WHERE refused <> '' ORDER BY kind, name LIMIT ?", (limit,)
        )
        return tuple(rows)
