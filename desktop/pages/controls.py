"""What the page does when a control code is scanned: the same as the keys do, so that gloved hands need none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.controlcodes import Control
from desktop.desk import Desk
from desktop.pages.paperwork import Paperwork
from desktop.tasksheet import DAMAGE
from desktop.widgets.finishpanel import FinishPanel
from desktop.widgets.question import QuestionPanel
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.pages.work import WorkPage

_DAMAGED_IN = (EventKind.RECEIVE, EventKind.TRANSFER_IN)


class Controls(QObject):
    """Hears control codes and keys that mean the same."""

    noticed = Signal(str, object)
    """A sentence for the banner: code word and parameters."""

    def __init__(
        self, desk: Desk, page: WorkPage, papers: Paperwork, question: QuestionPanel, panel: FinishPanel
    ) -> None:
        super().__init__(page)
        self._desk, self._page, self._papers = desk, page, papers
        self._question, self._panel = question, panel
        desk.controlled.connect(self.obey)

    @Slot(object)
    def obey(self, control: Control) -> None:
        """Do what the code says, or say that it cannot be done here."""
        match control.word:
            case "TASK":
                self._desk.choose(control.verb)
            case "QUANTITY":
                self._quantity(control.number)
            case "CHOOSE":
                if not self._page.choose_reason(control.number):
                    self.noticed.emit("control_no_choice", {"number": control.value})
            case "DAMAGED":
                self.mark("damaged")
            case "TEMPERATURE":
                self.mark("temperature")
            case "UNDO":
                self.undo()
            case "FINISH":
                self._finish()
            case "DOCUMENT":
                self._papers.choose()
            case "LATER":
                self._papers.later()
            case "NEXT":
                self._next()
            case "CONFIRM":
                self._confirm()
            case "CANCEL":
                self._page.escape()
            case "BOARD":
                self._papers.toggle()
            case _:
                self.noticed.emit("control_unknown", {})
        self._desk.did.emit(f"control_{control.word.lower()}")

    def mark(self, how: str) -> None:
        """The next pack arrives damaged, or too warm or too cold; a second time takes it back."""
        if self._desk.verb not in _DAMAGED_IN:
            self.noticed.emit("control_only_receiving", {})
            return
        assert how in DAMAGE
        sheet = self._desk.sheet
        self._desk.fill_in(replace(sheet, damaged="" if sheet.damaged == how else how))

    @Slot()
    def undo(self) -> None:
        """Take the last scan back: from the record, or where it is still asked about by leaving it out of the record.

        Otherwise the key would take back the pack before it, which the patient may have in hand.
        """
        open_one, told = self._desk.questions.shown, self._page.verdict.verdict
        if open_one is not None and told is not None and told.ticket == open_one.ticket:
            self._question.drop()
        elif not self._desk.undo():
            self.noticed.emit("nothing_to_take_back", {})

    def _quantity(self, count: int) -> None:
        question = self._question.question
        if question is not None and "quantity" in question.needs:
            self._question.fields.fields["quantity"].edit.setText(str(count))
            self._question.confirm()
        else:
            self._desk.fill_in(replace(self._desk.sheet, quantity=count))

    def _finish(self) -> None:
        if self._panel.step is not None:
            self._panel.confirm()
        elif self._papers.paper is None:
            self.noticed.emit("control_no_document", {})
        else:
            self._papers.finish()

    def _next(self) -> None:
        """The next case, the next prescription, or the next line with another label."""
        if self._desk.verb is EventKind.PACK:
            self._desk.fill_in(replace(self._desk.sheet, parent=None))
        elif self._desk.verb is EventKind.DISPENSE:
            self._papers.later()
        else:
            self._desk.labels.relabel(self._desk.verb, None)

    def _confirm(self) -> None:
        if self._panel.step is not None:
            self._panel.confirm()
        elif self._papers.view == "chooser":
            self._page.chooser.take_current()
        elif self._question.question is not None:
            self._question.confirm()
        else:
            self.noticed.emit("control_nothing_open", {})
