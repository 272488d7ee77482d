"""Codes in pictures: exact payloads, places, and nothing where there is nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from scanner.decode import Unreadable, decode_image, load_gray, prepare
from scanner.read import Read
from scanner.vision import Gray, cv2
from tests.shared import shared

ELEMENTS = "(01)06901234567892(17)271231(10)12AB34(21)XY123456"
CARRIED = b"01069012345678921727123110" + b"12AB34\x1d21XY123456"
DRUG_CODE = b"83386520001941653320"
SYMBOLS: dict[str, tuple[str, str, bytes]] = {
    "gs1_matrix": ("DataMatrix", ELEMENTS, CARRIED),
    "drug_code": ("Code128", DRUG_CODE.decode(), DRUG_CODE),
    "gs1_128": ("Code128", ELEMENTS, CARRIED),
    "chinese_qr": ("QRCode", "药品追溯码 83386520001941653320", "药品追溯码 83386520001941653320".encode()),
    "retail": ("EAN13", "6925265101481", b"6925265101481"),
    "pdf417": ("PDF417", "8BWCH5PF1LLEDQ8YNSZXY9ZACV4S", b"8BWCH5PF1LLEDQ8YNSZXY9ZACV4S"),
    "case": ("ITF", "14256948793600", b"14256948793600"),
    "hibc": ("Code39", "+A1426EMK1A13", b"+A1426EMK1A13"),
    "aztec": ("Aztec", "TraceDesk", b"TraceDesk"),
    "short_retail": ("EAN8", "96385074", b"96385074"),
    "american_retail": ("UPCA", "012345678905", b"0012345678905"),
}
every_symbol = pytest.mark.parametrize("name", list(SYMBOLS))


def _drawn(name: str, *, scale: int = 4, margin: int = 60, light: int = 230, dark: int = 30) -> Gray:
    """The symbol on plain light paper."""
    symbology, content, _ = SYMBOLS[name]
    extra: dict[str, Any] = {"gs1": True} if content.startswith("(") else {}
    kind = getattr(zxingcpp.BarcodeFormat, symbology)
    symbol = np.array(zxingcpp.create_barcode(content, kind, **extra).to_image(scale=scale))
    printed = np.where(symbol < 128, dark, light).astype(np.uint8)
    return np.pad(printed, margin, constant_values=light)


def _turned(gray: Gray, degrees: float) -> Gray:
    """The picture rotated about its middle, on a sheet that holds all of it."""
    side = int(np.hypot(*gray.shape)) + 40
    turn = cv2.getRotationMatrix2D((gray.shape[1] / 2, gray.shape[0] / 2), degrees, 1.0)
    turn[:, 2] += [(side - gray.shape[1]) / 2, (side - gray.shape[0]) / 2]
    turned: Gray = cv2.warpAffine(gray, turn, (side, side), flags=cv2.INTER_AREA, borderValue=230)  # type: ignore[assignment]
    return turned


def _on_desk(symbol: Gray, left: int, top: int) -> Gray:
    """The symbol on a frame of a camera with noise."""
    noise = np.random.default_rng(7).normal(180, 4, (720, 1280))
    desk: Gray = noise.clip(0, 255).astype(np.uint8)
    desk[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    return desk


def _only(reads: tuple[Read, ...]) -> Read:
    assert len(reads) == 1, reads
    return reads[0]


def _assert_exact(reads: tuple[Read, ...], name: str) -> None:
    symbology, _, payload = SYMBOLS[name]
    read = _only(reads)
    assert (read.symbology, read.payload) == (symbology, payload)


@every_symbol
def test_a_drawn_symbol_is_read_exactly(name: str) -> None:
    gray = _drawn(name)
    read = _only(decode_image(gray))
    symbology, _, payload = SYMBOLS[name]
    assert (read.symbology, read.payload, read.text) == (symbology, payload, payload.decode())
    height, width = gray.shape
    assert all(0 <= x < width and 0 <= y < height for x, y in read.corners)
    assert not read.sharpened


@pytest.mark.parametrize("name", ["gs1_matrix", "gs1_128"])
def test_gs1_codes_are_told_by_their_identifier(name: str) -> None:
    assert _only(decode_image(_drawn(name))).aim == {"gs1_matrix": "]d2", "gs1_128": "]C1"}[name]
    assert _only(decode_image(_drawn("drug_code"))).aim == "]C0"


@pytest.mark.parametrize("degrees", [90, 180, 270])
@every_symbol
def test_turned_by_quarters(name: str, degrees: int) -> None:
    _assert_exact(decode_image(np.ascontiguousarray(np.rot90(_drawn(name), degrees // 90))), name)


@pytest.mark.parametrize("degrees", [7, 30, 45, 70, 118, 200])
@pytest.mark.parametrize("name", ["gs1_matrix", "drug_code", "chinese_qr", "retail", "pdf417"])
def test_turned_by_any_angle(name: str, degrees: int) -> None:
    _assert_exact(decode_image(_turned(_drawn(name), degrees)), name)


@pytest.mark.parametrize("name", ["gs1_matrix", "drug_code", "chinese_qr", "retail"])
def test_light_on_dark(name: str) -> None:
    _assert_exact(decode_image(255 - _drawn(name)), name)


def _blurred(gray: Gray) -> Gray:
    return cv2.GaussianBlur(gray, (0, 0), 2.2)  # type: ignore[return-value]


def _noisy(gray: Gray) -> Gray:
    noise = np.random.default_rng(3).normal(0, 14, gray.shape)
    return (gray + noise).clip(0, 255).astype(np.uint8)


def _squeezed(gray: Gray) -> Gray:
    height, width = gray.shape
    seen = [[0, 0], [width, height * 0.06], [width * 0.94, height * 0.96], [width * 0.05, height]]
    sheet = [[0, 0], [width, 0], [width, height], [0, height]]
    tilt = cv2.getPerspectiveTransform(np.array(sheet, np.float32), np.array(seen, np.float32))
    squeezed: Gray = cv2.warpPerspective(gray, tilt, (width, height), borderValue=230)  # type: ignore[assignment]
    return squeezed


@pytest.mark.parametrize("spoil", [_blurred, _noisy, _squeezed], ids=lambda one: one.__name__[1:])
@pytest.mark.parametrize("name", ["gs1_matrix", "chinese_qr", "pdf417"])
def test_spoilt_pictures(name: str, spoil: Callable[[Gray], Gray]) -> None:
    _assert_exact(decode_image(spoil(_drawn(name))), name)


@pytest.mark.parametrize("name", ["gs1_matrix", "drug_code", "chinese_qr"])
def test_faint_print(name: str) -> None:
    _assert_exact(decode_image(_drawn(name, light=150, dark=118)), name)


@pytest.mark.parametrize(("name", "pixels"), [("gs1_matrix", 1.6), ("drug_code", 1.3)])
def test_modules_hardly_larger_than_a_pixel_are_read_enlarged(name: str, pixels: float) -> None:
    gray = _drawn(name, scale=8, margin=160)
    small: Gray = cv2.resize(gray, None, fx=pixels / 8, fy=pixels / 8, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    _assert_exact(decode_image(small), name)


def test_several_codes_of_one_picture() -> None:
    names = ("gs1_matrix", "chinese_qr", "retail")
    shapes = [_drawn(name, margin=30) for name in names]
    height = max(shape.shape[0] for shape in shapes)
    row = [np.pad(one, ((0, height - one.shape[0]), (0, 0)), constant_values=230) for one in shapes]
    found = {(read.symbology, read.payload) for read in decode_image(np.hstack(row))}
    assert found == {(SYMBOLS[name][0], SYMBOLS[name][2]) for name in names}


@pytest.mark.parametrize("budget_ms", [None, 100.0])
def test_the_box_limits_the_search_and_corners_stay_those_of_the_picture(budget_ms: float | None) -> None:
    symbol = _drawn("gs1_matrix", margin=30)
    desk = _on_desk(symbol, 700, 300)
    other = _drawn("retail", scale=2, margin=42)
    desk[40 : 40 + other.shape[0], 60 : 60 + other.shape[1]] = other
    box = (640, 240, 400, 400)
    read = _only(decode_image(desk, box=box, budget_ms=budget_ms))
    assert read.payload == CARRIED
    height, width = symbol.shape
    assert all(700 <= x <= 700 + width and 300 <= y <= 300 + height for x, y in read.corners)
    assert max(x for x, _ in read.corners) - min(x for x, _ in read.corners) > width / 2
    _assert_exact(decode_image(desk, box=(0, 0, 500, 300)), "retail")
    assert decode_image(desk, box=(0, 420, 500, 300)) == ()


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (5000, 5000, 10, 10), (-50, -50, 20, 20), (3, 3, 1, 1)])
def test_a_box_that_holds_nothing_gives_nothing(box: tuple[int, int, int, int]) -> None:
    assert decode_image(_drawn("gs1_matrix"), box=box) == ()
    assert decode_image(_drawn("gs1_matrix"), box=box, budget_ms=33) == ()


def test_a_box_larger_than_the_picture_is_the_picture() -> None:
    _assert_exact(decode_image(_drawn("gs1_matrix"), box=(-10, -10, 9999, 9999)), "gs1_matrix")


@pytest.mark.parametrize("name", ["gs1_matrix", "drug_code"])
def test_a_frame_within_its_budget(name: str) -> None:
    prepare()
    # A second, so that a busy machine does not decide the test.
    _assert_exact(decode_image(_on_desk(_drawn(name, scale=3, margin=20), 300, 200), budget_ms=1000), name)


def _speckled(seed: int) -> Gray:
    return np.random.default_rng(seed).integers(0, 256, (480, 640), dtype=np.uint8)


def _clouds(seed: int) -> Gray:
    rng, field = np.random.default_rng(seed), np.zeros((480, 640), np.float32)
    for size in (2, 4, 8, 16, 32, 64):
        coarse = rng.normal(size=(480 // size + 2, 640 // size + 2)).astype(np.float32)
        field += cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC) * size**0.5
    return cv2.normalize(field, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)  # type: ignore[call-overload, no-any-return]


def _stripes(seed: int) -> Gray:
    widths = np.random.default_rng(seed).integers(1, 5, 240) * 2
    row = np.repeat((np.arange(240) % 2 * 200 + 30).astype(np.uint8), widths)[:640]
    return np.pad(np.tile(row, (160, 1)), ((160, 160), (0, 640 - row.size)), constant_values=230)


def _matrix_of_chance(seed: int) -> Gray:
    cells = np.random.default_rng(seed).integers(0, 2, (22, 22), dtype=np.uint8)
    cells[:, 0], cells[-1, :] = 1, 1
    cells[0, :], cells[:, -1] = np.arange(22) % 2 == 0, np.arange(22) % 2 == 1
    return np.pad(np.kron(230 - 200 * cells, np.ones((6, 6), np.uint8)), 60, constant_values=230)


@pytest.mark.parametrize(
    "made", [_speckled, _clouds, _stripes, _matrix_of_chance], ids=lambda one: one.__name__[1:]
)
def test_nothing_is_read_where_nothing_is(made: Callable[[int], Gray]) -> None:
    from scanner.steady import votes_needed

    # Every attempt on one of them, and what a camera would try on more. A short ITF may be anywhere; it never
    # becomes a scan.
    reads = list(decode_image(made(0)[:320, :320].copy()))
    for seed in range(4):
        reads += decode_image(made(seed), budget_ms=100)
    assert [read for read in reads if votes_needed(read) is not None] == []


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 400), (400, 1), (2, 2), (7, 7), (8, 8), (9, 200), (23, 23), (24, 24), (20, 600)]
)
def test_pictures_too_small_for_a_code_are_no_error(shape: tuple[int, int]) -> None:
    gray = np.full(shape, 255, np.uint8)
    assert decode_image(gray) == ()
    assert decode_image(gray, budget_ms=33) == ()


def test_flat_pictures_are_no_error() -> None:
    for value in (0, 128, 255):
        assert decode_image(np.full((300, 400), value, np.uint8)) == ()


def test_a_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "药盒 照片.png"
    colour = cv2.cvtColor(_drawn("gs1_matrix"), cv2.COLOR_GRAY2BGR)
    file.write_bytes(cv2.imencode(".png", colour)[1].tobytes())
    gray = load_gray(file)
    assert not isinstance(gray, Unreadable)
    _assert_exact(decode_image(gray), "gs1_matrix")


@pytest.mark.parametrize("content", [None, b"", b"no picture at all", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_file_that_is_no_picture_is_a_value(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "shot.png"
    if content is not None:
        file.write_bytes(content)
    found = load_gray(file)
    assert isinstance(found, Unreadable)
    assert (found.file, found.code) == (str(file), "image_unreadable")
    assert found.detail


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    assert isinstance(load_gray(tmp_path), Unreadable)


def _sample(manifest: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """About forty images spread over the manifest, none of them without a code."""
    coded = [entry for entry in manifest if entry["expected_hex"] is not None]
    return coded[:: max(1, len(coded) // 40)]


def _manifest() -> tuple[Path, list[dict[str, Any]]]:
    folder = shared("data/barcodes")
    return folder, json.loads((folder / "manifest.json").read_text("utf-8"))


def test_photographs_and_drawings_of_others_are_read() -> None:
    folder, manifest = _manifest()
    sample, right, wrong = _sample(manifest), 0, []
    for entry in sample:
        gray = load_gray(folder / entry["file"])
        assert not isinstance(gray, Unreadable), gray
        expected = entry["expected_hex"]
        reads = decode_image(gray)
        spellings = [
            {one.rstrip(b"\r\n").hex() for one in (read.payload, read.text.encode())} for read in reads
        ]
        right += any(expected in spelling for spelling in spellings)
        retail = entry["symbology"] in ("EAN13", "EAN8", "UPCA", "UPCE")
        if not retail and any(expected not in spelling for spelling in spellings):
            wrong.append((entry["file"], [read.payload for read in reads]))
    assert wrong == []
    assert right >= 0.95 * len(sample), f"{right} of {len(sample)}"


def test_nothing_is_read_in_photographs_without_a_code() -> None:
    folder, manifest = _manifest()
    for entry in manifest:
        if entry["expected_hex"] is None:
            gray = load_gray(folder / entry["file"])
            assert not isinstance(gray, Unreadable), gray
            # As the camera looks at them: every attempt on every one of them takes minutes.
            assert decode_image(gray, budget_ms=100) == (), entry["file"]
