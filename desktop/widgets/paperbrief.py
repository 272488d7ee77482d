"""A task's document in brief: its number, how far it has come, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.paperboard import Paper
from desktop.tasksheet import BOARDS
from desktop.theme import Theme
from desktop.widgets.elided import Elided
from desktop.words import Words
from ledger.event import EventKind

_FACTS = 4
"""So many sentences about a prescription have room."""


class Bar(QWidget):
    """How much of something is done, and how much of it is over."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._of = (0, 0, 0)
        self.setFixedHeight(10)

    def show_share(self, seen: int, expected: int, over: int) -> None:
        """So many of so many, and so many beside them."""
        self._of = (seen, expected, over)
        self.setAccessibleName(f"{seen}/{expected}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A thin line."""
        return QSize(120, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it: what is done in green, what is over in orange behind it."""
        seen, expected, over = self._of
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.setPen(QColor(self._theme.colour("line")))
        painter.setBrush(QColor(self._theme.colour("track")))
        painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        total = max(1, expected + over)
        done = room.width() * (seen + over) / total
        if over:
            painter.setBrush(QColor(self._theme.colour("held")))
            painter.drawRoundedRect(QRectF(0, 0, done, room.height()), 5, 5)
        if seen:
            painter.setBrush(QColor(self._theme.colour("ok")))
            painter.drawRoundedRect(QRectF(0, 0, room.width() * seen / total, room.height()), 5, 5)
        painter.end()


class PaperBrief(QWidget):
    """The document of a task, or the way to choose one."""

    choose_wanted = Signal()
    finish_wanted = Signal()
    later_wanted = Signal()
    """The document is left for another day."""
    roll_back_wanted = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._words = words
        self._verb = EventKind.RECEIVE
        self._paper: Paper | None = None
        self._number = ""
        self.name, self.partner = Elided(), Elided()
        self.name.setObjectName("paper_number")
        self.partner.setProperty("role", "quiet")
        self.count = QLabel()
        self.count.setObjectName("paper_count")
        self.bar = Bar(theme)
        self.choose, self.finish = QPushButton(), QPushButton()
        self.later, self.back = QPushButton(), QPushButton()
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for name, button, signal in (
            ("finish", self.finish, self.finish_wanted),
            ("later", self.later, self.later_wanted),
            ("roll_back", self.back, self.roll_back_wanted),
        ):
            self._ready(button, name, signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._ready(self.choose, "choose", self.choose_wanted)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name, 1)
        top.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._facts = [Elided() for _ in range(_FACTS)]
        column.addLayout(top)
        for part in (self.partner, self.bar, self.count, *self._facts):
            column.addWidget(part)
        column.addLayout(buttons)
        self._render()

    @staticmethod
    def _ready(button: QPushButton, name: str, signal: SignalInstance) -> None:
        button.setObjectName(f"paper_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(signal)

    @property
    def paper(self) -> Paper | None:
        """The document shown."""
        return self._paper

    def show_task(self, verb: EventKind) -> None:
        """Be the document of this task; tasks without lines have none here."""
        self._verb = verb
        self.setVisible(verb in BOARDS)
        self._render()

    def show_paper(self, number: str, paper: Paper | None) -> None:
        """Show this document; None while it is being looked up, an empty number where there is none."""
        self._number, self._paper = number, paper
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _render(self) -> None:
        say, paper = self._words.say, self._paper
        prescription = self._verb is EventKind.DISPENSE
        self.name.setText(self._number or say("paper_none_dispense" if prescription else "paper_none"))
        self.name.setProperty("tone", "" if self._number else "quiet")
        partner = self._words.name(paper.partner_names) if paper else ""
        day = f"{paper.day:%m-%d}" if paper and paper.day else ""
        self.partner.setText("  ".join(part for part in (partner, day) if part))
        self.partner.setVisible(bool(self.partner.text()))
        self.bar.setVisible(paper is not None)
        self.count.setVisible(paper is not None)
        if paper is not None:
            self.bar.show_share(paper.seen, paper.expected, paper.extra)
            self.count.setText(self._counted(paper))
        self._render_facts(paper)
        self.choose.setText(say("paper_choose"))
        self.finish.setText(say("paper_reopen" if paper and paper.finished else "paper_finish"))
        self.later.setText(say("paper_later"))
        self.back.setText(say("paper_roll_back"))
        self.finish.setVisible(paper is not None and not prescription)
        self.later.setVisible(bool(self._number))
        self.back.setVisible(paper is not None and not prescription and paper.seen + paper.extra > 0)
        for button in (self.choose, self.finish, self.later, self.back):
            button.setAccessibleName(button.text())

    def _render_facts(self, paper: Paper | None) -> None:
        """What is to be known of a prescription, what stands in the way first."""
        told = sorted(paper.facts, key=lambda fact: not fact.grave) if paper else []
        for place, line in enumerate(self._facts):
            line.setVisible(place < len(told))
            if place < len(told):
                fact = told[place]
                name = self._words.name(fact.names)
                said = self._words.say(fact.code, **dict(fact.params))
                colon = self._words.say("fact_colon")
                line.setText(f"{name}{colon}{said}" if name else said)
                line.setProperty("role", "grave" if fact.grave else "quiet")
                line.style().unpolish(line)
                line.style().polish(line)

    def _counted(self, paper: Paper) -> str:
        say = self._words.say
        numbers = {"seen": paper.seen, "expected": paper.expected}
        if paper.kind == "prescription":
            return say("paper_items", **numbers)
        parts = [say("paper_seen", **numbers)]
        if paper.missing:
            parts.append(say("paper_missing", count=paper.missing))
        if paper.extra:
            parts.append(say("paper_extra", count=paper.extra))
        if paper.cases_expected:
            parts.append(say("paper_cases", seen=paper.cases_seen, expected=paper.cases_expected))
        if paper.finished:
            parts.append(say("paper_finished"))
        return " · ".join(parts)
