"""Scans and typing are told apart, and nothing of either is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from scanner.burst import Burst
from scanner.keymap import CTRL, DOWN, ENTER, F8, F9, GS, LEFT_CTRL, TAB, Stroke
from scanner.profile import Profile, Reading, Suffix
from scanner.wedge import Wedge
from tests.scanner.strokes import Player

CODE = "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2"


@dataclass
class Desk:
    """A wedge with its timer and the field that gets what was typed."""

    wedge: Wedge
    typed: list[Stroke] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    _last: Stroke | None = None
    _wait: int = 0

    def feed(self, strokes: Iterable[Stroke], timer: bool = True) -> None:
        for stroke in strokes:
            if timer and self._wait and self._last and stroke.at_ms - self._last.at_ms >= self._wait:
                self.quiet()
            step = self.wedge.feed(stroke)
            self._take(step.replay, step.bursts)
            if step.passes:
                self.typed.append(stroke)
            self._wait, self._last = step.wait_ms, stroke
            assert bool(self._wait) == bool(self.wedge.count)

    def quiet(self) -> None:
        step = self.wedge.quiet()
        self._take(step.replay, step.bursts)
        self._wait = 0

    def _take(self, replay: tuple[Stroke, ...], bursts: tuple[Burst, ...]) -> None:
        self.typed += replay
        self.bursts += bursts

    @property
    def text(self) -> str:
        return "".join(stroke.text for stroke in self.typed if stroke.pressed)

    @property
    def scans(self) -> list[str]:
        return [burst.scan.text for burst in self.bursts]

    @property
    def suspects(self) -> list[str]:
        return [burst.scan.suspect for burst in self.bursts]


def desk(profile: Profile | None = None) -> Desk:
    return Desk(Wedge(profile, check=lambda text: text.startswith("]d2"), clock=lambda: 100.0))


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


class TestReadings:
    def test_caps_lock_does_not_matter_where_the_code_tells(self) -> None:
        d = desk()
        d.feed(Player(caps=True).scan(CODE))
        assert d.scans == [CODE]
        assert d.suspects == [""]

    def test_caps_lock_is_doubted_where_nothing_tells(self) -> None:
        d = desk()
        d.feed(Player(caps=True).scan("AbcdefgH"))
        assert d.scans == ["AbcdefgH"]
        assert d.suspects == ["caps_lock_unsure"]

    @pytest.mark.parametrize("code", ["0109521234000013172810221\x1d21SER-0001", "DN-2026-0601", "ABCDEFGH"])
    def test_capitals_are_believed_under_caps_lock(self, code: str) -> None:
        d = desk()
        d.feed(Player(caps=True).scan(code))
        assert (d.scans, d.suspects) == ([code], [""])

    def test_small_letters_under_caps_lock_may_be_a_scanner_that_makes_up_for_it(self) -> None:
        d = desk()
        d.feed(Player(caps=True).scan("dn-2026-0601"))
        assert d.suspects == ["caps_lock_unsure"]

    def test_another_layout_is_doubted_where_nothing_tells(self) -> None:
        d = desk()
        d.feed([replace(s, text="é" if s.text == "2" else s.text) for s in Player().scan("12345672")])
        assert d.scans == ["12345672"]
        assert d.suspects == ["layout_unsure"]

    def test_the_layouts_reading_wins_where_only_it_is_a_code(self) -> None:
        d = desk()
        wanted = iter("]d2010690123456")
        strokes = [
            replace(s, text=next(wanted)) if s.pressed and s.text not in "\r" else s
            for s in Player().scan("xx3456789012345", 3)
        ]
        d.feed(strokes)
        assert d.scans == ["]d2010690123456"]
        assert d.bursts[0].said.reading is Reading.TEXT
        assert d.suspects == [""]

    def test_a_profile_decides_without_asking(self) -> None:
        for reading, expected in [(Reading.SCANCODE_US, "abcdef"), (Reading.TEXT, "ABCDEF")]:
            d = desk(Profile(reading=reading))
            d.feed(Player(caps=True).scan("abcdef"))
            assert d.scans == [expected]
            assert d.suspects == [""]

    def test_a_rejected_scanner_says_so(self) -> None:
        d = desk(Profile(reading=Reading.REJECT))
        d.feed(Player().scan("abcdef"))
        assert d.suspects == ["wedge_rejected"]

    def test_a_profile_maps_a_printable_separator(self) -> None:
        d = desk(Profile(replaced=(("|", GS),)))
        d.feed(Player().scan("]d210A|21B"))
        assert d.scans == ["]d210A\x1d21B"]


class TestSuspicion:
    def test_full_width_text_comes_from_an_input_method(self) -> None:
        d = desk()
        d.feed([replace(s, text="１" if s.text == "1" else s.text) for s in Player().scan(CODE)])
        assert d.suspects == ["input_method"]

    def test_an_input_method_that_speaks_during_the_scan(self) -> None:
        d = desk()
        strokes = Player().scan(CODE)
        d.feed(strokes[:30])
        d.wedge.input_method_spoke()
        d.feed(strokes[30:])
        assert d.scans == [CODE]
        assert d.suspects == ["input_method"]

    def test_an_input_method_that_spoke_just_before(self) -> None:
        now = 50.0
        d = Desk(Wedge(clock=lambda: now))
        d.wedge.input_method_spoke()
        now = 50.3
        d.feed(Player().scan("12345678"))
        now = 60.0
        d.feed(Player(9000).scan("12345678"))
        assert d.suspects == ["input_method", ""]

    def test_non_ascii_text_of_a_layout_reading(self) -> None:
        d = desk(Profile(reading=Reading.TEXT))
        d.feed([replace(s, text="é" if s.text == "2" else s.text) for s in Player().scan("12345672")])
        assert d.suspects == ["non_ascii"]

    def test_a_beginning_that_was_taken_for_typing(self) -> None:
        d = desk()
        d.feed(Player().scan(CODE, [3, 3, 60, *[3] * 200]))
        assert d.text == "]d"
        assert d.scans == [CODE[2:]]
        assert d.suspects == ["scan_split"]

    def test_a_stall_in_a_certain_burst_is_bridged(self) -> None:
        d = desk()
        d.feed(Player().scan(CODE, [*[3] * 20, 90, *[3] * 200]))
        assert d.scans == [CODE]
        assert d.suspects == [""]

    def test_a_scan_torn_in_two(self) -> None:
        d = desk()
        player = Player()
        d.feed(player.scan(CODE))
        player.rest(3000)
        d.feed(player.scan(CODE, [*[3] * 20, 400, *[3] * 200]))
        assert "".join(d.scans) == CODE + CODE
        assert d.suspects == ["", "scan_cut", "scan_split"]

    def test_quick_scans_without_suffix_are_whole_where_none_is_expected(self) -> None:
        for profile, doubt in ((Profile(suffix=Suffix.NONE), ""), (None, "scan_split")):
            d = desk(profile)
            player = Player()
            for _ in range(2):
                player.rest(300)
                d.feed(player.scan(CODE, suffix=None))
            d.quiet()
            assert d.scans == [CODE, CODE]
            assert d.suspects == ["", doubt]

    def test_a_missing_suffix_is_noticed_by_profile(self) -> None:
        d = desk(Profile(suffix=Suffix.ENTER))
        d.feed(Player().scan(CODE, suffix=None))
        d.quiet()
        assert d.suspects == ["scan_cut"]

    def test_a_foreign_key_inside(self) -> None:
        d = desk()
        player = Player()
        d.feed(player.scan("]d2123456", suffix=None))
        d.feed(player.play([(103, True), (103, False)]))
        d.feed(player.scan("789"))
        assert d.scans == ["]d2123456789"]
        assert d.suspects == ["unmapped_key"]
        assert d.typed == []


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
