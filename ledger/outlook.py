"""What the outbox says to those who only look: how delivery stands, what was refused, what is not sent yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ledger.event import Event, EventKind
from ledger.parcel import Backlog, Parcel

ACCEPTED = "outbox_accepted"
"""Name in `meta` of the number of accepted records, kept so that nobody counts them."""


class Outlook:
    """The reading half of the outbox. Every method runs inside a transaction of the caller's, or beside it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def payload(self, event_id: str) -> bytes | None:
        """The frozen bytes of an event, to be replayed by its declaration; None when there are none."""
        row = self._connection.execute(
            "SELECT payload FROM outbox WHERE event_id = ? AND declaration_time = ''", (event_id,)
        ).fetchone()
        return row[0] if row else None

    def unsent(self, after: int, limit: int) -> tuple[Parcel, ...]:
        """What the platform has not accepted, above a sequence number, in order; nothing that waits for a person.

        Unlike `next_batch` it gives all of a pack's events at once, for a road on which nothing overtakes.
        """
        rows = self._connection.execute(
            "SELECT o.event_id, o.declaration_time, o.seq, o.attempts, o.payload FROM outbox AS o"
            " WHERE o.state <> 'accepted' AND o.state IN ('pending', 'sent') AND o.seq > ?"
            " AND NOT EXISTS (SELECT 1 FROM pack_event AS mine"
            " CROSS JOIN pack_event AS other ON other.pack_id = mine.pack_id AND other.seq < mine.seq"
            " CROSS JOIN outbox AS earlier ON earlier.seq = other.seq AND earlier.state = 'parked'"
            " WHERE mine.seq = o.seq)"
            " ORDER BY o.seq LIMIT ?",
            (after, limit),
        )
        return tuple(Parcel(*row) for row in rows)

    def state_of(self, key: tuple[str, str]) -> tuple[str, bytes] | None:
        """State and bytes of a record; None where there is no such record."""
        row = self._connection.execute(
            "SELECT state, payload FROM outbox WHERE event_id = ? AND declaration_time = ?", key
        ).fetchone()
        return (row[0], row[1]) if row else None

    def parked(self, limit: int = 200) -> tuple[tuple[Parcel, str], ...]:
        """What the platform refused, with its words, in order."""
        rows = self._connection.execute(
            "SELECT event_id, declaration_time, seq, attempts, payload, last_error FROM outbox"
            " WHERE state <> 'accepted' AND state = 'parked' ORDER BY seq LIMIT ?",
            (limit,),
        )
        return tuple((Parcel(*row[:5]), row[5]) for row in rows)

    def is_withdrawn(self, event_id: str) -> bool:
        """True when the record of the event was given up."""
        row = self._connection.execute(
            "SELECT 1 FROM outbox WHERE event_id = ? AND declaration_time = '' AND state = 'withdrawn'",
            (event_id,),
        ).fetchone()
        return row is not None

    def is_declared(self, event_id: str) -> bool:
        """True when a declaration that the event is wrong stands here, on its way or waiting."""
        row = self._connection.execute(
            "SELECT 1 FROM outbox WHERE event_id = ? AND declaration_time <> ''", (event_id,)
        ).fetchone()
        return row is not None

    def delivery_of(self, seq: int) -> tuple[str, str]:
        """State of an event's own record, or of the declaration that it is, and the last error said about it.

        Both empty for an event that nobody is told of.
        """
        event = self._connection.execute(
            "SELECT event_id, kind, at, body FROM event WHERE seq = ?", (seq,)
        ).fetchone()
        if event is None:
            return "", ""
        event_id, kind, at, body = event
        declared = ""
        if kind == EventKind.VOID:
            # It goes under the id of the event that it declares wrong, at its own time.
            event_id, declared = Event.from_canonical(body).told("voids"), at
        row = self._connection.execute(
            "SELECT state, last_error FROM outbox WHERE event_id = ? AND declaration_time = ?",
            (event_id, declared),
        ).fetchone()
        return (row[0], row[1]) if row else ("", "")

    def states_of(self, seqs: Sequence[int]) -> dict[int, str]:
        """State of each of these events' records, as `delivery_of` says it; quick where most still wait."""
        marks = ", ".join("?" * len(seqs))
        waiting = dict(
            self._connection.execute(
                f"SELECT seq, state FROM outbox WHERE state <> 'accepted' AND seq IN ({marks})",  # noqa: S608
                seqs,
            ).fetchall()
        )
        return {seq: waiting.get(seq) or self.delivery_of(seq)[0] for seq in seqs}

    def summary(self) -> Backlog:
        """How delivery stands."""
        counted: dict[str, int] = dict(
            self._connection.execute(
                "SELECT state, count(*) FROM outbox WHERE state <> 'accepted' GROUP BY state"
            ).fetchall()
        )
        oldest = self._connection.execute(
            "SELECT event.at FROM outbox JOIN event USING (seq)"
            " WHERE outbox.state <> 'accepted' AND outbox.state IN ('pending', 'sent')"
            " ORDER BY outbox.seq LIMIT 1"
        ).fetchone()
        accepted = self._connection.execute("SELECT value FROM meta WHERE name = ?", (ACCEPTED,)).fetchone()
        return Backlog(
            pending=counted.get("pending", 0) + counted.get("sent", 0),
            oldest_pending=oldest[0] if oldest else None,
            parked=counted.get("parked", 0),
            accepted=int(accepted[0]) if accepted else 0,
            sent=counted.get("sent", 0),
        )
