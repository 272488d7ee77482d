"""A question about one pack: why it is asked, numbered reasons, and what is to be read from the label.

It lies in the page and takes nothing away: scans go on, the keys 1 to 9 choose a reason, Enter confirms, Esc
drops the question.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.answers import FIELDS, Answers, beyond, lacking, wanted
from desktop.models import product_name
from desktop.questions import Question
from desktop.reasons import MOST, offered
from desktop.theme import Theme
from desktop.verdict import verdict_of
from desktop.wedgefilter import ScanLineEdit
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.codes.code import Severity
from ledger.errors import UserError

SETTLE_MS = 400
"""A question that has just appeared takes no number key for so long: the key was meant for what stood there."""

_WIDTHS = {"lot": (120, 3), "expiry": (196, 4), "quantity": (80, 2), "units": (80, 2), "reason": (120, 6)}
"""Least width of a field, and its share of what is left."""


class _Field(QWidget):
    """A caption and the edit that it names."""

    def __init__(self, need: str, edit: QLineEdit) -> None:
        super().__init__()
        self.need, self.edit = need, edit
        edit.setObjectName(f"question_{need}")
        edit.setMinimumWidth(_WIDTHS[need][0])
        self.caption = QLabel()
        self.caption.setBuddy(edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.caption)
        row.addWidget(edit, 1)


class QuestionPanel(QFrame):
    """Shows the question at hand and takes the answer."""

    answered = Signal(object, object)
    """The `Question` and its `Answers`."""
    dropped = Signal(object)
    """The `Question` that the person leaves unanswered."""
    begun = Signal()
    """The person has started to answer."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("question")
        self._words = words
        self._question: Question | None = None
        self._waiting = 0
        self._why_shown = False
        self._reasons: tuple[str, ...] = ()
        self._reason = ""
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
        # A reason is written in any language; everything else is read from the label, without an input method.
        self._fields = {need: _Field(need, ScanLineEdit()) for need in FIELDS}
        self._fields["reason"] = _Field("reason", QLineEdit())
        self.other = self._fields["reason"].edit
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
        for need, field in self._fields.items():
            field.edit.setMaxLength(200 if need == "reason" else 40)
            field.edit.textEdited.connect(self._typed)
            field.edit.returnPressed.connect(self.confirm)
            row.addWidget(field, _WIDTHS[need][1])
        row.addStretch(0)
        row.addWidget(self._confirm)
        row.addWidget(self._close)
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
        """True when something is to be typed from the label."""
        return self._question is not None and wanted(self._question)[:1] not in ((), ("reason",))

    def focus_first(self) -> None:
        """Put the cursor where the answer is typed."""
        for field in self._fields.values():
            if self._question is not None and not field.isHidden():
                field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
                field.edit.selectAll()
                return

    def choose(self, number: int) -> bool:
        """Take the key of a reason, 1 to 9; False when there is no such reason."""
        if self._question is None or not 1 <= number <= len(self._reasons) or self._settling.isActive():
            return False
        self._reason = self._reasons[number - 1]
        self.other.clear()
        self._render_choices()
        self.begun.emit()
        self.confirm()
        return True

    @Slot()
    def confirm(self) -> None:
        """Take the answer as it stands, or say what it lacks and go there."""
        question = self._question
        if question is None:
            return
        self._error.hide()
        typed = {need: self._fields[need].edit.text().strip() for need in FIELDS}
        answers = Answers(reason=self.other.text().strip() or self._reason, **typed)
        missing = lacking(question, answers)
        if beyond(question):
            self._say_beyond()
        elif missing:
            self._complain(self._words.say(f"missing_{missing}"), missing)
        else:
            self.answered.emit(question, answers)

    @Slot()
    def drop(self) -> None:
        """Leave the question."""
        if self._question is not None:
            self.dropped.emit(self._question)

    def complain(self, error: UserError) -> None:
        """Say that something typed cannot be read."""
        field = next((need for need in FIELDS if need != "lot" and error.code.startswith(need)), "quantity")
        self._complain(self._words.say(error.code, **error.params), field)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _fill(self, question: Question) -> None:
        self._reason = ""
        self._reasons = offered(question.answer.problems)
        for field in self._fields.values():
            field.edit.clear()
        label = question.offered
        self._fields["lot"].edit.setText((label.lot if label else None) or question.intent.lot or "")
        last_day = label.expiry if label else question.intent.expiry
        month = (label or question.intent).expiry_precision == "month"
        if last_day:
            self._fields["expiry"].edit.setText(last_day.strftime("%Y-%m" if month else "%Y-%m-%d"))
        self._error.hide()

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
        for need, field in self._fields.items():
            hint = {"expiry": say("expiry_form"), "reason": say("reason_other_hint")}.get(need, "")
            name = say("reason_other" if need == "reason" and self._reasons else f"need_{need}")
            field.caption.setText(name)
            field.edit.setPlaceholderText(hint)
            field.edit.setAccessibleName(f"{name} {hint}".strip())
        if question is None:
            return
        needed = wanted(question)
        for need, field in self._fields.items():
            field.setVisible(need in needed)
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
                button.setText(f"{place + 1}   {self._words.say(self._reasons[place])}")
                button.setChecked(self._reason == self._reasons[place])

    def _say_beyond(self) -> None:
        assert self._question
        if beyond(self._question) == ("symbol",):
            # The other half of the pack's code is scanned, not typed: this is the waiting state.
            self._error.setText(self._words.say("question_symbol"))
            self._error.show()
            return
        needs = self._words.say("list_comma").join(
            self._words.say(f"need_{need}") for need in beyond(self._question)
        )
        self._error.setText(self._words.say("question_beyond", needs=needs))
        self._error.show()

    def _complain(self, sentence: str, need: str) -> None:
        self._error.setText(sentence)
        self._error.show()
        edit = self._fields[need].edit
        edit.setFocus(Qt.FocusReason.OtherFocusReason)
        edit.selectAll()

    @Slot()
    def _typed(self) -> None:
        if self._question is not None and not beyond(self._question):
            self._error.hide()
        if self.other.text():
            self._reason = ""
            self._render_choices()
        self.begun.emit()
