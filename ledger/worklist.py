"""What a person has to look at: contradictions, refused records, recalled packs that patients have.

A task is opened and resolved by events, so the list is a projection like the stock. Each kind of task names its
legal next steps; resolving takes one of them and a reason, and changes no history by itself: the step is done by
its own verb (quarantine, void, return …).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from types import MappingProxyType

from ledger.event import ABOUT_PACKS, Event, EventKind

STEPS = MappingProxyType(
    {
        "contradicted": ("quarantine", "void", "verified_by_hand"),
        "double_dispense": ("recall_from_patient", "void", "explained"),
        "approval_overdrawn": ("approval_extended", "void", "explained"),
        "parked": ("retry", "void", "hand_over"),
        "parked_supervisor": ("retry", "void", "settled_with_platform"),
        "recalled_dispensed": (
            "recall_from_patient",
            "patient_informed",
            "not_reachable",
            "notice_withdrawn",
        ),
        "maybe_recalled_dispensed": (
            "recall_from_patient",
            "patient_informed",
            "not_concerned",
            "not_reachable",
            "notice_withdrawn",
        ),
    }
)
"""Kind of task -> what may be done about it, the most cautious step first."""

_TASK = "SELECT task_id, kind, key, at, words, about, declared FROM task"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for a person."""

    task_id: str
    """Id of the event that opened it."""
    kind: str
    key: str
    """Key of the pack that it is about."""
    at: str
    words: str
    """What the platform or the notice says, in its own words; empty where it said nothing. The number of the
    approval where one is overdrawn."""
    about: str = ""
    """Id of the event whose record it is about, where there is one."""
    declared: str = ""
    """Time of the error declaration, where the record is one."""

    @property
    def steps(self) -> tuple[str, ...]:
        """What may be done about it; a declaration that a record is wrong cannot be declared wrong itself."""
        return tuple(step for step in STEPS[self.kind] if step != "void" or not self.declared)


class Worklist:
    """The open tasks of one ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._confirmed: int | None = None
        """Counted once and kept in step, because counting takes longer the longer the ledger is."""

    def open_tasks(self, limit: int = 200) -> tuple[Task, ...]:
        """The open tasks, the oldest first."""
        rows = self._connection.execute(
            f"{_TASK} WHERE resolved IS NULL ORDER BY opened LIMIT ?",
            (limit,),
        )
        return tuple(Task(*row) for row in rows)

    def task(self, task_id: str) -> Task | None:
        """An open task by its id."""
        row = self._connection.execute(
            f"{_TASK} WHERE task_id = ? AND resolved IS NULL",
            (task_id,),
        ).fetchone()
        return Task(*row) if row else None

    def waits(self, kind: str, key: str, about: str = "", declared: str = "") -> bool:
        """True when such a task about the pack, and about that record of it, is open already."""
        row = self._connection.execute(
            "SELECT 1 FROM task WHERE kind = ? AND key = ? AND about = ? AND declared = ? AND resolved IS NULL",
            (kind, key, about, declared),
        ).fetchone()
        return row is not None

    def said(self, kind: str, key: str) -> str | None:
        """The words of such a task about the pack while it is open; None where there is none."""
        row = self._connection.execute(
            "SELECT words FROM task WHERE kind = ? AND key = ? AND resolved IS NULL LIMIT 1", (kind, key)
        ).fetchone()
        return row[0] if row else None

    def keys_of(self, kind: str) -> frozenset[str]:
        """Keys of all packs with an open task of the kind."""
        rows = self._connection.execute("SELECT key FROM task WHERE kind = ? AND resolved IS NULL", (kind,))
        return frozenset(key for (key,) in rows)

    def waiting_about(self, kind: str, words: str) -> bool:
        """True when a task of the kind with these very words is open."""
        row = self._connection.execute(
            "SELECT 1 FROM task WHERE kind = ? AND words = ? AND resolved IS NULL", (kind, words)
        ).fetchone()
        return row is not None

    def verdict(self, key: str) -> str:
        """`confirmed` where the platform said so of the pack, `stop` where it contradicted, else `provisional`."""
        row = self._connection.execute("SELECT verdict FROM verdict WHERE key = ?", (key,)).fetchone()
        return row[0] if row else "provisional"

    def confirmed(self) -> int:
        """How many packs the platform has confirmed."""
        if self._confirmed is None:
            query = "SELECT count(*) FROM verdict WHERE verdict = 'confirmed'"
            count: int = self._connection.execute(query).fetchone()[0]
            if self._connection.execute("PRAGMA query_only").fetchone()[0]:
                return count  # a reader does not hear what the writer does
            self._confirmed = count
        return self._confirmed

    def forget(self) -> None:
        """Count anew: something was undone."""
        self._confirmed = None

    def project(self, event: Event) -> None:
        """Fold an event into the list."""
        if event.kind in ABOUT_PACKS:
            return
        execute, key = self._connection.execute, event.told("key") or ""
        if event.kind is EventKind.TASK_OPENED:
            execute(
                "INSERT INTO task (task_id, kind, key, at, words, about, declared, opened)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    event.event_id,
                    event.told("task"),
                    key,
                    event.moment.iso(),
                    event.told("words"),
                    event.told("about") or "",
                    event.told("declared") or "",
                    event.seq,
                ),
            )
            if event.told("task") in ("contradicted", "double_dispense"):
                self._say(key, "stop", event.seq)
        elif event.kind is EventKind.TASK_RESOLVED:
            execute("UPDATE task SET resolved = ? WHERE task_id = ?", (event.seq, event.told("task_id")))
        elif event.kind is EventKind.CONFIRMED:
            self._say(key, "confirmed", event.seq)

    def _say(self, key: str, verdict: str, seq: int) -> None:
        if self._confirmed is not None:
            self._confirmed += (verdict == "confirmed") - (self.verdict(key) == "confirmed")
        self._connection.execute(
            "INSERT INTO verdict (key, verdict, seq) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET verdict = excluded.verdict, seq = excluded.seq",
            (key, verdict, seq),
        )
