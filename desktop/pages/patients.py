"""The patients page: find one, see what was dispensed to them and what a recall reaches, erase by law.

Everything is masked. What is revealed is recorded before it is shown, and hidden again after half a minute, with
another patient, or when the page is left. A scan here finds the patient who was given the pack; it records nothing.
"""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from desktop.erasing import Erasing
from desktop.pages.page import Page
from desktop.room import Room
from desktop.scancode import code_of
from desktop.widgets.patientfile import KnownOf, PatientFile
from desktop.widgets.patientfinder import NARROW, WIDTH, PatientFinder
from desktop.words import Words
from ledger.erasure import reveal
from ledger.patients import Patient
from ledger.patientsearch import Found, Hit, count, look_at, search
from ledger.roles import Act, Refusal
from ledger.store import Store
from ledger.treatment import given_to, whose
from scanner.scan import Scan

_WIDE = 1_150
"""Pixels of a page from which the search has its whole width."""


class PatientsPage(Page):
    """A search with what it found on the left, one patient on the right."""

    name = "patients"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._wanted = 0
        """Counts what a person asked for: an older answer is not shown."""
        self._shown = 0
        """Counts what is looked up to be shown: only the last is."""
        self._from = ""
        self.finder = PatientFinder(room.theme, room.words)
        self.erasing = Erasing(room, self)
        self.file = PatientFile(room.theme, room.words, self.erasing.question)
        self._lay_out()
        self._wire()
        self.retranslate(room.words)

    def enter(self, what: object = None) -> None:
        """Search anew; `what` is a pseudonym or prescription, or (key of a pack, page to go back to)."""
        self._from = ""
        self.room.look(count, self.finder.show_count)
        if isinstance(what, tuple):
            key, self._from = what
            self._ask_whose(key)
        elif isinstance(what, str):
            self.finder.field.setText(what)
            self.finder.search()
        self.finder.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Nothing of a patient stays on a page that nobody looks at."""
        self._forget_asked()
        self.erasing.work.cancel()
        self.finder.forget()
        self._show(None)

    def take(self, scan: Scan) -> bool:
        """Find the patient who was given the pack, or the prescription; nothing is recorded."""
        code = code_of(scan, self.room.settings.zone(), date.today())
        if code.key is not None:
            self._ask_whose(code.key)
        else:
            self.finder.field.setText(scan.text[:100])
            self.finder.search()
        return True

    def search(self) -> None:
        """Put the cursor into the search."""
        self.finder.begin()

    def escape(self) -> bool:
        """Hide what is revealed, then the question, then go back, then let the patient and the search go."""
        card = self.file.card
        if card.shown_clear or card.asking:
            card.cover()
        elif self.file.asks:
            self._close_question()
        elif self._from:
            self.room.go(self._from)
        elif self.file.known is not None or self.finder.field.text():
            self._forget_asked()
            self.finder.forget()
            self._show(None)
            self.search()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Whoever types means the search."""
        text = event.text()
        if text and text.isprintable() and not self.finder.field.hasFocus() and not self.file.asks:
            self.finder.begin(text)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a narrow window the list of what was given needs the room more."""
        super().resizeEvent(event)
        self.finder.setFixedWidth(NARROW if self.width() < _WIDE else WIDTH)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.finder.retranslate(words)
        self.file.retranslate(words)

    def _lay_out(self) -> None:
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 14, 14, 12)
        whole.setSpacing(18)
        whole.addWidget(self.finder)
        whole.addWidget(self.file, 1)

    def _wire(self) -> None:
        self.finder.searched.connect(self._search)
        self.finder.chosen.connect(self._open)
        self.file.card.wanted.connect(self._reveal)
        self.file.erase_wanted.connect(self._ask_erase)
        self.file.tasks_wanted.connect(self._to_tasks)
        self.file.list.opened.connect(lambda key: self.room.go("history", (key, self.name)))
        self.file.question.left.connect(self._close_question)
        self.erasing.done.connect(self._erased)
        self.room.changed.connect(self._stale)
        self.room.who_changed.connect(self.file.card.cover)

    @Slot(str)
    def _search(self, text: str) -> None:
        if self._refused(Act.LOOK_UP):
            return
        wanted = self._forget_asked()
        if not text:
            self.finder.show_found(None)
            return

        def job(store: Store) -> tuple[Found, bool]:
            found = search(store, text, lambda: wanted != self._wanted)
            return found, not found.hits and store.documents.prescription(text) is not None

        def then(answer: tuple[Found, bool]) -> None:
            if wanted != self._wanted:
                return
            found, paper_alone = answer
            self.finder.show_found(found, "patients_paper_alone" if paper_alone else "patients_nobody")
            if len(found.hits) == 1:
                self._open(found.hits[0].patient)
            elif self.file.patient in {hit.patient for hit in found.hits}:
                self.finder.mark(self.file.patient)
            else:
                self._show(None)  # whoever is not found must not seem to be the answer

        self.finder.begin_search()
        self.room.look(job, then, self._failed)

    def _ask_whose(self, key: str) -> None:
        """Find who was given a pack."""
        if self._refused(Act.LOOK_UP):
            return
        self.finder.forget()
        wanted = self._forget_asked()

        def then(hits: tuple[Hit, ...]) -> None:
            if wanted != self._wanted:
                return
            self.finder.show_found(Found(hits), "patients_pack_nobody")
            if hits:
                self._open(hits[0].patient)
            else:
                self._show(None)

        self.room.look(
            lambda store: tuple(look_at(store, patient) for patient in whose(store, key)), then, self._failed
        )

    @Slot(str)
    def _open(self, patient: str) -> None:
        """Show one patient; whatever else was asked for is given up."""
        self._forget_asked()
        self._look_at(patient)

    def _look_at(self, patient: str) -> None:
        self._shown += 1
        shown = self._shown

        def then(known: KnownOf) -> None:
            if shown == self._shown:
                self._show(known)

        self.room.look(lambda store: _look(store, patient), then, self._failed)

    def _forget_asked(self) -> int:
        """What was asked for before is not shown any more, also what is still on its way; the new question's number."""
        self._shown += 1
        self._wanted += 1
        return self._wanted

    def _show(self, known: KnownOf | None) -> None:
        self.file.show_known(known)
        if known is not None:
            self.finder.mark(known.hit.patient)

    @Slot(str)
    def _reveal(self, reason: str) -> None:
        station, who, patient, card = self.room.station, self.room.operator, self.file.patient, self.file.card
        if station is None or who is None or not patient:
            return
        if barred := self.room.bars(Act.PATIENT):
            card.said.tell(barred, "stop")
            return
        clock, by = station.clock, who.id

        def then(answer: Patient | Refusal) -> None:
            if isinstance(answer, Refusal):
                card.said.tell(self.words.problem(answer), "stop")
            elif self.file.patient == patient and self.isVisible():
                card.show_clear(answer)

        def failed(error: BaseException) -> None:
            card.said.tell(self.room.why(error), "stop")

        self.room.write(lambda store: reveal(store, clock, by, patient, reason), then, failed)

    @Slot()
    def _ask_erase(self) -> None:
        known, card = self.file.known, self.file.card
        if known is None:
            return
        card.cover()
        barred = self.room.bars(Act.ERASE_PATIENT)
        card.said.tell(barred, "stop")
        if not barred:
            self.erasing.ask(known.hit.patient, len(known.given), known.out, known.recalled)
            self.file.render_known()

    @Slot()
    def _to_tasks(self) -> None:
        self.room.go("todo")

    @Slot()
    def _close_question(self) -> None:
        self.erasing.work.cancel()
        self.file.end_question()
        self.search()

    @Slot(str)
    def _erased(self, patient: str) -> None:
        self.finder.forget()
        if self.file.patient == patient:
            self._open(patient)

    @Slot()
    def _stale(self) -> None:
        """Something was recorded: what is shown may be out of date, a question that stands is not."""
        if self.isVisible() and self.file.patient and not self.file.asks:
            self._look_at(self.file.patient)

    def _refused(self, act: Act) -> bool:
        barred = self.room.bars(act)
        self.file.told.tell(barred, "stop")
        return bool(barred)

    def _failed(self, error: BaseException) -> None:
        self.file.told.tell(self.room.why(error), "stop")


def _look(store: Store, patient: str) -> KnownOf:
    hit = look_at(store, patient)
    return KnownOf(hit, () if hit.erased or hit.fault else given_to(store, patient))
