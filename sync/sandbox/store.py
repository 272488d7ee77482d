"""What the sandbox platform keeps: jobs, events with their content, counts. One SQLite file, or memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.lint import identity
from sync.sandbox.shelf import Shelf

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    declaration_time TEXT NOT NULL,
    content BLOB NOT NULL,
    record_time TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (event_id, declaration_time)
) STRICT;
CREATE TABLE IF NOT EXISTS job (
    job_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    errors TEXT NOT NULL,
    made_at TEXT NOT NULL,
    done_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS seen (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    declaration_time TEXT NOT NULL,
    UNIQUE (event_id, declaration_time)
) STRICT;
CREATE TABLE IF NOT EXISTS counted (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Held:
    """How much the platform holds."""

    events: int
    declarations: int
    documents: int


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A capture job as it stands."""

    job_id: str
    state: str
    """`running`, `stored`, `failed`."""
    errors: tuple[dict[str, Any], ...]
    made_at: str
    done_at: str


class Conflict(Exception):
    """An event is held already, with other content."""

    def __init__(self, event_id: str) -> None:
        super().__init__(event_id)
        self.event_id = event_id


class SandboxStore:
    """The platform's memory. Used in the server's thread only, but for `held` after it has ended."""

    def __init__(self, path: Path | None = None) -> None:
        self._connection = sqlite3.connect(
            str(path) if path else ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL").fetchall()
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)
        self.shelf = Shelf(self._connection)

    def open_job(self) -> str:
        """A new capture job, running."""
        job_id = uuid.uuid4().hex
        self._connection.execute("INSERT INTO job VALUES (?, 'running', '[]', ?, '')", (job_id, _now()))
        return job_id

    def close_job(self, job_id: str, errors: Sequence[Mapping[str, Any]]) -> None:
        """Settle a job: stored without errors, else failed."""
        self._connection.execute(
            "UPDATE job SET state = ?, errors = ?, done_at = ? WHERE job_id = ?",
            ("failed" if errors else "stored", json.dumps(errors), _now(), job_id),
        )

    def forget_job(self, job_id: str) -> None:
        """Lose a job."""
        self._connection.execute("DELETE FROM job WHERE job_id = ?", (job_id,))

    def job(self, job_id: str) -> JobRecord | None:
        """A job, None where there is none of that id."""
        row = self._connection.execute("SELECT * FROM job WHERE job_id = ?", (job_id,)).fetchone()
        return JobRecord(row[0], row[1], tuple(json.loads(row[2])), row[3], row[4]) if row else None

    def numbers(self, events: Sequence[Mapping[str, Any]]) -> list[int]:
        """The place of each event in the order in which events ever arrived first, from 0."""
        found: list[int] = []
        for event in events:
            self._connection.execute(
                "INSERT OR IGNORE INTO seen (event_id, declaration_time) VALUES (?, ?)", identity(event)
            )
            row = self._connection.execute(
                "SELECT number FROM seen WHERE event_id = ? AND declaration_time = ?", identity(event)
            ).fetchone()
            found.append(row[0] - 1)
        return found

    def save(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Store all events or none. One that is held with equal content is stored already; else Conflict."""
        now = _now()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                content = _content(event)
                held = self._connection.execute(
                    "SELECT content FROM event WHERE event_id = ? AND declaration_time = ?", identity(event)
                ).fetchone()
                if held is None:
                    self._connection.execute(
                        "INSERT INTO event (event_id, declaration_time, content, record_time, body)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (*identity(event), content, now, json.dumps(event, ensure_ascii=False)),
                    )
                elif held[0] != content:
                    raise Conflict(identity(event)[0])
            self._count("documents")
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def find(self, event_ids: Sequence[str], after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Events with their numbers, above a number, in the order stored; of these ids, or all when none is given."""
        if event_ids:
            rows = self._connection.execute(
                "SELECT number, record_time, body FROM event"
                " WHERE event_id IN (SELECT value FROM json_each(?)) AND number > ? ORDER BY number LIMIT ?",
                (json.dumps(list(event_ids)), after, limit),
            )
        else:
            rows = self._connection.execute(
                "SELECT number, record_time, body FROM event WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            )
        return [(number, {**json.loads(body), "recordTime": time}) for number, time, body in rows]

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """The events stored last, the newest first."""
        rows = self._connection.execute("SELECT body FROM event ORDER BY number DESC LIMIT ?", (limit,))
        return [json.loads(body) for (body,) in rows]

    def held(self) -> Held:
        """How much there is."""
        events, declarations = self._connection.execute(
            "SELECT count(*) FILTER (WHERE declaration_time = ''), count(*) FILTER (WHERE declaration_time <> '')"
            " FROM event"
        ).fetchone()
        row = self._connection.execute("SELECT value FROM counted WHERE name = 'documents'").fetchone()
        return Held(events, declarations, row[0] if row else 0)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _count(self, name: str) -> None:
        self._connection.execute(
            "INSERT INTO counted VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
        )


def _content(event: Mapping[str, Any]) -> bytes:
    """What must be equal for two copies to be the same event: everything but the platform's own fields."""
    kept = {key: value for key, value in event.items() if key not in ("recordTime", "@context")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode("utf-8")).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
