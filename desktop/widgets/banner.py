"""A line across the page for what concerns everything: red while nothing can be saved, amber for a mishap."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from desktop.icons import icon
from desktop.theme import Theme
from desktop.widgets.glyph import Glyph
from desktop.words import Words


class Banner(QFrame):
    """Says one sentence until it is taken back or closed."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._theme, self._words = theme, words
        self._said: tuple[str, dict[str, str]] | None = None
        self._beneath: tuple[str, dict[str, str]] | None = None
        """The stop that a mishap stands before; it comes back when that is closed."""
        self._sign = Glyph("fault", theme.colour("on_stop"), 22)
        self.sentence = QLabel()
        self.sentence.setObjectName("banner_sentence")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self._close = QToolButton()
        self._close.setObjectName("banner_close")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self._sign)
        row.addWidget(self.sentence, 1)
        row.addWidget(self._close)
        self.hide()

    def say(self, code: str, *, stop: bool, **params: str) -> None:
        """Say a sentence; a stop stays until it is taken back, a mishap can be closed."""
        self._beneath = None if stop else self._beneath or (self._said if self._stops else None)
        self._said = (code, params)
        tone = "stop" if stop else "ask"
        self.setProperty("tone", tone)
        self.sentence.setProperty("tone", tone)
        for widget in (self, self.sentence):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._sign.show_icon("stop" if stop else "fault", self._theme.colour(f"on_{tone}"))
        self._close.setIcon(icon("close", self._theme.colour(f"on_{tone}"), 16))
        self._close.setVisible(not stop)
        self._render()
        self.show()

    @Slot()
    def take_back(self) -> None:
        """The cause of a stop is gone: be silent again, but for a mishap said since."""
        if self._beneath is not None:
            self._beneath = None
        else:
            self._said = None
            self.hide()

    def withdraw(self, code: str) -> None:
        """Take this sentence back, if it is the one that is said."""
        if self._said is not None and self._said[0] == code:
            self.dismiss()

    @Slot()
    def dismiss(self) -> None:
        """Take a mishap back, as a person wishes; a stop stays as long as its cause."""
        if self._beneath is not None:
            code, params = self._beneath
            self.say(code, stop=True, **params)
        elif not self._stops:
            self.take_back()

    @property
    def _stops(self) -> bool:
        return self._said is not None and self.property("tone") == "stop"

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._render()

    def _render(self) -> None:
        self._close.setToolTip(self._words.say("close"))
        self._close.setAccessibleName(self._words.say("close"))
        if self._said:
            code, params = self._said
            self.sentence.setText(self._words.say(code, **params))
            self.setAccessibleName(self.sentence.text())
