"""A question about one pack: why it is asked, numbered choices, and what is to be read from label or paper.

It lies in the page and takes nothing away: scans go on, the keys 1 to 9 choose, Enter confirms, Esc drops the
question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout

from desktop.answers import Answers, beyond, lacking, ticked, wanted
from desktop.offer import Offer, beyond_said, offers_for
from desktop.questions import Question
from desktop.reasons import MOST
from desktop.theme import Theme
from desktop.widgets.answerfields import AnswerFields
from desktop.widgets.answerrow import AnswerRow
from desktop.widgets.numbered import Numbered
from desktop.widgets.questionhead import QuestionHead
from desktop.words import Words
from ledger.errors import UserError
from ledger.partners import Partner
from ledger.roles import Operator, Refusal


class QuestionPanel(QFrame):
    """Shows the question at hand and takes the answer."""

    answered = Signal(object, object)
    """The `Question` and its `Answers`."""
    dropped = Signal(object)
    """The `Question` that the person leaves unanswered."""
    begun = Signal()
    """The person has started to answer."""
    proof_wanted = Signal(str, str)
    """Id of the second person and what was typed as the PIN: to be answered by `proved` or `disproved`."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("question")
        self._words = words
        self._question: Question | None = None
        self._waiting = 0
        self._why_shown = False
        self._offers: tuple[Offer, ...] = ()
        self._reason = ""
        self._proving = False
        self._partners: tuple[Partner, ...] = ()
        self._head = QuestionHead(theme)
        self._behind, self._error = QLabel(), QLabel()
        self._behind.setObjectName("question_behind")
        self._error.setObjectName("question_error")
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._choices = Numbered("question", MOST, self.choose, self)
        self.fields = AnswerFields()
        self.fields.edited.connect(self._typed)
        self.fields.confirmed.connect(self.confirm)
        self.other = self.fields.fields["reason"].edit
        self._confirm, self._close = QPushButton(), QPushButton()
        self._confirm.setObjectName("question_confirm")
        self._confirm.setProperty("role", "primary")
        self._close.setObjectName("question_drop")
        self._confirm.clicked.connect(self.confirm)
        self._close.clicked.connect(self.drop)
        for button in (self._confirm, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, button in enumerate(self._choices.buttons):
            grid.addWidget(button, *divmod(place, 2))
        self._row = AnswerRow(self.fields, (self._confirm, self._close))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 14)
        column.setSpacing(10)
        column.addWidget(self._head)
        column.addWidget(self._head.why)  # by itself: what must give way where room is short takes none of it
        column.addLayout(grid)
        column.addWidget(self._row)
        column.addWidget(self._error)
        column.addWidget(self._behind)

    @property
    def question(self) -> Question | None:
        """The question at hand."""
        return self._question

    @property
    def tells_why(self) -> bool:
        """True while it has to say itself what it is about, because the verdict above is another pack's."""
        return self._question is not None and self._why_shown

    @property
    def wants_second(self) -> bool:
        """True while a second person is wanted, who may scan the badge."""
        return (
            self._question is not None and "second" in self._question.needs and not self.fields.second.proved
        )

    def know_people(self, people: Sequence[tuple[str, str]], *, registered: bool) -> None:
        """Who may be the second person; where nobody is registered an id alone will do."""
        self.fields.second.know(people, registered=registered)

    def know_partners(self, partners: Sequence[Partner]) -> None:
        """Who may be the other side."""
        self._partners = tuple(partners)

    def show_question(self, question: Question | None, waiting: int, *, why: bool) -> None:
        """Show this question, and how many wait behind it; `why` says what it is about, when no verdict above does."""
        fresh = question is not None and question is not self._question
        self._question, self._waiting, self._why_shown = question, waiting, why
        self.setVisible(question is not None)
        if question is None:
            return
        if fresh:
            self._fill(question)
            self._choices.settle()
        self._render()

    def takes_typing(self) -> bool:
        """True when something is to be typed at once; where a number key will do, the keys stay free for it."""
        question = self._question
        if question is None or (self._offers and {"reason", "partner"} & {*question.needs}):
            return False
        return wanted(question)[:1] not in ((), ("reason",))

    def focus_first(self) -> None:
        """Put the cursor where the answer is typed."""
        if self._question is not None:
            self.fields.focus_first()

    def choose(self, number: int) -> bool:
        """Take the number key of a choice, 1 to 9; False when there is no such choice."""
        question = self._question
        if question is None or not 1 <= number <= len(self._offers) or self._choices.settling:
            return False
        chosen = self._offers[number - 1].value
        if self._by_partner:
            self.fields.fields["partner"].edit.setText(chosen)
        else:
            self._reason = chosen
            self.other.clear()
        self._render_choices()
        self.begun.emit()
        self.confirm()
        return True

    @Slot()
    def confirm(self) -> None:
        """Take the answer as it stands, or say what it lacks and go there."""
        question = self._question
        if question is None or self._proving:
            return
        self._error.hide()
        if beyond(question):
            self._say_beyond(question)
            return
        answers = self._answers()
        missing = lacking(question, replace(answers, second=answers.second or self.fields.second.person))
        if missing:
            self._complain(self._words.say(f"missing_{missing}"), missing)
        elif "second" in question.needs and not answers.second:
            self._prove()
        else:
            self.answered.emit(question, answers)

    def prove_badge(self) -> None:
        """The second person's badge was scanned and is being looked at."""
        self._busy(True)

    def proved(self, second: Operator) -> None:
        """The second person has proved to be another one with the right: go on if nothing else lacks."""
        self._busy(False)
        self.fields.second.take(second)
        question = self._question
        if question is not None and not lacking(question, self._answers()):
            self.confirm()

    def disproved(self, refusal: Refusal) -> None:
        """The second person was refused."""
        self._busy(False)
        self.fields.second.pin.edit.clear()
        self._complain(self._words.problem(refusal), "pin" if self.fields.second.registered else "second")

    @Slot()
    def drop(self) -> None:
        """Leave the question."""
        if self._question is not None:
            self.dropped.emit(self._question)

    def complain(self, error: UserError) -> None:
        """Say that something typed cannot be read."""
        self._say_error(self._words.say(error.code, **error.params))
        self.fields.focus_typed(error.params.get("typed"))

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    @property
    def _by_partner(self) -> bool:
        return self._question is not None and "partner" in self._question.needs

    def _answers(self) -> Answers:
        told = self.fields.answers()
        apart = told.apart if self._question and "apart" in self._question.needs else None
        return replace(told, reason=told.reason or self._reason, apart=apart)

    def _prove(self) -> None:
        pin = self.fields.second.pin.edit.text()
        if self.fields.second.registered and not pin:
            self._complain(self._words.say("missing_pin"), "pin")
            return
        self._busy(True)
        self.proof_wanted.emit(self.fields.second.person, pin)

    def _busy(self, busy: bool) -> None:
        self._proving = busy
        self._confirm.setEnabled(not busy)
        if busy:
            self._error.setText(self._words.say("second_checking"))
        self._error.setVisible(busy)

    def _fill(self, question: Question) -> None:
        self._reason = ""
        self._busy(False)
        self._error.hide()
        self._offers = offers_for(question, self._partners)
        self.fields.clear()
        self.fields.offer_label(question)

    def _render(self) -> None:
        say, question = self._words.say, self._question
        self._close.setText(say("question_drop"))
        self._confirm.setText(say("question_confirm"))
        if question is None:
            self.fields.show_needs((), (), apart=False, reasons=bool(self._offers), words=self._words)
            return
        self.fields.show_needs(
            wanted(question),
            ticked(question),
            apart="apart" in question.needs,
            reasons=bool(self._offers) and not self._by_partner,
            words=self._words,
        )
        self._render_about(question)
        self._render_choices()
        self._confirm.setVisible(not beyond(question))
        if beyond(question):
            self._say_beyond(question)
        self._row.share()
        self.setAccessibleName(self._head.told)

    def _render_about(self, question: Question) -> None:
        behind = self._words.say("questions_behind", count=self._waiting) if self._waiting else ""
        self._head.show_question(question, behind, self._words)
        self._head.setVisible(self._why_shown)
        self._head.why.setVisible(self._why_shown)
        self._behind.setText(behind)
        self._behind.setVisible(bool(behind) and not self._why_shown)

    def _render_choices(self) -> None:
        said = [(one.said(self._words), one.value == self._reason) for one in self._offers]
        self._choices.offer(said)

    def _say_beyond(self, question: Question) -> None:
        self._say_error(beyond_said(beyond(question)[0], self._words))

    def _complain(self, sentence: str, need: str) -> None:
        self._say_error(sentence)
        self.fields.focus(need)

    def _say_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()

    @Slot()
    def _typed(self) -> None:
        if self._question is not None and not beyond(self._question) and not self._proving:
            self._error.hide()
        if self.other.text():
            self._reason = ""
            self._render_choices()
        self.begun.emit()
