"""What is to be delivered: due, sent, accepted, parked. The payloads are frozen; only their state moves.

    pending -> sent (in an open batch) -> accepted
       ^          |          \\-> parked (refused by the platform, waits for a person)
       \\----------/ released: nothing was stored there

A parked record whose event a person declares wrong is withdrawn: the platform has none of it, so there is nothing
left to tell, and what waited for it flows.

A batch is written before it is posted, so that after a crash whatever may have arrived stands in `open_ids`
and is asked for before it is sent again. Every method runs inside a transaction of the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from ledger.outlook import ACCEPTED, Outlook
from ledger.parcel import ERROR_LIMIT, Backlog, Batch, Parcel

__all__ = ["ERROR_LIMIT", "Backlog", "Batch", "Outbox", "Parcel"]

CLOCK_SLACK = 900.0
"""A retry time further ahead than this many seconds was set by a clock since put right: it is due now."""

# An event waits while an earlier one of the same pack is not accepted, parked ones included: the platform
# would judge it by a history that it does not have. The declaration of an error waits for its original. A
# declaration and the event that corrects it travel together.
_DUE = """
SELECT o.event_id, o.declaration_time, o.seq, o.attempts, o.payload, o.together
FROM outbox AS o
WHERE o.state <> 'accepted' AND o.state = 'pending' AND (o.next_try <= :now OR o.next_try > :far)
AND NOT EXISTS (
    SELECT 1 FROM pack_event AS mine
    CROSS JOIN pack_event AS other ON other.pack_id = mine.pack_id AND other.seq < mine.seq
    CROSS JOIN outbox AS earlier ON earlier.seq = other.seq AND earlier.state <> 'accepted'
        AND earlier.state <> 'withdrawn'
        AND NOT (o.together <> '' AND earlier.together = o.together AND earlier.state <> 'parked')
    WHERE mine.seq = o.seq)
AND (o.declaration_time = '' OR NOT EXISTS (
    SELECT 1 FROM outbox AS original
    WHERE original.event_id = o.event_id AND original.declaration_time < o.declaration_time
    AND original.state <> 'accepted'))
ORDER BY o.seq
"""


class Outbox(Outlook):
    """The table of what is to be delivered."""

    def put(self, seq: int, event_id: str, payload: bytes, declaration_time: str = "") -> None:
        """Add a payload, in the transaction that saves its event."""
        self._connection.execute(
            "INSERT INTO outbox (seq, event_id, declaration_time, payload, payload_sha256) VALUES (?, ?, ?, ?, ?)",
            (seq, event_id, declaration_time, payload, hashlib.sha256(payload).digest()),
        )

    def tie(self, keys: Iterable[tuple[str, str]], together: str) -> None:
        """Let records travel in one document: a declaration and the event that corrects what it voids."""
        self._connection.executemany(
            "UPDATE outbox SET together = ? WHERE event_id = ? AND declaration_time = ?",
            [(together, *key) for key in keys],
        )

    def next_batch(self, now: float, made_at: str, max_events: int, max_bytes: int) -> Batch | None:
        """Open a batch of what is due, oldest first; None when nothing is.

        `now` in seconds since 1970. A payload above `max_bytes` goes alone.
        """
        parcels: list[Parcel] = []
        size = 0
        rows = self._connection.execute(_DUE, {"now": now, "far": now + CLOCK_SLACK})
        for row in rows:
            parcel = Parcel(*row)
            size += len(parcel.payload)
            complete = not parcels or not parcel.together or parcel.together != parcels[-1].together
            # What travels together may be one more than wanted, and a little larger.
            if complete and parcels and (size > max_bytes or len(parcels) >= max_events):
                break
            parcels.append(parcel)
        rows.close()
        return self._open(parcels, made_at) if parcels else None

    def open_ids(self) -> tuple[int, ...]:
        """The batches that may have reached the platform and are not settled, oldest first.

        Ids only: there may be many, after much was carried by hand.
        """
        rows = self._connection.execute("SELECT batch_id FROM batch WHERE state = 'open' ORDER BY batch_id")
        return tuple(batch_id for (batch_id,) in rows.fetchall())

    def open_batch(self, batch_id: int) -> Batch | None:
        """One of them; None where it is settled by now."""
        row = self._connection.execute(
            "SELECT job_url FROM batch WHERE batch_id = ? AND state = 'open'", (batch_id,)
        ).fetchone()
        return Batch(batch_id, self._parcels(batch_id), row[0]) if row else None

    def note_job(self, batch_id: int, job_url: str) -> None:
        """Keep where the platform tells what became of a batch; empty forgets it."""
        self._connection.execute("UPDATE batch SET job_url = ? WHERE batch_id = ?", (job_url, batch_id))

    def accept(self, batch_id: int, keys: Iterable[tuple[str, str]] | None = None) -> int:
        """Mark these parcels of a batch, or all that it still holds, as stored by the platform; return how many."""
        chosen = [parcel.key for parcel in self._parcels(batch_id)] if keys is None else list(keys)
        moved = self._connection.executemany(
            "UPDATE outbox SET state = 'accepted', last_error = ''"
            " WHERE batch_id = ? AND event_id = ? AND declaration_time = ? AND state = 'sent'",
            [(batch_id, *key) for key in chosen],
        ).rowcount
        self._connection.execute(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = CAST(CAST(value AS INTEGER) + CAST(excluded.value AS INTEGER) AS TEXT)",
            (ACCEPTED, str(moved)),
        )
        self._close_if_empty(batch_id, "accepted", "")
        return moved

    def park(self, batch_id: int, keys: Iterable[tuple[str, str]], error: str) -> int:
        """Set parcels aside with the platform's words; what depends on them waits, all else flows."""
        moved = self._connection.executemany(
            "UPDATE outbox SET state = 'parked', batch_id = NULL, last_error = ?"
            " WHERE batch_id = ? AND event_id = ? AND declaration_time = ? AND state = 'sent'",
            [(error[:ERROR_LIMIT], batch_id, *key) for key in keys],
        ).rowcount
        self._close_if_empty(batch_id, "parked", error)
        return moved

    def release(self, batch_id: int, next_try: float = 0.0, error: str = "") -> None:
        """Give a batch up that is known not to be stored: its parcels are due again at `next_try`."""
        self._connection.execute(
            "UPDATE outbox SET state = 'pending', batch_id = NULL, next_try = ?, last_error = ?"
            " WHERE batch_id = ? AND state = 'sent'",
            (next_try, error[:ERROR_LIMIT], batch_id),
        )
        if self._connection.execute(
            "SELECT 1 FROM outbox WHERE batch_id = ? LIMIT 1", (batch_id,)
        ).fetchone():
            self._close_if_empty(batch_id, "accepted", error)
        else:
            self._connection.execute("DELETE FROM batch WHERE batch_id = ?", (batch_id,))

    def hand_out(self, parcels: Sequence[Parcel], made_at: str) -> None:
        """Note that these parcels went another way and may reach the platform: they are asked about before sending."""
        pending = [
            parcel
            for parcel in parcels
            if self._connection.execute(
                "SELECT 1 FROM outbox WHERE event_id = ? AND declaration_time = ? AND state = 'pending'",
                parcel.key,
            ).fetchone()
        ]
        if pending:
            self._open(pending, made_at)

    def batch_of(self, key: tuple[str, str], made_at: str) -> int | None:
        """The open batch that a record is in, a new one where it is in none; None where it is settled."""
        row = self._connection.execute(
            "SELECT event_id, declaration_time, seq, attempts, payload, state, batch_id FROM outbox"
            " WHERE event_id = ? AND declaration_time = ? AND state IN ('pending', 'sent', 'parked')",
            key,
        ).fetchone()
        if row is None:
            return None
        if row[5] == "sent":
            found: int = row[6]
            return found
        return self._open([Parcel(*row[:5])], made_at).batch_id

    def give_back(self, batch_id: int, keys: Iterable[tuple[str, str]]) -> None:
        """Take parcels out of a batch that are known not to be stored: they are due again at once."""
        self._connection.executemany(
            "UPDATE outbox SET state = 'pending', batch_id = NULL, next_try = 0"
            " WHERE batch_id = ? AND event_id = ? AND declaration_time = ? AND state = 'sent'",
            [(batch_id, *key) for key in keys],
        )
        self._close_if_empty(batch_id, "split", "")

    def count_failure(self, batch_id: int, error: str) -> None:
        """Count that the platform itself failed over a batch, which stays open."""
        self._connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, last_error = ? WHERE batch_id = ? AND state = 'sent'",
            (error[:ERROR_LIMIT], batch_id),
        )
        self._connection.execute(
            "UPDATE batch SET error = ? WHERE batch_id = ?", (error[:ERROR_LIMIT], batch_id)
        )

    def split(self, batch_id: int, made_at: str) -> tuple[Batch, ...]:
        """Close a batch and open two halves of what it still holds, the earlier half first."""
        parcels = self._parcels(batch_id)
        middle = (len(parcels) + 1) // 2
        if (
            middle + 1 < len(parcels)
            and parcels[middle].together
            and parcels[middle].together == parcels[middle - 1].together
        ):
            middle += 1
        halves = tuple(self._open(half, made_at) for half in (parcels[:middle], parcels[middle:]) if half)
        self._close_if_empty(batch_id, "split", "")
        return halves

    def retry_parked(self, event_id: str, declaration_time: str = "") -> bool:
        """Make a parked record due again, because a person says that its cause is gone; False if it is not parked."""
        cursor = self._connection.execute(
            "UPDATE outbox SET state = 'pending', attempts = 0, next_try = 0"
            " WHERE event_id = ? AND declaration_time = ? AND state = 'parked'",
            (event_id, declaration_time),
        )
        return cursor.rowcount > 0

    def withdraw_parked(self, event_id: str) -> bool:
        """Give up a parked record whose event is declared wrong here, and the declaration; False if none is parked."""
        cursor = self._connection.execute(
            "UPDATE outbox SET state = 'withdrawn' WHERE event_id = ? AND declaration_time = ''"
            " AND state = 'parked'",
            (event_id,),
        )
        if not cursor.rowcount:
            return False
        self._connection.execute(
            "UPDATE outbox SET state = 'withdrawn' WHERE event_id = ? AND state = 'pending'", (event_id,)
        )
        return True

    def _open(self, parcels: Sequence[Parcel], made_at: str) -> Batch:
        batch_id: int = self._connection.execute(
            "INSERT INTO batch (state, made_at) VALUES ('open', ?) RETURNING batch_id", (made_at,)
        ).fetchone()[0]
        self._connection.executemany(
            "UPDATE outbox SET state = 'sent', batch_id = ? WHERE event_id = ? AND declaration_time = ?",
            [(batch_id, *parcel.key) for parcel in parcels],
        )
        return Batch(batch_id, _corrective_first(parcels))

    def _parcels(self, batch_id: int) -> tuple[Parcel, ...]:
        rows = self._connection.execute(
            "SELECT event_id, declaration_time, seq, attempts, payload, together FROM outbox"
            " WHERE batch_id = ? AND state = 'sent' ORDER BY seq, declaration_time",
            (batch_id,),
        )
        return _corrective_first(Parcel(*row) for row in rows)

    def _close_if_empty(self, batch_id: int, state: str, error: str) -> None:
        self._connection.execute(
            "UPDATE batch SET state = ?, error = ? WHERE batch_id = ? AND NOT EXISTS"
            " (SELECT 1 FROM outbox WHERE outbox.batch_id = batch.batch_id AND outbox.state = 'sent')",
            (state, error[:ERROR_LIMIT], batch_id),
        )


def _corrective_first(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """In the order given, but an event that corrects stands before the declaration that names it (EPCIS 7.4.1.2)."""
    found: list[Parcel] = []
    for parcel in parcels:
        if (
            found
            and parcel.together
            and parcel.together == found[-1].together
            and found[-1].declaration_time
            and not parcel.declaration_time
        ):
            found.insert(len(found) - 1, parcel)
        else:
            found.append(parcel)
    return tuple(found)
