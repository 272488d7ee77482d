"""The delivery page: whether one may leave, in one look, and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.pages.delivery import DeliveryPage
from desktop.words import Words
from ledger.store import Store
from sync.courier import CourierState
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
    page.stick.carry.click()
    assert page.stick.said.property("tone") == "ask", "which file?"
    stick = tmp_path / "unsent.zip"
    page.stick.out.field.setText(str(stick))
    page.stick.carry.click()
    place.bot.waitUntil(lambda: page.stick.said.property("tone") == "ok", timeout=20_000)
    assert stick.stat().st_size > 0
    page.stick.back.field.setText(str(stick))
    page.stick.bring.click()
    place.bot.waitUntil(lambda: page.stick.said.property("tone") == "stop", timeout=20_000)


def test_it_speaks_both_languages(place: Place) -> None:
    page = shown(place)
    place.window.retranslate(Words("en"))
    assert page._answer.text() == "You may leave"


def noted(place: Place, **notes: str) -> None:
    place.station.settings.set("platform.url", "https://platform.example")

    def note(store: Store) -> None:
        for name, text in notes.items():
            store.note(name, text)

    place.station.run(note)


def test_without_a_platform_nothing_is_waited_for(place: Place) -> None:
    assert shown(place).incoming.isHidden()


def test_recalls_that_never_came_are_told_with_the_reason(place: Place) -> None:
    noted(place, pull_why="reference_update_needed")
    card = shown(place).incoming
    place.bot.waitUntil(card.isVisible)
    assert card.state.property("tone") == "stop" and "从未" in card.state.text()
    assert "请更新 TraceDesk" in card.why.text()
    place.window.retranslate(Words("en"))
    assert (
        "never come" in card.state.text()
        and "update TraceDesk to get recalls and documents" in card.why.text()
    )


@pytest.mark.parametrize(
    ("hours", "tone", "days"), [(1, "ok", 0), (23, "ok", 0), (25, "stop", 1), (121, "stop", 5)]
)
def test_recalls_grow_old_after_a_day(place: Place, hours: int, tone: str, days: int) -> None:
    noted(place, pull_success=(datetime.now(UTC) - timedelta(hours=hours)).isoformat())
    card = shown(place).incoming
    assert card.state.property("tone") == tone
    assert (f"{days} 天" in card.state.text()) is bool(days)
    status = place.station.status().result()
    assert status.recalls_old == days
    place.window.status.show_status(status)
    place.window.status.show_courier(CourierState(online=True, busy=False, why="", last_success=None))
    chip = place.window.status.line.words
    assert chip.text() == (f"召回已 {days} 天未更新" if days else "在线")
    place.window.status.show_courier(CourierState(online=False, busy=False, why="", last_success=None))
    assert chip.text().startswith("离线") and (f"{days} 天" in chip.text()) is bool(days)
