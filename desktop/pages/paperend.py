"""How a document ends at the work page: closed, opened again, or its last receipt taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from desktop.desk import Desk
from desktop.paperboard import Paper
from desktop.room import Room
from desktop.tasksheet import DOCUMENT_KINDS
from desktop.widgets.finishpanel import FinishPanel, Step
from ledger.errors import TraceDeskError
from ledger.event import DocumentRef
from ledger.situation import Intent

if TYPE_CHECKING:
    from ledger.capture import Captured, Workplace
    from ledger.finishing import Finished
    from ledger.store import Store

T = TypeVar("T")


class PaperEnd(QObject):
    """Asks where something differs, and writes the end in the writer's thread."""

    asked = Signal()
    """The question about the end is shown."""
    over = Signal()
    """It was written: nothing is asked any more."""
    noticed = Signal(str, object)
    """A sentence for the banner: code word and parameters."""
    done = Signal(str, object)
    """The same for what went well."""

    def __init__(
        self, desk: Desk, room: Room, panel: FinishPanel, count: Callable[[Callable[[], None] | None], None]
    ) -> None:
        """`count` looks the document up anew, and does afterwards what it is given."""
        super().__init__(panel)
        self._desk, self._room, self._panel, self._count = desk, room, panel, count
        self._paper: Paper | None = None
        panel.confirmed.connect(self._confirmed)

    def show_paper(self, paper: Paper | None) -> None:
        """This is the document at hand, as looked up last."""
        self._paper = paper
        if self._panel.step not in (None, Step.MISSING) and paper is not None:
            self._panel.ask(self._panel.step, paper)

    def finish(self) -> None:
        """Close the document at hand: at once when nothing differs, else after the reasons are told."""
        if self._paper is None or self._paper.kind == "prescription":
            return
        if self._paper.finished:
            self._ask(Step.REOPEN)
        else:
            self._write(Step.FINISH, "")

    def roll_back(self) -> None:
        """Take the last receipt under the document back, after asking."""
        self._ask(Step.ROLL_BACK)

    def _ask(self, step: Step) -> None:
        if self._paper is not None:
            self._panel.ask(step, self._paper)
            self.asked.emit()

    @Slot(object, str)
    def _confirmed(self, step: Step, reason: str) -> None:
        if step is Step.ROLL_BACK:
            self._roll_back()
        elif step is not Step.MISSING:
            self._write(step, reason)

    def _write(self, step: Step, reason: str) -> None:
        from ledger.finishing import finish, reopen

        ref, intent = self._ref(reason)
        act = finish if step is Step.FINISH else reopen
        self._in_writer(
            lambda store, workplace: act(store, workplace, ref, intent),
            lambda done: self._ended(step, ref.number, done),
        )

    def _ended(self, step: Step, number: str, done: Finished) -> None:
        if done.event is not None:
            self.over.emit()
            self.done.emit(f"paper_did_{step}", {"number": number})
            self._desk.did.emit(f"paper_{step}")
            self._count(None)
            return
        if "reason" in done.needs:
            # The last scans may not be counted yet on what is shown: count first.
            self._count(lambda: self._ask(step))
            return
        sentence = "\n".join(self._room.words.problem(problem) for problem in done.problems)
        if self._panel.step is not None:
            self._panel.complain(sentence)
        elif done.problems:
            self.noticed.emit(done.problems[0].code, dict(done.problems[0].params))

    def _roll_back(self) -> None:
        from ledger.finishing import roll_back, voided

        ref, intent = self._ref("did_not_occur")

        def then(answers: tuple[Captured, ...]) -> None:
            self.over.emit()
            done = voided(answers)
            params = {"number": ref.number, "count": str(done), "left": str(len(answers) - done)}
            code = "paper_rolled_back_partly" if done < len(answers) else "paper_rolled_back"
            self.done.emit(code, params)
            if stands := [
                problem for answer in answers if answer.event is None for problem in answer.problems
            ]:
                self.noticed.emit(stands[0].code, dict(stands[0].params))  # a right may be lacking, too
            self._desk.rolled_back(intent.verb)
            self._count(None)

        self._in_writer(lambda store, workplace: roll_back(store, workplace, ref, intent), then)

    def _ref(self, reason: str) -> tuple[DocumentRef, Intent]:
        verb, sheet = self._desk.verb, self._desk.sheet
        intent = Intent(verb, self._desk.operator, reason=reason or None, second=sheet.second or None)
        return DocumentRef(DOCUMENT_KINDS[verb], sheet.document), intent

    def _in_writer(self, act: Callable[[Store, Workplace], T], then: Callable[[T], None]) -> None:
        station = self._room.station
        if station is not None:
            workplace = station.workplace
            self._room.write(lambda store: act(store, workplace), then, self._failed)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, TraceDeskError):
            self.noticed.emit(error.code, error.params)
        else:
            self.noticed.emit("page_fault", {"error": type(error).__name__})
