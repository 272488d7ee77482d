"""The pages of the window: built when first visited, left when another takes their place, before that is entered."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtWidgets import QWidget

from desktop.pages import index
from desktop.pages.history import HistoryPage
from desktop.pages.page import Page
from desktop.pagestack import PageStack
from desktop.room import Room
from desktop.words import Words
from tests.desktop.conftest import Place

life: list[str] = []


class Told(Page):
    """Tells what befalls it."""

    name = "told"

    def __init__(self, room: Room, name: str) -> None:
        super().__init__(room)
        self._called = name
        life.append(f"{name} built")

    def enter(self, what: object = None) -> None:
        life.append(f"{self._called} entered for {what}")

    def leave(self) -> None:
        life.append(f"{self._called} left")

    def retranslate(self, words: Words) -> None:
        life.append(f"{self._called} speaks {words.language}")


@pytest.fixture
def stack(place: Place, monkeypatch: pytest.MonkeyPatch) -> PageStack:
    life.clear()
    for name in ("a", "b"):
        monkeypatch.setitem(index.PAGES, name, partial(Told, name=name))
    stack = PageStack()
    place.bot.addWidget(stack)
    return stack


def test_a_page_is_left_before_the_next_is_entered_and_built_once(place: Place, stack: PageStack) -> None:
    work, room = QWidget(), place.window.room
    stack.put(work)
    assert stack.page is None
    stack.visit("a", room, None)
    stack.visit("b", room, "this")
    stack.visit("b", room, "that")
    stack.visit("a", room, None)
    stack.put(work)
    stack.put(work)
    assert life == [
        *("a built", "a entered for None"),
        *("b built", "a left", "b entered for this", "b entered for that"),
        *("b left", "a entered for None", "a left"),
    ]


def test_a_page_out_of_sight_takes_no_focus(place: Place) -> None:
    window, sink = place.window, place.window.work.sink
    window.activateWindow()
    window.show_page("history")
    page = window.page
    assert isinstance(page, HistoryPage)
    place.bot.waitUntil(page.field.hasFocus, timeout=10_000)
    window.show_work()
    assert sink.hasFocus()
    page.field.setFocus()
    assert sink.hasFocus()


def test_every_page_visited_speaks_another_language(place: Place, stack: PageStack) -> None:
    stack.visit("a", place.window.room, None)
    stack.retranslate(Words("en"))
    assert life[-1] == "a speaks en"
