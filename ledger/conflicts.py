"""Tasks are opened and resolved here: what the platform says of packs, refused records, recalls.

A contradiction never overwrites anything silently: it becomes a task, and a person takes one of its legal steps.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from ledger.worklist import Task


def open_task(
    store: Store, clock: Clock, kind: str, key: str, words: str = "", *, about: str = "", declared: str = ""
) -> Event | None:
    """Open a task, unless the same one waits already. `about` and `declared` name the record, where it is one's."""
    if store.worklist.waits(kind, key, about, declared):
        return None
    named = {name: value for name, value in (("about", about), ("declared", declared)) if value}
    opened = EventKind.TASK_OPENED
    told = {"task": kind, "key": key, "words": words[:500], **named}
    return record(store, clock, opened, WORKSTATION, reason=None, second=None, documents=(), **told)


def park(store: Store, clock: Clock, batch_id: int, keys: Iterable[tuple[str, str]], words: str) -> int:
    """Set records aside that the platform refused, each with a task for a person; return how many were set aside.

    In one transaction, so that no record ever lies parked without anybody being told.
    """
    moved = 0
    for event_id, declared in keys:
        if not store.outbox.park(batch_id, [(event_id, declared)], words):
            continue
        if not declared and store.outbox.is_declared(event_id):
            # Declared wrong here before the platform refused it: nobody has anything left to do.
            store.outbox.withdraw_parked(event_id)
            continue
        moved += 1
        key = store.event_by_id(event_id).packs[0].key
        open_task(store, clock, "parked", key, words, about=event_id, declared=declared)
    return moved


def say_overdrawn(store: Store, clock: Clock, numbers: Iterable[str]) -> None:
    """Open a task for each of these approvals under which the site has dispensed more than was granted.

    Called once others were heard: while nobody could know of the other, two counters may each take the last pack.
    """
    for number in numbers:
        standing = store.documents.standing(number)
        if (
            standing is None
            or not standing.over
            or store.worklist.waiting_about("approval_overdrawn", number)
        ):
            continue
        key = store.documents.draws.latest(number)
        if key is not None:
            open_task(store, clock, "approval_overdrawn", key, number)


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
    """Settle a task by one of its steps, with a reason; the same task is settled once.

    Sending a record again is done here and now; a record that is to be voided must be voided first. A task that
    is handed over goes on as a supervisor's.
    """
    task = store.worklist.task(task_id)
    if task is None:
        return _no("task_not_open", task=task_id)
    today = clock.now(store.head.at).at.date()
    act = Act.VOID_OTHERS if task.kind == "parked_supervisor" else Act.RESOLVE_TASK
    if refusal := store.people.judge(intent.operator, act, today):
        return Resolved(None, (Problem(refusal.code, params=refusal.params),))
    if step not in task.steps:
        return _no("task_step_unknown", step=step, known=", ".join(task.steps))
    if not intent.reason:
        return Resolved(None, (Problem("task_reason"),), ("reason",))
    if problem := _hindrance(store, task, step):
        return Resolved(None, (problem,))
    if step == "hand_over":
        about, declared = task.about, task.declared
        open_task(store, clock, "parked_supervisor", task.key, task.words, about=about, declared=declared)
    resolved = EventKind.TASK_RESOLVED
    who, why = intent.operator, intent.reason
    return Resolved(record(store, clock, resolved, who, reason=why, task_id=task_id, key=task.key, step=step))


def _hindrance(store: Store, task: Task, step: str) -> Problem | None:
    """Why the step cannot be taken yet; a record that can be sent again is sent again."""
    if not task.about:
        return None
    if step == "retry" and not store.outbox.retry_parked(task.about, task.declared):
        return Problem("task_nothing_to_retry")
    if step == "void" and not store.outbox.is_withdrawn(task.about):
        return Problem("task_void_first", params=(("key", task.key),))
    return None


def _no(code: str, **params: str) -> Resolved:
    return Resolved(None, (Problem(code, params=tuple(params.items())),))
