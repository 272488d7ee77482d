"""The pages in the middle of the window: one is shown, and those that a person goes to are built when first visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.words import Words

if TYPE_CHECKING:
    from desktop.pages.page import Page
    from desktop.room import Room


class PageStack(QStackedWidget):
    """Shows one widget at a time. A page that another one takes the place of is left before that one is entered.

    The focus stays where it can be seen: Qt lets a page that is out of sight take it, with an answer that comes late,
    and what is typed then would go to a field that nobody sees.
    """

    def __init__(self) -> None:
        super().__init__()
        self._visited: dict[str, Page] = {}
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._hold_focus)

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

    @Slot(QWidget, QWidget)
    def _hold_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        shown = self.currentWidget()
        if shown is None or now is None or not self.isAncestorOf(now):
            return
        if now is not shown and not shown.isAncestorOf(now):
            seen = before is not None and before.isVisible()
            (before if seen else shown).setFocus(Qt.FocusReason.OtherFocusReason)  # type: ignore[union-attr]

    def retranslate(self, words: Words) -> None:
        """Speak another language, on every page visited so far."""
        for page in self._visited.values():
            page.retranslate(words)
