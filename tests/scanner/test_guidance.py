"""What keeps a code in view from being read is named: too far, smeared, out of focus, glare; and nothing otherwise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from scanner.guidance import Guide, look
from scanner.vision import Gray

TEXTS = ("010952123400001317310110LOT-1\x1d21SER-0001", "81234567890123456789")


def frame(
    kind: str, module: float, *, blur: float = 0.7, smear: int = 0, glare: float = 0.0, shift: int = 0
) -> Gray:
    """A camera's frame with a code on a label in its middle, worsened on purpose."""
    form = zxingcpp.BarcodeFormat.DataMatrix if kind == "matrix" else zxingcpp.BarcodeFormat.Code128
    made = zxingcpp.create_barcode(TEXTS[kind == "bars"], form)
    code = np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True)).astype(np.float32)
    if kind == "bars":
        code = np.repeat(code[:1], 60, axis=0)
    height, width = (round(side * module) for side in code.shape)
    code = cv2.resize(
        code, (width, height), interpolation=cv2.INTER_AREA if module < 2 else cv2.INTER_NEAREST
    )
    dice = np.random.default_rng(1)
    picture = np.full((1080, 1920), 110.0, np.float32)
    top, left = 540 - height // 2, 960 - width // 2 + shift
    picture[top - 30 : top + height + 30, left - 30 : left + width + 30] = 215
    picture[top : top + height, left : left + width] = 45 + code * (170 / 255)
    if glare:
        radius = int(np.sqrt(glare * width * height / np.pi))
        light = np.zeros_like(picture)
        cv2.circle(light, (960 + shift, 540), radius, 255, -1)
        picture += cv2.GaussianBlur(light, (0, 0), 3)
    if smear:
        picture = cv2.blur(picture, (smear, 1))
    picture = cv2.GaussianBlur(picture, (0, 0), blur) + dice.normal(0, 3, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("kind", "worse", "hint"),
    [
        ("matrix", {"module": 4}, ""),
        ("bars", {"module": 3}, ""),
        ("matrix", {"module": 1.2}, "guide_closer"),
        ("bars", {"module": 1}, "guide_closer"),
        ("matrix", {"module": 4, "smear": 12}, "guide_hold_still"),
        ("matrix", {"module": 4, "blur": 3}, "guide_focus"),
        ("bars", {"module": 3, "blur": 3}, "guide_focus"),
        ("matrix", {"module": 5, "glare": 0.3}, "guide_glare"),
        ("bars", {"module": 3, "glare": 0.2}, "guide_glare"),
    ],
)
def test_what_keeps_a_code_from_being_read(kind: str, worse: dict[str, float], hint: str) -> None:
    assert look(frame(kind, **worse)) == hint  # type: ignore[arg-type]


def test_nothing_in_view_needs_no_hint() -> None:
    assert look(np.full((1080, 1920), 110, np.uint8)) == ""
    assert look(np.zeros((40, 60), np.uint8)) == ""
    dice = np.random.default_rng(2)
    assert look(dice.normal(120, 6, (1080, 1920)).clip(0, 255).astype(np.uint8)) == ""


def hints(frames: list[Gray], reads: tuple[int, ...] = ()) -> list[str]:
    guide = Guide()
    return [guide.see(gray, number in reads, number * 0.11) for number, gray in enumerate(frames)]


def test_a_hint_comes_when_two_looks_agree_and_goes_with_a_read() -> None:
    blurred = [frame("matrix", 4, blur=3, shift=place % 7) for place in range(14)]
    told = hints(blurred, reads=(13,))
    assert told[:6] == [""] * 6
    assert told[10:13] == ["guide_focus"] * 3
    assert told[13] == ""


def test_bars_that_race_along_are_to_be_held_still() -> None:
    racing = [frame("bars", 3, smear=10, blur=2.5, shift=(place * 16) % 160) for place in range(14)]
    assert hints(racing)[12] == "guide_hold_still"


def test_where_nothing_moves_nobody_is_told_anything() -> None:
    still = [frame("matrix", 4, blur=3)] * 60
    told = hints(still)
    assert "guide_focus" in told
    assert told[-1] == ""
