"""The work page: one page for every task at the desk. The answer on top, its question beneath, the list or the
document's board below; the task card, camera and entry by hand beside.

Whatever is open or focused here, a scan is taken and answered at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.answers import Answers
from desktop.desk import Desk
from desktop.labels import Label
from desktop.models import ScanTable
from desktop.pages.controls import Controls
from desktop.pages.paperwork import Paperwork
from desktop.pages.printing import Printing
from desktop.pages.stocktaking import Stocktaking
from desktop.pages.witness import Witness
from desktop.paperboard import partners
from desktop.questions import Question
from desktop.room import Room
from desktop.tasksheet import TASKS, TaskSheet
from desktop.verdict import Level, Verdict
from desktop.wedgefilter import ScanSink
from desktop.widgets.camerapanel import CameraPanel
from desktop.widgets.cards import EntryCard, LabelCard
from desktop.widgets.finishpanel import FinishPanel
from desktop.widgets.keys import KeyHints
from desktop.widgets.lowercard import LowerCard
from desktop.widgets.question import QuestionPanel
from desktop.widgets.taskcard import TaskCard
from desktop.widgets.verdict import VerdictPanel
from desktop.words import Words
from ledger.errors import UserError
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.gate import Gate

SIDE = (372, 540)
"""Least and greatest width of the column with camera and entry."""


SMALL = 800
"""A page lower than this has no room for every sentence while something is asked."""


class WorkPage(QWidget):
    """Shows what the desk does."""

    def __init__(self, desk: Desk, room: Room, gate: Gate) -> None:
        super().__init__()
        self.setObjectName("work")
        theme, words = room.theme, room.words
        self._desk, self._room, self._words = desk, room, words
        self.tables = {verb: ScanTable(words, self) for verb in TASKS}
        self._last: dict[EventKind, Verdict | None] = dict.fromkeys(TASKS)
        self.sink = ScanSink(self)
        self.sink.setObjectName("sink")
        self.sink.setFixedSize(0, 0)
        self.verdict = VerdictPanel(theme, words)
        self.question = QuestionPanel(theme, words)
        self.finish = FinishPanel(theme, words)
        self.below = LowerCard(theme, words)
        self.scans, self.board = self.below.scans, self.below.board
        self.chooser, self.differences = self.below.chooser, self.below.differences
        self.task = TaskCard(theme, words)
        self.camera = CameraPanel(theme, words)
        self.label = LabelCard(words)
        self.entry = EntryCard(words)
        self.hints = KeyHints(words)
        self._lay_out()
        self.papers = Paperwork(desk, room, self.task.paper, self.chooser, self.board, self.finish)
        self.stocktake = Stocktaking(desk, room, self.differences, self.finish)
        self.controls = Controls(desk, self, self.papers, self.question, self.finish)
        self.witness = Witness(desk, room, gate, self.question)
        self.printing = Printing(room, self)
        self._connect()
        self._keys()
        self._task(desk.verb)

    def _connect(self) -> None:
        desk = self._desk
        self.question.answered.connect(self._answer)
        self.question.dropped.connect(self._drop)
        self.question.begun.connect(self._begin)
        self.entry.entered.connect(self._enter)
        self.label.changed.connect(self._relabel)
        self.task.changed.connect(self._fill_in)
        self.task.left.connect(self.rest)
        self.scans.looked_at.connect(self._look)
        self.sink.typed.connect(self.entry.begin)
        self.sink.choose = self._digit
        self.below.print_wanted.connect(self.print_label)
        self.chooser.card_wanted.connect(self.printing.card)
        self.below.toggled.connect(self.papers.toggle)
        self.papers.view_changed.connect(self._view)
        for part in (self.papers, self.controls, self.witness, self.printing):
            part.noticed.connect(self._notice)
        for maker in (self.papers, self.printing):
            maker.done.connect(self._done)
        self.stocktake.changed.connect(self._view)
        desk.told.connect(self._told)
        desk.waiting.connect(self.verdict.show_waiting)
        desk.questions_changed.connect(self._questions)
        desk.labels_changed.connect(self._labels)
        desk.sheet_changed.connect(self._sheet)
        desk.task_changed.connect(self._task)
        desk.retired.connect(self._retired)
        desk.cleared.connect(self._cleared)
        self._room.opened.connect(self._partners)
        self._room.changed.connect(self._partners)

    def _keys(self) -> None:
        for keys, act in (
            ("F12", self.papers.choose),
            ("Ctrl+Z", self.controls.undo),
            ("Ctrl+D", lambda: self.controls.mark("damaged")),
            ("Ctrl+T", lambda: self.controls.mark("temperature")),
            ("Ctrl+B", self.papers.toggle),
            ("Ctrl+Return", self.papers.finish),
            ("Ctrl+E", self.task.begin),
            ("Ctrl+R", self.print_label),
        ):
            QShortcut(QKeySequence(keys), self, act)

    def _lay_out(self) -> None:
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.verdict, 13)
        main.addWidget(self.question)
        main.addWidget(self.finish)
        main.addWidget(self.below, 10)
        side = QVBoxLayout()
        side.setSpacing(12)
        for part in (self.task, self.camera, self.label, self.entry):
            side.addWidget(part)
        side.addStretch(1)
        side.addWidget(self.hints)
        self._beside = QWidget()
        side.setContentsMargins(0, 0, 0, 0)
        self._beside.setLayout(side)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(14)
        row.addLayout(main, 1)
        row.addWidget(self._beside)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        for table in self.tables.values():
            table.retranslate(words)
        for part in (
            *(self.verdict, self.question, self.finish),
            *(self.below, self.task, self.camera, self.label, self.entry, self.hints),
        ):
            part.retranslate(words)
        self._task_words()

    def rest(self) -> None:
        """Put the focus where it disturbs nothing."""
        if self.papers.view == "chooser":
            self.chooser.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.sink.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Step back from what is open, the innermost first; False when nothing was."""
        if self.papers.escape():
            self.rest()
            return True
        focused = self.focusWidget() or self
        if self.entry.field.hasFocus() or any(
            card.isAncestorOf(focused) and focused.hasFocus() for card in (self.label, self.task)
        ):
            self.entry.field.clear()
            self.label.show_label(self._desk.labels.kept)
            self.task.put_back()
            self.rest()
            return True
        if self.question.question is not None:
            self.question.drop()
            return True
        last = self._last[self._desk.verb]
        if self.verdict.verdict is not last and last is not None:
            self.scans.clearSelection()
            self._show(last, aloud=False)
            self.rest()
            return True
        self.rest()
        return False

    def choose_reason(self, number: int) -> bool:
        """Take the number key of a choice."""
        if self.papers.view == "chooser":
            return self.chooser.choose(number)
        return self.finish.choose(number) or self.question.choose(number)

    @Slot()
    def print_label(self) -> None:
        """Make the label of the dispense that is shown, else of the last one."""
        self.printing.label(self.verdict.verdict, self._last[EventKind.DISPENSE])

    def to_question(self) -> None:
        """Put the cursor into the open question."""
        self.question.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrows go to the list from wherever nothing else wants them."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.sink.hasFocus():
            view = self.below.shown
            view.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(view, QTableView) and not view.currentIndex().isValid():
                view.selectRow(0)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.finish.step is not None:
            self.finish.confirm()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room: larger type and a larger picture on a larger screen."""
        super().resizeEvent(event)
        side = min(SIDE[1], max(SIDE[0], round(self.width() * 0.27)))
        self._beside.setFixedWidth(side)
        self.camera.set_width(side)
        self._share()

    def _share(self) -> None:
        scale = min(1.6, max(1.0, min(self.width() / 1366, self.height() / 650)))
        asking = self.question.question is not None or self.finish.step is not None
        small = asking and self.height() < SMALL
        few = 3 if not small else 1 if self.question.tells_why else 2
        self.verdict.set_room(scale * (0.9 if asking else 1.12), few)
        self.question.setVisible(self.question.question is not None and self.finish.step is None)
        self.verdict.show_body(shown=self.finish.step is None)

    def _show(self, verdict: Verdict, *, aloud: bool = True) -> None:
        self.verdict.show_verdict(verdict, aloud=aloud)

    @Slot(object)
    def _told(self, verdict: Verdict) -> None:
        self.task.say("")
        table = self.tables[verdict.verb]
        table.put(verdict)
        self._last[verdict.verb] = verdict
        if verdict.verb is self._desk.verb:
            self.below.tally.show_counts(table.counts)
            self.scans.clearSelection()
            self.scans.scrollToTop()
        self._show(verdict)
        self._questions()
        self._view()

    @Slot()
    def _questions(self) -> None:
        questions = self._desk.questions
        shown, had_focus = questions.shown, self.question.isAncestorOf(self.focusWidget() or self)
        told = self.verdict.verdict
        why = shown is not None and (told is None or told.ticket != shown.ticket)
        fresh = shown is not None and shown is not self.question.question
        self.question.show_question(shown, questions.waiting, why=why)
        self._share()
        if shown is None:
            if had_focus or self.focusWidget() is None:
                self.rest()
        elif fresh and "again" in shown.needs:
            self.entry.begin()
        elif fresh and self.question.takes_typing() and not self._typing_elsewhere():
            self.question.focus_first()

    def _typing_elsewhere(self) -> bool:
        return bool(self.entry.field.text()) or self.papers.view == "chooser" or self.task.begun

    @Slot()
    def _labels(self) -> None:
        self.label.show_label(self._desk.labels.kept)
        self._hint()

    @Slot()
    def _sheet(self) -> None:
        self.task.show_sheet(self._desk.verb, self._desk.sheet)
        if self._last[self._desk.verb] is None:
            self.verdict.wait_for(self._waits_for())
        self._hint()

    def _hint(self) -> None:
        self.hints.setVisible(self._desk.labels.kept is None and not self.papers.number)

    @Slot(object)
    def _task(self, verb: EventKind) -> None:
        last = self._last[verb]
        if last is None:
            self.verdict.wait_for(self._waits_for())
        else:
            self._show(last, aloud=False)
        self._sheet()
        self._task_words()

    def _waits_for(self) -> str:
        """What is to be scanned next, as a word."""
        packing = self._desk.verb is EventKind.PACK and self._desk.sheet.parent is None
        return "case" if packing else str(self._desk.verb)

    def _task_words(self) -> None:
        self.below.show_scans(self._desk.verb, self.tables[self._desk.verb])
        self._view()

    @Slot()
    def _view(self) -> None:
        """Show the part of the page that the papers call for."""
        verb = self._desk.verb
        count = self.stocktake.state if self.stocktake.on else None
        printable = self.printing.printable(self._last[verb])
        left_chooser = self.below.show_view(
            self.papers.view, verb, self.papers.number, count, printable=printable
        )
        self._hint()
        self._share()
        if left_chooser:
            self.rest()

    @Slot()
    def _partners(self) -> None:
        self._room.look(partners, self._know_partners)

    def _know_partners(self, found: object) -> None:
        self.task.know(found)  # type: ignore[arg-type]
        self.question.know_partners(found)  # type: ignore[arg-type]

    @Slot(str, object)
    def _notice(self, code: str, params: dict[str, str]) -> None:
        self._room.say(code, **params)

    @Slot(str, object)
    def _done(self, code: str, params: dict[str, str]) -> None:
        self.task.say(self._words.say(code, **params))
        self._desk.did.emit(code)

    @Slot(int)
    def _retired(self, ticket: int) -> None:
        for table in self.tables.values():
            table.retire(ticket)

    @Slot()
    def _cleared(self) -> None:
        verb = self._desk.verb
        self.tables[verb].clear()
        self._last[verb] = None
        self._task(verb)
        self.rest()

    @Slot(object, object)
    def _answer(self, question: Question, answers: Answers) -> None:
        try:
            self._desk.answer(question, answers)
        except UserError as error:
            self.question.complain(error)

    @Slot(object)
    def _drop(self, question: Question) -> None:
        self._desk.drop(question)

    @Slot()
    def _begin(self) -> None:
        self._desk.questions.begun = True

    @Slot(object)
    def _enter(self, scan: object) -> None:
        self._desk.take(scan)  # type: ignore[arg-type]
        self.rest()

    @Slot(object)
    def _relabel(self, label: Label | None) -> None:
        self._desk.labels.relabel(self._desk.verb, label)
        self.rest()

    @Slot(object)
    def _fill_in(self, sheet: TaskSheet) -> None:
        self._desk.fill_in(sheet)

    @Slot(object)
    def _look(self, verdict: Verdict) -> None:
        self._show(verdict)
        if verdict.level is Level.ASKED and self._desk.questions.bring(verdict.ticket):
            self._questions()
            self.to_question()

    def _digit(self, number: int) -> bool:
        """Take a digit key typed on the page, where a choice stands open."""
        asked = self.question.question is not None or self.finish.step is not None
        if asked:
            self.choose_reason(number)
        return asked
