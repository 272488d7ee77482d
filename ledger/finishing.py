"""A receipt is closed, continued another day, or rolled back.

Closing names what is missing and what is over; where the two differ from the paper a reason is wanted and cannot
be passed by. Rolling back voids the arrivals of the last receipt, one void each, so that every record stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.board import Board
from ledger.capture import Captured, Outcome, Workplace, void_event
from ledger.codes.code import Problem, Severity
from ledger.event import DocumentRef, Event, EventKind
from ledger.merge import standing
from ledger.record import record
from ledger.roles import Act
from ledger.situation import Intent
from ledger.store import Store
from ledger.tasks.receive import ARRIVALS


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of closing a document."""

    event: Event | None
    """The event that closed it; None where something is asked or refused."""
    problems: tuple[Problem, ...] = ()
    needs: tuple[str, ...] = ()
    board: Board | None = None


def finish(store: Store, workplace: Workplace, ref: DocumentRef, intent: Intent) -> Finished:
    """Close a document, inside the writer's transaction. Short or over lines want a reason."""
    board = store.boards.board(ref.kind, ref.number)
    if board is None:
        return Finished(None, (Problem("document_not_found", params=(("number", ref.number),)),))
    if refused := _refused(store, workplace, intent):
        return Finished(None, (refused,), board=board)
    if board.document.finished:
        return Finished(None, (Problem("document_closed", params=(("number", ref.number),)),), board=board)
    numbers = {"expected": board.expected, "seen": board.seen, "missing": board.missing, "extra": board.extra}
    told = tuple((name, str(value)) for name, value in numbers.items())
    if (board.missing or board.extra) and not intent.reason:
        return Finished(None, (Problem("document_differs", Severity.WARNING, told),), ("reason",), board)
    event = record(
        store,
        workplace.clock,
        EventKind.DOCUMENT_FINISHED,
        intent.operator,
        reason=intent.reason,
        second=intent.second,
        documents=(ref,),
        **dict(told),
    )
    return Finished(event, board=board)


def reopen(store: Store, workplace: Workplace, ref: DocumentRef, intent: Intent) -> Finished:
    """Continue a document that was closed."""
    board = store.boards.board(ref.kind, ref.number)
    if board is None:
        return Finished(None, (Problem("document_not_found", params=(("number", ref.number),)),))
    if refused := _refused(store, workplace, intent):
        return Finished(None, (refused,), board=board)
    if not board.document.finished:
        return Finished(None, (Problem("document_open", params=(("number", ref.number),)),), board=board)
    if not intent.reason:
        problem = Problem("document_reopen_reason", Severity.WARNING)
        return Finished(None, (problem,), ("reason",), board)
    kind = EventKind.DOCUMENT_OPENED
    event = record(store, workplace.clock, kind, intent.operator, reason=intent.reason, documents=(ref,))
    return Finished(event, board=board)


def roll_back(store: Store, workplace: Workplace, ref: DocumentRef, intent: Intent) -> tuple[Captured, ...]:
    """Void the arrivals of the last day of receiving under the document, the latest first.

    What cannot be voided, because something stands on it, answers so for itself and is left alone.
    """
    return tuple(void_event(store, workplace, event, intent) for event in _last_receipt(store, ref))


def voided(answers: tuple[Captured, ...]) -> int:
    """How many of them were voided."""
    return sum(answer.outcome is Outcome.ACCEPTED for answer in answers)


def _last_receipt(store: Store, ref: DocumentRef) -> list[Event]:
    """The arrivals under the document on the day of the latest one that still stands."""
    found: list[Event] = []
    for event in store.events_under(ref.kind, ref.number):  # the latest first
        if event.kind not in ARRIVALS or not _stands(store, event):
            continue
        if found and event.moment.at.date() != found[0].moment.at.date():
            break
        found.append(event)
    return found


def _stands(store: Store, event: Event) -> bool:
    pack = store.look_up(event.packs[0].key)
    return pack is not None and event in standing(store.events_of(pack.pack_id))


def _refused(store: Store, workplace: Workplace, intent: Intent) -> Problem | None:
    today = workplace.clock.now(store.head.at).at.date()
    refusal = store.people.judge(intent.operator, Act.DOCUMENT, today)
    return Problem(refusal.code, params=refusal.params) if refusal else None
