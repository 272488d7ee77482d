"""A question about one pack: why it is asked, numbered choices, and what is to be read from label or paper.

It lies in the page and takes nothing away: scans go on, the keys 1 to 9 choose, Enter confirms, Esc drops the
question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.answers import FIELDS, TICKS, Answers, beyond, lacking, ticked, wanted
from desktop.models import product_name
from desktop.questions import Question
from desktop.reasons import MOST, offered
from desktop.theme import Theme
from desktop.verdict import verdict_of
from desktop.widgets.answerfields import AnswerFields
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.codes.code import Severity
from ledger.errors import UserError
from ledger.partners import Partner
from ledger.roles import Operator, Refusal

SETTLE_MS = 400
"""A question that has just appeared takes no number key for so long: the key was meant for what stood there."""


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
        self._reasons: tuple[str, ...] = ()
        self._reason = ""
        self._second = ""
        self._proving = False
        self._partners: tuple[Partner, ...] = ()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._heading, self._about = QLabel(), Elided()
        self._heading.setProperty("role", "heading")
        self._about.setObjectName("question_about")
        self._why, self._behind, self._error = QLabel(), QLabel(), QLabel()
        self._behind.setObjectName("question_behind")
        self._error.setObjectName("question_error")
        for label in (self._why, self._error):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._choices = [self._choice(place) for place in range(MOST)]
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
        self._lay_out(theme)
        self.hide()

    def _lay_out(self, theme: Theme) -> None:
        self._head = QWidget()
        top = QHBoxLayout(self._head)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(10)
        top.addWidget(Glyph("ask", theme.colour("ask_text"), 22))
        top.addWidget(self._heading)
        top.addWidget(self._about, 1)
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, button in enumerate(self._choices):
            grid.addWidget(button, place // 2, place % 2)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.fields, 1)
        row.addStretch(0)
        for button in (self._confirm, self._close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 14)
        column.setSpacing(10)
        column.addWidget(self._head)
        column.addWidget(self._why)
        column.addLayout(grid)
        column.addLayout(row)
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
        return self._question is not None and "second" in self._question.needs and not self._second

    def know_people(self, people: Sequence[tuple[str, str]], *, registered: bool) -> None:
        """Who may be the second person; where nobody is registered an id alone will do."""
        self.fields.know(people, registered=registered)

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
            self._settling.start()
        self._render()

    def takes_typing(self) -> bool:
        """True when something is to be typed at once; where a number key will do, the keys stay free for it."""
        question = self._question
        if question is None or (self._reasons and {"reason", "partner"} & {*question.needs}):
            return False
        return wanted(question)[:1] not in ((), ("reason",))

    def focus_first(self) -> None:
        """Put the cursor where the answer is typed."""
        edit = self.fields.first() if self._question is not None else None
        if edit is not None:
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            if hasattr(edit, "selectAll"):
                edit.selectAll()

    def choose(self, number: int) -> bool:
        """Take the number key of a choice, 1 to 9; False when there is no such choice."""
        question = self._question
        if question is None or not 1 <= number <= len(self._reasons) or self._settling.isActive():
            return False
        chosen = self._reasons[number - 1]
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
            self._say_beyond()
            return
        answers = self._answers()
        missing = lacking(question, replace(answers, second=answers.second or self.fields.person))
        if missing:
            self._complain(self._words.say(f"missing_{missing}"), missing)
        elif "second" in question.needs and not self._second:
            self._prove()
        else:
            self.answered.emit(question, answers)

    def prove_badge(self) -> None:
        """The second person's badge was scanned and is being looked at."""
        self._busy(True)

    def proved(self, second: Operator) -> None:
        """The second person has proved to be another one with the right: go on if nothing else lacks."""
        self._busy(False)
        self._second = second.id
        self.fields.second.edit.setText(second.name or second.id)
        self.fields.pin.edit.clear()
        question = self._question
        if question is not None and not lacking(question, self._answers()):
            self.confirm()

    def disproved(self, refusal: Refusal) -> None:
        """The second person was refused."""
        self._busy(False)
        self.fields.pin.edit.clear()
        params = dict(refusal.params)
        self._complain(self._words.say(refusal.code, **params), "pin" if self.fields.registered else "second")

    @Slot()
    def drop(self) -> None:
        """Leave the question."""
        if self._question is not None:
            self.dropped.emit(self._question)

    def complain(self, error: UserError) -> None:
        """Say that something typed cannot be read."""
        typed = error.params.get("typed")
        shown = [need for need in self.fields.fields if not self.fields.fields[need].isHidden()]
        field = next((need for need in shown if self.fields.fields[need].edit.text() == typed), "")
        self._complain(self._words.say(error.code, **error.params), field or (shown or ["quantity"])[0])

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    @property
    def _by_partner(self) -> bool:
        return self._question is not None and "partner" in self._question.needs

    def _answers(self) -> Answers:
        typed = {need: self.fields.fields[need].edit.text().strip() for need in FIELDS if need != "second"}
        marks = {need: self.fields.ticks[need].isChecked() for need in TICKS}
        reason = self.other.text().strip() or self._reason
        return Answers(
            reason=reason,
            lot=typed["lot"],
            expiry=typed["expiry"],
            quantity=typed["quantity"],
            units=typed["units"],
            place=typed["place"],
            partner=typed["partner"],
            weeks=typed["weeks"],
            filing=typed["filing"],
            second=self._second,
            consent=marks["consent"],
            assessed=marks["assessed"],
            signed=marks["signed"],
            apart=self.fields.apart if self._question and "apart" in self._question.needs else None,
        )

    def _prove(self) -> None:
        pin = self.fields.pin.edit.text()
        if self.fields.registered and not pin:
            self._complain(self._words.say("missing_pin"), "pin")
            return
        self._busy(True)
        self.proof_wanted.emit(self.fields.person, pin)

    def _busy(self, busy: bool) -> None:
        self._proving = busy
        self._confirm.setEnabled(not busy)
        if busy:
            self._error.setText(self._words.say("second_checking"))
        self._error.setVisible(busy)

    def _fill(self, question: Question) -> None:
        self._reason = self._second = ""
        self._busy(False)
        self._error.hide()
        if self._by_partner:
            self._reasons = tuple(one.gln for one in self._partners[:MOST])
        else:
            self._reasons = offered(question.answer.problems)
        self.fields.clear()
        if not {"lot", "expiry"} & {*wanted(question)}:
            return
        label = question.offered
        self.fields.fields["lot"].edit.setText((label.lot if label else None) or question.intent.lot or "")
        last_day = label.expiry if label else question.intent.expiry
        month = (label or question.intent).expiry_precision == "month"
        if last_day:
            shown = last_day.strftime("%Y-%m" if month else "%Y-%m-%d")
            self.fields.fields["expiry"].edit.setText(shown)

    def _choice(self, place: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"question_choice_{place + 1}")
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self._press(place + 1))
        return button

    def _press(self, number: int) -> None:
        if not self.choose(number):
            self._render_choices()

    def _render(self) -> None:
        say, question = self._words.say, self._question
        self._heading.setText(say("question"))
        self._close.setText(say("question_drop"))
        self._confirm.setText(say("question_confirm"))
        if question is None:
            self.fields.show_needs((), (), apart=False, reasons=bool(self._reasons), words=self._words)
            return
        self.fields.show_needs(
            wanted(question),
            ticked(question),
            apart="apart" in question.needs,
            reasons=bool(self._reasons) and not self._by_partner,
            words=self._words,
        )
        self._render_about(question)
        self._render_choices()
        self._confirm.setVisible(not beyond(question))
        if beyond(question):
            self._say_beyond()
        self.setAccessibleName(f"{say('question')} {self._about.text()} {self._why.text()}")

    def _render_about(self, question: Question) -> None:
        say = self._words.say
        verdict = verdict_of(0, datetime.min, question.intent.verb, question.answer)
        serial = f" · {say('column_serial')} {verdict.serial}" if verdict.serial else ""
        behind = say("questions_behind", count=self._waiting) if self._waiting else ""
        about = f"{say(f'task_{verdict.verb}')} · {product_name(verdict, self._words)}{serial}"
        self._about.setText(f"{about} · {behind}" if behind else about)
        self._behind.setText(behind)
        self._behind.setVisible(bool(behind) and not self._why_shown)
        asked = [one for one in question.answer.problems if one.severity is Severity.WARNING]
        self._why.setText("\n".join(self._words.problem(problem) for problem in asked))
        self._why.setVisible(self._why_shown)
        self._head.setVisible(self._why_shown)

    def _render_choices(self) -> None:
        for place, button in enumerate(self._choices):
            there = place < len(self._reasons)
            button.setVisible(there)
            if there:
                button.setText(f"{place + 1}   {self._said(place)}")
                button.setChecked(self._reason == self._reasons[place])

    def _said(self, place: int) -> str:
        if not self._by_partner:
            return self._words.say(self._reasons[place])
        partner = self._partners[place]
        chinese, english = partner.name_zh or partner.name_en, partner.name_en or partner.name_zh
        return f"{chinese if self._words.language == 'zh_CN' else english}  {partner.gln}"

    def _say_beyond(self) -> None:
        """What is scanned, not typed: the next scan answers."""
        assert self._question
        need = beyond(self._question)[0]
        word = f"question_{need}"
        known = self._words.knows(word)
        needs = self._words.say(f"need_{need}")
        self._error.setText(self._words.say(word if known else "question_beyond", needs=needs))
        self._error.show()

    def _complain(self, sentence: str, need: str) -> None:
        self._error.setText(sentence)
        self._error.show()
        edit = self.fields.edit(need)
        edit.setFocus(Qt.FocusReason.OtherFocusReason)
        if hasattr(edit, "selectAll"):
            edit.selectAll()

    @Slot()
    def _typed(self) -> None:
        if self._question is not None and not beyond(self._question) and not self._proving:
            self._error.hide()
        if self.other.text():
            self._reason = ""
            self._render_choices()
        if self._second and self.fields.second.edit.hasFocus():
            self._second = ""
        self.begun.emit()
