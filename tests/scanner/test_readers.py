"""The decoders behind one call each."""

from __future__ import annotations

import numpy as np
import zxingcpp

from scanner.readers import EVERYTHING, PHARMACY, read_with_hints, read_zxing
from scanner.vision import Gray


def _scene(spoilt: int = 0) -> Gray:
    """A DataMatrix on paper, so many of its modules turned over."""
    drawn = zxingcpp.create_barcode("01069012345678921727123110", zxingcpp.BarcodeFormat.DataMatrix)
    modules = np.array(drawn.to_image(scale=1, add_quiet_zones=False))
    rows, columns = np.random.default_rng(1).integers(2, min(modules.shape) - 2, (2, spoilt))
    modules[rows, columns] = 255 - modules[rows, columns]
    scene = np.full((400, 500), 255, np.uint8)
    symbol = np.kron(modules, np.ones((6, 6), np.uint8))
    scene[100 : 100 + symbol.shape[0], 200 : 200 + symbol.shape[1]] = symbol
    return scene


def test_a_code_that_fails_its_error_correction_is_a_hint_and_no_read() -> None:
    reads, hints = read_with_hints(_scene(spoilt=60), PHARMACY)
    assert reads == []
    assert hints
    for corners in hints:
        assert 190 <= np.mean([x for x, _ in corners]) <= 320
        assert 90 <= np.mean([y for _, y in corners]) <= 220
    assert read_zxing(_scene(spoilt=60), EVERYTHING) == []


def test_a_code_that_is_read_is_no_hint() -> None:
    reads, hints = read_with_hints(_scene(), PHARMACY)
    assert [read.text for read in reads] == ["01069012345678921727123110"]
    assert hints == []


def test_pictures_without_an_area_are_no_error() -> None:
    for shape in ((1, 1), (1, 300), (2, 2)):
        assert read_with_hints(np.zeros(shape, np.uint8)) == ([], [])
