"""How a task stands, in numbers: recorded, scanned twice, asked, stopped."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop.theme import Theme
from desktop.verdict import Level
from desktop.widgets.glyph import Glyph
from desktop.widgets.looks import LOOKS
from desktop.words import Words

_SHOWN: tuple[tuple[str, tuple[Level, ...]], ...] = (
    ("tally_saved", (Level.OK, Level.CONFIRMED)),
    ("tally_held", (Level.HELD,)),
    ("tally_repeated", (Level.REPEATED,)),
    ("tally_asked", (Level.ASKED,)),
    ("tally_undone", (Level.UNDONE,)),
    ("tally_left", (Level.LEFT,)),
    ("tally_stop", (Level.STOP, Level.FAILED)),
)


class Tally(QWidget):
    """Counts by outcome; what did not happen is left out."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("tally")
        self._words = words
        self._counts: dict[Level, int] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._parts: list[tuple[Glyph, QLabel]] = []
        for code, levels in _SHOWN:
            colour, sign = LOOKS[levels[0]]
            glyph, label = Glyph(sign, theme.colour(f"{colour}_text"), 16), QLabel()
            label.setObjectName(code)
            label.setProperty("role", "tally")
            label.setContentsMargins(0, 0, 10, 0)
            label.setFixedSize(label.sizeHint())
            for part in (glyph, label):
                part.hide()
            row.addWidget(glyph)
            row.addWidget(label)
            self._parts.append((glyph, label))

    def show_counts(self, counts: dict[Level, int]) -> None:
        """Show these counts."""
        self._counts = counts
        for (code, levels), (glyph, label) in zip(_SHOWN, self._parts, strict=True):
            count = sum(counts.get(level, 0) for level in levels)
            said = self._words.say(code, count=count)
            if said == label.text() and bool(count) is not label.isHidden():
                continue
            label.setText(said)
            self._give_room(label)
            glyph.setVisible(bool(count))
            label.setVisible(bool(count))

    @staticmethod
    def _give_room(label: QLabel) -> None:
        """A label of fixed size is no reason to lay out the page anew; it grows with another digit, never shrinks."""
        label.ensurePolished()
        wanted = label.sizeHint()
        if wanted.width() > label.minimumWidth() or wanted.height() != label.minimumHeight():
            label.setFixedSize(wanted)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        for _, label in self._parts:
            label.setText("")
            label.setFixedSize(0, 0)
        self.show_counts(self._counts)
