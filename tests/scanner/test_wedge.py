"""Scans and typing are told apart, and nothing of either is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.keymap import CTRL, DOWN, ENTER, F8, F9, GS, LEFT_CTRL, TAB
from scanner.profile import Profile, Suffix
from scanner.wedge import MOST_HELD
from tests.scanner.desk import CODE, desk
from tests.scanner.strokes import Player


@pytest.mark.parametrize("pause", [0, 1, 5, 20, 35])
@pytest.mark.parametrize("suffix", [ENTER, TAB, None])
def test_a_burst_is_a_scan_and_nothing_leaks(pause: int, suffix: int | None) -> None:
    d = desk()
    d.feed(Player().scan(CODE, pause, suffix=suffix))
    d.quiet()
    assert d.scans == [CODE]
    assert d.suspects == [""]
    assert d.typed == []
    assert d.bursts[0].suffix == {ENTER: Suffix.ENTER, TAB: Suffix.TAB, None: Suffix.NONE}[suffix]
    assert d.wedge.count == 0


def test_typing_comes_back_in_order_with_its_enter() -> None:
    d = desk()
    strokes = Player().scan("Hello, world 12345678", 60)
    d.feed(strokes)
    d.quiet()
    assert d.typed == strokes
    assert d.scans == []


def test_a_short_burst_is_typing() -> None:
    d = desk()
    strokes = Player().scan("12345", 3)
    d.feed(strokes)
    assert d.typed == strokes
    assert d.scans == []


def test_a_device_that_types_for_ever_is_not_held_for_ever() -> None:
    d = desk()
    strokes = Player().scan("0123456789" * 2_500, 1, suffix=None)
    assert len(strokes) > 2 * MOST_HELD
    most = 0
    for at in range(0, len(strokes), 1_000):
        d.feed(strokes[at : at + 1_000])
        most = max(most, d.wedge.count)
    d.quiet()
    assert most <= MOST_HELD
    assert "".join(d.scans) == "0123456789" * 2_500
    assert d.typed == []


def test_the_same_character_twice_within_a_millisecond_is_no_auto_repeat() -> None:
    d = desk()
    strokes = Player().scan("]d200000001111222", 0)
    marked = [
        replace(s, repeat=True) if s.pressed and i and strokes[i - 1].scan_code == s.scan_code else s
        for i, s in enumerate(strokes)
    ]
    assert any(stroke.repeat for stroke in marked)
    d.feed(marked)
    assert d.scans == ["]d200000001111222"]


def test_a_key_held_down_repeats_into_the_field() -> None:
    d = desk()
    player = Player()
    press = player.scan("0", suffix=None)[0]
    repeats = [replace(press, at_ms=press.at_ms + 300 + 25 * i, repeat=True) for i in range(40)]
    d.feed([press, *repeats])
    d.quiet()
    assert d.typed == [press, *repeats]
    assert d.scans == []


def test_without_a_timer_the_event_times_decide() -> None:
    d = desk()
    player = Player()
    typed = player.scan("abc", 80, suffix=None)
    player.rest(200)
    scan = player.scan(CODE, 2)
    player.rest(200)
    more = player.scan("de", 80, suffix=None)
    d.feed([*typed, *scan, *more], timer=False)
    d.quiet()
    assert d.scans == [CODE]
    assert d.typed == [*typed, *more]


def test_two_scans_without_a_pause_between() -> None:
    d = desk()
    player = Player()
    d.feed(player.scan(CODE, 0))
    d.feed(player.scan("]d2" + "5" * 20, 0))
    assert d.scans == [CODE, "]d2" + "5" * 20]
    assert d.suspects == ["", ""]


@pytest.mark.parametrize("second", [ENTER, TAB, DOWN, 36])
def test_the_second_half_of_a_suffix_is_swallowed(second: int) -> None:
    d = desk()
    player = Player()
    moves = [(second, True), (second, False)]
    if second == 36:  # LF as Ctrl+J
        moves = [(LEFT_CTRL, True), *moves, (LEFT_CTRL, False)]
    d.feed(player.scan(CODE, 3))
    d.feed(player.play(moves, 3))
    d.quiet()
    assert d.scans == [CODE]
    assert d.typed == []
    player.rest(300)
    enter = list(player.play([(ENTER, True), (ENTER, False)]))
    d.feed(enter)
    assert d.typed == enter


def test_a_shortcut_passes_and_a_held_letter_goes_first() -> None:
    d = desk()
    player = Player()
    letter = player.scan("a", suffix=None)
    player.rest(10)
    save = list(player.play([(LEFT_CTRL, True), (31, True), (31, False), (LEFT_CTRL, False)], 10))
    d.feed([*letter, *save])
    d.quiet()
    assert d.typed == [*letter, *save]
    assert save[1].modifiers == CTRL


def test_a_function_key_alone_is_the_persons() -> None:
    d = desk()
    strokes = list(Player().play([(F8, True), (F8, False), (DOWN, True), (DOWN, False)], 10))
    d.feed(strokes)
    assert d.typed == strokes


@pytest.mark.parametrize("gs", ["ctrl", "alt029", "alt0029", "f8"])
def test_gs_forms(gs: str) -> None:
    d = desk()
    d.feed(Player().scan(CODE, 3, gs=gs))
    assert d.scans == [CODE]


def test_down_inside_a_burst_is_gs() -> None:
    d = desk()
    player = Player()
    d.feed(player.scan("]d210ABCDEF", 3, suffix=None))
    d.feed(player.play([(DOWN, True), (DOWN, False)], 3))
    d.feed(player.scan("2112", 3))
    assert d.scans == [f"]d210ABCDEF{GS}2112"]


def test_a_key_down_before_the_scan_is_given_back_its_release() -> None:
    d = desk()
    player = Player()
    press, release = player.scan("x", suffix=None)
    d.feed([press])
    player.rest(300)
    scan = player.scan(CODE, 2, suffix=None)
    d.feed([*scan[:20], replace(release, at_ms=scan[19].at_ms), *scan[20:]])
    d.quiet()
    assert d.scans == [CODE]
    assert [(s.scan_code, s.pressed) for s in d.typed] == [(45, True), (45, False)]


def test_fast_uneven_typing_is_no_scan() -> None:
    d = desk()
    pauses = [20, 30, 20, 34, 22, 50, 20, 48, 30, 60]  # six keys in a row as fast as a scanner's
    strokes = Player().scan("the quick brown fox jumps over the dog", pauses)
    d.feed(strokes)
    d.quiet()
    assert d.typed == strokes
    assert d.scans == []


def test_typed_keys_go_before_a_click_but_a_scan_goes_on() -> None:
    d = desk()
    typed = Player().scan("ab", 5, suffix=None)
    d.feed(typed)
    assert d.wedge.yield_keys().replay == tuple(typed)
    scan = Player(9000).scan(CODE)
    d.feed(scan[:40])
    assert d.wedge.yield_keys().replay == ()
    d.feed(scan[40:])
    assert d.scans == [CODE]


def test_event_clocks_wrap() -> None:
    d = desk()
    strokes = Player((1 << 32) - 60).scan(CODE)
    d.feed([replace(stroke, at_ms=stroke.at_ms % (1 << 32)) for stroke in strokes], timer=False)
    assert d.scans == [CODE]


def test_slow_scanners_by_profile() -> None:
    d = desk(Profile(gap_ms=100))
    d.feed(Player().scan(CODE, 95))
    assert d.scans == [CODE]


@pytest.mark.parametrize("gs", ["", "ctrl", "f8", "down"])
@pytest.mark.parametrize("gap", [60, 100])
@pytest.mark.parametrize("key", [59, 60, 65, F8, F9, 68, DOWN])
def test_a_function_key_right_before_a_scan_is_a_persons(gs: str, gap: int, key: int) -> None:
    """Whether it is F2 for the task, or F8 for the camera although this scanner says GS by it."""
    keys = {"f8": ((F8, GS),), "down": ((DOWN, GS),)}.get(gs, ())
    d = desk(Profile(gs=gs, keys=keys, suffix=Suffix.ENTER) if gs else None)
    player = Player()
    pressed = list(player.play([(key, True), (key, False)]))
    d.feed(pressed)
    player.rest(gap)
    d.feed(player.scan(CODE, gs="f8" if gs == "f8" else "ctrl"))
    assert (d.scans, d.suspects) == ([CODE], [""])
    assert d.typed == pressed


def test_a_key_that_calibration_has_not_named_is_no_separator() -> None:
    d = desk(Profile(gs="ctrl", keys=(), suffix=Suffix.ENTER))
    player = Player()
    d.feed(player.scan("]d2123456", suffix=None))
    d.feed(player.play([(F8, True), (F8, False)]))
    d.feed(player.scan("789"))
    assert (d.scans, d.suspects) == (["]d2123456789"], ["unmapped_key"])
