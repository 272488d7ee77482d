"""What the site's other workstations told, event by event, as it stands beside this ledger's own."""

from __future__ import annotations

import sqlite3

from ledger.event import Event
from ledger.merge import Told

_TOLD = (
    "SELECT body, after_seq FROM told_pack JOIN told_event USING (event_id) WHERE key = ?"
    " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_pack.event_id)"
    " ORDER BY event_id"
)


class Hearsay:
    """The part of the site that knows who told what."""

    _connection: sqlite3.Connection

    def told_of(self, key: str) -> tuple[Event, ...]:
        """What the other workstations told of a pack and did not take back, by time."""
        return tuple(sorted((one.event for one in self._told(key)), key=lambda event: event.moment.at))

    def is_own(self, event_id: str) -> bool:
        """True for an event of this ledger."""
        row = self._connection.execute("SELECT 1 FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return row is not None

    def is_new(self, event_id: str) -> bool:
        """True for an event that is neither this ledger's own nor heard already."""
        row = self._connection.execute("SELECT 1 FROM told_event WHERE event_id = ?", (event_id,)).fetchone()
        return row is None and not self.is_own(event_id)

    def _key_of(self, code: str) -> str:
        row = self._connection.execute("SELECT key FROM site_code WHERE code = ?", (code,)).fetchone()
        return row[0] if row else code

    def is_told(self, key: str) -> bool:
        """True where another workstation has told of the pack."""
        row = self._connection.execute("SELECT 1 FROM told_pack WHERE key = ? LIMIT 1", (key,)).fetchone()
        return row is not None

    def _told(self, key: str) -> list[Told]:
        rows = self._connection.execute(_TOLD, (key,))
        return [Told(Event.from_canonical(body), after) for body, after in rows]

    def _latest_told(self, key: str) -> tuple[Event, ...]:
        """What was told of a pack last; of a heap, what has the latest id, which is nearly as good."""
        if not key.startswith("heap:"):
            return self.told_of(key)[-1:]
        row = self._connection.execute(f"{_TOLD} DESC LIMIT 1", (key,)).fetchone()
        return (Event.from_canonical(row[0]),) if row else ()
