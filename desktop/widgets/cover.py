"""What lies over the whole window for a moment, with the page dimmed behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget


class Cover(QWidget):
    """Hidden at first; while it is shown it has the size of its parent, whatever that becomes.

    It looks at the parent's events only while it is shown: a filter in Python costs 20 us an event, and a window
    that is worked at has thousands a minute.
    """

    def __init__(self, parent: QWidget, dim: QColor) -> None:
        super().__init__(parent)
        self._covered, self._dim = parent, dim

    def middle(self, card: QFrame) -> None:
        """Put a card into the middle."""
        grid = QGridLayout(self)
        grid.addWidget(card, 0, 0, Qt.AlignmentFlag.AlignCenter)

    @Slot()
    def toggle(self) -> None:
        """Show it, or put it away."""
        if self.isHidden():
            self.begin()
            self.show()
            self.raise_()
            self.rest()
        else:
            self.put_away()

    @Slot()
    def put_away(self) -> None:
        """Close it, if it is open."""
        self.hide()

    def begin(self) -> None:
        """It is about to be shown: make it ready."""

    def rest(self) -> None:
        """It is shown: put the focus where the next key belongs."""

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """A click beside what lies on it puts it away."""
        self.put_away()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Cover all of the parent from now on."""
        self.setGeometry(self._covered.rect())
        self._covered.installEventFilter(self)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Let the parent be."""
        self._covered.removeEventFilter(self)
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Grow and shrink with the parent."""
        if watched is self._covered and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Dim the page."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._dim)
        painter.end()
