"""What the sandbox platform keeps: jobs, events with their content, counts. One SQLite file, or memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.lint import identity
from sync.sandbox.question import Question, sort_key
from sync.sandbox.shelf import Shelf

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    declaration_time TEXT NOT NULL,
    content BLOB NOT NULL,
    essence BLOB NOT NULL,
    record_time TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_identity ON event (event_id, declaration_time);
CREATE INDEX IF NOT EXISTS event_essence ON event (essence, declaration_time);
CREATE INDEX IF NOT EXISTS event_recorded ON event (record_time, number);
CREATE TABLE IF NOT EXISTS job (
    job_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    errors TEXT NOT NULL,
    behaviour TEXT NOT NULL,
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
    doubled: int = 0
    """Copies beyond the first of an event or declaration; none where the platform tells them apart by id."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A capture job as it stands."""

    job_id: str
    state: str
    """`running`, `stored`, `failed`."""
    errors: tuple[dict[str, Any], ...]
    behaviour: str
    """What it does where some events are bad: `rollback` or `proceed`."""
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

    def open_job(self, behaviour: str = "rollback") -> str:
        """A new capture job, running."""
        job_id = uuid.uuid4().hex
        self._connection.execute(
            "INSERT INTO job VALUES (?, 'running', '[]', ?, ?, '')", (job_id, behaviour, _now())
        )
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
        return JobRecord(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) if row else None

    def jobs(self, after: int, limit: int) -> list[tuple[int, JobRecord]]:
        """Jobs with their places, in the order in which they were opened."""
        rows = self._connection.execute(
            "SELECT rowid, * FROM job WHERE rowid > ? ORDER BY rowid LIMIT ?", (after, limit)
        )
        return [(row[0], JobRecord(row[1], row[2], tuple(json.loads(row[3])), *row[4:])) for row in rows]

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

    def save(
        self, events: Sequence[Mapping[str, Any]], dedupe: str = "event_id", purge: bool = False
    ) -> None:
        """Store all events or none; Conflict where one is held with other content.

        `dedupe` says what makes two events one: their `event_id`, their content alone (`hash`), or nothing
        (`none`). With `purge` a declaration removes the event that it voids, as one product does.
        """
        now = _now()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                content, essence = _content(event), _content(event, ("eventID", "errorDeclaration"))
                event_id, declared = identity(event)
                if dedupe == "hash":
                    held = self._connection.execute(
                        "SELECT ? FROM event WHERE essence = ? AND declaration_time = ?",
                        (content, essence, declared),
                    ).fetchone()
                elif dedupe == "none":
                    held = None
                else:
                    held = self._connection.execute(
                        "SELECT content FROM event WHERE event_id = ? AND declaration_time = ?",
                        (event_id, declared),
                    ).fetchone()
                if held is None:
                    self._connection.execute(
                        "INSERT INTO event (event_id, declaration_time, content, essence, record_time, body)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        (event_id, declared, content, essence, now, json.dumps(event, ensure_ascii=False)),
                    )
                    if purge and declared:
                        self._connection.execute(
                            "DELETE FROM event WHERE event_id = ? AND declaration_time = ''", (event_id,)
                        )
                elif held[0] != content:
                    raise Conflict(event_id)
            self._count("documents")
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def knows(self, events: Sequence[Mapping[str, Any]]) -> bool:
        """True where one of the events is held already."""
        return any(
            self._connection.execute(
                "SELECT 1 FROM event WHERE event_id = ? AND declaration_time = ? LIMIT 1", identity(event)
            ).fetchone()
            for event in events
        )

    def find(self, asked: Question) -> tuple[list[dict[str, Any]], int | None]:
        """One page of the events that are asked for, and what the next page starts after; None for the last."""
        clauses = ["number > ?"]
        values: list[int | str] = [0 if asked.order_by else asked.after]
        if asked.ids:
            clauses.append("event_id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(asked.ids)))
        for clause, value in (("record_time >= ?", asked.since), ("record_time < ?", asked.before)):
            if value:
                clauses.append(clause)
                values.append(value)
        rows = self._connection.execute(
            "SELECT number, record_time, body FROM event WHERE "  # noqa: S608 - clauses are ours
            f"{' AND '.join(clauses)} ORDER BY number",
            values,
        )
        if asked.order_by:
            return self._sorted(asked, rows)
        page: list[dict[str, Any]] = []
        last = 0
        for number, event in _read(rows):
            if not asked.fits(event):
                continue
            if len(page) == asked.page:
                return page, last
            page.append(event)
            last = number
            if len(page) == asked.limit:
                break
        return page, None

    def _sorted(self, asked: Question, rows: sqlite3.Cursor) -> tuple[list[dict[str, Any]], int | None]:
        found = [event for _, event in _read(rows) if asked.fits(event)]
        found.sort(key=sort_key(asked), reverse=asked.descending)
        found = found[: asked.limit]
        end = asked.after + asked.page
        return found[asked.after : end], end if end < len(found) else None

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
        single = self._connection.execute(
            "SELECT count(*) FROM (SELECT DISTINCT event_id, declaration_time FROM event)"
        ).fetchone()[0]
        return Held(events, declarations, row[0] if row else 0, events + declarations - single)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _count(self, name: str) -> None:
        self._connection.execute(
            "INSERT INTO counted VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
        )


def _read(rows: sqlite3.Cursor) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, time, body in rows:
        yield number, {**json.loads(body), "recordTime": time}


def _content(event: Mapping[str, Any], without: Sequence[str] = ()) -> bytes:
    """What must be equal for two copies to be the same event: everything but the platform's own fields."""
    left_out = {"recordTime", "@context", *without}
    kept = {key: value for key, value in event.items() if key not in left_out}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode("utf-8")).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
