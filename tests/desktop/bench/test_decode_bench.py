import json
from pathlib import Path

import numpy as np
import zxingcpp

from desktop.bench.decode import aiming_box, rows
from scanner.vision import cv2


def _material(folder: Path) -> Path:
    folder.mkdir()
    symbol = np.array(
        zxingcpp.create_barcode("TraceDesk", zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=4)
    )
    frame = np.pad(symbol, 60, constant_values=255)
    cv2.imwrite(str(folder / "code.png"), frame)
    cv2.imwrite(str(folder / "blank.png"), np.full((120, 120), 255, np.uint8))
    height, width = frame.shape
    code = {
        "file": "code.png",
        "symbology": "DataMatrix",
        "expected_hex": b"TraceDesk".hex(),
        "cell": "plain",
        "quad": [[0, 0], [width, 0], [width, height], [0, height]],
    }
    blank = code | {"file": "blank.png", "expected_hex": None}
    (folder / "manifest.json").write_text(json.dumps([code, blank]))
    return folder


def test_everything_is_read_and_nothing_wrongly(tmp_path: Path) -> None:
    folder = str(_material(tmp_path / "made"))
    found = list(rows({"data": folder, "hardset": folder, "sequences": folder, "full": "1"}))
    by_zxing = {row.row: row for row in found if row.baseline_name == "zxing-cpp"}
    assert by_zxing["photographs_read"].n == 4
    assert by_zxing["photographs_read"].ratio == 1
    assert by_zxing["DataMatrix_unlimited_read"].ours == 1
    assert by_zxing["sequences_read_within_1s"].n == 1
    wrong = [row for row in found if row.row.endswith("_wrong")]
    assert wrong
    assert all(row.ours == 0 for row in wrong)
    assert all(row.ours > 0 and row.baseline > 0 for row in found if row.row.endswith("_time"))


def test_absent_material_gives_no_rows(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert list(rows({"data": gone, "hardset": gone, "sequences": gone})) == []


def test_the_aiming_box_stays_inside_the_frame() -> None:
    corner = [[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]]
    assert aiming_box(corner, (1080, 1920)) == (0, 0, 960, 540)
    far = [[1900.0, 1060.0]] * 4
    assert aiming_box(far, (1080, 1920)) == (960, 540, 960, 540)
    assert aiming_box(corner, (300, 400)) == (0, 0, 400, 300)
