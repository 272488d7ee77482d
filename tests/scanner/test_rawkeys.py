"""Keys with their keyboards, as Windows tells them: scanners' become codes and leave no trace, persons' pass."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.winkeys import native_of
from scanner.keymap import Stroke
from scanner.profile import Profile, Reading
from scanner.rawinput import RawKey
from scanner.rawkeys import RawKeys
from scanner.scan import Scan
from tests.display.keyboard import Move, scanner_keys

GS1 = "]d201069012345678921712345678\x1d17271231\x1d10aB-1/2"
ZEBRA, OTHER, PERSON = 1, 2, 3


class Desk:
    """A window that is told of keys first by Raw Input and then by the ordinary message."""

    def __init__(self, **profiles: Profile) -> None:
        self.scans: list[Scan] = []
        self.kept: list[tuple[Stroke, ...]] = []
        self.typed: list[int] = []
        self.keys = RawKeys(
            lambda device: {ZEBRA: "HID 05e0:1200", OTHER: "HID 0c2e:0901"}.get(device, ""),
            lambda name: profiles.get(name[-4:]),
            on_scan=self.scans.append,
            on_strokes=lambda _scan, strokes, _profile: self.kept.append(strokes),
        )

    def play(self, device: int, moves: Iterable[Move]) -> None:
        for code, down in moves:
            self.keys.raw(RawKey(device, code, down), 0)
            if not self.keys.message(code, pressed=down) and down:
                self.typed.append(code)


def test_two_scanners_and_a_person_at_once() -> None:
    desk = Desk()
    first, second = scanner_keys(GS1), scanner_keys("81234567890123456789", suffix=None)
    typed = scanner_keys("nihao", suffix=None)
    for place in range(max(len(first), len(second))):
        for device, moves in ((ZEBRA, first), (OTHER, second), (PERSON, typed)):
            desk.play(device, moves[place : place + 1])
    assert desk.keys.pending
    desk.keys.quiet()
    assert [(scan.text, scan.device) for scan in desk.scans] == [
        (GS1, "HID 05e0:1200"),
        ("81234567890123456789", "HID 0c2e:0901"),
    ]
    assert desk.typed == [code for code, down in typed if down]
    assert not desk.keys.pending
    assert len(desk.kept[0]) == len(first) - 1  # all but the release of Enter


def test_messages_that_come_later_than_their_keys_stay_apart() -> None:
    desk = Desk()
    scan, typed = scanner_keys("A1B2C3"), scanner_keys("a1", suffix=None)
    order = [(ZEBRA, move) for move in scan[:6]] + [(PERSON, move) for move in typed]
    for device, (code, down) in order:
        desk.keys.raw(RawKey(device, code, down), 0)
    passed = [code for _device, (code, down) in order if not desk.keys.message(code, pressed=down)]
    assert passed == [code for code, _ in typed]


def test_a_message_that_nobody_announced_is_a_persons() -> None:
    desk = Desk()
    assert not desk.keys.message(30, pressed=True)
    desk.keys.raw(RawKey(ZEBRA, 30, pressed=True), 0)
    assert not desk.keys.message(31, pressed=True)


def test_a_scanner_set_to_the_computers_layout_is_the_windows() -> None:
    desk = Desk(**{"1200": Profile(reading=Reading.TEXT)})
    desk.play(ZEBRA, scanner_keys("A1"))
    assert desk.scans == []
    assert len(desk.typed) == 4  # Shift, A, 1, Enter
    desk.keys.forget()
    desk.play(OTHER, scanner_keys("A1"))
    assert [scan.text for scan in desk.scans] == ["A1"]


def test_scan_codes_of_key_messages() -> None:
    assert native_of(0x001E0001) == 0x1E
    assert native_of(0x011C0001) == 0x11C
    assert native_of(0xC01E0001) == 0x1E
