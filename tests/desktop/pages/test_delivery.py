"""The delivery page: whether one may leave, in one look, and why not."""

from __future__ import annotations

from desktop.pages.delivery import DeliveryPage
from desktop.words import Words
from ledger.conflicts import open_task
from tests.desktop.conftest import GTIN, Place, gs1, wedge


def shown(place: Place) -> DeliveryPage:
    place.window.show_page("delivery")
    page = place.window.page
    assert isinstance(page, DeliveryPage)
    place.bot.waitUntil(lambda: page._standing is not None, timeout=5_000)
    return page


def test_without_any_record_one_may_leave(place: Place) -> None:
    page = shown(place)
    assert page._answer.text() == "可以离开" and page._leave.property("tone") == "ok"


def test_records_on_this_machine_alone_keep_one_here(place: Place) -> None:
    place.scan(wedge(gs1("D-1")))
    page = shown(place)
    assert page._answer.text() == "先别离开" and page._leave.property("tone") == "stop"
    assert page._values["pending"].text() == "1" and "设置" in page._line_said.text()
    assert not page._now.isEnabled()


def test_it_follows_what_is_recorded_while_it_is_open(place: Place) -> None:
    page = shown(place)
    place.told(lambda: place.desk.take(wedge(gs1("D-2"))))
    place.window.room.note_change()
    place.bot.waitUntil(lambda: page._values["pending"].text() == "1", timeout=5_000)


def test_refused_records_stand_in_the_words_of_the_platform(place: Place) -> None:
    place.scan(wedge(gs1("D-3")))
    clock = place.station.clock
    place.station.run(lambda store: open_task(store, clock, "parked", f"gs1:{GTIN}/D-3", "readPoint unknown"))
    page = shown(place)
    assert "readPoint unknown" in page._refused_said.text()
    page._to_todo.click()
    assert place.window.page is not None and place.window.page.name == "todo"


def test_it_speaks_both_languages(place: Place) -> None:
    page = shown(place)
    place.window.retranslate(Words("en"))
    assert page._answer.text() == "You may leave"
