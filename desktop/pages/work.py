"""The work page: one page for every task at the desk. The answer on top, its question beneath, the list below,
camera and entry by hand beside.

Whatever is open or focused here, a scan is taken and answered at once.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.answers import Answers
from desktop.desk import TASKS, Desk
from desktop.labels import Label
from desktop.models import ScanTable
from desktop.questions import Question
from desktop.theme import Theme
from desktop.verdict import Level, Verdict
from desktop.wedgefilter import ScanSink
from desktop.widgets.camerapanel import CameraPanel
from desktop.widgets.cards import EntryCard, LabelCard
from desktop.widgets.keys import KeyHints
from desktop.widgets.question import QuestionPanel
from desktop.widgets.scanlist import ScanList
from desktop.widgets.tally import Tally
from desktop.widgets.verdict import VerdictPanel
from desktop.words import Words
from ledger.errors import UserError
from ledger.event import EventKind

SIDE = (372, 540)
"""Least and greatest width of the column with camera and entry."""


class WorkPage(QWidget):
    """Shows what the desk does."""

    def __init__(self, desk: Desk, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("work")
        self._desk, self._words = desk, words
        self.tables = {verb: ScanTable(words, self) for verb in TASKS}
        self._last: dict[EventKind, Verdict | None] = dict.fromkeys(TASKS)
        self.sink = ScanSink(self)
        self.sink.setObjectName("sink")
        self.sink.setFixedSize(0, 0)
        self.verdict = VerdictPanel(theme, words)
        self.question = QuestionPanel(theme, words)
        self.scans = ScanList(theme, words)
        self.camera = CameraPanel(theme, words)
        self.label = LabelCard(words)
        self.entry = EntryCard(words)
        self.hints = KeyHints(words)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self.tally = Tally(theme, words)
        self._lay_out()
        self.question.answered.connect(self._answer)
        self.question.dropped.connect(self._drop)
        self.question.begun.connect(self._begin)
        self.entry.entered.connect(self._enter)
        self.label.changed.connect(self._relabel)
        self.scans.looked_at.connect(self._look)
        self.sink.typed.connect(self._typed)
        desk.told.connect(self._told)
        desk.waiting.connect(self.verdict.show_waiting)
        desk.questions_changed.connect(self._questions)
        desk.labels_changed.connect(self._labels)
        desk.task_changed.connect(self._task)
        desk.retired.connect(self._retired)
        desk.cleared.connect(self._cleared)
        self._task(desk.verb)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 9, 12, 7)
        head.setSpacing(14)
        head.addWidget(self._title)
        head.addWidget(self.tally)
        head.addStretch(1)
        listed = QFrame()
        listed.setProperty("role", "card")
        column = QVBoxLayout(listed)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.scans, 1)
        listed.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.verdict, 13)
        main.addWidget(self.question)
        main.addWidget(listed, 10)
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addWidget(self.camera)
        side.addWidget(self.label)
        side.addWidget(self.entry)
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
            self.verdict,
            self.question,
            self.scans,
            self.camera,
            self.label,
            self.entry,
            self.hints,
            self.tally,
        ):
            part.retranslate(words)
        self._task_words()

    def rest(self) -> None:
        """Put the focus where it disturbs nothing."""
        self.sink.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Step back from what is open, the innermost first; False when nothing was."""
        if self.entry.field.hasFocus() or self.label.isAncestorOf(self.focusWidget() or self):
            self.entry.field.clear()
            self.label.show_label(self._desk.kept)
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
        """Take the number key of a reason."""
        return self.question.choose(number)

    def to_question(self) -> None:
        """Put the cursor into the open question."""
        self.question.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrows go to the list from wherever nothing else wants them."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.sink.hasFocus():
            self.scans.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.scans.currentIndex().isValid():
                self.scans.selectRow(0)
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
        asking = self.question.question is not None
        self.verdict.set_room(scale * (0.9 if asking else 1.12), 2 if asking else 3)

    def _show(self, verdict: Verdict, *, aloud: bool = True) -> None:
        self.verdict.show_verdict(verdict, aloud=aloud)

    @Slot(object)
    def _told(self, verdict: Verdict) -> None:
        table = self.tables[verdict.verb]
        table.put(verdict)
        self._last[verdict.verb] = verdict
        if verdict.verb is self._desk.verb:
            self.tally.show_counts(table.counts)
            self.scans.clearSelection()
            self.scans.scrollToTop()
        self._show(verdict)
        self._questions()

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
        elif fresh and self.question.takes_typing() and not self.entry.field.text():
            self.question.focus_first()

    @Slot()
    def _labels(self) -> None:
        self.label.show_label(self._desk.kept)
        self.hints.setVisible(self._desk.kept is None)

    @Slot(object)
    def _task(self, verb: EventKind) -> None:
        last = self._last[verb]
        if last is None:
            self.verdict.wait_for(verb)
        else:
            self._show(last, aloud=False)
        self._task_words()

    def _task_words(self) -> None:
        verb, say = self._desk.verb, self._words.say
        self._title.setText(say(f"scans_{verb}"))
        self.scans.show_table(self.tables[verb], say(f"scans_empty_{verb}"))
        self.tally.show_counts(self.tables[verb].counts)

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
        self._desk.relabel(label)
        self.rest()

    @Slot(object)
    def _look(self, verdict: Verdict) -> None:
        self._show(verdict)
        if verdict.level is Level.ASKED and self._desk.questions.bring(verdict.ticket):
            self._questions()
            self.to_question()

    @Slot(str)
    def _typed(self, text: str) -> None:
        if text.isdigit() and self.question.question is not None:
            self.choose_reason(int(text))
        else:
            self.entry.begin(text)
