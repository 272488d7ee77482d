"""What a question is about: the task and the pack, and why it is asked, where no verdict above says so already."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop.models import product_name
from desktop.questions import Question
from desktop.theme import Theme
from desktop.verdict import verdict_of
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words
from ledger.codes.code import Severity


class QuestionHead(QWidget):
    """Stands over the choices and fields of a question; the panel lays out `why` below it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._heading, self._about, self.why = QLabel(), Elided(), QLabel()
        self._heading.setProperty("role", "heading")
        self._about.setObjectName("question_about")
        self.why.setWordWrap(True)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        top = QHBoxLayout(self)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(10)
        top.addWidget(Glyph("ask", theme.colour("ask_text"), 22))
        top.addWidget(self._heading)
        top.addWidget(self._about, 1)

    @property
    def told(self) -> str:
        """All that it says, for screen readers."""
        return f"{self._heading.text()} {self._about.text()} {self.why.text()}"

    def show_question(self, question: Question, behind: str, words: Words) -> None:
        """Tell this question; `behind` says how many wait after it."""
        say = words.say
        verdict = verdict_of(0, datetime.min, question.intent.verb, question.answer)
        serial = f" · {say('column_serial')} {verdict.serial}" if verdict.serial else ""
        about = f"{say(f'task_{verdict.verb}')} · {product_name(verdict, words)}{serial}"
        asked = [one for one in question.answer.problems if one.severity is Severity.WARNING]
        self._heading.setText(say("question"))
        self._about.setText(f"{about} · {behind}" if behind else about)
        self.why.setText("\n".join(words.problem(problem) for problem in asked))
