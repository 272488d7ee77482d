"""A page where packs are looked for: whoever types means the search, and what is shown is renewed quietly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent

from desktop.pages.page import Page
from desktop.room import Room
from desktop.widgets.findfield import FindField
from ledger.stocklist import Stocklist
from ledger.stockrows import PackRow

FRESH_MS = 2_000
"""Changes are shown at most so often."""


class FindingPage(Page):
    """Holds the field; a page of this kind lays it out and says what is looked up."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.field = FindField(room.theme, f"{self.name}_find")
        self._fresh = QTimer(self, interval=FRESH_MS, singleShot=True)
        self._fresh.timeout.connect(self.renew)
        room.changed.connect(self._stale)

    @Slot()
    def renew(self) -> None:
        """Something was recorded or delivered: look up anew what is shown."""
        raise NotImplementedError

    @Slot()
    def search(self) -> None:
        """Put the cursor into the search."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Whoever types means the search."""
        text = event.text()
        if text and text.isprintable() and not self.field.hasFocus():
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.setText(text)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing is looked up for nobody."""
        super().hideEvent(event)
        self._fresh.stop()

    def packs(
        self,
        ids: Sequence[int],
        then: Callable[[tuple[PackRow, ...]], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Look these packs up for a list."""
        self.room.look(lambda store: Stocklist(store).packs(ids), then, failed)

    @Slot()
    def _stale(self) -> None:
        if self.isVisible() and not self._fresh.isActive():
            self._fresh.start()
