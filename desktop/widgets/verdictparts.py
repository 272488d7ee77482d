"""The parts of the verdict panel: a caption with its value, and a sentence with its sign."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.theme import Theme, mono, sans
from desktop.widgets.elided import Elided
from desktop.widgets.glyph import Glyph
from desktop.widgets.looks import SIGNS
from ledger.codes.code import Severity


class Fact(QWidget):
    """A caption and a value below it.

    It has no layout: a value that changes with every scan would have the whole window laid out anew each time.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.caption = QLabel(self)
        self.caption.setProperty("role", "caption")
        self.value = Elided(self)
        self.value.setObjectName(name)
        self._heights = (0, 0)
        self._said = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_scale(self, scale: float) -> None:
        """How large the type is, 1 being the least."""
        caption, value = sans(max(11, round(13 * scale))), mono(round(21 * scale))
        self.caption.setFont(caption)
        self.value.setFont(value)
        self._heights = (QFontMetrics(caption).height() + 1, QFontMetrics(value).height() + 2)
        self.setFixedHeight(sum(self._heights))
        self._place()

    def say(self, caption: str, value: str) -> None:
        """Show these."""
        if (caption, value) != self._said:
            self._said = (caption, value)
            self.caption.setText(caption)
            self.value.setText(value)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Both are as wide as there is room."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        above, below = self._heights
        self.caption.setGeometry(0, 0, self.width(), above)
        self.value.setGeometry(0, above, self.width(), below)


class Reason(QWidget):
    """One sentence with its sign."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._said: tuple[Severity, str] | None = None
        self.sign = Glyph("info", "#000000", 20)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)
        self.hide()

    def set_scale(self, scale: float) -> None:
        """How large the type is, 1 being the least."""
        self.sentence.setFont(sans(round(17 * scale)))
        self.sign.set_size(round(19 * scale), self.sentence.fontMetrics().height())

    def say(self, told: tuple[Severity, str] | None) -> None:
        """Show this sentence with the sign of its weight; None: nothing."""
        if told == self._said:
            return
        self._said = told
        if told is not None:
            drawing, ink = SIGNS[told[0]]
            self.sign.show_icon(drawing, self._theme.colour(ink))
            self.sentence.setText(told[1])
            self.updateGeometry()  # at once: the panel asks for its height before Qt's own request comes round
        self.setVisible(told is not None)


@lru_cache(maxsize=256)
def text_width(text: str, pixels: int, *, bold: bool) -> int:
    """How wide a text stands in pixels; measuring it costs as much as painting it."""
    return QFontMetrics(sans(pixels, QFont.Weight.Bold if bold else QFont.Weight.Normal)).horizontalAdvance(
        text
    )


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say this at once, where one listens."""
    if QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)


def restyle(widget: QWidget, name: str, value: str | bool) -> None:
    """Set what the style sheet looks at, and have it look again."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
