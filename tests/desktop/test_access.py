"""Whoever cannot see the window hears it: everything that can be used has a name, and can be reached by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QWidget

from desktop.pages.index import PAGES
from desktop.pages.settings import SettingsPage
from desktop.words import LANGUAGES, Words
from ledger.conflicts import open_task
from tests.desktop.conftest import GTIN, Place, gs1, wedge

TOUCH = 36
"""Least height in pixels of what a gloved finger presses."""


def nameless(root: QWidget) -> list[str]:
    """What can be used and says nothing of itself."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not widget.isEnabled() or isinstance(widget.parentWidget(), QLineEdit):
            continue
        if isinstance(widget, QLineEdit | QAbstractItemView | QComboBox):
            named = bool(widget.accessibleName() or widget.parentWidget().accessibleName())
        elif isinstance(widget, QAbstractButton):
            named = bool(widget.accessibleName() or widget.text() or widget.toolTip())
        else:
            continue
        if not named:
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def small(root: QWidget) -> list[str]:
    """Buttons that a gloved finger misses."""
    return [
        f"{type(button).__name__} {button.objectName()} {button.text()!r} {button.height()}"
        for button in root.findChildren(QAbstractButton)
        if button.isVisible() and button.height() < TOUCH and not isinstance(button.parentWidget(), QLineEdit)
    ]


def walk(place: Place) -> tuple[str, ...]:
    """Every page, once entered."""
    place.scan(wedge(gs1("AC-1")))
    clock = place.station.clock
    place.station.run(lambda store: open_task(store, clock, "contradicted", f"gs1:{GTIN}/AC-1", "unknown"))
    return ("work", *(name for name in PAGES if name != "devices"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_used_has_a_name_and_can_be_hit(place: Place, language: str) -> None:
    pages = walk(place)
    place.window.retranslate(Words(language))
    wrong: dict[str, list[str]] = {}
    for name in pages:
        place.window.show_page(name)
        place.bot.wait(250)
        wrong[name] = nameless(place.window) + small(place.window)
        page = place.window.page
        if isinstance(page, SettingsPage):
            for section in page.buttons:
                page.show_section(section)
                place.bot.wait(60)
                wrong[f"settings/{section}"] = nameless(page) + small(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_tab_key_reaches_something_on_every_page_and_comes_round(place: Place) -> None:
    for name in walk(place):
        place.window.show_page(name)
        place.bot.wait(200)
        seen = set()
        for _ in range(200):
            place.bot.keyClick(place.window.focusWidget() or place.window, Qt.Key.Key_Tab)
            seen.add(place.window.focusWidget())
        assert len(seen) > 4, name
