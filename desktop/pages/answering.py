"""The questions of the desk at the work page: which is shown, where the cursor goes, what becomes of an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop.answers import Answers
from desktop.desk import Desk
from desktop.questions import Question
from desktop.room import Room
from desktop.verdict import Level, Verdict
from ledger.codes.code import Code
from ledger.errors import UserError
from ledger.outer import may_hold

if TYPE_CHECKING:
    from desktop.pages.work import WorkPage


class Answering(QObject):
    """Between the desk's questions and the panel that shows one of them."""

    def __init__(self, desk: Desk, page: WorkPage, room: Room) -> None:
        super().__init__(page)
        self._room = room
        desk.cases = self._ask_whether_it_holds
        self._desk, self._page, self._panel = desk, page, page.question
        self._panel.answered.connect(self._answer)
        self._panel.dropped.connect(desk.drop)
        self._panel.begun.connect(self._begin)
        desk.questions_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show the question at hand, with the cursor where it disturbs nothing."""
        page, panel, questions = self._page, self._panel, self._desk.questions
        focused = page.focusWidget()
        shown, had_focus = questions.shown, panel.isAncestorOf(focused or page)
        told = page.verdict.verdict
        why = shown is not None and (told is None or told.ticket != shown.ticket)
        fresh = shown is not None and shown is not panel.question
        panel.show_question(shown, questions.waiting, why=why)
        page.share()
        if shown is None:
            if had_focus or focused is None:
                page.rest()
        elif fresh and "again" in shown.needs:
            page.entry.begin()
        elif fresh and panel.takes_typing() and not page.typing_elsewhere:
            panel.focus_first()

    def _ask_whether_it_holds(self, code: Code, then: Callable[[bool], None]) -> None:
        self._room.look(lambda store: may_hold(store, code), then)

    def look(self, verdict: Verdict) -> None:
        """A scan of the list is looked at: its question, where it is still open, is brought back."""
        brought = verdict.level is Level.ASKED and self._desk.questions.bring(verdict.ticket)
        self.refresh()
        if brought:
            self._panel.focus_first()

    @Slot(object, object)
    def _answer(self, question: Question, answers: Answers) -> None:
        try:
            self._desk.answer(question, answers)
        except UserError as error:
            self._panel.complain(error)

    @Slot()
    def _begin(self) -> None:
        self._desk.questions.begun = True
