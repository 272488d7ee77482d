"""Tasks are opened and resolved here: what the platform says of packs, refused records, recalls.

A contradiction never overwrites anything silently: it becomes a task, and a person takes one of its legal steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.clock import Clock
from ledger.codes.code import Problem
from ledger.event import Event, EventKind
from ledger.record import record
from ledger.roles import WORKSTATION, Act
from ledger.situation import Intent
from ledger.store import Store


def open_task(store: Store, clock: Clock, kind: str, key: str, words: str = "") -> Event | None:
    """Open a task, unless the same one waits already."""
    if store.worklist.waits(kind, key):
        return None
    opened = EventKind.TASK_OPENED
    return record(store, clock, opened, WORKSTATION, task=kind, key=key, words=words[:500])


def platform_says(store: Store, clock: Clock, key: str, *, confirmed: bool, words: str = "") -> Event | None:
    """Take the platform's answer about a pack: a provisional verdict is upgraded, or contradicted by a task."""
    if not confirmed:
        return open_task(store, clock, "contradicted", key, words)
    if store.worklist.verdict(key) == "confirmed":
        return None
    return record(store, clock, EventKind.CONFIRMED, WORKSTATION, key=key)


def recall_from_patients(store: Store, clock: Clock, product: str, lot: str | None, words: str) -> int:
    """Open a task for every pack of a recalled product or lot that patients have; return how many."""
    opened = 0
    for identifier in store.catalog.identifiers(product):
        for key in store.dispensed_of(identifier, lot):
            opened += open_task(store, clock, "recalled_dispensed", key, words) is not None
    return opened


@dataclass(frozen=True, slots=True)
class Resolved:
    """What came of resolving a task."""

    event: Event | None
    problems: tuple[Problem, ...] = ()
    needs: tuple[str, ...] = ()


def resolve(store: Store, clock: Clock, task_id: str, step: str, intent: Intent) -> Resolved:
    """Settle a task by one of its steps, with a reason; the same task is settled once."""
    task = store.worklist.task(task_id)
    if task is None:
        return Resolved(None, (Problem("task_not_open", params=(("task", task_id),)),))
    today = clock.now(store.head.at).at.date()
    if refusal := store.people.judge(intent.operator, Act.RESOLVE_TASK, today):
        return Resolved(None, (Problem(refusal.code, params=refusal.params),))
    if step not in task.steps:
        steps = ", ".join(task.steps)
        return Resolved(None, (Problem("task_step_unknown", params=(("step", step), ("known", steps))),))
    if not intent.reason:
        return Resolved(None, (Problem("task_reason"),), ("reason",))
    resolved = EventKind.TASK_RESOLVED
    who, why = intent.operator, intent.reason
    return Resolved(record(store, clock, resolved, who, reason=why, task_id=task_id, key=task.key, step=step))
