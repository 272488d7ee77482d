"""A card of a section: a heading, a row of buttons, and a place for what came of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import sans


class Card(QFrame):
    """Holds parts below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.title = QLabel()
        self.title.setFont(sans(16, QFont.Weight.DemiBold))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 14, 20, 16)
        self.column.setSpacing(10)
        self.column.addWidget(self.title)

    def add(self, *parts: QWidget) -> None:
        """Put parts below what is there."""
        for part in parts:
            self.column.addWidget(part)

    def line(self, *parts: QWidget) -> QHBoxLayout:
        """Put parts side by side below what is there, from the left."""
        row = QHBoxLayout()
        row.setSpacing(10)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        self.column.addLayout(row)
        return row


class Said(QLabel):
    """What came of something: a few lines in a tone, hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "said")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(sans(15))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def tell(self, text: str, tone: str = "quiet") -> None:
        """Say this in a tone: `quiet`, `ok`, `ask`, `stop`."""
        self.setText(text)
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setVisible(bool(text))


def press(act: Callable[[], object], *, primary: bool = False, name: str = "") -> QPushButton:
    """A button as large as a glove."""
    button = QPushButton()
    button.setMinimumHeight(42)
    button.setObjectName(name)
    if primary:
        button.setProperty("role", "primary")
    button.clicked.connect(lambda _=False: act())
    return button
