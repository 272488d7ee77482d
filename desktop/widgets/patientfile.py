"""One patient on the patients page: masked, what was dispensed to them, what a recall reaches of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.widgets.card import Said, press
from desktop.widgets.erasecard import EraseCard
from desktop.widgets.givenlist import GivenList, GivenTable
from desktop.widgets.listcard import ListCard
from desktop.widgets.nothing import Nothing
from desktop.widgets.patientcard import PatientCard
from desktop.words import Words
from ledger.patientsearch import Hit
from ledger.treatment import Given, recalled_with


@dataclass(frozen=True, slots=True)
class KnownOf:
    """What is known of one patient."""

    hit: Hit
    given: tuple[Given, ...] = ()

    @property
    def out(self) -> int:
        """How many packs they have now."""
        return sum(one.has_it for one in self.given)

    @property
    def recalled(self) -> int:
        """How many of these a recall reaches."""
        return recalled_with(self.given)


class PatientFile(QWidget):
    """Shows a patient, or says what to do while there is none; a question about erasing takes the list's place."""

    erase_wanted = Signal()
    tasks_wanted = Signal()

    def __init__(self, theme: Theme, words: Words, question: EraseCard) -> None:
        super().__init__()
        self._words = words
        self._known: KnownOf | None = None
        self.told, self.alert = Said(), Said()
        self.card = PatientCard(words)
        self.table = GivenTable(words, date.today)
        self.list = GivenList(theme, words, self.table)
        self._heading, self._sum = QLabel(), QLabel()
        self._heading.setProperty("role", "heading")
        self._sum.setProperty("role", "quiet")
        self.erase = press(self.erase_wanted.emit, name="patient_erase")
        self._to_tasks = press(self.tasks_wanted.emit, name="patient_to_tasks")
        self.question = question
        self.question.hide()
        self._listed, self._rest = ListCard(self._head(), below=self.list), Nothing(theme, "person")
        self._lay_out()
        self.retranslate(words)

    @property
    def known(self) -> KnownOf | None:
        """What is shown; None while nobody is."""
        return self._known

    @property
    def patient(self) -> str:
        """The pseudonym of whoever is shown; empty while nobody is."""
        return self._known.hit.patient if self._known is not None else ""

    @property
    def asks(self) -> bool:
        """Whether the question stands."""
        return not self.question.isHidden()

    def show_known(self, known: KnownOf | None) -> None:
        """Show what is known of a patient; another one than before ends the question."""
        if known is None or known.hit.patient != self.patient:
            self.question.hide()
            self.told.tell("")
        self._known = known
        if known is not None:
            self.card.show_hit(known.hit)
            self.table.show_lines(known.given)
        self.render_known()

    def end_question(self) -> None:
        """The list again instead of the question."""
        self.question.hide()
        self.render_known()

    def render_known(self) -> None:
        """Everything as it stands now, in the language at hand."""
        say, known = self._words.say, self._known
        self.card.setVisible(known is not None)
        self._listed.setVisible(known is not None and not self.asks)
        self._rest.setVisible(known is None or self.asks)
        self._rest.say(*((say("patients_rest"), say("patients_hint")) if known is None else ("", "")))
        self.alert.tell("")
        self._to_tasks.hide()
        if known is None:
            return
        given = len(known.given)
        self._sum.setText(say("given_sum", given=given, out=known.out) if given else "")
        if known.hit.fault:
            self.alert.tell(say(known.hit.fault), "stop")
        elif known.recalled and not self.asks:
            self.alert.tell(say("patient_recalled", packs=known.recalled), "stop")
            self._to_tasks.show()
        self.erase.setVisible(not known.hit.erased)
        nothing = "given_closed" if known.hit.fault else "given_nothing"
        self.list.say_empty(say("patient_erased" if known.hit.erased else nothing))

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._heading.setText(words.say("given_title"))
        self.erase.setText(words.say("patient_erase"))
        self._to_tasks.setText(words.say("patient_to_tasks"))
        for part in (self.card, self.table, self.list, self.question):
            part.retranslate(words)
        self.render_known()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(10)
        head.addWidget(self._heading)
        head.addWidget(self._sum)
        head.addStretch(1)
        head.addWidget(self.erase)
        return head

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.alert, 1)
        row.addWidget(self._to_tasks)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self.told)
        whole.addWidget(self.card)
        whole.addLayout(row)
        whole.addWidget(self.question)
        whole.addWidget(self._listed, 1)
        whole.addWidget(self._rest, 1)
        stops = (self.card.reveal, *self.card.reasons.values(), self._to_tasks, self.list, self.erase)
        for one, following in pairwise(stops):
            self.setTabOrder(one, following)
