"""Cameras from folders and videos: frames and scans arrive in worker threads, and it stops."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from scanner.camera import Camera, CameraState, DecodedFrame, Frame, open_source
from scanner.decode import prepare
from scanner.read import Read
from scanner.scan import Scan, Source
from scanner.shot import Fault, FrameSource, Shot
from scanner.videosource import Preloaded
from scanner.vision import Gray, cv2
from tests.scanner.test_guidance import frame as _code_frame

CODE = "83386520001941653320"


def _scene() -> Gray:
    symbol = np.array(zxingcpp.create_barcode(CODE, zxingcpp.BarcodeFormat.Code128).to_image(scale=2))
    scene = np.full((360, 640), 220, np.uint8)
    scene[120 : 120 + symbol.shape[0], 100 : 100 + symbol.shape[1]] = symbol
    return scene


class _Witness:
    """Everything a camera said, and in which threads."""

    def __init__(self, source: FrameSource) -> None:
        self.frames: list[Frame] = []
        self.decoded: list[DecodedFrame] = []
        self.scans: list[Scan] = []
        self.states: list[CameraState] = []
        self.threads: set[threading.Thread] = set()
        self.scanned, self.seen, self.told = threading.Event(), threading.Event(), threading.Event()
        self.camera = Camera(
            source,
            on_frame=self._on_frame,
            on_reads=self._on_reads,
            on_scan=self._on_scan,
            on_state=self._on_state,
            budget_ms=1000,
        )

    def _on_frame(self, frame: Frame) -> None:
        self.threads.add(threading.current_thread())
        self.frames.append(frame)
        self.seen.set()

    def _on_reads(self, decoded: DecodedFrame) -> None:
        self.threads.add(threading.current_thread())
        self.decoded.append(decoded)

    def _on_scan(self, scan: Scan) -> None:
        self.threads.add(threading.current_thread())
        self.scans.append(scan)
        self.scanned.set()

    def _on_state(self, state: CameraState) -> None:
        self.threads.add(threading.current_thread())
        self.states.append(state)
        if state.code not in ("camera_opening", "camera_running"):
            self.told.set()

    def codes(self) -> list[str]:
        return [state.code for state in self.states]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "pack.png"), _scene())
    return tmp_path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    file = tmp_path / "pack.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (640, 360))
    for _ in range(20):
        writer.write(cv2.cvtColor(_scene(), cv2.COLOR_GRAY2BGR))
    writer.release()
    return file


def _assert_scanned_in_workers(witness: _Witness, name: str) -> None:
    assert {(scan.text, scan.source, scan.symbology) for scan in witness.scans} == {
        (CODE, Source.CAMERA, "Code128")
    }
    assert len(witness.scans) == 1
    assert threading.current_thread() not in witness.threads
    assert {state.camera for state in witness.states} == {name}
    numbers = [frame.number for frame in witness.frames]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(decoded.size == (640, 360) for decoded in witness.decoded)
    assert sum(len(decoded.accepted) for decoded in witness.decoded) == 1


def test_a_folder_of_pictures_is_a_camera(folder: Path) -> None:
    prepare()
    witness = _Witness(open_source(str(folder)))
    witness.camera.start()
    assert witness.scanned.wait(20)
    assert witness.camera.stop()
    assert not witness.camera.running
    _assert_scanned_in_workers(witness, folder.name)
    assert witness.codes() == ["camera_opening", "camera_running", "camera_stopped"]


def test_a_video_is_a_camera_that_ends(video: Path) -> None:
    prepare()
    witness = _Witness(open_source(str(video)))
    witness.camera.start()
    assert witness.camera.finish(30)
    _assert_scanned_in_workers(witness, video.name)
    assert witness.codes() == ["camera_opening", "camera_running", "camera_ended"]
    assert witness.frames[0].picture.ndim == 3
    assert witness.frames[0].gray.ndim == 2


def test_a_folder_that_goes_and_comes_is_told_each_time_like_a_camera_that_is_pulled_out(
    folder: Path,
) -> None:
    codes: list[str] = []
    turned = threading.Condition()

    def on_state(state: CameraState) -> None:
        with turned:
            codes.append(state.code)
            turned.notify_all()

    shown, away = folder / "shown", folder / "away"
    shown.mkdir()
    (folder / "pack.png").rename(shown / "pack.png")
    camera = Camera(open_source(str(shown), seconds=0.1), on_state=on_state)
    camera.start()
    try:
        for times in (1, 2):
            with turned:
                assert turned.wait_for(lambda times=times: codes.count("camera_running") == times, 20)
            shown.rename(away)
            with turned:
                assert turned.wait_for(lambda times=times: codes.count("camera_unplugged") == times, 20), (
                    codes
                )
            away.rename(shown)
    finally:
        assert camera.stop(10)
    assert "camera_wrong_format" not in codes


def test_stopping_before_the_first_frame_leaves_nothing(folder: Path) -> None:
    witness = _Witness(open_source(str(folder)))
    witness.camera.start()
    assert witness.camera.stop(10)
    assert not witness.camera.running


class _Burst:
    """Gives many frames at once and then one more when it is let."""

    name, comes_back = "burst", False

    def __init__(self) -> None:
        self.left, self.go = 5, threading.Event()

    def open(self) -> Fault | None:
        return None

    def read(self, stop: threading.Event) -> Shot | Fault:
        self.left -= 1
        if self.left == 0:
            self.go.wait(20)
        if self.left < 0:
            return Fault("camera_ended")
        return Shot(np.full((40, 40), 5 - self.left, np.uint8), time.monotonic())

    def close(self) -> None:
        return None


def test_the_newest_frame_wins() -> None:
    source = _Burst()
    seen: list[int] = []
    entered, leave, ended = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        """Notes which frame it is given, and keeps the first one for a while."""

        def __call__(self, gray: Gray, budget_ms: float) -> tuple[Read, ...]:
            seen.append(int(gray[0, 0]))
            entered.set()
            leave.wait(20)
            return ()

        def close(self) -> None:
            return None

    def on_state(state: CameraState) -> None:
        if state.code == "camera_ended":
            ended.set()

    camera = Camera(source, decode=Slow(), on_state=on_state)
    camera.start()
    assert entered.wait(20)
    source.go.set()
    assert ended.wait(20)
    leave.set()
    assert camera.finish(20)
    assert seen == [seen[0], 5]
    assert seen[0] < 5


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("gone.avi", None, "camera_missing"),
        ("gone.png", None, "camera_missing"),
        ("empty", "folder", "camera_missing"),
        ("broken.avi", b"no video", "camera_wrong_format"),
        ("broken.png", b"no picture", "camera_wrong_format"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, name: str, content: object, code: str) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    witness = _Witness(open_source(str(path)))
    witness.camera.start()
    assert witness.camera.finish(20)
    assert witness.codes() == ["camera_opening", code]
    assert not witness.frames


def test_a_webcam_that_is_not_there_is_waited_for_until_stopped() -> None:
    witness = _Witness(open_source("A camera nobody has"))
    witness.camera.start()
    assert witness.told.wait(30)
    assert witness.camera.running
    assert witness.camera.stop(10)
    assert witness.codes() == ["camera_opening", "camera_missing", "camera_stopped"]


def test_no_frames_at_all_is_a_missing_camera() -> None:
    witness = _Witness(Preloaded("nothing", []))
    witness.camera.start()
    assert witness.camera.finish(10)
    assert witness.codes() == ["camera_opening", "camera_missing"]


def test_what_would_help_is_told_while_nothing_is_read() -> None:
    blurred = [_code_frame("matrix", 4, blur=3, shift=place % 7) for place in range(20)]
    witness = _Witness(Preloaded("blurred", blurred, fps=8))
    witness.camera.start()
    assert witness.camera.finish(60)
    assert witness.scans == []
    assert "guide_focus" in {decoded.guidance for decoded in witness.decoded}
