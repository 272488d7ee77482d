"""The patients page: find one, see what was dispensed to them and what a recall reaches, erase by law.

Everything is masked. What is revealed is recorded before it is shown, and hidden again after half a minute, with
another patient, or when the page is left. A scan here finds the patient who was given the pack; it records nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from desktop.erasing import Erasing
from desktop.pages.page import Page
from desktop.room import Room
from desktop.scancode import code_of
from desktop.theme import sans
from desktop.widgets.card import Said, press
from desktop.widgets.givenlist import GivenList, GivenTable
from desktop.widgets.patientcard import PatientCard
from desktop.widgets.patientfinder import PatientFinder
from desktop.words import Words
from ledger.erasure import reveal
from ledger.patients import Patient
from ledger.patientsearch import Found, Hit, count, look_at, search
from ledger.roles import Act, Refusal
from ledger.store import Store
from ledger.treatment import Given, given_to, recalled_with, whose
from scanner.scan import Scan


@dataclass(frozen=True, slots=True)
class _File:
    """What is known of one patient."""

    hit: Hit
    given: tuple[Given, ...] = ()


class PatientsPage(Page):
    """A search with what it found on the left, one patient on the right."""

    name = "patients"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._file: _File | None = None
        self._edition = 0
        self._from = ""
        self.finder = PatientFinder(room.theme, room.words)
        self.told, self.alert = Said(), Said()
        self.card = PatientCard(room.words)
        self.table = GivenTable(room.words, date.today)
        self.list = GivenList(room.theme, room.words, self.table)
        self._heading, self._sum = QLabel(), QLabel()
        self._heading.setProperty("role", "heading")
        self._sum.setProperty("role", "quiet")
        self.erase = press(self._ask_erase, name="patient_erase")
        self.erasing = Erasing(room, self)
        self.question = self.erasing.question
        self.question.hide()
        self._to_tasks = press(lambda: room.go("todo"), name="patient_to_tasks")
        self._listed, self._rest = QFrame(), QLabel()
        self._rest.setFont(sans(16))
        self._rest.setProperty("role", "quiet")
        self._rest.setWordWrap(True)
        self._rest.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._rest.setMargin(40)
        self._rest.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
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
        self._edition += 1
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
        if self.card.shown_clear or self.card.asking:
            self.card.cover()
        elif not self.question.isHidden():
            self._close_question()
        elif self._from:
            self.room.go(self._from)
        elif self._file is not None or self.finder.field.text():
            self._edition += 1
            self.finder.forget()
            self._show(None)
            self.search()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Whoever types means the search."""
        text = event.text()
        if text and text.isprintable() and not self.finder.field.hasFocus() and self.question.isHidden():
            self.finder.begin(text)
        else:
            super().keyPressEvent(event)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._heading.setText(words.say("given_title"))
        self.erase.setText(words.say("patient_erase"))
        self._to_tasks.setText(words.say("patient_to_tasks"))
        for part in (self.finder, self.card, self.table, self.list, self.question):
            part.retranslate(words)
        self._render()

    def _lay_out(self) -> None:
        self._listed.setProperty("role", "card")
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(10)
        head.addWidget(self._heading)
        head.addWidget(self._sum)
        head.addStretch(1)
        head.addWidget(self.erase)
        inside = QVBoxLayout(self._listed)
        inside.setContentsMargins(1, 0, 1, 1)
        inside.setSpacing(0)
        inside.addLayout(head)
        inside.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.alert, 1)
        row.addWidget(self._to_tasks)
        right.addWidget(self.told)
        right.addWidget(self.card)
        right.addLayout(row)
        right.addWidget(self.question)
        right.addWidget(self._listed, 1)
        right.addWidget(self._rest, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 14, 14, 12)
        whole.setSpacing(18)
        whole.addWidget(self.finder)
        whole.addLayout(right, 1)
        stops = (self.card.reveal, *self.card.reasons.values(), self._to_tasks, self.list, self.erase)
        for one, following in pairwise(stops):
            self.setTabOrder(one, following)

    def _wire(self) -> None:
        self.finder.searched.connect(self._search)
        self.finder.chosen.connect(self._open)
        self.card.wanted.connect(self._reveal)
        self.list.opened.connect(lambda key: self.room.go("history", (key, self.name)))
        self.question.left.connect(self._close_question)
        self.erasing.done.connect(self._erased)
        self.room.changed.connect(self._stale)
        self.room.who_changed.connect(self.card.cover)

    @Slot(str)
    def _search(self, text: str) -> None:
        if self._refused(Act.LOOK_UP):
            return
        self._edition += 1
        edition = self._edition
        if not text:
            self.finder.show_found(None)
            return

        def then(found: Found) -> None:
            if edition == self._edition:
                self.finder.show_found(found)
                if len(found.hits) == 1:
                    self._open(found.hits[0].patient)

        self.finder.begin_search()
        self.room.look(
            lambda store: search(store, text, lambda: edition != self._edition), then, self._failed
        )

    def _ask_whose(self, key: str) -> None:
        """Find who was given a pack."""
        if self._refused(Act.LOOK_UP):
            return
        self.finder.forget()
        self._edition += 1
        edition = self._edition

        def then(hits: tuple[Hit, ...]) -> None:
            if edition != self._edition:
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
        """Show one patient."""
        self._edition += 1
        edition = self._edition

        def then(file: _File) -> None:
            if edition == self._edition:
                self._show(file)

        self.room.look(lambda store: _look(store, patient), then, self._failed)

    def _show(self, file: _File | None) -> None:
        if file is None or self._file is None or file.hit.patient != self._file.hit.patient:
            self.question.hide()
            self.told.tell("")
        self._file = file
        if file is not None:
            self.card.show_hit(file.hit)
            self.table.show_given(file.given)
            self.finder.mark(file.hit.patient)
        self._render()

    def _render(self) -> None:
        say, file = self.words.say, self._file
        asking = not self.question.isHidden()
        self.card.setVisible(file is not None)
        self._listed.setVisible(file is not None and not asking)
        self._rest.setVisible(file is None or asking)
        self._rest.setText(say("patients_hint") if file is None else "")
        self.alert.tell("")
        self._to_tasks.hide()
        if file is None:
            return
        out = sum(one.has_it for one in file.given)
        self._sum.setText(say("given_sum", given=len(file.given), out=out) if file.given else "")
        recalled = recalled_with(file.given)
        if file.hit.fault:
            self.alert.tell(say(file.hit.fault), "stop")
        elif recalled and not asking:
            self.alert.tell(say("patient_recalled", packs=recalled), "stop")
            self._to_tasks.show()
        self.erase.setVisible(not file.hit.erased)
        self.list.say_empty(say("patient_erased" if file.hit.erased else "given_nothing"))

    @Slot(str)
    def _reveal(self, reason: str) -> None:
        station, who, file = self.room.station, self.room.operator, self._file
        if station is None or who is None or file is None:
            return
        if barred := self.room.bars(Act.PATIENT):
            self.card.said.tell(barred, "stop")
            return
        clock, by, patient = station.clock, who.id, file.hit.patient

        def then(answer: Patient | Refusal) -> None:
            if isinstance(answer, Refusal):
                self.card.said.tell(self.words.problem(answer), "stop")
            elif self._file is not None and self._file.hit.patient == patient and self.isVisible():
                self.card.show_clear(answer)

        def failed(error: BaseException) -> None:
            self.card.said.tell(self.room.why(error), "stop")

        self.room.write(lambda store: reveal(store, clock, by, patient, reason), then, failed)

    def _ask_erase(self) -> None:
        file = self._file
        if file is None:
            return
        self.card.cover()
        barred = self.room.bars(Act.ERASE_PATIENT)
        self.card.said.tell(barred, "stop")
        if not barred:
            out = sum(one.has_it for one in file.given)
            self.erasing.ask(file.hit.patient, len(file.given), out, recalled_with(file.given))
            self._render()

    @Slot()
    def _close_question(self) -> None:
        self.erasing.work.cancel()
        self.question.hide()
        self._render()
        self.search()

    @Slot(str)
    def _erased(self, patient: str) -> None:
        self.finder.forget()
        if self._file is not None and self._file.hit.patient == patient:
            self._open(patient)

    @Slot()
    def _stale(self) -> None:
        """Something was recorded: what is shown may be out of date, a question that stands is not."""
        if self.isVisible() and self._file is not None and self.question.isHidden():
            self._open(self._file.hit.patient)

    def _refused(self, act: Act) -> bool:
        barred = self.room.bars(act)
        self.told.tell(barred, "stop")
        return bool(barred)

    def _failed(self, error: BaseException) -> None:
        self.told.tell(self.room.why(error), "stop")


def _look(store: Store, patient: str) -> _File:
    hit = look_at(store, patient)
    return _File(hit, () if hit.erased or hit.fault else given_to(store, patient))
