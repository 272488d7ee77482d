"""The questions that scans leave open at the desk: asked, answered, dropped, or settled by the next scan itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.answers import Answers, intent_of, label_of, next_scan_for
from desktop.awaited import Waiting
from desktop.pairing import Half
from desktop.questions import Question
from desktop.verdict import left, unfit
from ledger.capture import Captured, Outcome
from ledger.codes.code import Code, Level
from ledger.event import EventKind
from scanner.scan import Scan

if TYPE_CHECKING:
    from desktop.desk import Desk


class Asking:
    """Keeps a desk's questions in step with what is scanned and answered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def completes(self, scan: Scan, code: Code) -> bool:
        """Whether the scan is the case or the label that the task or the open question waits for."""
        desk = self._desk
        shown = desk.questions.shown
        wanted = next_scan_for(shown) if shown is not None else ""
        if shown is not None and wanted and code.key != shown.answer.code.key:
            if not code.accepted or code.key is None:
                return False
            desk.keep(scan, wanted)
            if wanted == "parent":
                verb = shown.intent.verb
                desk.put_sheet(verb, replace(desk.sheet_of(verb), parent=code))
            self.answer(shown, Answers(code=code))
            return True
        if desk.verb is EventKind.PACK and desk.sheet.parent is None and not wanted:
            if not code.accepted or code.key is None:
                self._unfit(scan, code, "pack_case_unreadable")
            elif code.level is Level.CASE or desk.cases is None:
                self._case(scan, code, holds=code.level is not Level.UNIT)
            else:
                desk.cases(code, lambda holds: self._case(scan, code, holds=holds))
            return True
        return False

    def _case(self, scan: Scan, code: Code, *, holds: bool) -> None:
        """Take the case that was scanned before the packs, where it is one."""
        desk = self._desk
        if not holds:
            self._unfit(scan, code, "pack_case_unit")
        elif desk.verb is EventKind.PACK and desk.sheet.parent is None:
            desk.keep(scan, "parent")
            desk.fill_in(replace(desk.sheet, parent=code))
            desk.did.emit("case_set")

    def _unfit(self, scan: Scan, code: Code, why: str) -> None:
        """Say that no packs can be put into what was scanned."""
        desk = self._desk
        desk.keep(scan, "refused")
        now, ticket = datetime.now().astimezone(), desk.awaited.next_ticket()
        desk.told.emit(unfit(ticket, now, EventKind.PACK, scan, code, why))

    def joined(self, half: Half) -> None:
        """The other half has come: what was asked about the first one alone needs no answer any more."""
        if self._desk.questions.settle(half.ticket) is not None:
            self._desk.retired.emit(half.ticket)
            self._desk.questions_changed.emit()

    def answer(self, question: Question, answers: Answers) -> None:
        """Take the scan of a question to the ledger again with the answers; raise UserError if one is unreadable."""
        desk = self._desk
        # Whoever answers answers for it, though another person may have scanned the pack.
        intent = replace(intent_of(question, answers), operator=desk.operator)
        label = label_of(answers)
        if desk.questions.settle(question.ticket) is None:
            return
        if label is not None:
            desk.labels.keep(intent.verb, question.answer.code, label)
        sheet = desk.sheet_of(intent.verb)
        if sheet.learned(intent) != sheet:
            desk.put_sheet(intent.verb, sheet.learned(intent))
        desk.submit(
            question.ticket,
            Waiting(question.scan, intent, asked=True, other=question.other, product=question.product),
        )
        desk.questions_changed.emit()

    def drop(self, question: Question) -> None:
        """Leave a question unanswered: the pack is not recorded, only its scan is."""
        if self._desk.questions.settle(question.ticket) is not None:
            now, verb = datetime.now().astimezone(), question.intent.verb
            self._desk.told.emit(left(question.ticket, now, verb, question.answer))
            self._desk.did.emit("dropped")
            self._desk.questions_changed.emit()

    def see(self, ticket: int, waiting: Waiting, captured: Captured) -> bool:
        """Keep the questions in step with an answer of the ledger; True when they changed."""
        desk = self._desk
        if captured.outcome is Outcome.ASKED:
            verb, code = waiting.intent.verb, captured.code
            offered = desk.labels.of(verb, code) or (desk.offers(verb, code) if desk.offers else None)
            older = desk.questions.ask(
                Question(
                    ticket, waiting.scan, waiting.intent, captured, offered, waiting.other, waiting.product
                )
            )
            if older is not None:
                desk.retired.emit(older)
            return True
        # The pack went through by another road, so nobody needs to answer for it any more.
        open_one = desk.questions.about(captured.key or "")
        return open_one is not None and desk.questions.settle(open_one.ticket) is not None
