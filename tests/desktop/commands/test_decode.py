"""What `tracedesk decode` prints for pictures, videos and sequences of frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import zxingcpp

from scanner.vision import Gray, cv2
from tests.desktop.test_commands import objects, tracedesk

CARRIED = b"010690123456789217271231" + b"1012AB34\x1d21XY123456"


def _scene(
    content: str, kind: str, *, at: tuple[int, int] = (60, 50), scale: int = 3, gs1: bool = False
) -> Gray:
    extra: dict[str, Any] = {"gs1": True} if gs1 else {}
    drawn = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind), **extra).to_image(
        scale=scale
    )
    symbol = np.array(drawn)
    scene = np.full((360, 480), 225, np.uint8)
    x, y = at
    scene[y : y + symbol.shape[0], x : x + symbol.shape[1]] = symbol
    return scene


def _list(value: object) -> list[dict[str, Any]]:
    assert isinstance(value, list)
    return value


def _gs1() -> Gray:
    return _scene("(01)06901234567892(17)271231(10)12AB34(21)XY123456", "DataMatrix", gs1=True)


def _saved(file: Path, picture: Gray) -> Path:
    file.write_bytes(cv2.imencode(file.suffix, picture)[1].tobytes())
    return file


def test_pictures_are_told_a_line_each(tmp_path: Path) -> None:
    code = _saved(tmp_path / "药盒.png", _gs1())
    retail = _saved(tmp_path / "retail.png", _scene("012345678905", "UPCA"))
    blank = _saved(tmp_path / "blank.png", np.full((200, 200), 180, np.uint8))
    done = tracedesk("--json", "decode", str(code), str(retail), str(blank), str(tmp_path / "gone.png"))
    first, second, third, missing = objects(done)
    assert done.returncode == 1
    assert set(first) == {"file", "ms", "reads"}
    (read,) = _list(first["reads"])
    assert read["symbology"] == "DataMatrix"
    assert (read["hex"], read["text"], read["aim"]) == (CARRIED.hex(), CARRIED.decode(), "]d2")
    assert len(read["corners"]) == 4
    assert [one["text"] for one in _list(second["reads"])] == ["0012345678905"]
    assert third["reads"] == []
    assert (missing["file"], missing["error"]) == (str(tmp_path / "gone.png"), "image_unreadable")


def test_the_box_and_the_budget_of_a_camera(tmp_path: Path) -> None:
    code = str(_saved(tmp_path / "code.png", _gs1()))
    inside = tracedesk("--json", "decode", code, "--box", "30,20,200,200", "--budget-ms", "5000")
    assert inside.returncode == 0
    (read,) = _list(objects(inside)[0]["reads"])
    assert all(60 <= x <= 200 and 50 <= y <= 190 for x, y in read["corners"])
    outside = tracedesk("--json", "decode", code, "--box", "260,20,200,200", "--budget-ms", "50")
    assert outside.returncode == 1
    assert objects(outside)[0]["reads"] == []
    for wrong in ("1,2,3", "a,b,c,d", "0,0,0,5"):
        assert tracedesk("decode", code, "--box", wrong).returncode == 2


def test_videos_and_sequences(tmp_path: Path) -> None:
    frames = [np.full((360, 480), 225, np.uint8)] * 3 + [
        _scene("83386520001941653320", "Code128", at=(20, 90), scale=2)
    ] * 12
    video = tmp_path / "scan.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 15.0, (480, 360), isColor=False)
    for frame in frames:
        writer.write(frame)
    writer.release()
    for folder in ("first", "second"):
        (tmp_path / "many" / folder).mkdir(parents=True)
        for number, frame in enumerate(frames):
            _saved(tmp_path / "many" / folder / f"{number:03}.png", frame)
    done = tracedesk(
        "--json",
        "decode",
        str(video),
        "--box",
        "10,60,460,250",
        "--sequence",
        str(tmp_path / "many"),
        "--fps",
        "5",
    )
    moving, *sequences = objects(done)
    (read,) = _list(moving["reads"])
    assert (read["symbology"], read["text"]) == ("Code128", "83386520001941653320")
    assert all(x >= 20 and y >= 90 for x, y in read["corners"])
    assert [Path(str(one["sequence"])).name for one in sequences] == ["first", "second"]
    for one in sequences:
        (accepted,) = _list(one["accepted"])
        assert accepted["hex"] == b"83386520001941653320".hex()
        assert accepted["symbology"] == "Code128"
        assert (
            one["first_ms"] == accepted["ms"] > 600
        )  # the fourth frame of five a second is the first that shows it
    assert done.returncode == 0
