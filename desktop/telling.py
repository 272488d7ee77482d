"""What the ledger answered to the desk's scans: told as a verdict, and remembered so that it can be taken back."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.awaited import Waiting
from desktop.bridge import Answer
from desktop.taking import Ledger, Undoable, take_back
from desktop.tasksheet import TASKS
from desktop.verdict import Level, Verdict, failed, undone, verdict_of
from ledger.capture import Captured
from ledger.errors import DiskFull, EnvironmentFault
from ledger.event import EventKind
from ledger.situation import Intent

if TYPE_CHECKING:
    from desktop.desk import Desk

REMEMBERED = 500
"""So many scans of a task can be taken back one after the other."""


class Telling:
    """Tells by the desk's signals what came of each scan, and knows which of them can be taken back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._undoable: dict[EventKind, list[Undoable]] = {verb: [] for verb in TASKS}
        self._taken_back: dict[int, tuple[EventKind, Undoable]] = {}
        """What is being taken back, by ticket: where that cannot be saved, it can still be taken back."""
        self._halted = False

    def answered(self, waiting: Waiting, answer: Answer) -> None:
        """Tell what came of a scan, and what the desk's labels and questions learn from it."""
        desk, at, verb = self._desk, datetime.now().astimezone(), waiting.verb
        back = self._taken_back.pop(answer.ticket, None)
        if answer.captured is None:
            assert answer.error is not None
            if back is not None:
                self._undoable[back[0]].append(back[1])
            self._failed(answer.error)
            desk.told.emit(failed(answer.ticket, at, verb, waiting.scan, answer.error))
            return
        if self._halted:
            self._halted = False
            desk.halted.emit(None)
        captured = answer.captured
        if waiting.undoes is not None:
            verdict = undone(waiting.undoes, answer.ticket, at, captured)
            desk.told.emit(verdict)
            desk.did.emit(str(verdict.level))
            return
        asked_before = desk.asking.see(answer.ticket, waiting, captured)
        verdict = verdict_of(answer.ticket, at, verb, captured)
        if verb is desk.verb:
            desk.labels.show(verb, captured)
        if verdict.saved and captured.event is not None:
            done = Undoable(
                waiting.scan, waiting.other, waiting.intent, captured.event, verdict, waiting.product
            )
            self._undoable[verb] = [*self._undoable[verb][1 - REMEMBERED :], done]
        desk.told.emit(verdict)
        if asked_before:
            desk.questions_changed.emit()
        desk.did.emit(_done(verdict))
        if waiting.asked and verdict.saved:
            desk.did.emit("answered")

    def report(self, captured: Captured, verb: EventKind) -> None:
        """Tell what came of something that was chosen from a list instead of scanned."""
        ticket, at = self._desk.awaited.next_ticket(), datetime.now().astimezone()
        self._desk.told.emit(verdict_of(ticket, at, verb, captured))

    def take_back(self, ledger: Ledger) -> bool:
        """Take the last recorded scan of the task at hand back; False when there is none."""
        desk = self._desk
        if not self._undoable[desk.verb]:
            return False
        last = self._undoable[desk.verb].pop()
        intent = Intent(verb=last.back, operator=desk.operator, reason=last.reason)
        waiting = Waiting(last.scan, intent, undoes=last.verdict)
        ticket = desk.awaited.next_ticket()
        self._taken_back[ticket] = (desk.verb, last)
        desk.awaited.submit(ticket, waiting, take_back(ledger, last, intent))
        return True

    def forget(self, verb: EventKind) -> None:
        """No scan of this task that was made before can be taken back by this any more."""
        self._undoable[verb].clear()
        self._taken_back = {ticket: one for ticket, one in self._taken_back.items() if one[0] is not verb}

    def _failed(self, error: BaseException) -> None:
        logging.getLogger("desk").error("a scan was not saved: %s", type(error).__name__, exc_info=error)
        if isinstance(error, EnvironmentFault):
            self._halted = True
            self._desk.halted.emit(error)
        self._desk.did.emit("disk_full" if isinstance(error, DiskFull) else "failed")


def _done(verdict: Verdict) -> str:
    if verdict.level in (Level.OK, Level.CONFIRMED, Level.HELD):
        return str(verdict.verb)
    return str(verdict.level)
