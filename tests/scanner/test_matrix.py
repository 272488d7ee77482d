"""Grids fitted to DataMatrix codes: they read what decoders cannot, and nothing that is not there."""

from __future__ import annotations

import json

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.datamatrix import SIZES, corrected, finder
from scanner.matrix import grid_reads
from scanner.read import Read
from scanner.readers import read_zxing
from scanner.region import Square, find_squares, tensor
from scanner.vision import Floats, Gray, cv2
from tests.shared import shared

ELEMENTS = "(01)06901234567892(17)271231(10)12AB34(21)XY123456"
CARRIED = b"01069012345678921727123110" + b"12AB34\x1d21XY123456"


def _modules(content: str) -> Floats:
    extra = {"gs1": True} if content.startswith("(") else {}
    symbol = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, **extra)
    drawn = np.array(symbol.to_image(scale=1, add_quiet_zones=False))
    dark: Floats = (drawn < 128).astype(np.float32)
    return dark


def _seen(
    modules: Floats, *, pixels: float, blur: float, noise: float = 3, contrast: float = 150, angle: float = 17
) -> Gray:
    """The symbol in the middle of a calm picture as a camera sees it, blurred by so many pixels."""
    fine = np.repeat(np.repeat(np.pad(modules, 3), 16, axis=0), 16, axis=1)
    rows, columns = fine.shape
    side = int(np.hypot(rows, columns) * pixels / 16) + 60
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, pixels / 16)
    turn[:, 2] += [side / 2 - columns / 2, side / 2 - rows / 2]
    soft = cv2.GaussianBlur(fine, (0, 0), 16 / pixels * 0.4)
    placed = cv2.warpAffine(soft, turn, (side, side), flags=cv2.INTER_LINEAR)
    light = 205 - contrast * (cv2.GaussianBlur(placed, (0, 0), blur) if blur else placed)
    return (light + np.random.default_rng(5).normal(0, noise, light.shape)).clip(0, 255).astype(np.uint8)


def _first(gray: Gray) -> list[Read]:
    squares = find_squares(tensor(gray), 4)
    return next((reads for reads in grid_reads(gray, squares) if reads), [])


@pytest.mark.parametrize(
    ("pixels", "blur", "contrast"),
    [(3, 2.0, 150), (1.6, 0.6, 150), (3, 1.2, 30)],
    ids=["blurred", "small", "faint"],
)
@pytest.mark.parametrize("inverted", [False, True])
def test_codes_that_the_decoder_does_not_see(
    pixels: float, blur: float, contrast: float, inverted: bool
) -> None:
    gray = _seen(_modules(ELEMENTS), pixels=pixels, blur=blur, contrast=contrast)
    if inverted:
        gray = 255 - gray
    assert read_zxing(gray, "DataMatrix", invert=True) == []
    (read,) = _first(gray)
    assert (read.symbology, read.payload, read.aim) == ("DataMatrix", CARRIED, "]d2")
    middle = np.mean(read.corners, axis=0)
    assert np.abs(middle - np.array(gray.shape[::-1]) / 2).max() < 4


def test_symbols_of_a_different_writer_oblong_ones_too() -> None:
    drawn = json.loads(shared("tools/hardset/symbols.json").read_text("utf-8"))
    for kind in ("dm", "dmrect"):
        symbol = drawn[kind][0]
        modules = np.array([[int(module) for module in row] for row in symbol["m"]], np.float32)
        size = next(one for one in SIZES if (one.rows, one.columns) == modules.shape)
        again = corrected(size, _evidence(modules))
        assert again is not None
        assert np.array_equal(again, modules)
        (read,) = _first(_seen(modules, pixels=3, blur=1.5))
        assert read.payload.hex() == symbol["hex"]


@settings(max_examples=10, deadline=None)
@given(
    st.text("0123456789ABCDEF", min_size=4, max_size=30),
    st.floats(0.5, 2.6),
    st.floats(0, 60),
    st.floats(-180, 180),
)
def test_what_is_read_is_what_was_printed(content: str, blur: float, noise: float, angle: float) -> None:
    gray = _seen(_modules(content), pixels=3, blur=blur, noise=noise, angle=angle)
    assert {read.payload for read in _first(gray)} <= {content.encode()}


@pytest.mark.parametrize("seed", range(3))
def test_modules_of_chance_inside_a_true_finder_are_no_code(seed: int) -> None:
    size = next(one for one in SIZES if (one.rows, one.columns) == (22, 22))
    chance = np.random.default_rng(seed).integers(0, 2, (22, 22)).astype(np.float32)
    marks = finder(size)
    assert _first(_seen(np.where(np.isnan(marks), chance, marks), pixels=3, blur=0.8)) == []


@pytest.mark.parametrize("value", [0, 90, 255])
def test_a_flat_picture_is_no_error(value: int) -> None:
    gray = np.full((120, 140), value, np.uint8)
    squares = [Square(60, 60, 40, 1.0), Square(2, 2, 100, 1.0), Square(139, 119, 9, 1.0)]
    assert [reads for reads in grid_reads(gray, squares) if reads] == []


def _evidence(modules: Floats) -> Floats:
    signed: Floats = (2 * modules - 1).astype(np.float32) * 5
    return signed


@pytest.mark.parametrize("content", ["A", ELEMENTS, "0" * 90, "x" * 70])
def test_a_symbol_seen_clearly_stays_as_it_is(content: str) -> None:
    modules = _modules(content)
    size = next(one for one in SIZES if (one.rows, one.columns) == modules.shape)
    drawn = corrected(size, _evidence(modules))
    assert drawn is not None
    assert np.array_equal(drawn, modules)


@given(st.integers(0, 2**32), st.integers(0, 20))
def test_bytes_known_to_be_doubtful_are_put_right(seed: int, doubtful: int) -> None:
    modules = _modules(ELEMENTS)
    size = next(one for one in SIZES if (one.rows, one.columns) == modules.shape)
    rng = np.random.default_rng(seed)
    evidence = _evidence(modules)
    # Modules turned over one by one, each said to be unsure: every one of them spoils at most one byte.
    rows, columns = rng.integers(1, modules.shape[0] - 1, (2, min(doubtful, size.checks - 4)))
    evidence[rows, columns] *= -0.01
    drawn = corrected(size, evidence)
    assert drawn is not None
    assert np.array_equal(drawn, modules)


@given(st.integers(0, 2**32))
def test_modules_of_chance_are_not_corrected_into_a_code(seed: int) -> None:
    size = next(one for one in SIZES if (one.rows, one.columns) == (24, 24))
    evidence = np.random.default_rng(seed).normal(size=(24, 24)).astype(np.float32)
    assert corrected(size, evidence) is None
