"""A first task, step by step: a strip that ticks itself off while the person does the real thing.

Nothing is explained that could be done instead; a step is done by the act itself, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop.icons import icon
from desktop.steps import Step
from desktop.theme import Theme, sans
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.words import Words


class Guide(QFrame):
    """The strip."""

    def __init__(self, theme: Theme, words: Words, steps: Sequence[Step]) -> None:
        super().__init__()
        self.setObjectName("guide")
        self._theme, self._words = theme, words
        self._steps = tuple(steps)
        self._done = [0] * len(self._steps)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._signs = [Glyph("step", theme.colour("quiet"), 18) for _ in self._steps]
        self._sentences = [Elided() for _ in self._steps]
        self._close = QToolButton()
        self._close.setObjectName("guide_close")
        self._close.setIcon(icon("close", theme.colour("quiet"), 14))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 8, 7)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addSpacing(10)
        for place, (sign, sentence) in enumerate(zip(self._signs, self._sentences, strict=True)):
            sentence.setObjectName(f"guide_step_{place + 1}")
            row.addWidget(sign)
            row.addWidget(sentence)
        row.addWidget(self._close)
        self._row = row
        if not self._steps:
            self.hide()
        self._render()

    def is_done(self, place: int) -> bool:
        """Whether the step in this place (from 0) is done."""
        return self._done[place] >= self._steps[place].times

    @property
    def finished(self) -> bool:
        """True when every step is done."""
        return all(self.is_done(place) for place in range(len(self._steps)))

    @Slot(str)
    def see(self, did: str) -> None:
        """Take note of what was done: the first open step that it belongs to moves on."""
        for place, step in enumerate(self._steps):
            if step.by == did and not self.is_done(place):
                self._done[place] += 1
                self._render()
                return

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _render(self) -> None:
        say = self._words.say
        self._title.setText(say("guide_finished" if self.finished else "guide_title"))
        self._close.setToolTip(say("guide_close"))
        self._close.setAccessibleName(say("guide_close"))
        at_hand = next((place for place in range(len(self._steps)) if not self.is_done(place)), None)
        for place, step in enumerate(self._steps):
            done = self.is_done(place)
            text = f"{place + 1}  {say(step.says, done=self._done[place], times=step.times)}"
            if 0 < self._done[place] < step.times:
                text += f" ({self._done[place]}/{step.times})"
            now = place == at_hand
            sentence = self._sentences[place]
            # What is done shrinks to its tick and number: the room belongs to what is next.
            sentence.setText(f"{place + 1}" if done else text)
            sentence.setAccessibleName(f"{'✓' if done else ''} {text}".strip())
            sentence.setProperty("tone", "ok" if done else "now" if now else "quiet")
            _repolish(sentence)
            sentence.setFont(sans(14, QFont.Weight.DemiBold if now else QFont.Weight.Normal))
            self._row.setStretchFactor(
                sentence, sentence.fontMetrics().horizontalAdvance(sentence.text()) + 12
            )
            colour = "ok" if done else "accent" if now else "quiet"
            self._signs[place].show_icon("done" if done else "step", self._theme.colour(colour))
        self.setAccessibleName(" ".join(sentence.accessibleName() for sentence in self._sentences))


def _repolish(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
