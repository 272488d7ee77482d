"""The page while a backup is put in the ledger's place: how far it is, and that a scan now is not recorded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.longwork import LongWork
from desktop.theme import Theme, sans
from desktop.widgets.glyph import Glyph
from desktop.widgets.progress import ProgressLine
from desktop.words import Words

_WIDTH = 760


class RestoringPage(QWidget):
    """Says one thing in the middle of the window."""

    def __init__(self, theme: Theme, words: Words, work: LongWork) -> None:
        super().__init__()
        self.setObjectName("restoring")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._words = words
        self.turned_away = 0
        """Scans that came meanwhile, none of which was recorded."""
        self._sign = Glyph("wait", theme.colour("accent"), 64)
        self._title, self._sentence, self._away = QLabel(), QLabel(), QLabel()
        self._title.setFont(sans(26, QFont.Weight.Bold))
        self._sentence.setFont(sans(17))
        self._away.setFont(sans(17, QFont.Weight.DemiBold))
        self._away.setProperty("role", "said")
        self._away.setProperty("tone", "stop")
        for label in (self._title, self._sentence, self._away):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH)
        self.line = ProgressLine(work, words)
        self.line.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setSpacing(18)
        column.addStretch(2)
        for part in (self._sign, self._title, self._sentence, self.line, self._away):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.retranslate(words)

    def begin(self) -> None:
        """It begins."""
        self.turned_away = 0
        self._render()

    def turn_away(self) -> None:
        """A scan came: it is said, loud and in words, that it was not recorded."""
        self.turned_away += 1
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.line.retranslate(words)
        self._render()

    def _render(self) -> None:
        say = self._words.say
        self._title.setText(say("restoring"))
        self._sentence.setText(say("restoring_hint"))
        self._away.setText(say("restoring_scanned", count=self.turned_away) if self.turned_away else "")
        self.setAccessibleName(f"{self._title.text()} {self._away.text()}")
