"""What a burst says: which reading is believed, and what makes it suspect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.keymap import GS
from scanner.profile import Profile, Reading, Suffix
from scanner.wedge import Wedge
from tests.scanner.desk import CODE, Desk, desk
from tests.scanner.strokes import Player


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

    def test_the_rest_of_a_scan_that_began_where_the_keyboard_was_before(self) -> None:
        d = desk()
        player = Player()
        strokes = player.scan(CODE)
        d.wedge.keyboard_new = True
        d.feed(strokes[20:40])
        d.wedge.keyboard_new = False  # while it is still coming
        d.feed(strokes[40:])
        player.rest(3000)
        d.feed(player.scan(CODE))
        assert d.suspects == ["scan_split", ""]

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
