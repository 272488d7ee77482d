"""The page before the work: the ledger is being opened, or cannot be, and then what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import Theme, sans
from desktop.widgets.glyph import Glyph
from desktop.words import Words

RESCUED = frozenset({"ledger_gone", "ledger_damaged", "ledger_foreign"})
"""Faults against which a backup helps."""


class OpeningPage(QWidget):
    """Says one thing in the middle of the window."""

    again = Signal()
    """The person wants it tried again."""
    leave = Signal()
    """The person gives up."""
    rescue = Signal()
    """The person wants a backup in the place of a ledger that cannot be opened."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("opening")
        self._theme, self._words = theme, words
        self._fault: tuple[str, dict[str, str]] | None = None
        self._log = ""
        self._sign = Glyph("wait", theme.colour("accent"), 64)
        self.title = QLabel()
        self.title.setObjectName("opening_title")
        self.title.setFont(sans(26, QFont.Weight.Bold))
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = QLabel()
        self.sentence.setObjectName("opening_sentence")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setFont(sans(17))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._again = QPushButton()
        self._again.setObjectName("opening_again")
        self._again.setProperty("role", "primary")
        self._again.clicked.connect(self.again)
        self.restore = QPushButton()
        self.restore.setObjectName("opening_restore")
        self.restore.clicked.connect(self.rescue)
        self._leave = QPushButton()
        self._leave.setObjectName("opening_leave")
        self._leave.clicked.connect(self.leave)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self._again)
        buttons.addWidget(self.restore)
        buttons.addWidget(self._leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(18)
        column.addStretch(2)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.title)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.sentence, 4)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)
        self.show_opening()

    def show_opening(self) -> None:
        """The ledger is being opened."""
        self._fault = None
        self._sign.show_icon("wait", self._theme.colour("accent"))
        self._render()

    def show_fault(self, code: str, params: dict[str, str]) -> None:
        """The work cannot begin; the sentence says why and what to do."""
        self._fault = (code, dict(params))
        self._sign.show_icon("stop", self._theme.colour("stop"))
        self._render()
        self._again.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def faulty(self) -> bool:
        """True while it says why the work cannot begin."""
        return self._fault is not None

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _render(self) -> None:
        say = self._words.say
        if self._fault is None:
            self.title.setText(say("opening"))
            self.sentence.setText(say("opening_hint"))
        else:
            code, params = self._fault
            self.title.setText(say("opening_failed"))
            self.sentence.setText(say(code, **params))
        self._again.setText(say("opening_again"))
        self._leave.setText(say("opening_leave"))
        self._again.setVisible(self._fault is not None)
        self._leave.setVisible(self._fault is not None)
        self.restore.setText(say("opening_restore"))
        self.restore.setVisible(self._fault is not None and self._fault[0] in RESCUED)
        self.setAccessibleName(f"{self.title.text()} {self.sentence.text()}")
