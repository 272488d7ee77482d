"""Closing, opening again and rolling back a receipt: what differs, and the reason without which nothing is closed.

It lies in the page as a question does: scans go on, number keys choose, Enter confirms, Esc leaves it for later.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from desktop.paperboard import Item, Paper
from desktop.reasons import MOST, OVER, SHORT, joined, offered_for
from desktop.theme import Theme
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.numbered import Numbered
from desktop.words import Words
from ledger.tasks.typed import typed_text

_SINGLE = ("document_reopen_reason", "count_missing_reason")
_SHOWN = 3
"""So many lines that differ are named; the board shows all."""
_ACROSS = 3
"""Choices side by side."""


class Step(StrEnum):
    """What is asked."""

    FINISH = "finish"
    REOPEN = "reopen"
    ROLL_BACK = "roll_back"
    MISSING = "missing"
    """A pack of a stocktake is given up."""


class FinishPanel(QFrame):
    """Asks before a document is closed, opened again or rolled back."""

    confirmed = Signal(object, str)
    """The `Step` and the reason, empty where none is wanted."""
    left = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("question")
        self._words = words
        self._paper: Paper | None = None
        self._step = Step.FINISH
        self._subject = ""
        self._chosen: dict[str, str] = {}
        self._heading, self._differs, self._error = Elided(), QLabel(), QLabel()
        self._heading.setObjectName("question_about")
        self._error.setObjectName("question_error")
        for label in (self._differs, self._error):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._heads = {asked: QLabel(self) for asked in (SHORT, OVER, *_SINGLE)}
        self._choices = Numbered("finish", MOST, self.choose, self)
        self.other = QLineEdit()
        self.other.setObjectName("finish_reason")
        self.other.setMaxLength(200)
        self.other.returnPressed.connect(self.confirm)
        self._confirm, self._close = QPushButton(), QPushButton()
        self._confirm.setObjectName("finish_confirm")
        self._confirm.setProperty("role", "primary")
        self._close.setObjectName("finish_leave")
        self._confirm.clicked.connect(self.confirm)
        self._close.clicked.connect(self.left)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(Glyph("flag", theme.colour("ask_text"), 22))
        top.addWidget(self._heading, 1)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.other, 1)
        row.addWidget(self._confirm)
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 14)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._differs)
        column.addLayout(self._grid)
        column.addLayout(row)
        column.addWidget(self._error)
        self._render()
        self.hide()

    @property
    def step(self) -> Step | None:
        """What is asked now."""
        return None if self.isHidden() else self._step

    def ask_missing(self, subject: str) -> None:
        """Ask why a pack is given up."""
        self._subject = subject
        self._begin(Step.MISSING, None)

    def ask(self, step: Step, paper: Paper) -> None:
        """Ask this of the document, or bring what is asked up to date."""
        self._begin(step, paper)

    def _begin(self, step: Step, paper: Paper | None) -> None:
        fresh = self.isHidden() or step is not self._step
        self._step, self._paper = step, paper
        if fresh:
            self._chosen = {}
            self.other.clear()
            self._choices.settle()
        self._error.hide()
        self.show()
        self._render()

    def choose(self, number: int) -> bool:
        """Take the number key of a reason."""
        places = self._places()
        if self.isHidden() or self._choices.settling or not 1 <= number <= len(places):
            return False
        asked, reason = places[number - 1]
        self._chosen[asked] = reason
        self.other.clear()
        self._error.hide()
        self._render_choices()
        if all(one in self._chosen for one in self._asked()):
            self.confirm()
        return True

    @Slot()
    def confirm(self) -> None:
        """Go on if every reason is there; nothing passes without."""
        if self.isHidden():
            return
        own = typed_text(self.other.text()) or ""
        lacking = [asked for asked in self._asked() if not own and asked not in self._chosen]
        if lacking:
            self._error.setText(self._words.say(f"missing_{lacking[0]}"))
            self._error.show()
            return
        reason = own or joined(self._chosen.get(asked, "") for asked in self._asked())
        self.confirmed.emit(self._step, reason)

    def complain(self, sentence: str) -> None:
        """Say why it was refused."""
        self._error.setText(sentence)
        self._error.show()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _asked(self) -> tuple[str, ...]:
        """What wants a reason each."""
        if self._step is Step.MISSING:
            return ("count_missing_reason",)
        if self._paper is None or self._step is Step.ROLL_BACK:
            return ()
        if self._step is Step.REOPEN:
            return ("document_reopen_reason",)
        short, over = self._paper.missing > 0, self._paper.extra > 0
        return (*((SHORT,) if short else ()), *((OVER,) if over else ()))

    def _places(self) -> list[tuple[str, str]]:
        return [(asked, reason) for asked in self._asked() for reason in offered_for(asked)][:MOST]

    def _render(self) -> None:
        say, paper = self._words.say, self._paper
        self.other.setPlaceholderText(say("finish_other"))
        self.other.setAccessibleName(say("finish_other"))
        if paper is None and self._step is not Step.MISSING:
            return
        number = paper.number if paper else self._subject
        self._heading.setText(say(f"finish_{self._step}", number=number))
        self._confirm.setText(say(f"finish_confirm_{self._step}"))
        self._close.setText(say("finish_leave"))
        self.other.setVisible(bool(self._asked()))
        self._differs.setText(self._told(paper) if paper else "")
        self._differs.setVisible(paper is not None)
        for label in self._heads.values():
            self._grid.removeWidget(label)
            label.hide()
        for button in self._choices.buttons:
            self._grid.removeWidget(button)
        row = place = 0
        for asked in self._asked():
            head = self._heads[asked]
            head.setText(say(f"why_{asked}"))
            self._grid.addWidget(head, row, 0, 1, _ACROSS)
            head.show()
            row += 1
            mine = [reason for one, reason in self._places() if one == asked]
            for at in range(len(mine)):
                self._grid.addWidget(self._choices.buttons[place], row + at // _ACROSS, at % _ACROSS)
                place += 1
            row += (len(mine) + _ACROSS - 1) // _ACROSS
        self._render_choices()
        self.setAccessibleName(f"{self._heading.text()} {self._differs.text()}")

    def _told(self, paper: Paper) -> str:
        say = self._words.say
        if self._step is Step.ROLL_BACK:
            return say("finish_roll_back_hint")
        counts = {"expected": paper.expected, "seen": paper.seen}
        lines = [say("finish_counts", **counts, missing=paper.missing, extra=paper.extra)]
        differing = [item for item in paper.items if item.progress != "complete"]
        differing.sort(
            key=lambda item: not item.over
        )  # what nobody ordered first: it is to be sent back or told
        lines += [self._line(item) for item in differing[:_SHOWN]]
        if len(differing) > _SHOWN:
            lines.append(say("finish_more", count=len(differing) - _SHOWN))
        return "\n".join(lines)

    def _line(self, item: Item) -> str:
        name = self._words.name(item.names) or item.product or "–"
        word = "finish_item_over" if item.over else "finish_item_short"
        return self._words.say(word, product=name, lot=item.lot or "–", count=item.over or item.missing)

    def _render_choices(self) -> None:
        say, chosen = self._words.say, self._chosen
        self._choices.offer([(say(reason), chosen.get(asked) == reason) for asked, reason in self._places()])
