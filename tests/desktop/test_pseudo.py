"""Text 40 % longer breaks no layout: every page is walked in a made-up language, and what is cut is named."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from desktop.pages.index import PAGES
from desktop.pages.settings import SettingsPage
from desktop.widgets.elided import Elided
from desktop.words import Words
from ledger.conflicts import open_task
from tests.desktop.conftest import FIRST_DRUG, GTIN, Place, gs1, wedge

LONGER = 0.4


class Pseudo(Words):
    """English, longer by the share that a translation may be longer."""

    def say(self, code: str, /, **params: object) -> str:
        said = super().say(code, **params)
        return said + "~" * max(1, round(len(said) * LONGER)) if said else said


def cut(root: QWidget) -> list[str]:
    """Every visible label and button whose text does not fit its place."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.width() < 1:
            continue
        if isinstance(widget, Elided):
            continue  # says the whole on hover
        if isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                fits = widget.heightForWidth(widget.width()) <= widget.height() + 2
            else:
                lines = widget.text().splitlines()
                need = max(widget.fontMetrics().horizontalAdvance(line) for line in lines)
                fits = need <= widget.contentsRect().width() + 2
        elif isinstance(widget, QPushButton | QToolButton) and widget.text():
            fits = widget.sizeHint().width() <= widget.width() + 2
        else:
            continue
        if not fits:
            found.append(f"{type(widget).__name__} {widget.objectName()}: {widget.text()[:60]!r}")
    return found


@pytest.mark.parametrize("size", [QSize(1366, 768), QSize(1920, 1080)], ids=["1366x768", "1920x1080"])
def test_nothing_is_cut_where_words_are_longer(place: Place, size: QSize) -> None:
    place.scan(wedge(gs1("PS-1")))
    place.scan(wedge(FIRST_DRUG))
    clock = place.station.clock
    place.station.run(lambda store: open_task(store, clock, "contradicted", f"gs1:{GTIN}/PS-1", "unknown"))
    window = place.window
    window.resize(size)
    window.retranslate(Pseudo("en"))
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(6):
            QApplication.processEvents()
            place.bot.wait(30)
        wrong[name] = cut(window)

    look("work")
    for name in PAGES:
        if name == "devices":
            continue  # stands in a test of its own, with devices
        window.show_page(name)
        look(name)
        page = window.page
        if isinstance(page, SettingsPage):
            for section in page.buttons:
                page.show_section(section)
                look(f"settings/{section}")
    assert {name: found for name, found in wrong.items() if found} == {}
