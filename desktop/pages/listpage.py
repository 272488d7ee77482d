"""A page with a search above a list: typing, Enter and Escape do the same on each."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent

from desktop.pages.findingpage import FindingPage
from desktop.room import Room
from desktop.widgets.openlist import FoundList

TYPED_MS = 220
"""So long after the last key the search begins."""


class ListPage(FindingPage):
    """Looks up what is typed a moment after the last key; a page of this kind lists what is found in `view`."""

    view: FoundList

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._typed.timeout.connect(self.renew)
        self.field.textEdited.connect(self._edited)
        self.field.returnPressed.connect(self._search_now)

    def widen(self) -> bool:
        """Take back what narrows the list most; False where nothing does."""
        raise NotImplementedError

    def escape(self) -> bool:
        """Take back one thing after the other that narrows the list."""
        if not self.widen():
            return False
        self._search_now()
        return True

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is looked up for nobody."""
        super().hideEvent(event)
        self._typed.stop()

    @Slot(str)
    def _edited(self, _text: str) -> None:
        self._typed.start()

    @Slot()
    def _search_now(self) -> None:
        """Look everything up anew, and go to the list."""
        self.renew()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
