"""What stands where there is nothing to show: a sign, what to do in a few large words, and how it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import Theme, sans
from desktop.widgets.glyph import Glyph

_SIGN = 64
_LINE = 680
"""Greatest width of the small words in pixels: longer lines are hard to find back from."""


class Nothing(QWidget):
    """Fills its place, so that nothing beside it moves when there is something again."""

    def __init__(
        self, theme: Theme, sign: str, colour: str = "accent", button: QPushButton | None = None
    ) -> None:
        """`button` leads to where it is done."""
        super().__init__()
        self._sign = Glyph(sign, theme.colour(colour), _SIGN)
        self.big, self.small = QLabel(), QLabel()
        self.big.setFont(sans(24, QFont.Weight.Bold))
        self.small.setFont(sans(15))
        self.small.setProperty("role", "quiet")
        self.small.setMaximumWidth(_LINE)
        for label in (self.big, self.small):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.small, 100)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addStretch(2)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.big)
        column.addLayout(middle)
        if button is not None:
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, big: str, small: str) -> None:
        """Say this; without words nothing is to be seen."""
        self.big.setText(big)
        self.small.setText(small)
        for part in (self._sign, self.big, self.small):
            part.setVisible(bool(big))
