"""The desk: takes scans to the ledger by the task at hand, and tells what came of them, after COMMIT.

It knows the task, the labels typed in it and the questions left open, and nothing of widgets. A scan made while
the ledger still opens is kept and taken next; nothing here ever makes a scan wait for a person.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.answers import Answers, intent_of, label_of
from desktop.bridge import Answer, Bridge
from desktop.labels import Label, Labels, with_label
from desktop.pairing import Half, Pairing
from desktop.questions import Question, Questions
from desktop.recent import Recent
from desktop.verdict import Level, Verdict, failed, verdict_of
from ledger.capture import Captured, Outcome
from ledger.codes.code import Code, Entry
from ledger.codes.identify import identify
from ledger.errors import DiskFull, EnvironmentFault
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source

TASKS = (EventKind.RECEIVE, EventKind.DISPENSE)
"""The tasks that the desk offers, in the order of their keys."""

PATIENCE_MS = 400
"""An answer that takes longer is announced as being on its way: silence must not pass for success."""


class Ledger(Protocol):
    """What the desk needs of a station."""

    def capture(self, scan: Scan, intent: Intent, *, other: Scan | None = None) -> Future[Captured]:
        """Take one scan down the whole walk, with the other symbol of its pack where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A scan that the ledger has not answered yet."""

    scan: Scan
    intent: Intent
    asked: bool = False
    """True when it is the answer to a question."""
    other: Scan | None = None
    """The other symbol of the same pack, scanned before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A label in use: what was typed for the product of the last scan."""

    code: Code
    label: Label
    names: tuple[str, str]
    """Of the product, in Chinese and in English."""


class Desk(QObject):
    """One person's place of work."""

    told = Signal(object)
    """The `Verdict` on a scan."""
    waiting = Signal(int)
    """So many scans have waited longer than people are used to; 0 when none does any more."""
    questions_changed = Signal()
    retired = Signal(int)
    """Ticket of a question that a newer one about the same pack has replaced."""
    labels_changed = Signal()
    task_changed = Signal(object)
    """The `EventKind` at hand."""
    cleared = Signal()
    """A new task has begun: the list starts empty."""
    did = Signal(str)
    """A word for what was done, for the guided first task: `receive`, `repeated`, `asked`, `answered` …"""
    turned_away = Signal()
    """A scan was made although nothing can be recorded: it must not look as if it had been taken."""
    halted = Signal(object)
    """The EnvironmentFault that keeps scans from being saved; None when one was saved again."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._operator = ""
        self._ledger: Ledger | None = None
        self._verb = TASKS[0]
        self._labels = {verb: Labels() for verb in TASKS}
        self._kept: Kept | None = None
        self._recent = Recent()
        self._pairing = Pairing()
        self.questions = Questions()
        self._ticket = 0
        self._unopened: list[int] = []
        self._shut = False
        self._waiting: dict[int, _Waiting] = {}
        self._halted = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._still_waiting)
        bridge.answered.connect(self._answered)

    @property
    def verb(self) -> EventKind:
        """The task at hand."""
        return self._verb

    @property
    def kept(self) -> Kept | None:
        """The label that is used for the packs of the last scan's product."""
        return self._kept

    def open(self, ledger: Ledger, operator: str) -> None:
        """Work with this ledger for this person from now on; what was scanned before is taken now."""
        self._ledger, self._operator, self._shut = ledger, operator, False
        tickets, self._unopened = self._unopened, []
        for ticket in tickets:
            waiting = self._waiting[ticket]
            self._waiting[ticket] = replace(waiting, intent=replace(waiting.intent, operator=operator))
            self._submit(ticket)

    def sign(self, operator: str) -> None:
        """This person works here from now on; questions left open keep who was asked."""
        self._operator = operator

    def await_ledger(self) -> None:
        """The ledger is being opened: scans are kept until `open`."""
        self._shut = False

    def shut(self) -> None:
        """The ledger did not open: scans that wait for it are given up, further ones are turned away."""
        self._shut = True
        for ticket in self._unopened:
            del self._waiting[ticket]
            self.turned_away.emit()
        self._unopened.clear()

    @Slot(object)
    def take(self, scan: Scan) -> None:
        """Take one scan to the ledger."""
        if self._shut:
            self.turned_away.emit()
            return
        code = identify(
            scan.text,
            symbology=scan.symbology,
            aim=scan.aim,
            entry=Entry(scan.source.value),
            suspect=scan.suspect,
            today=datetime.now().astimezone().date(),
        )
        if scan.source is Source.CAMERA and code.key and self._recent.saw(code.key, scan.at):
            return
        self._ticket += 1
        half = self._pairing.take(self._ticket, scan, code, monotonic())
        if half is not None:
            self._complete(half)
        intent = Intent(verb=self._verb, operator=self._operator)
        intent = with_label(intent, code, self._labels[self._verb].of(code))
        self._waiting[self._ticket] = _Waiting(scan, intent, other=half.scan if half else None)
        self._submit(self._ticket)

    def _complete(self, half: Half) -> None:
        """The other half has come: what was asked about the first one alone needs no answer any more."""
        if self.questions.settle(half.ticket) is not None:
            self.retired.emit(half.ticket)
            self.questions_changed.emit()

    @Slot(str)
    def choose(self, name: str) -> None:
        """Change the task. Open questions keep theirs: they are answered for the task they were asked in."""
        verb = EventKind(name)
        if verb is self._verb or verb not in TASKS:
            return
        self._verb = verb
        self._kept = None
        self._recent.clear()
        self._pairing.clear()
        self.task_changed.emit(verb)
        self.labels_changed.emit()
        self.did.emit(f"task_{verb}")

    def begin_anew(self) -> None:
        """Begin a new task of the same kind: labels and open questions are forgotten."""
        self._labels[self._verb].clear()
        self._kept = None
        self._recent.clear()
        self._pairing.clear()
        self.questions.clear()
        self.cleared.emit()
        self.labels_changed.emit()
        self.questions_changed.emit()

    def answer(self, question: Question, answers: Answers) -> None:
        """Take the scan of a question to the ledger again with the answers; raise UserError if one is unreadable."""
        intent, label = intent_of(question, answers), label_of(answers)
        if self.questions.settle(question.ticket) is None:
            return
        if label is not None:
            self._labels[intent.verb].keep(question.answer.code, label)
        self._waiting[question.ticket] = _Waiting(question.scan, intent, asked=True, other=question.other)
        self._submit(question.ticket)
        self.questions_changed.emit()

    def drop(self, question: Question) -> None:
        """Leave a question unanswered: the pack is not recorded, only its scan is."""
        if self.questions.settle(question.ticket) is not None:
            self.did.emit("dropped")
            self.questions_changed.emit()

    def relabel(self, label: Label | None) -> None:
        """Use another label for the product of the last scan from now on; None asks again."""
        if self._kept is None:
            return
        labels = self._labels[self._verb]
        labels.forget(self._kept.code)
        if label is None:
            self._kept = None
        else:
            labels.keep(self._kept.code, label)
            self._kept = replace(self._kept, label=label)
        self.labels_changed.emit()

    def _submit(self, ticket: int) -> None:
        if self._ledger is None:
            self._unopened.append(ticket)
        else:
            waiting = self._waiting[ticket]
            self._bridge.when_answered(
                ticket, self._ledger.capture(waiting.scan, waiting.intent, other=waiting.other)
            )
        if not self._patience.isActive():
            self._patience.start()

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        waiting = self._waiting.pop(answer.ticket, None)
        if waiting is None:
            return
        if not self._waiting:
            self._patience.stop()
            self.waiting.emit(0)
        at = datetime.now().astimezone()
        verb = waiting.intent.verb
        if answer.captured is None:
            assert answer.error is not None
            self._failed(answer.error)
            self.told.emit(failed(answer.ticket, at, verb, waiting.scan, answer.error))
            return
        if self._halted:
            self._halted = False
            self.halted.emit(None)
        captured = answer.captured
        asked_before = self._ask(answer.ticket, waiting, captured)
        verdict = verdict_of(answer.ticket, at, verb, captured)
        self._show_label(waiting.intent, captured)
        self.told.emit(verdict)
        if asked_before:
            self.questions_changed.emit()
        self.did.emit(_done(verdict))
        if waiting.asked and verdict.saved:
            self.did.emit("answered")

    def _ask(self, ticket: int, waiting: _Waiting, captured: Captured) -> bool:
        """Keep the questions in step with an answer; True when they changed."""
        if captured.outcome is Outcome.ASKED:
            offered = self._labels[waiting.intent.verb].of(captured.code)
            older = self.questions.ask(
                Question(ticket, waiting.scan, waiting.intent, captured, offered, waiting.other)
            )
            if older is not None:
                self.retired.emit(older)
            return True
        # The pack went through by another road, so nobody needs to answer for it any more.
        open_one = self.questions.about(captured.key or "")
        return open_one is not None and self.questions.settle(open_one.ticket) is not None

    def _show_label(self, intent: Intent, captured: Captured) -> None:
        if intent.verb is not self._verb or not captured.code.product:
            return
        label = self._labels[intent.verb].of(captured.code) if intent.verb is EventKind.RECEIVE else None
        product = captured.product
        names = (product.name_zh, product.name_en) if product else ("", "")
        kept = Kept(captured.code, label, names) if label else None
        if kept != self._kept:
            self._kept = kept
            self.labels_changed.emit()

    def _failed(self, error: BaseException) -> None:
        logging.getLogger("desk").error("a scan was not saved: %s", type(error).__name__, exc_info=error)
        if isinstance(error, EnvironmentFault):
            self._halted = True
            self.halted.emit(error)
        self.did.emit("disk_full" if isinstance(error, DiskFull) else "failed")

    @Slot()
    def _still_waiting(self) -> None:
        self.waiting.emit(len(self._waiting))


def _done(verdict: Verdict) -> str:
    if verdict.level in (Level.OK, Level.CONFIRMED, Level.HELD):
        return str(verdict.verb)
    return str(verdict.level)
