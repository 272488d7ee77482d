"""Keys and the command palette reach everything, in either language, and are gone with the next scan."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt

from desktop.controlcodes import PREFIX
from desktop.controls import Controls
from desktop.words import LANGUAGES, Words
from ledger.event import EventKind
from tests.desktop.conftest import Place, gs1, wedge


def opened(place: Place) -> Controls:
    place.window.controls.palette.toggle()
    assert place.window.controls.palette.isVisible()
    return place.window.controls


def test_the_palette_finds_in_both_languages_and_goes_there(place: Place) -> None:
    for typed, page in (("备份", "settings"), ("交班", "delivery"), ("deliv", "delivery"), ("待办", "todo")):
        palette = opened(place).palette
        place.bot.keyClicks(palette.field, typed) if typed.isascii() else palette.field.setText(typed)
        place.bot.keyClick(palette.field, Qt.Key.Key_Return)
        assert palette.isHidden()
        assert place.window.page is not None and place.window.page.name == page, typed
    assert place.window.page is not None


def test_the_arrows_choose_and_escape_puts_it_away(place: Place) -> None:
    palette = opened(place).palette
    place.bot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    place.bot.keyClick(palette.field, Qt.Key.Key_Up)
    place.bot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1
    place.bot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.isHidden() and place.window.work.isVisible()


def test_a_scan_puts_it_away_and_is_taken(place: Place) -> None:
    palette = opened(place).palette
    assert place.told(lambda: place.window.take(wedge(gs1("PAL-1")))).saved
    assert palette.isHidden()


def test_what_is_no_pack_puts_it_away_as_well(place: Place) -> None:
    palette = opened(place).palette
    with place.bot.waitSignal(place.desk.controlled, timeout=5_000):
        place.window.take(wedge(f"{PREFIX}UNDO"))
    assert palette.isHidden()


def test_the_focus_goes_back_to_where_it_was(place: Place) -> None:
    """The next button in the row would be a task, and Enter would choose it."""
    place.window.activateWindow()
    place.bot.waitUntil(place.window.isActiveWindow, timeout=5_000)
    place.window.work.rest()
    palette = opened(place).palette
    assert palette.field.hasFocus()
    place.bot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert place.window.work.sink.hasFocus()
    place.window.show_page("stock")
    palette = opened(place).palette
    place.window.show_page("todo")
    assert palette.isHidden() and place.window.page is not None
    assert place.window.page.isAncestorOf(place.window.focusWidget()) or place.window.page.hasFocus()


def test_a_task_is_chosen_by_its_name(place: Place) -> None:
    palette = opened(place).palette
    palette.field.setText("dispense")
    place.bot.keyClick(palette.field, Qt.Key.Key_Return)
    assert place.desk.verb is EventKind.DISPENSE


def test_every_command_has_words(place: Place) -> None:
    for language in LANGUAGES:
        words = Words(language)
        for command in place.window.controls._commands():
            assert words.knows(command.words), command.words


def test_what_fits_nothing_says_so(place: Place) -> None:
    palette = opened(place).palette
    palette.field.setText("qqq")
    assert palette._none.isVisible() and palette.list.count() == 0
    place.bot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isHidden()


def test_the_window_is_never_larger_than_the_screen(place: Place) -> None:
    """At a large size a small screen has little room, and what stands at the bottom must be seen."""
    screen = place.window.screen().availableSize()
    least = place.window.minimumSize()
    assert least.width() <= screen.width() and least.height() <= screen.height()


def test_a_task_that_is_left_leaves_nothing_behind_in_the_list(place: Place) -> None:
    """Each change of task would leave a listener in memory that every later scan has to tell."""

    def listeners() -> int:
        return len(place.window.findChildren(QItemSelectionModel))

    before = listeners()
    for _ in range(20):
        place.desk.choose("dispense")
        place.desk.choose("receive")
    place.bot.waitUntil(lambda: listeners() <= before, timeout=5_000)


def test_a_stop_comes_back_when_the_mishap_before_it_is_closed(place: Place) -> None:
    banner, say = place.window.banner, Words("zh_CN").say
    banner.say("disk_full", stop=True)
    stop = banner.sentence.text()
    place.window.room.say("badge_unknown")
    assert banner.sentence.text() == say("badge_unknown")
    place.window.controls.escape()
    assert banner.sentence.text() == stop and banner.isVisible(), "the disk is full still"
    place.window.room.say("badge_unknown")
    banner.take_back()
    assert banner.sentence.text() == say("badge_unknown"), "what nobody has read yet"
    place.window.controls.escape()
    assert banner.isHidden()
