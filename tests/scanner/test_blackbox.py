"""The black box keeps what came in, and plays it again."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from scanner.blackbox import CAPACITY, BlackBox, Record, Road
from scanner.burst import Burst
from scanner.devicekeys import DeviceKeys
from scanner.keymap import ENTER, GS, Stroke
from scanner.profile import Profile, Reading
from scanner.replay import replay
from scanner.scan import Scan, Source
from scanner.wedge import Wedge
from tests.display.keyboard import scanner_keys
from tests.scanner.strokes import Player

CODE = "]d201069012345678921712345678\x1d10aB-1/2"


def burst(strokes: list[Stroke], profile: Profile | None = None) -> Burst:
    wedge = Wedge(profile, clock=lambda: 5.0)
    bursts = [burst for stroke in strokes for burst in wedge.feed(stroke).bursts]
    bursts += wedge.quiet().bursts
    return bursts[-1]


def box_of_everything() -> BlackBox:
    box = BlackBox()
    box.keep_burst(burst(Player().scan(CODE)))
    box.keep_burst(burst(Player(caps=True).scan("aBcDeF12")))
    profile = Profile("HID 1", Reading.TEXT, replaced=(("|", GS),))
    box.keep_burst(burst(Player().scan("]d210A|21é".replace("é", "e"), suffix=None), profile), profile)
    box.keep(Scan("]Q1例", Source.SERIAL, device="Zebra /dev/ttyACM0", at=1.5), "]Q1例".encode())
    box.keep(Scan("[)>\x1e06\x1d\r\n\x04", Source.SERIAL), b"[)>\x1e06\x1d\r\n\x04")
    box.keep(Scan("6901234567892", Source.CAMERA, "EAN13"))
    for suffix in (ENTER, None):
        keys = DeviceKeys("HID 05e0:1200", clock=lambda: 0.0)
        moves = scanner_keys(CODE, suffix=suffix)
        found = [scan for code, down in moves if (scan := keys.key(0, code, pressed=down))]
        scan = found[0] if found else keys.quiet()
        assert scan
        box.keep(scan, strokes=keys.last, road=Road.DEVICE)
    box.keep(Scan("]d1a\rb", Source.SERIAL), b"]d1a\rb", road=Road.REPORT)
    return box


def test_records_survive_export() -> None:
    box = box_of_everything()
    lines = list(box.lines())
    assert len(lines) == 9
    assert all("\n" not in line for line in lines)
    assert [Record.of(line) for line in lines] == [
        replace(record, strokes=tuple(replace(stroke, number=0) for stroke in record.strokes))
        for record in box.records()
    ]


def test_what_is_played_again_reads_the_same() -> None:
    played = list(replay(Record.of(line) for line in box_of_everything().lines()))
    assert [one.playable for one in played] == [True] * 5 + [False] + [True] * 3
    assert all(one.same for one in played if one.playable)
    assert played[1].suspect == "caps_lock_unsure"


def test_a_difference_is_seen() -> None:
    record = box_of_everything().records()[0]
    claimed = replace(record, scan=replace(record.scan, text=CODE.replace("aB", "AB")))
    (played,) = replay([claimed])
    assert not played.same
    assert played.text == CODE
    doubted = replace(record, scan=replace(record.scan, suspect="layout_unsure"))
    assert not next(replay([doubted])).same
    around = replace(record, scan=replace(record.scan, suspect="scan_split"))
    assert next(replay([around])).same
    torn = replace(record, strokes=record.strokes[:6])
    assert next(replay([torn])).text is None


def test_the_verdict_is_added_to_its_scan() -> None:
    box = BlackBox()
    first, second = (Scan("123456", Source.CAMERA) for _ in range(2))
    for scan in (first, second):
        box.keep(scan)
    box.judge(first, "accepted")
    box.judge(Scan("123456", Source.CAMERA), "refused")
    assert [record.verdict for record in box.records()] == ["accepted", ""]


def test_only_the_last_ones_are_kept_whoever_adds_them() -> None:
    box = BlackBox()

    def add() -> None:
        for number in range(CAPACITY):
            box.keep(Scan(str(number), Source.CAMERA))

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.records()) == CAPACITY


@pytest.mark.parametrize(
    "line", ["", "x", "[]", "{}", "5", '{"format": 2}', '{"format": 1, "strokes": [[1]]}']
)
def test_lines_that_are_no_records(line: str) -> None:
    with pytest.raises(ValueError):
        Record.of(line)
