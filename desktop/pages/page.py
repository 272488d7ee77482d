"""What every page of the window is: a widget that is entered and left, may take a scan, and speaks.

A scan is never lost by the page that happens to be shown: what a page does not take goes to the desk, and the
window shows the work page with its verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from desktop.room import Room
from desktop.words import Words

if TYPE_CHECKING:
    from scanner.scan import Scan


class Page(QWidget):
    """One page. Built when it is first visited."""

    name: ClassVar[str]
    """Its name in the rail: icon `name`, words `page_NAME` and `page_NAME_tip`."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.setObjectName(f"page_{self.name}")
        self.room = room

    @property
    def words(self) -> Words:
        """The words of the language at hand."""
        return self.room.words

    @property
    def site(self) -> str:
        """How this site is called on paper."""
        settings = self.room.settings
        return settings.text("site.name") or settings.text("site.gln") or self.words.say("stock_no_site")

    def enter(self, what: object = None) -> None:
        """The page is shown, for `what` where another page sent for it. Look everything up anew."""

    def leave(self) -> None:
        """Another page is shown."""

    def take(self, scan: Scan) -> bool:
        """Take a scan for this page alone; False hands it to the desk."""
        return False

    def search(self) -> None:
        """Put the cursor where one searches (Ctrl+F)."""

    def escape(self) -> bool:
        """Step back from what is open; False when nothing was and the window goes back to work."""
        return False

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
