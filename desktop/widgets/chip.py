"""A sign and a few words of the strip at the bottom."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desktop.theme import Theme
from desktop.widgets.glyph import Glyph

_SIGN, _BEFORE, _BETWEEN, _BEHIND = 18, 10, 7, 12


class Chip(QFrame):
    """A sign and a few words, in a tone: `quiet`, `ok`, `ask`, `stop`."""

    pressed = Signal()

    def __init__(self, theme: Theme, name: str, sign: str) -> None:
        super().__init__()
        self._theme = theme
        self._brief = False
        self.setObjectName(name)
        self.setProperty("role", "chip")
        self._said = ("", "", "", "")
        self._sign = Glyph(sign, theme.colour("quiet"), _SIGN)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(_BEFORE, 0, _BEHIND, 0)
        row.setSpacing(_BETWEEN)
        row.addWidget(self._sign)
        row.addWidget(self.words)

    def show_words(self, words: str, sign: str, tone: str, tip: str = "") -> None:
        """Say this, with this sign, in this tone."""
        if (words, sign, tone, tip) == self._said:
            return
        self._said = (words, sign, tone, tip)
        self.words.setText(words)
        self._explain()
        self.setAccessibleName(f"{words} {tip}".strip())
        ink = "quiet" if tone == "quiet" else f"{tone}_text"
        self._sign.show_icon(sign, self._theme.colour(ink))
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.words.setProperty("tone", tone)
            for widget in (self, self.words):
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def wants(self, *, brief: bool) -> int:
        """Pixels across that it takes with its words, or with the sign alone."""
        words = 0 if brief else _BETWEEN + self.words.sizeHint().width()
        return _BEFORE + _SIGN + words + _BEHIND

    def shorten(self, brief: bool) -> None:
        """Show the sign alone; what it stands for is said on hover and to a screen reader."""
        if brief is not self._brief:
            self._brief = brief
            self.words.setHidden(brief)
            self._explain()

    def _explain(self) -> None:
        words, _, _, tip = self._said
        self.setToolTip("\n".join(filter(None, (words, tip))) if self._brief else tip)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A press is announced; most chips only tell."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()
