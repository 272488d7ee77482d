"""Controls of a camera as the kernel describes them: what is offered, what is set, and what a camera refuses."""

from __future__ import annotations

import errno
import struct
import threading
from pathlib import Path

import pytest

from scanner.cameracontrols import CameraControls, Control, Turner

ZOOM, FOCUS, EXPOSURE = 0x009A090D, 0x009A090A, 0x009A0902
FOCUS_AUTO, EXPOSURE_AUTO = 0x009A090C, 0x009A0901
LED_MODE, TORCH = 0x009C0901, 0x009C0908


class Kernel:
    """A driver that knows some controls: number -> (lowest, highest, step, flags)."""

    def __init__(self, known: dict[int, tuple[int, int, int, int]], values: dict[int, int]) -> None:
        self.known, self.values = known, values
        self.sets: list[tuple[int, int]] = []

    def ioctl(self, _handle: int, request: int, data: bytearray) -> int:
        if request == 0xC0445624:
            assert len(data) == 68
            (number,) = struct.unpack_from("=I", data)
            if number not in self.known:
                raise OSError(errno.EINVAL, "no such control")
            lowest, highest, step, flags = self.known[number]
            struct.pack_into("=iiiiI", data, 40, lowest, highest, step, lowest, flags)
            return 0
        number, value = struct.unpack("=Ii", data)
        if number not in self.values:
            raise OSError(errno.EINVAL, "no such control")
        if request == 0xC008561B:
            struct.pack_into("=Ii", data, 0, number, self.values[number])
        else:
            assert request == 0xC008561C
            self.values[number] = value
            self.sets.append((number, value))
        return 0


@pytest.fixture
def node(tmp_path: Path) -> str:
    path = tmp_path / "video0"
    path.write_bytes(b"")
    return str(path)


def webcam() -> Kernel:
    return Kernel(
        {ZOOM: (100, 500, 10, 0), FOCUS: (0, 250, 5, 0), EXPOSURE: (3, 2047, 1, 0)},
        {ZOOM: 100, FOCUS: 30, EXPOSURE: 250, FOCUS_AUTO: 1, EXPOSURE_AUTO: 3},
    )


def test_what_a_webcam_offers(node: str) -> None:
    assert CameraControls(node, webcam().ioctl).offered() == (
        Control("zoom", 100, 500, 10, 100),
        Control("focus", 0, 250, 5, 30, auto=True),
        Control("exposure", 3, 2047, 1, 250, auto=True),
    )


def test_by_hand_and_by_itself(node: str) -> None:
    kernel = webcam()
    controls = CameraControls(node, kernel.ioctl)
    for name, value in (("zoom", 200), ("focus", 60), ("focus", None), ("exposure", 90), ("exposure", None)):
        assert controls.turn(name, value)
    assert kernel.sets == [
        (ZOOM, 200),
        (FOCUS_AUTO, 0),
        (FOCUS, 60),
        (FOCUS_AUTO, 1),
        (EXPOSURE_AUTO, 1),
        (EXPOSURE, 90),
        (EXPOSURE_AUTO, 3),
    ]


def test_a_torch(node: str) -> None:
    kernel = Kernel({TORCH: (0, 7, 1, 0)}, {TORCH: 0, LED_MODE: 0})
    controls = CameraControls(node, kernel.ioctl)
    assert [control.name for control in controls.offered()] == ["torch"]
    controls.turn("torch", 7)
    controls.turn("torch", 0)
    assert kernel.sets == [(LED_MODE, 2), (TORCH, 7), (LED_MODE, 0), (TORCH, 0)]


def test_a_camera_without_controls_and_one_that_is_gone(node: str, tmp_path: Path) -> None:
    plain = CameraControls(node, Kernel({ZOOM: (0, 0, 1, 0), FOCUS: (0, 9, 1, 1)}, {}).ioctl)
    assert plain.offered() == ()
    assert not plain.turn("zoom", 5)
    gone = CameraControls(str(tmp_path / "none"), webcam().ioctl)
    assert gone.offered() == ()
    assert not gone.turn("zoom", 200)


def test_the_newest_wish_wins(node: str) -> None:
    kernel, first, go = webcam(), threading.Event(), threading.Event()

    def slow(handle: int, request: int, data: bytearray) -> int:
        first.set()
        assert go.wait(30)
        return kernel.ioctl(handle, request, data)

    turner = Turner(CameraControls(node, slow))
    turner.turn("zoom", 100)
    assert first.wait(30)
    for value in range(110, 510, 10):
        turner.turn("zoom", value)
    go.set()
    turner.stop()
    assert kernel.sets == [(ZOOM, 100), (ZOOM, 500)]
