"""The page for a ledger that cannot be opened: its backups, one of which can be put in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.icons import icon
from desktop.room import Room
from desktop.sections.restore import RestoreCard
from desktop.theme import sans
from desktop.widgets.card import press
from desktop.words import Words

_WIDEST = 980


class RescuePage(QScrollArea):
    """Stands alone in the window: nobody is signed in, and nothing can be scanned."""

    left = Signal()
    """Back to what keeps the ledger from being opened."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.setObjectName("section")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(sans(22, QFont.Weight.Bold))
        self._hint.setFont(sans(15))
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self.back = press(self.left.emit, name="rescue_back")
        self.back.setIcon(icon("step_back", room.theme.colour("quiet"), 16))
        self.card = RestoreCard(room, rescue=True)
        inner = QWidget()
        inner.setObjectName("section_inner")
        inner.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(14)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        column.addLayout(row)
        for part in (self._title, self._hint, self.card):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inner)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.retranslate(room.words)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._title.setText(words.say("rescue"))
        self._hint.setText(words.say("rescue_hint"))
        self.back.setText(words.say("rescue_back"))
        self.card.retranslate(words)
