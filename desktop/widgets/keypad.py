"""What stands below the name at sign-in: digits for a PIN, large enough for gloves, or that a badge is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import Theme, sans
from desktop.widgets.glyph import Glyph
from desktop.words import Words

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "back", "0", "enter")


class Keypad(QWidget):
    """Twelve keys that never take the focus."""

    pressed = Signal(str)
    """A digit, `back` or `enter`."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self._keys: dict[str, QPushButton] = {}
        for place, name in enumerate(_KEYS):
            button = QPushButton(name if name.isdigit() else "")
            button.setMinimumSize(96, 58)
            button.setProperty("role", "pad_enter" if name == "enter" else "pad")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setObjectName(f"pad_{name}")
            button.clicked.connect(lambda _=False, name=name: self.pressed.emit(name))
            grid.addWidget(button, *divmod(place, 3))
            self._keys[name] = button

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for name in ("back", "enter"):
            self._keys[name].setText(words.say(f"pad_{name}"))


class BadgeWanted(QWidget):
    """Says how somebody signs in who has no PIN to type."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._sentence = QLabel()
        self._sentence.setObjectName("signin_badge")
        self._sentence.setWordWrap(True)
        self._sentence.setFont(sans(20))
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 24)
        column.setSpacing(18)
        column.addWidget(Glyph("badge", theme.colour("accent"), 96), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence)
        self.hide()

    def say(self, sentence: str) -> None:
        """Say this."""
        self._sentence.setText(sentence)
