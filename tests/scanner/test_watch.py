"""A camera's frames are glanced at and studied; what both see of one frame counts once."""

from __future__ import annotations

import time

import numpy as np
import pytest
import zxingcpp

from scanner.read import Read
from scanner.steady import Steady
from scanner.vision import Gray
from scanner.watch import Watch

DRUG_CODE = "83386520001941653320"
LONG = 60_000.0
"""Milliseconds: a busy machine must not decide what is read."""


def _frame(content: str, kind: str, at: tuple[int, int] = (700, 400), scale: int = 3) -> Gray:
    symbol = np.array(
        zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=scale)
    )
    frame = np.random.default_rng(1).normal(170, 5, (1080, 1920)).clip(0, 255).astype(np.uint8)
    x, y = at
    frame[y : y + symbol.shape[0], x : x + symbol.shape[1]] = symbol
    return frame


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("TD-1", "DataMatrix"),
        (DRUG_CODE, "Code128"),
        ("6925265101481", "EAN13"),
        ("TraceDesk", "QRCode"),
    ],
)
def test_a_glance_reads_the_middle_of_the_frame_and_then_knows_the_place(content: str, kind: str) -> None:
    watch, frame = Watch(), _frame(content, kind)
    (read,) = watch.glance(frame, 0.0, LONG)
    assert read.text == content
    assert all(700 <= x <= 1300 and 400 <= y <= 800 for x, y in read.corners)
    # The place is known now: nothing else of the next frame has to be looked at.
    empty = np.full_like(frame, 170)
    empty[350:750, 620:1200] = frame[350:750, 620:1200]
    assert [one.text for one in watch.glance(empty, 0.03, LONG)] == [content]


def test_a_bar_code_wider_than_the_middle_is_read() -> None:
    watch = Watch()
    frame = _frame("0123456789" * 4 + "ABCDEFGHIJ", "Code128", at=(200, 500), scale=4)
    reads = [read for at in range(2) for read in watch.glance(frame, at / 30, LONG)]
    assert {read.text for read in reads} == {"0123456789" * 4 + "ABCDEFGHIJ"}


@pytest.mark.parametrize("kind", ["PDF417", "Aztec", "DataMatrix"])
def test_a_study_reads_all_of_the_frame(kind: str) -> None:
    watch, frame = Watch(), _frame("TraceDesk", kind, at=(60, 40))
    found = [read for turn in range(3) for read in watch.study(frame, turn / 10, LONG)]
    assert {read.text for read in found} == {"TraceDesk"}


def test_a_scene_in_which_nothing_happens_is_studied_now_and_then() -> None:
    watch = Watch()
    nothing = np.full((480, 640), 130, np.uint8)
    for turn in range(12):
        assert watch.study(nothing, turn / 100, LONG) == ()
    hidden = nothing.copy()  # too small a change for the scene to look another one
    symbol = np.array(zxingcpp.create_barcode("TD-1", zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=2))
    hidden[200 : 200 + symbol.shape[0], 300 : 300 + symbol.shape[1]] = symbol
    assert watch.study(hidden, 0.2, LONG) == ()
    assert [read.text for read in watch.study(hidden, 1.2, LONG)] == ["TD-1"]


def test_a_scene_that_changes_is_studied_at_once() -> None:
    watch = Watch()
    nothing = np.full((480, 640), 130, np.uint8)
    for turn in range(12):
        assert watch.study(nothing, turn / 100, LONG) == ()
    shown = _frame("TD-1", "DataMatrix")[300:780, 500:1140]
    assert [read.text for read in watch.study(shown, 0.2, LONG)] == ["TD-1"]


def _read(decoder: str = "zxing", payload: str = DRUG_CODE) -> Read:
    return Read(
        "Code128",
        payload.encode(),
        payload,
        "]C0",
        ((0, 0), (9, 0), (9, 9), (0, 9)),
        decoder,
    )


def test_a_study_of_a_frame_that_was_glanced_at_is_no_second_vote() -> None:
    watch, frame = Watch(), _frame(DRUG_CODE, "Code128")
    assert watch.glance(frame, 0.0, LONG)
    assert watch.independent([_read()], 1) == []
    assert watch.independent([_read("zxing fused")], 1) == []
    assert watch.independent([_read(payload="00000000000000000000")], 1) != []
    watch.glance(np.full_like(frame, 170), 0.03, LONG)
    assert watch.independent([_read()], 2) == [_read()]  # a frame of its own
    assert watch.independent([_read("zxing fused")], 2) == []  # the frame before is part of it


def test_what_a_study_finds_comes_with_a_later_frame_and_the_thread_ends() -> None:
    watch = Watch()
    frame = _frame("TraceDesk", "PDF417", at=(60, 40))
    found: tuple[Read, ...] = ()
    deadline = time.monotonic() + 60
    while not found and time.monotonic() < deadline:
        found = watch(frame, 1.0)
        time.sleep(0.05)
    watch.close()
    assert {read.text for read in found} == {"TraceDesk"}  # two studies may have ended since the last frame
    study = watch._thread
    assert study is not None
    study.join(30)
    assert not study.is_alive()


def test_still_frames_of_a_drug_code_become_one_scan() -> None:
    watch, steady, frame = Watch(), Steady(), _frame(DRUG_CODE, "Code128")
    accepted = [
        read
        for number in range(8)
        for read in steady.see(watch.glance(frame, number / 30, LONG), number / 30, number)
    ]
    assert [read.text for read in accepted] == [DRUG_CODE]
