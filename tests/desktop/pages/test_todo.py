"""The tasks page: what waits for a person, its legal steps, and that a step wants a reason."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton

from desktop.pages.todo import TodoPage
from desktop.words import LANGUAGES, Words
from ledger.catalog import Product
from ledger.conflicts import open_task
from ledger.event import EventKind
from tests.desktop.conftest import GTIN, Place, gs1, wedge
from tests.desktop.pages.atwork import last

KEY = f"gs1:{GTIN}/T-1"


def opened(place: Place, *kinds: str) -> TodoPage:
    place.scan(wedge(gs1("T-1")))
    clock = place.station.clock
    for kind in kinds:
        place.station.run(lambda store, kind=kind: open_task(store, clock, kind, KEY, f"words of {kind}"))
    place.window.show_page("todo")
    page = place.window.page
    assert isinstance(page, TodoPage)
    place.bot.waitUntil(lambda: len(page.buttons) == len(kinds), timeout=5_000)
    return page


def step(page: TodoPage, name: str) -> QPushButton:
    found = page.findChildren(QPushButton, f"step_{name}")
    return found[-1]


def test_an_empty_page_says_so(place: Place) -> None:
    place.window.show_page("todo")
    page = place.window.page
    assert isinstance(page, TodoPage)
    place.bot.waitUntil(page._empty.isVisible, timeout=5_000)
    assert page._empty.big.text() == "没有待办" and "退回" in page._empty.small.text()
    assert not page._one.isVisible()


def test_what_may_harm_a_patient_stands_first(place: Place) -> None:
    page = opened(place, "contradicted", "recalled_dispensed")
    assert [button.property("tone") for button in page.buttons.values()] == ["stop", "stop"]
    first = next(iter(page.buttons.values()))
    assert first.isChecked() and "示例单抗注射液" in first.text() and "T-1" in first.text()
    place.window.room.note_change()
    place.bot.waitUntil(lambda: place.window.rail.buttons["todo"].waiting == 2, timeout=5_000)
    assert place.window.rail.buttons["todo"].urgent


def test_a_step_without_a_reason_is_refused_and_one_with_it_is_recorded(place: Place) -> None:
    page = opened(place, "contradicted")
    before = last(place).seq
    step(page, "verified_by_hand").click()
    place.bot.waitUntil(lambda: bool(page._said.text()), timeout=5_000)
    assert page._said.property("tone") == "stop" and last(place).seq == before
    place.bot.keyClicks(page._reason, "called the maker")
    place.bot.mouseClick(step(page, "verified_by_hand"), Qt.MouseButton.LeftButton)
    place.bot.waitUntil(lambda: last(place).kind is EventKind.TASK_RESOLVED, timeout=5_000)
    assert last(place).reason == "called the maker" and last(place).told("step") == "verified_by_hand"
    place.bot.waitUntil(lambda: not page.buttons, timeout=5_000)


def test_a_long_name_is_cut_and_neither_the_serial_nor_the_list(place: Place) -> None:
    long = Product(GTIN, "重组人促红素注射液" * 6, "Recombinant Human Erythropoietin Injection " * 4, "", "")
    place.station.run(lambda store: store.catalog.load([long]))
    page = opened(place, "contradicted")
    (button,) = page.buttons.values()
    for language in LANGUAGES:
        place.window.retranslate(Words(language))
        (button,) = page.buttons.values()
        place.bot.waitUntil(lambda button=button: 0 < button.width() <= page._list.viewport().width())
        assert "T-1" in button.text() and "…" in button.text()
        assert long.name_zh in button.toolTip() or long.name_en.strip() in button.toolTip()


def test_steps_to_take_stand_each_on_a_line_of_its_own(place: Place) -> None:
    page = opened(place, "contradicted")
    for language in LANGUAGES:
        place.window.retranslate(Words(language))
        lines = page._pack.text().splitlines()
        assert [line[:2] for line in lines[1:]] == ["1.", "2.", "3.", "4."], lines
    assert step(page, "quarantine").text() == "Set the pack apart"


def test_a_hidden_page_looks_nothing_up_and_the_shown_one_is_up_to_date(place: Place) -> None:
    page = opened(place, "contradicted")
    place.window.show_page("stock")
    clock, room = place.station.clock, place.window.room
    place.station.run(lambda store: open_task(store, clock, "double_dispense", KEY, "words"))
    looked: list[int] = []
    with place.bot.waitSignal(room.changed, timeout=5_000):
        room.note_change()
    QTimer.singleShot(0, lambda: room.look(lambda store: store.head.seq, looked.append))
    place.bot.waitUntil(lambda: bool(looked), timeout=5_000)
    assert len(page.buttons) == 1, "nothing was looked up for nobody"
    place.window.show_page("todo")
    place.bot.waitUntil(lambda: len(page.buttons) == 2, timeout=5_000)


def test_a_scan_on_the_page_goes_to_the_desk_and_shows_the_work(place: Place) -> None:
    opened(place, "contradicted")
    verdict = place.told(lambda: place.window.take(wedge(gs1("T-2"))))
    assert verdict.saved and place.window.work.isVisible()


def test_a_low_window_cuts_no_line_of_a_task(place: Place) -> None:
    place.window.resize(1092, 614)
    kinds = ("contradicted", "double_dispense", "recalled_dispensed", "maybe_recalled_dispensed", "parked")
    page = opened(place, *kinds, "parked_supervisor", "approval_overdrawn")
    place.bot.wait(50)
    for button in page.buttons.values():
        assert button.height() >= 2 * button.fontMetrics().lineSpacing() + 16
    assert page._pack.height() >= page._pack.heightForWidth(page._pack.width()), "nothing is squeezed"
    steps = [step(page, name) for name in ("quarantine", "void", "verified_by_hand")]
    for above, below in pairwise(steps):
        assert above.geometry().bottom() < below.geometry().top()
    steps[-2].setFocus()
    place.bot.keyClick(steps[-2], Qt.Key.Key_Tab)
    assert steps[-1].hasFocus()
    place.bot.waitUntil(lambda: not steps[-1].visibleRegion().isEmpty(), timeout=5_000)
