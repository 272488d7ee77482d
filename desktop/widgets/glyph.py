"""A drawing in the window: an icon of any size and colour, painted, never scaled as pixels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.icons import drawing


class Glyph(QWidget):
    """Shows one icon. Decoration: the words beside it say the same, so screen readers pass it over."""

    def __init__(self, name: str, colour: str, pixels: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(pixels, pixels)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def name(self) -> str:
        """Which icon is shown."""
        return self._name

    def set_size(self, pixels: int, height: int | None = None) -> None:
        """Change the size; `height` of a line that the icon stands in the middle of."""
        self.setFixedSize(QSize(pixels, height or pixels))

    def show_icon(self, name: str, colour: str) -> None:
        """Change the icon or its colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        painter = QPainter(self)
        side = QRectF(0, (self.height() - self.width()) / 2, self.width(), self.width())
        drawing(self._name, self._colour).render(painter, side)
        painter.end()
