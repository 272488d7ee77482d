"""The pages in the middle of the window: one is shown, and those that a person goes to are built when first visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.words import Words

if TYPE_CHECKING:
    from desktop.pages.page import Page
    from desktop.room import Room


class PageStack(QStackedWidget):
    """Shows one widget at a time. A page that another one takes the place of is left before that one is entered."""

    def __init__(self) -> None:
        super().__init__()
        self._visited: dict[str, Page] = {}

    @property
    def page(self) -> Page | None:
        """The visited page that is shown; None while another widget is."""
        shown = self.currentWidget()
        return next((page for page in self._visited.values() if page is shown), None)

    def put(self, widget: QWidget) -> None:
        """Show a widget that nobody enters: the work page, or one that stands in everybody's way."""
        left = self.page
        if self.indexOf(widget) < 0:
            self.addWidget(widget)
        self.setCurrentWidget(widget)
        if left is not None and left is not widget:
            left.leave()

    def visit(self, name: str, room: Room, what: object) -> None:
        """Show a page, for `what` where another one sent for it."""
        page = self._visited.get(name)
        if page is None:
            from desktop.pages.index import PAGES

            page = self._visited[name] = PAGES[name](room)
            page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.put(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        page.enter(what)

    def retranslate(self, words: Words) -> None:
        """Speak another language, on every page visited so far."""
        for page in self._visited.values():
            page.retranslate(words)
