"""The history: events by number, by pack and by document, their chain, and what others have confirmed of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime

from ledger.errors import LedgerDamaged
from ledger.event import Event, EventKind


class History:
    """The part of the store that reads events; nothing here writes one."""

    _connection: sqlite3.Connection

    def event(self, seq: int) -> Event:
        """The event with this sequence number."""
        body = self._connection.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()[0]
        return _told(body)

    def event_at(self, seq: int) -> Event | None:
        """The event with this sequence number; None where a restore has left a gap."""
        row = self._connection.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()
        return _told(row[0]) if row else None

    def event_by_id(self, event_id: str) -> Event:
        """The event with this id."""
        row = self._connection.execute("SELECT body FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return _told(row[0])

    def events_of(self, pack_id: int) -> tuple[Event, ...]:
        """Everything that happened to a pack, in order."""
        rows = self._connection.execute(
            "SELECT body FROM pack_event JOIN event USING (seq) WHERE pack_id = ? ORDER BY seq", (pack_id,)
        )
        return tuple(_told(body) for (body,) in rows)

    def latest_of(
        self, pack_id: int, until: Callable[[Event], bool], read: dict[int, Event] | None = None
    ) -> tuple[Event, ...]:
        """What happened to a pack since the latest event that still stands and that `until` is true of, this one
        included, in order; everything where there is none. Goods without serial have one history for all.

        `read` holds by number what was read already, for who asks about many packs of the same events.
        """
        known = {} if read is None else read
        found: list[Event] = []
        gone: set[str | None] = set()
        for (seq,) in self._connection.execute(
            "SELECT seq FROM pack_event WHERE pack_id = ? ORDER BY seq DESC", (pack_id,)
        ):
            event = known.get(seq)
            if event is None:
                event = known[seq] = self.event(seq)
            found.append(event)
            if event.kind is EventKind.VOID:
                gone.add(event.told("voids"))
            elif event.event_id not in gone and until(event):
                break
        return tuple(reversed(found))

    def seq_before(self, pack_id: int, seq: int) -> int | None:
        """Number of the pack's event before this one; None where it is the first."""
        row = self._connection.execute(
            "SELECT max(seq) FROM pack_event WHERE pack_id = ? AND seq < ?", (pack_id, seq)
        ).fetchone()
        found: int | None = row[0]
        return found

    def events_under(self, kind: str, number: str) -> Iterator[Event]:
        """The events about packs that name a document, the latest first."""
        rows = self._connection.execute(
            "SELECT body FROM event WHERE seq IN (SELECT seq FROM progress WHERE document_id ="
            " (SELECT document_id FROM document WHERE kind = ? AND number = ?)) ORDER BY seq DESC",
            (kind, number),
        )
        return (_told(body) for (body,) in rows)

    def chain(self, after: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
        """Sequence number, canonical bytes and hash of every event after one, in order."""
        return iter(
            self._connection.execute("SELECT seq, body, hash FROM event WHERE seq > ? ORDER BY seq", (after,))
        )

    def anchor(self, seq: int, digest: bytes, at: str, source: str) -> None:
        """Keep what somebody outside has confirmed of the chain: the hash at a number, told at a time.

        Kept even where it contradicts the chain: the audit says so.
        """
        self._connection.execute(
            "INSERT OR IGNORE INTO anchor (seq, hash, at, source) VALUES (?, ?, ?, ?)",
            (seq, digest, at, source),
        )

    def anchors(self) -> int:
        """How many places of the chain somebody outside has confirmed."""
        count: int = self._connection.execute("SELECT count(*) FROM anchor").fetchone()[0]
        return count

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of the event with this number, None where there is no such event."""
        row = self._connection.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
        return row[0] if row else None

    def _floor(self) -> datetime | None:
        for (body,) in self._connection.execute("SELECT body FROM event ORDER BY seq DESC"):
            moment = _told(body).moment
            if moment.trusted:
                return moment.at
        return None


def _told(body: bytes) -> Event:
    try:
        return Event.from_canonical(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerDamaged("ledger_damaged", why="event body") from error
