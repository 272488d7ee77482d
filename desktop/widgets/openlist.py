"""A list whose rows are opened by Enter or a double click; below a search, one that is left by the arrow up."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from desktop.theme import Theme
from desktop.widgets.listing import HEAD, Listing
from desktop.words import Words


class OpenList(Listing):
    """Knows when a row is opened; each kind says what then is told."""

    def __init__(
        self, theme: Theme, row: int, called: str, *, head: int = HEAD, sortable: bool = False
    ) -> None:
        """`called` is the code word of the list's name."""
        super().__init__(theme, row, head=head, sortable=sortable)
        self.setObjectName("scans")
        self._called = called
        self.activated.connect(lambda index: self.enter(index.row()))

    def open(self, row: int) -> None:
        """Tell that this row is opened."""
        raise NotImplementedError

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.setAccessibleName(words.say(self._called))
        self.viewport().update()

    def enter(self, row: int) -> None:
        """Open a row, where one is chosen."""
        if row >= 0:
            self.open(row)


class FoundList(OpenList):
    """What a search above it has found."""

    left = Signal()
    """The arrow up on the first row: the person wants to go on above."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up leaves the first row for what stands above; the rest as in every list."""
        if event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left.emit()
        else:
            super().keyPressEvent(event)
