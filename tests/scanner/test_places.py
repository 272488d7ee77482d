"""Where the next frame is looked at first."""

from __future__ import annotations

from scanner.places import KEPT_S, Places, middle_of
from scanner.read import Corners, Read

SHAPE = (1080, 1920)


def _corners(x: int, y: int, size: int = 100) -> Corners:
    return ((x, y), (x + size, y), (x + size, y + size), (x, y + size))


def _read(x: int, y: int, size: int = 100) -> Read:
    return Read("DataMatrix", b"x", "x", "]d1", _corners(x, y, size), "zxing")


def test_nothing_is_expected_at_first() -> None:
    assert Places().expected(0.0, SHAPE) == []


def test_a_code_is_expected_where_it_was_with_room_to_move() -> None:
    places = Places()
    places.learn([_read(500, 300)], 1.0)
    ((x, y, width, height),) = places.expected(1.1, SHAPE)
    assert x < 500 and y < 300
    assert x + width > 600 and y + height > 400
    assert places.expected(1.0 + KEPT_S + 0.01, SHAPE) == []


def test_a_code_that_moved_is_one_place() -> None:
    places = Places()
    places.learn([_read(500, 300)], 1.0)
    places.learn([_read(540, 310)], 1.1)
    ((x, _, width, _),) = places.expected(1.1, SHAPE)
    assert x + width / 2 == 590


def test_what_is_late_does_not_overrule_what_is_newer() -> None:
    places = Places()
    places.learn([_read(540, 310)], 1.1)
    places.learn([_read(500, 300)], 1.0)
    boxes = places.expected(1.1, SHAPE)
    assert boxes[0][0] + boxes[0][2] / 2 == 590


def test_what_was_read_comes_before_what_is_supposed() -> None:
    places = Places()
    places.learn([_read(100, 100)], 1.0)
    places.suppose([_corners(900, 500), _corners(1500, 800)], 1.2)
    boxes = places.expected(1.2, SHAPE)
    assert len(boxes) == 2
    assert boxes[0][0] < 100


def test_boxes_stay_inside_the_frame() -> None:
    places = Places()
    places.learn([_read(1900, 1070), _read(-30, -30)], 1.0)
    for x, y, width, height in places.expected(1.0, SHAPE):
        assert x >= 0 and y >= 0 and width > 0 and height > 0
        assert x + width <= 1920 and y + height <= 1080


def test_the_middle_is_half_of_a_large_frame_and_all_of_a_small_one() -> None:
    assert middle_of(SHAPE) == (480, 270, 960, 540)
    assert middle_of((480, 640)) == (0, 0, 640, 480)
    assert middle_of((2160, 3840)) == (960, 540, 1920, 1080)
