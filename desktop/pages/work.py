"""The work page: one page for every task at the desk. The answer on top, its question beneath, the list or the
document's board below; the task card, camera and entry by hand beside.

Whatever is open or focused here, a scan is taken and answered at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.answers import Answers
from desktop.desk import Desk
from desktop.labels import Label
from desktop.models import ScanTable
from desktop.packlabel import FOLDER, label_of, write_label
from desktop.pages.controls import Controls
from desktop.pages.paperwork import Paperwork
from desktop.pages.stocktaking import Stocktaking
from desktop.pages.witness import Witness
from desktop.paperboard import partners
from desktop.questions import Question
from desktop.room import Room
from desktop.tasksheet import TASKS, TaskSheet
from desktop.verdict import Level, Verdict
from desktop.wedgefilter import ScanSink
from desktop.widgets.boardview import ROW, BoardView
from desktop.widgets.camerapanel import CameraPanel
from desktop.widgets.cards import EntryCard, LabelCard
from desktop.widgets.differences import DifferenceView
from desktop.widgets.finishpanel import FinishPanel
from desktop.widgets.keys import KeyHints
from desktop.widgets.paperchooser import PaperChooser
from desktop.widgets.question import QuestionPanel
from desktop.widgets.scanlist import ScanList
from desktop.widgets.tally import Tally
from desktop.widgets.taskcard import TaskCard
from desktop.widgets.verdict import VerdictPanel
from desktop.words import Words
from ledger.errors import UserError
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.gate import Gate

SIDE = (372, 540)
"""Least and greatest width of the column with camera and entry."""


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
        self.scans = ScanList(theme, words)
        self.board = BoardView(theme, words)
        self.chooser = PaperChooser(theme, words)
        self.differences = DifferenceView(theme, words)
        self.task = TaskCard(theme, words)
        self.camera = CameraPanel(theme, words)
        self.label = LabelCard(words)
        self.entry = EntryCard(words)
        self.hints = KeyHints(words)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._give_up = QPushButton()
        self._give_up.setObjectName("give_up")
        self._give_up.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._other_view = QPushButton()
        self._other_view.setObjectName("other_view")
        self._other_view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._print = QPushButton()
        self._print.setObjectName("print_label")
        self._print.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tally = Tally(theme, words)
        self._lay_out()
        self.papers = Paperwork(desk, room, self.task.paper, self.chooser, self.board, self.finish)
        self.stocktake = Stocktaking(desk, room, self.differences, self.finish)
        self.controls = Controls(desk, self, self.papers, self.question, self.finish)
        self.witness = Witness(desk, room, gate, self.question)
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
        self.sink.typed.connect(self._typed)
        self._print.clicked.connect(self.print_label)
        self.chooser.card_wanted.connect(self.print_card)
        self._other_view.clicked.connect(self.papers.toggle)
        self.papers.view_changed.connect(self._view)
        for part in (self.papers, self.controls, self.witness):
            part.noticed.connect(self._notice)
        self.papers.done.connect(self._done)
        self.stocktake.changed.connect(self._view)
        self._give_up.clicked.connect(self.differences.give_up)
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
        head = QHBoxLayout()
        head.setContentsMargins(16, 9, 12, 7)
        head.setSpacing(14)
        head.addWidget(self._title)
        head.addWidget(self.tally)
        head.addStretch(1)
        head.addWidget(self._print)
        head.addWidget(self._give_up)
        head.addWidget(self._other_view)
        listed = QFrame()
        listed.setProperty("role", "card")
        self._views = QStackedWidget()
        for view in (self.scans, self.board, self.chooser, self.differences):
            self._views.addWidget(view)
        self._views.setMinimumHeight(32 + ROW)  # else the one with the greatest needs would speak for all
        column = QVBoxLayout(listed)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._views, 1)
        listed.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.verdict, 13)
        main.addWidget(self.question)
        main.addWidget(self.finish)
        main.addWidget(listed, 10)
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
            *(self.scans, self.board, self.chooser, self.differences),
            *(self.task, self.camera, self.label, self.entry, self.hints, self.tally),
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
        shown = self.verdict.verdict
        verdicts = [one for one in (shown, self._last[EventKind.DISPENSE]) if one is not None]
        label = next((made for one in verdicts if (made := label_of(one, self._words)) is not None), None)
        if label is None:
            self._room.say("label_none")
            return
        seq = next(one.seq for one in verdicts if label_of(one, self._words) is not None)
        path = self._room.home / FOLDER / f"{label.at:%Y%m%d}-{seq}.pdf"
        try:
            write_label(path, label, self._words)
        except OSError as error:
            self._room.say("file_unwritable", file=str(path), why=os.strerror(error.errno or 0))
            return
        self._done("label_saved", {"file": str(path)})
        self._desk.did.emit("label_printed")

    @Slot()
    def print_card(self) -> None:
        """Make the card of control codes, in the language at hand."""
        from desktop.controlcard import write_card

        path = self._room.home / FOLDER / f"control-card-{self._words.language}.pdf"
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_card(path, self._words)
        except OSError as error:
            self._room.say("file_unwritable", file=str(path), why=os.strerror(error.errno or 0))
            return
        self._done("control_card_saved", {"file": str(path)})

    def to_question(self) -> None:
        """Put the cursor into the open question."""
        self.question.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrows go to the list from wherever nothing else wants them."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.sink.hasFocus():
            view = self._shown(self.papers.view)
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
        few = 2 if asking and self.height() < 800 else 3
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
            self.tally.show_counts(table.counts)
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

    def _shown(self, view: str) -> QWidget:
        """The widget of a view by its name."""
        views: dict[str, QWidget] = {
            "scans": self.scans,
            "board": self.board,
            "chooser": self.chooser,
            "differences": self.differences,
        }
        return views[view]

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
        verb, say = self._desk.verb, self._words.say
        self.scans.show_table(self.tables[verb], say(f"scans_empty_{verb}"))
        self.tally.show_counts(self.tables[verb].counts)
        self._view()

    @Slot()
    def _view(self) -> None:
        """Show the part of the page that the papers call for."""
        view, say = self.papers.view, self._words.say
        shown = self._shown(view)
        left_chooser = self._views.currentWidget() is self.chooser and view != "chooser"
        self._views.setCurrentWidget(shown)
        count = self.stocktake.state if self.stocktake.on else None
        words = {"chooser": "chooser", "board": "board_title", "differences": "differences_title"}
        numbers = {"open": count.open, "counted": count.counted} if count else {"open": "", "counted": ""}
        self._title.setText(
            say(words.get(view, f"scans_{self._desk.verb}"), number=self.papers.number, **numbers)
        )
        self.tally.setVisible(view not in ("chooser", "differences"))
        self._give_up.setText(say("give_up"))
        self._give_up.setVisible(view == "differences" and bool(count and count.open))
        self._other_view.setVisible((bool(self.papers.number) or self.stocktake.on) and view != "chooser")
        other = "view_differences" if self.stocktake.on else "view_board"
        self._other_view.setText(say("view_scans" if view in ("board", "differences") else other, **numbers))
        last = self._last[self._desk.verb]
        self._print.setText(say("print_label"))
        self._print.setVisible(
            view != "chooser" and last is not None and label_of(last, self._words) is not None
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

    @Slot(str)
    def _typed(self, text: str) -> None:
        asked = self.question.question is not None or self.finish.step is not None
        if text.isdigit() and asked:
            self.choose_reason(int(text))
        else:
            self.entry.begin(text)
