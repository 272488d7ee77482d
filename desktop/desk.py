"""The desk: takes scans to the ledger by the task at hand, and tells what came of them, after COMMIT.

It knows the task and its sheet, the labels typed in it and the questions left open, and nothing of widgets. A scan
made while the ledger still opens is kept and taken next; nothing here ever makes a scan wait for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from time import monotonic

from PySide6.QtCore import QObject, Signal, Slot

from desktop.answers import Answers
from desktop.asking import Asking
from desktop.awaited import Awaited, Waiting
from desktop.bridge import Answer, Bridge
from desktop.controlcodes import read_control
from desktop.goods import Goods
from desktop.labels import Label
from desktop.labelsinuse import LabelsInUse
from desktop.pairing import Pairing
from desktop.questions import Question, Questions
from desktop.recent import Recent
from desktop.scancode import code_of
from desktop.taking import Ledger, keep_raw
from desktop.tasksheet import TASKS, TaskSheet
from desktop.telling import Telling
from ledger.badge import is_secret
from ledger.capture import Captured
from ledger.codes.code import Code
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source


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
    sheet_changed = Signal()
    """What stands for the whole task was changed."""
    cleared = Signal()
    """A new task has begun: the list starts empty."""
    emptied = Signal()
    """Another ledger will be worked with: every list starts empty."""
    handed_over = Signal()
    """Somebody else works here from now on."""
    did = Signal(str)
    """A word for what was done, for the guided first task: `receive`, `repeated`, `asked`, `answered` …"""
    turned_away = Signal()
    """A scan was made although nothing can be recorded: it must not look as if it had been taken."""
    halted = Signal(object)
    """The EnvironmentFault that keeps scans from being saved; None when one was saved again."""
    controlled = Signal(object)
    """The `Control` of a control code that was scanned."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operator = ""
        self._ledger: Ledger | None = None
        self._verb = TASKS[0]
        self._sheets = {verb: TaskSheet() for verb in TASKS}
        self.labels = LabelsInUse(TASKS, self)
        self.labels.changed.connect(self.labels_changed)
        self._recent = Recent()
        self._pairing = Pairing()
        self.questions = Questions()
        self.papers: Callable[[Scan, Code], bool] | None = None
        """Asked whether a scan that is no pack's code names a document, which it then opens."""
        self.goods: Callable[[Scan, Code], bool] | None = None
        """Asked whether a scan only names goods whose number a person is about to tell."""
        self.offers: Callable[[EventKind, Code], Label | None] | None = None
        """Asked for the lot and expiry that a document names for a pack."""
        self.cases: Callable[[Code, Callable[[bool], None]], None] | None = None
        """Asked whether packs may be put into what bears a code; tells it later, in the UI thread."""
        self._shut = False
        self.awaited = Awaited(bridge, self)
        """What the ledger has not answered yet."""
        self.awaited.waiting.connect(self.waiting)
        self.asking = Asking(self)
        self._telling = Telling(self)
        self.awaited.answered.connect(self._answered)

    @property
    def verb(self) -> EventKind:
        """The task at hand."""
        return self._verb

    @property
    def operator(self) -> str:
        """Id of whoever works here."""
        return self._operator

    @property
    def sheet(self) -> TaskSheet:
        """What stands for the whole task at hand."""
        return self._sheets[self._verb]

    def open(self, ledger: Ledger, operator: str) -> None:
        """Work with this ledger for this person from now on; what was scanned before is taken now."""
        self._ledger, self._operator, self._shut = ledger, operator, False
        for scan in self.awaited.take_early():
            self.take(scan)
        self.awaited.tell_none()

    def sign(self, operator: str) -> None:
        """This person works here from now on, and answers what was left open. No second person carries over."""
        before, self._operator = self._operator, operator
        if operator != before:
            for verb, sheet in self._sheets.items():
                self._sheets[verb] = replace(sheet, second="", second_name="")
            self.sheet_changed.emit()
            self.handed_over.emit()

    def await_ledger(self) -> None:
        """The ledger is being opened: scans are kept until `open`."""
        self._shut = False

    def shut(self) -> None:
        """The ledger did not open: scans that wait for it are given up, further ones are turned away."""
        self._shut = True
        for _ in self.awaited.take_early():
            self.turned_away.emit()

    def let_go(self) -> None:
        """The ledger is closed: nothing of it is worked with any more, and scans are turned away."""
        self._ledger = None
        self._sheets = {verb: TaskSheet() for verb in TASKS}
        for verb in TASKS:
            self._telling.forget(verb)
        self._recent.clear()
        self._pairing.clear()
        self.questions.clear()
        for verb in TASKS:
            self.labels.forget_task(verb)
        self.shut()
        self.emptied.emit()
        self.sheet_changed.emit()
        self.questions_changed.emit()

    @Slot(object)
    def take(self, scan: Scan) -> None:
        """Take one scan to the ledger; a control code drives the page, a document's number opens it."""
        if self._shut:
            self.turned_away.emit()
            return
        if self._ledger is None:
            if is_secret(scan.text):
                self.turned_away.emit()  # a badge is nobody's pack: it must not be kept as a raw scan
                return
            self.awaited.keep(scan)
            return
        control = read_control(scan.text)
        if control is not None:
            self.keep(scan, "control")
            self.controlled.emit(control)
            return
        code = code_of(scan, self._ledger.workplace.zone, datetime.now().astimezone().date())
        if scan.source is Source.CAMERA and code.key and self._recent.saw(code.key, scan.at):
            return
        if self.papers is not None and code.key is None and self.papers(scan, code):
            self.keep(scan, "document")
            return
        if self.goods is not None and self.goods(scan, code):
            self.keep(scan, "asked")
            return
        if self.asking.completes(scan, code):
            return
        ticket = self.awaited.next_ticket()
        half = self._pairing.take(ticket, scan, code, monotonic())
        if half is not None:
            self.asking.joined(half)
        sheet = self.sheet
        intent = self.labels.fill(sheet.intent(self._verb, self._operator, code), code)
        self.submit(ticket, Waiting(scan, intent, other=half.scan if half else None))
        if sheet.used() != sheet:
            self.fill_in(sheet.used())

    def take_goods(self, goods: Goods) -> int:
        """Take goods that are told by product, lot and number to the ledger; the ticket, 0 where there is none yet."""
        if self._ledger is None or self._shut:
            self.turned_away.emit()
            return 0
        ticket, sheet = self.awaited.next_ticket(), self.sheet
        intent = goods.intent(sheet, self._verb, self._operator)
        self.submit(ticket, Waiting(goods.told_by, intent, product=goods.codeless))
        if sheet.used() != sheet:
            self.fill_in(sheet.used())
        return ticket

    @Slot(str)
    def choose(self, name: str) -> None:
        """Change the task. Open questions keep theirs: they are answered for the task they were asked in."""
        verb = EventKind(name)
        if verb is self._verb or verb not in TASKS:
            return
        self._verb = verb
        self._recent.clear()
        self._pairing.clear()
        self.labels.hide()
        self.task_changed.emit(verb)
        self.did.emit(f"task_{verb}")

    def fill_in(self, sheet: TaskSheet) -> None:
        """From the next scan on this stands for the whole task."""
        if sheet != self.sheet:
            self.put_sheet(self._verb, sheet)

    def sheet_of(self, verb: EventKind) -> TaskSheet:
        """What stands for the whole of a task."""
        return self._sheets[verb]

    def put_sheet(self, verb: EventKind, sheet: TaskSheet) -> None:
        """This stands for the whole of a task from now on."""
        self._sheets[verb] = sheet
        self.sheet_changed.emit()

    def begin_anew(self) -> None:
        """Begin a new task of the same kind: labels and open questions are forgotten."""
        self._recent.clear()
        self._pairing.clear()
        self.questions.clear()
        self._telling.forget(self._verb)
        self._sheets[self._verb] = self.sheet.anew()
        self.cleared.emit()
        self.labels.forget_task(self._verb)
        self.sheet_changed.emit()
        self.questions_changed.emit()

    def answer(self, question: Question, answers: Answers) -> None:
        """Take the scan of a question to the ledger again with the answers; raise UserError if one is unreadable."""
        self.asking.answer(question, answers)

    def drop(self, question: Question) -> None:
        """Leave a question unanswered: the pack is not recorded, only its scan is."""
        self.asking.drop(question)

    @Slot()
    def undo(self) -> bool:
        """Take the last recorded scan of this task back, by a record of its own; False when there is none."""
        if self._ledger is None or not self._telling.take_back(self._ledger):
            return False
        self._recent.clear()
        return True

    def intent(self, reason: str) -> Intent:
        """What somebody does who chooses from a list instead of scanning, under the sheet of the task."""
        return replace(self.sheet.intent(self._verb, self._operator, Code("")), reason=reason)

    def report(self, captured: Captured, verb: EventKind) -> None:
        """Tell what came of something that was chosen from a list instead of scanned."""
        self._telling.report(captured, verb)

    def rolled_back(self, verb: EventKind) -> None:
        """A task's scans were taken back together: none of them can be taken back once more."""
        self._telling.forget(verb)
        self._recent.clear()

    def keep(self, scan: Scan, outcome: str) -> None:
        """Keep the raw scan of what is no pack."""
        if self._ledger is not None:
            keep_raw(self._ledger, scan, self._operator, self._verb, outcome)

    def submit(self, ticket: int, waiting: Waiting) -> None:
        """Take a scan to the ledger under its number."""
        assert self._ledger is not None
        future = self._ledger.capture(
            waiting.scan, waiting.intent, other=waiting.other, product=waiting.product
        )
        self.awaited.submit(ticket, waiting, future)

    @Slot(object, object)
    def _answered(self, waiting: Waiting, answer: Answer) -> None:
        self._telling.answered(waiting, answer)
