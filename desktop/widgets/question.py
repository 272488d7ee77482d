"""A question about one pack: why it is asked, numbered reasons, lot and expiry from the label.

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

from desktop.labels import Label
from desktop.models import product_name
from desktop.questions import Question
from desktop.reasons import offered
from desktop.theme import Theme
from desktop.verdict import verdict_of
from desktop.wedgefilter import ScanLineEdit
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.codes.code import Severity
from ledger.errors import UserError
from ledger.tasks.typed import typed_expiry

SETTLE_MS = 400
"""A question that has just appeared takes no number key for so long: the key was meant for what stood there."""

_NO_TIME = datetime.min
_LABELLESS = "expiry_unknown_receive"
"""When receiving, a reason stands in for a label that has no expiry."""


class QuestionPanel(QFrame):
    """Shows the question at hand and takes the answer."""

    answered = Signal(object, object, object)
    """The `Question`, the reason or None, the `Label` or None."""
    dropped = Signal(object)
    """The `Question` that the person leaves unanswered."""
    begun = Signal()
    """The person has started to answer."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("question")
        self._theme, self._words = theme, words
        self._question: Question | None = None
        self._waiting = 0
        self._why_shown = False
        self._reasons: tuple[str, ...] = ()
        self._reason: str | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._about = Elided()
        self._about.setObjectName("question_about")
        self._behind = QLabel()
        self._behind.setObjectName("question_behind")
        self._close = QPushButton()
        self._close.setObjectName("question_drop")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.drop)
        self._head = QWidget()
        top = QHBoxLayout(self._head)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(10)
        top.addWidget(Glyph("ask", theme.colour("ask_text"), 22))
        top.addWidget(self._heading)
        top.addWidget(self._about, 1)
        self._why = QLabel()
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._choices = [self._choice(place) for place in range(9)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        for place, button in enumerate(self._choices):
            grid.addWidget(button, place // 2, place % 2)
        self._lot_caption, self.lot = QLabel(), ScanLineEdit()
        self.lot.setObjectName("question_lot")
        self.lot.setMaxLength(40)
        self._expiry_caption, self.expiry = QLabel(), ScanLineEdit()
        self.expiry.setObjectName("question_expiry")
        self.expiry.setMaxLength(20)
        self.lot.setMinimumWidth(120)
        self.expiry.setMinimumWidth(196)
        self._other_caption, self.other = QLabel(), QLineEdit()
        self.other.setObjectName("question_reason")
        self.other.setMaxLength(200)
        self._confirm = QPushButton()
        self._confirm.setObjectName("question_confirm")
        self._confirm.setProperty("role", "primary")
        self._confirm.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._confirm.clicked.connect(self.confirm)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        for caption, field, stretch in (
            (self._lot_caption, self.lot, 3),
            (self._expiry_caption, self.expiry, 4),
            (self._other_caption, self.other, 6),
        ):
            caption.setBuddy(field)
            fields.addWidget(caption)
            fields.addWidget(field, stretch)
            fields.addSpacing(6)
            field.textEdited.connect(self._typed)
            field.returnPressed.connect(self.confirm)
        fields.addWidget(self._confirm)
        fields.addWidget(self._close)
        self._error = QLabel()
        self._error.setObjectName("question_error")
        self._error.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 14)
        column.setSpacing(10)
        column.addWidget(self._head)
        column.addWidget(self._why)
        column.addLayout(grid)
        column.addLayout(fields)
        column.addWidget(self._error)
        column.addWidget(self._behind)
        self.hide()

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
            self._reason = None
            self._reasons = offered(question.answer.problems)
            label = question.offered
            self.lot.setText((label.lot if label else None) or question.intent.lot or "")
            last_day = label.expiry if label else question.intent.expiry
            month = (label or question.intent).expiry_precision == "month"
            self.expiry.setText(last_day.strftime("%Y-%m" if month else "%Y-%m-%d") if last_day else "")
            self.other.clear()
            self._error.hide()
            self._settling.start()
        self._render()

    def takes_label(self) -> bool:
        """True when lot or expiry are wanted."""
        return self._question is not None and bool({"lot", "expiry"} & set(self._question.needs))

    def focus_first(self) -> None:
        """Put the cursor where the answer is typed."""
        if self._question is None:
            return
        for field in (self.lot, self.expiry, self.other):
            if field.isVisibleTo(self):
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                field.selectAll()
                return

    def choose(self, number: int) -> bool:
        """Take the key of a reason, 1 to 9; False when there is no such reason."""
        if self._question is None or not 1 <= number <= len(self._reasons) or self._settling.isActive():
            return False
        self._reason = self._reasons[number - 1]
        self.other.clear()
        self._error.hide()
        self._render_choices()
        self.begun.emit()
        if self._complete():
            self._send()
        else:
            self._lacking()
        return True

    @Slot()
    def confirm(self) -> None:
        """Take the answer as it stands, or say what it lacks."""
        if self._question is None:
            return
        typed = self.other.text().strip()
        if typed:
            self._reason = typed
        if self._complete():
            self._send()
        else:
            self._lacking()

    @Slot()
    def drop(self) -> None:
        """Leave the question."""
        if self._question is not None:
            self.dropped.emit(self._question)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _press(self, number: int) -> None:
        if not self.choose(number):
            self._render_choices()

    def _choice(self, place: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"question_choice_{place + 1}")
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self._press(place + 1))
        return button

    def _render(self) -> None:
        say, question = self._words.say, self._question
        self._heading.setText(say("question"))
        self._close.setText(say("question_drop"))
        self._lot_caption.setText(say("column_lot"))
        self._expiry_caption.setText(say("column_expiry"))
        self.expiry.setPlaceholderText(say("expiry_form"))
        self.other.setPlaceholderText(say("reason_other_hint"))
        self._confirm.setText(say("question_confirm"))
        self.lot.setAccessibleName(say("column_lot"))
        self.expiry.setAccessibleName(f"{say('column_expiry')}, {say('expiry_form')}")
        self.other.setAccessibleName(say("reason_other"))
        if question is None:
            return
        verdict = verdict_of(0, _NO_TIME, question.intent.verb, question.answer)
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
        needs = question.needs
        for caption, field, wanted in (
            (self._lot_caption, self.lot, "lot" in needs),
            (self._expiry_caption, self.expiry, "expiry" in needs),
            (self._other_caption, self.other, self._takes_reason()),
        ):
            caption.setVisible(wanted)
            field.setVisible(wanted)
        self._other_caption.setText(say("reason_other" if self._reasons else "reason"))
        self.setAccessibleName(f"{say('question')} {self._about.text()} {self._why.text()}")
        self._render_choices()

    def _render_choices(self) -> None:
        for place, button in enumerate(self._choices):
            there = place < len(self._reasons)
            button.setVisible(there)
            if there:
                button.setText(f"{place + 1}   {self._words.say(self._reasons[place])}")
                button.setChecked(self._reason == self._reasons[place])

    def _takes_reason(self) -> bool:
        question = self._question
        return question is not None and ("reason" in question.needs or self._may_lack_label())

    def _may_lack_label(self) -> bool:
        question = self._question
        return question is not None and any(one.code == _LABELLESS for one in question.answer.problems)

    def _complete(self) -> bool:
        question = self._question
        assert question
        reasoned = bool(self._reason) or bool(question.intent.reason)
        if "reason" in question.needs and not reasoned:
            return False
        if self._may_lack_label() and reasoned and not self.lot.text() and not self.expiry.text():
            return True
        if "lot" in question.needs and not self.lot.text().strip():
            return False
        return "expiry" not in question.needs or bool(self.expiry.text().strip())

    def _lacking(self) -> None:
        """Say what is still missing, and go there."""
        question = self._question
        assert question
        for need, field in (("lot", self.lot), ("expiry", self.expiry)):
            if need in question.needs and not field.text().strip():
                self._complain(self._words.say(f"missing_{need}"))
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self._complain(self._words.say("missing_reason"))
        self.other.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        question = self._question
        assert question
        lot, expiry = self.lot.text().strip(), self.expiry.text().strip()
        label = None
        if self.takes_label() and (lot or expiry):
            try:
                last_day, precision = typed_expiry(expiry) if expiry else (None, None)
            except UserError as error:
                self._complain(self._words.say(error.code, **error.params))
                self.expiry.setFocus(Qt.FocusReason.OtherFocusReason)
                self.expiry.selectAll()
                return
            label = Label(lot or None, last_day, precision)
        self.answered.emit(question, self._reason, label)

    def _complain(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()

    @Slot()
    def _typed(self) -> None:
        self._error.hide()
        if self.other.text():
            self._reason = None
            self._render_choices()
        self.begun.emit()
