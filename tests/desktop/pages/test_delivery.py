"""The delivery page: whether one may leave, in one look, and why not."""

from __future__ import annotations

from pathlib import Path

from desktop.pages.delivery import DeliveryPage
from desktop.words import Words
from tests.desktop.conftest import Place, gs1, wedge


def shown(place: Place) -> DeliveryPage:
    place.window.show_page("delivery")
    page = place.window.page
    assert isinstance(page, DeliveryPage)
    place.bot.waitUntil(lambda: page._report is not None, timeout=5_000)
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


def test_the_slip_and_the_stick_are_made_here(place: Place, tmp_path: Path) -> None:
    place.scan(wedge(gs1("D-4")))
    page = shown(place)
    page._paper.folder = tmp_path
    page._paper.begin("pdf")
    place.bot.waitUntil(lambda: bool(list(tmp_path.glob("*.pdf"))), timeout=20_000)
    page._carry.click()
    assert page._stick_said.property("tone") == "ask", "which file?"
    stick = tmp_path / "unsent.zip"
    page._out.field.setText(str(stick))
    page._carry.click()
    place.bot.waitUntil(lambda: page._stick_said.property("tone") == "ok", timeout=20_000)
    assert stick.stat().st_size > 0
    page._in.field.setText(str(stick))
    page._bring.click()
    place.bot.waitUntil(lambda: page._stick_said.property("tone") == "stop", timeout=20_000)


def test_it_speaks_both_languages(place: Place) -> None:
    page = shown(place)
    place.window.retranslate(Words("en"))
    assert page._answer.text() == "You may leave"
