"""A box to choose one of several from, with the arrow that says so in the palette's own ink."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from desktop.icons import drawing
from desktop.theme import Theme


class Choice(QComboBox):
    """A combo box; its arrow is painted, because a style sheet that draws the frame takes the arrow away."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setMinimumHeight(40)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def fill(self, items: list[tuple[str, str]]) -> None:
        """Offer these (words, value); what was chosen stays chosen where it is still offered."""
        if [(self.itemText(row), self.itemData(row)) for row in range(self.count())] == items:
            return
        chosen = self.currentData()
        self.clear()
        for text, data in items:
            self.addItem(text, data)
        self.choose(chosen)

    def choose(self, value: object) -> None:
        """Show this value; the first one where it is not offered."""
        self.setCurrentIndex(max(0, self.findData(value)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the box, and the arrow on its right."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = QRectF(self.width() - 24, self.height() / 2 - 7, 14, 14)
        drawing("down", self._theme.colour("quiet")).render(painter, side)
        painter.end()
