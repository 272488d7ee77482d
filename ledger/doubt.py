"""After a restore nobody knows what was delivered since the backup: ask before anything is sent again.

Whatever waits is put into open batches without a job, as if it had been posted and the answer lost. The courier
asks the platform for the events of such a batch and sends only what is not there.
"""

from __future__ import annotations

import sqlite3

BATCH = 100
"""At most so many records are asked for at once."""


def doubt(connection: sqlite3.Connection, made_at: str) -> int:
    """Doubt every record that waits, inside the caller's transaction; return how many.

    Batches are settled in their order, so a record comes into a later batch than the records of the same packs
    before it: it is not sent while one of these is missing. What waits for a parked record stays as it is.
    """
    connection.execute("UPDATE batch SET job_url = '' WHERE state = 'open'")
    rows = connection.execute(
        "SELECT outbox.rowid, outbox.state, pack_event.pack_id FROM outbox LEFT JOIN pack_event USING (seq)"
        " WHERE outbox.state <> 'accepted' ORDER BY outbox.seq, outbox.declaration_time"
    )
    turn_of: dict[int, int] = {}
    barred: set[int] = set()
    packs: dict[int, list[int]] = {}
    states: dict[int, str] = {}
    for rowid, state, pack_id in rows:
        packs.setdefault(rowid, [])
        states[rowid] = state
        if pack_id is not None:
            packs[rowid].append(pack_id)
    turns: dict[int, list[int]] = {}
    for rowid, ids in packs.items():
        if states[rowid] == "parked" or barred.intersection(ids):
            barred.update(ids)
        elif states[rowid] == "pending":
            turn = 1 + max((turn_of.get(one, 0) for one in ids), default=0)
            turn_of.update(dict.fromkeys(ids, turn))
            turns.setdefault(turn, []).append(rowid)
    for turn in sorted(turns):
        for at in range(0, len(turns[turn]), BATCH):
            batch_id: int = connection.execute(
                "INSERT INTO batch (state, made_at) VALUES ('open', ?) RETURNING batch_id", (made_at,)
            ).fetchone()[0]
            connection.executemany(
                "UPDATE outbox SET state = 'sent', batch_id = ? WHERE rowid = ?",
                [(batch_id, rowid) for rowid in turns[turn][at : at + BATCH]],
            )
    return sum(map(len, turns.values()))
