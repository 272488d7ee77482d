"""Tasks are opened and resolved here: what the platform says of packs, refused records, recalls.

A contradiction never overwrites anything silently: it becomes a task, and a person takes one of its legal steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.change import Change
from ledger.clock import Clock
from ledger.codes.code import Problem
from ledger.event import Event, EventKind
from ledger.recalls import Match, Recall
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


def take_recall(store: Store, clock: Clock, recall: Recall) -> Change:
    """Put a recall into the ledger, wherever it comes from; every pack of it that patients have becomes a task.

    The only way in for recalls, so that none is taken without looking who has the goods already. Inside the
    caller's transaction; the same notice again changes nothing and opens nothing.
    """
    change = store.recalls.put(recall)
    if change is not Change.SAME and not recall.withdrawn:
        recall_from_patients(store, clock, recall)
    return change


def recall_from_patients(store: Store, clock: Clock, recall: Recall) -> int:
    """Open a task for every pack under the recall that patients have; return how many.

    Where lot or serial of the pack is not known, and the notice names one, the task says that it may be meant.
    """
    words = " ".join(part for part in (recall.number, recall.reason, recall.action) if part)
    kinds = {Match.CERTAIN: "recalled_dispensed", Match.POSSIBLE: "maybe_recalled_dispensed"}
    opened = 0
    for key, match in store.recalls.with_patients(recall):
        opened += open_task(store, clock, kinds[match], key, words) is not None
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
