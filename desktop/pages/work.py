"""The work page: one page for every task at the desk; what lies where on it is told in `desktop.pages.worktop`.

Whatever is open or focused here, a scan is taken and answered at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut

from desktop.desk import Desk
from desktop.labels import Label
from desktop.lately import Lately
from desktop.models import ScanTable
from desktop.pages.answering import Answering
from desktop.pages.controls import Controls
from desktop.pages.goodsentry import GoodsEntry
from desktop.pages.paperwork import Paperwork
from desktop.pages.printing import Printing
from desktop.pages.stocktaking import Stocktaking
from desktop.pages.witness import Witness
from desktop.pages.worktop import Worktop
from desktop.paperboard import partners
from desktop.room import Room
from desktop.tasksheet import TASKS
from desktop.verdict import Verdict
from desktop.words import Words
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.gate import Gate


class WorkPage(Worktop):
    """Shows what the desk does."""

    def __init__(self, desk: Desk, room: Room, gate: Gate) -> None:
        super().__init__(room)
        self._desk, self._room = desk, room
        self.tables = {verb: ScanTable(room.words) for verb in TASKS}
        self._last = Lately(TASKS)
        self.papers = Paperwork(desk, room, self.task.paper, self.chooser, self.board, self.finish)
        self.stocktake = Stocktaking(desk, room, self.differences, self.finish)
        self.controls = Controls(desk, self, self.papers, self.question, self.finish)
        self.witness = Witness(desk, room, gate, self.question)
        gate.closed.connect(self._hand_over)
        self.printing = Printing(room, self)
        self.answering = Answering(desk, self, room)
        self.by_hand = GoodsEntry(desk, room, self.goods)
        self._connect()
        self._keys()
        self._task(desk.verb)

    def _connect(self) -> None:
        desk = self._desk
        self.entry.entered.connect(self._enter)
        self.label.changed.connect(self._relabel)
        self.task.changed.connect(desk.fill_in)
        self.task.left.connect(self.rest)
        self.scans.looked_at.connect(self._look)
        self.sink.typed.connect(self.entry.begin)
        self.sink.choose = self._digit
        self.below.print_wanted.connect(self.print_label)
        self.chooser.card_wanted.connect(self.printing.card)
        self.below.toggled.connect(self.papers.toggle)
        self.papers.view_changed.connect(self._view)
        for part in (self.papers, self.controls, self.witness, self.printing, self.by_hand):
            part.noticed.connect(lambda code, params: self._room.say(code, **params))
        for maker in (self.papers, self.printing):
            maker.done.connect(self._done)
        self.stocktake.changed.connect(self._view)
        self.entry.by_number.clicked.connect(self.by_hand.begin)
        self.by_hand.changed.connect(self._goods_changed)
        self.differences.given_up.connect(self.by_hand.count)
        desk.told.connect(self._told)
        desk.waiting.connect(self.verdict.show_waiting)
        desk.labels_changed.connect(self._labels)
        desk.sheet_changed.connect(self._sheet)
        desk.task_changed.connect(self._task)
        desk.retired.connect(self._retired)
        desk.cleared.connect(self._cleared)
        desk.emptied.connect(self._emptied)
        desk.handed_over.connect(self._hand_over)
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

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        super().retranslate(words)
        for table in self.tables.values():
            table.retranslate(words)
        self._task_words()

    def rest(self) -> None:
        """Put the focus where it disturbs nothing."""
        if self.papers.view == "chooser":
            self.chooser.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.sink.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Step back from what is open, the innermost first; False when nothing was."""
        if self.papers.escape() or self.by_hand.escape():
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
            self.verdict.show_verdict(last, aloud=False)
            self.answering.refresh()
            self.rest()
            return True
        self.rest()
        return False

    def choose_reason(self, number: int) -> bool:
        """Take the number key of a choice."""
        if self.papers.view == "chooser":
            return self.chooser.choose(number)
        return self.finish.choose(number) or self.goods.choose(number) or self.question.choose(number)

    @Slot()
    def print_label(self) -> None:
        """Make the label of the dispense that is shown, else of the last one."""
        self.printing.label(self.verdict.verdict, self._last[EventKind.DISPENSE])

    def to_question(self) -> None:
        """Put the cursor into the open question."""
        self.question.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter confirms the end of a document that is asked about."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.finish.step is not None:
            self.finish.confirm()
        else:
            super().keyPressEvent(event)

    @Slot(object)
    def _told(self, verdict: Verdict) -> None:
        self.task.say("")
        table = self.tables[verdict.verb]
        table.put(verdict)
        self._last.put(verdict)
        if verdict.verb is self._desk.verb:
            self.below.tally.show_counts(table.counts)
            self.scans.clearSelection()
            self.scans.scrollToTop()
        self.verdict.show_verdict(verdict)
        self.answering.refresh()
        self._view()

    @property
    def typing_elsewhere(self) -> bool:
        """Whether a person is typing something that a question must not take the cursor from."""
        typed = bool(self.entry.field.text()) or self.task.begun
        return typed or self.papers.view == "chooser" or self.goods.open

    @Slot()
    def _goods_changed(self) -> None:
        self.share()
        if not self.goods.open:
            self.rest()

    @Slot()
    def _labels(self) -> None:
        self.label.show_label(self._desk.labels.kept)
        self._hint()

    @Slot()
    def _sheet(self) -> None:
        verb, sheet = self._desk.verb, self._desk.sheet
        self.task.show_sheet(verb, sheet)
        self._last.under(verb, sheet.document)
        if self._last[verb] is None:
            self.verdict.wait_for(self._waits_for())
            self.answering.refresh()  # a question says itself what it is about, now that no answer above does
        self._hint()

    def _hint(self) -> None:
        self.hints.setVisible(self._desk.labels.kept is None and not self.papers.number)

    @Slot(object)
    def _task(self, verb: EventKind) -> None:
        last = self._last[verb]
        if last is not None:
            self.verdict.show_verdict(last, aloud=False)
        self._sheet()
        self.answering.refresh()
        self._task_words()

    def _waits_for(self) -> str:
        """What is to be scanned next, as a word."""
        packing = self._desk.verb is EventKind.PACK and self._desk.sheet.parent is None
        return "case" if packing else str(self._desk.verb)

    def _task_words(self) -> None:
        self.offer_numbers(self._desk.verb)
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
        self.share()
        if left_chooser:
            self.rest()

    @Slot()
    def _partners(self) -> None:
        self._room.look(partners, self.know_partners)

    @Slot(str, object)
    def _done(self, code: str, params: dict[str, str]) -> None:
        self.task.say(self._words.say(code, **params))
        self._desk.did.emit(code)

    @Slot(int)
    def _retired(self, ticket: int) -> None:
        for table in self.tables.values():
            table.retire(ticket)

    @Slot()
    def _emptied(self) -> None:
        for verb, table in self.tables.items():
            table.clear()
            self._last.forget(verb)
        self._task(self._desk.verb)

    @Slot()
    def _hand_over(self) -> None:
        """Whoever comes next sees what was scanned in the lists, and no answer to another person's scan."""
        shown = self._desk.questions.shown
        self._last.hand_over(shown.ticket if shown is not None else None)
        self.scans.clearSelection()
        self._task(self._desk.verb)

    @Slot()
    def _cleared(self) -> None:
        verb = self._desk.verb
        self.tables[verb].clear()
        self._last.forget(verb)
        self._task(verb)
        self.rest()

    @Slot(object)
    def _enter(self, scan: object) -> None:
        self._desk.take(scan)  # type: ignore[arg-type]
        self.rest()

    @Slot(object)
    def _relabel(self, label: Label | None) -> None:
        self._desk.labels.relabel(self._desk.verb, label)
        self.rest()

    @Slot(object)
    def _look(self, verdict: Verdict) -> None:
        self.verdict.show_verdict(verdict)
        self.answering.look(verdict)

    def _digit(self, number: int) -> bool:
        """Take a digit key typed on the page, where a choice stands open."""
        asked = self.question.question is not None or self.finish.step is not None
        if asked:
            self.choose_reason(number)
        return asked
