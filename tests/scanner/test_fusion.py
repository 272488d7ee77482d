"""Frames laid upon each other show what none of them shows alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import zxingcpp

from scanner.decode import decode_image
from scanner.fusion import FUSED, UP, Fusion, Stack
from scanner.read import Read
from scanner.readers import read_zxing
from scanner.vision import Gray, cv2

CARRIED = b"01069012345678921727123110" + b"12AB34\x1d21XY123456"


def _symbol() -> Gray:
    drawn = zxingcpp.create_barcode(
        "(01)06901234567892(17)271231(10)12AB34(21)XY123456",
        zxingcpp.BarcodeFormat.DataMatrix,
        gs1=True,
    ).to_image(scale=1, add_quiet_zones=False)
    return np.pad(np.array(drawn), 3, constant_values=255)


def _frames(
    count: int,
    *,
    pixels: float = 2.4,
    noise: float = 40.0,
    seed: int = 1,
    drift: float = 3.0,
) -> Iterator[tuple[Gray, tuple[float, float]]]:
    """A code that a hand holds: it drifts, turns a little and is stretched by tilt; and where its middle is."""
    symbol = cv2.resize(_symbol(), None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    rng = np.random.default_rng(seed)
    height, width = symbol.shape
    x, y, turn = 200.0, 150.0, 20.0
    for _ in range(count):
        x, y = x + drift + rng.normal(), y - drift / 2 + rng.normal()
        turn += rng.normal()
        place = cv2.getRotationMatrix2D((width / 2, height / 2), turn, pixels / 8)
        place[:, :2] = place[:, :2] * (1 + rng.normal(0, 0.01, (2, 1)))
        place[:, 2] += [x, y] - (place @ [width / 2, height / 2, 1.0])
        soft = cv2.GaussianBlur(symbol, (0, 0), 8 / pixels * 0.5)
        scene = cv2.warpAffine(soft * 0.6 + 60, place, (480, 320), flags=cv2.INTER_AREA, borderValue=150)
        yield (
            (scene + rng.normal(0, noise, scene.shape)).clip(0, 255).astype(np.uint8),
            (x, y),
        )


def test_what_no_frame_shows_is_read_from_all_of_them() -> None:
    frames = list(_frames(24, noise=75))
    for frame, _ in frames[::6]:
        assert decode_image(frame) == ()  # every attempt there is, without a deadline
    first, (x, y) = frames[0]
    stack = Stack(first, (round(x) - 45, round(y) - 45, 90, 90))
    for frame, _ in frames[1:]:
        stack.add(frame)
    assert stack.views >= 20
    (read,) = read_zxing(stack.mean(), "DataMatrix")
    assert read.payload == CARRIED


def test_the_box_follows_the_code() -> None:
    frames = list(_frames(20, noise=8))
    x, y = frames[0][1]
    stack = Stack(frames[0][0], (round(x) - 45, round(y) - 45, 90, 90))
    for frame, (x, y) in frames[1:]:
        assert stack.add(frame)
        left, top, width, height = stack.box
        assert abs(left + width / 2 - x) < 3
        assert abs(top + height / 2 - y) < 3
    assert stack.mean().shape == (90 * UP, 90 * UP)


def test_another_scene_is_not_laid_upon_it() -> None:
    (first, (x, y)), *_ = _frames(1, noise=8)
    stack = Stack(first, (round(x) - 45, round(y) - 45, 90, 90))
    clouds = np.random.default_rng(2).integers(0, 256, first.shape, dtype=np.uint8)
    assert not stack.add(clouds)
    assert not stack.add(np.full_like(first, 128))
    assert not stack.add(first[:40, :40])
    assert stack.views == 1


def _read_by(fusion: Fusion, frames: list[Gray], boxes: list[tuple[int, int, int, int]]) -> list[Read]:
    found: list[Read] = []
    for at, frame in enumerate(frames):
        for step in fusion.steps([frame], at / 30, boxes):
            found += step.run()
    return found


def test_a_followed_place_is_read_where_it_lies() -> None:
    frames = list(_frames(10, noise=18, pixels=2.2))
    x, y = frames[0][1]
    boxes = [(round(x) - 45, round(y) - 45, 90, 90)]
    found = _read_by(Fusion(), [frame for frame, _ in frames], boxes)
    assert {read.payload for read in found} == {CARRIED}
    assert all(FUSED in read.decoder for read in found)
    middle = np.mean(found[0].corners, axis=0)
    assert any(np.hypot(*(middle - place)) < 12 for _, place in frames)


def test_nothing_is_read_where_nothing_is() -> None:
    rng = np.random.default_rng(4)
    texture = cv2.resize(
        rng.integers(0, 256, (40, 60), dtype=np.uint8),
        (480, 320),
        interpolation=cv2.INTER_CUBIC,
    )
    frames = [(texture + rng.normal(0, 10, texture.shape)).clip(0, 255).astype(np.uint8) for _ in range(14)]
    assert _read_by(Fusion(), frames, [(100, 100, 90, 90), (300, 80, 60, 60)]) == []


@pytest.mark.parametrize("box", [(0, 0, 64, 64), (416, 256, 64, 64), (470, 310, 10, 10)])
def test_places_at_the_border_are_no_error(box: tuple[int, int, int, int]) -> None:
    frames = [frame for frame, _ in _frames(7, drift=9)]
    assert _read_by(Fusion(), frames, [box]) == []
