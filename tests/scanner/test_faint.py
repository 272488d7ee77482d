"""Lines fitted to the profile of bars: they read what decoders cannot, and nothing that is not there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.faint import confirmed, faint_reads
from scanner.line_symbols import code128_lines, ean13
from scanner.read import Read
from scanner.readers import LINEAR, read_zxing
from scanner.region import find_bars, tensor
from scanner.strip import Strip, cut_strip
from scanner.vision import Floats, Gray, cv2

DRUG_CODE = "83386520001941653320"
QUICK = (code128_lines()[0], ean13())


def _line(content: str, kind: str) -> Floats:
    """The modules of a symbol, 1 for a bar."""
    symbol = np.array(
        zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=1)
    )
    modules: Floats = (symbol[symbol.shape[0] // 2] < 128).astype(np.float32)
    return modules


def _seen(
    modules: Floats,
    *,
    pixels: float = 2.0,
    blur: float = 0.0,
    noise: float = 0.0,
    rows: int = 30,
    seed: int = 0,
) -> Gray:
    """The bars as a camera sees them: `pixels` a module, blurred by so many modules."""
    fine = np.repeat(np.pad(modules, 14), 24)
    light = 200 - 150 * cv2.GaussianBlur(fine[None], (0, 0), max(0.01, blur * 24))
    level = cv2.resize(light, (round(fine.size * pixels / 24), 1), interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(seed)
    return (
        (np.repeat(level, rows, axis=0) + rng.normal(0, 1, (rows, level.shape[1])) * noise)
        .clip(0, 255)
        .astype(np.uint8)
    )


def _strip(gray: Gray) -> Strip:
    return Strip(gray, np.array([[1, 0, 0], [0, 1, 0]], np.float32))


def _reads(gray: Gray) -> list[Read]:
    return [read for line in QUICK for reads in faint_reads(_strip(gray), (line,)) for read in reads]


def _first(attempts: Iterator[list[Read]]) -> list[Read]:
    return next((reads for reads in attempts if reads), [])


SPOILT = [
    ("Code128", DRUG_CODE, {"blur": 0.8, "noise": 4}),
    ("Code128", DRUG_CODE, {"pixels": 1.1, "blur": 0.4, "noise": 4}),
    ("EAN13", "6925265101481", {"blur": 0.8, "noise": 4}),
    ("EAN13", "6925265101481", {"pixels": 1.1, "blur": 0.4, "noise": 4}),
]


@pytest.mark.parametrize(("kind", "content", "spoil"), SPOILT, ids=str)
@pytest.mark.parametrize("backwards", [False, True])
def test_bars_without_edges_are_read(
    kind: str, content: str, spoil: dict[str, float], backwards: bool
) -> None:
    gray = _seen(_line(content, kind), **spoil)  # type: ignore[arg-type]
    if backwards:
        gray = np.ascontiguousarray(gray[:, ::-1])
    assert read_zxing(gray, LINEAR) == []  # what this is for: the decoder sees nothing
    read = _first(faint_reads(_strip(gray), QUICK))[0]
    assert (read.symbology, read.payload) == (kind, content.encode())
    assert read.decoder == "zxing fitted"
    left, right = sorted(x for x, _ in read.corners)[:: len(read.corners) - 1]
    assert 0 <= left < right <= gray.shape[1]


def test_gs1_128_and_its_separators_are_read() -> None:
    text = "(01)06901234567892(10)12AB34(21)XY1"
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128, gs1=True).to_image(scale=1)
    modules: Floats = (np.array(symbol)[20] < 128).astype(np.float32)
    gray = _seen(modules, pixels=3, blur=0.65, noise=2)
    symbols = (int(np.flatnonzero(modules)[-1] - np.flatnonzero(modules)[0]) + 1 - 13) // 11
    lines = tuple(line for line in code128_lines() if line.modules == 11 * symbols + 13)
    read = _first(faint_reads(_strip(gray), lines))[0]
    assert (read.payload, read.aim) == (b"0106901234567892" + b"1012AB34\x1d21XY1", "]C1")


@settings(max_examples=8, deadline=None)
@given(
    st.integers(0, 10**20 - 1), st.floats(0.2, 1.3), st.floats(0.9, 3), st.floats(0, 40), st.integers(0, 99)
)
def test_what_is_read_is_what_was_printed(
    number: int, blur: float, pixels: float, noise: float, seed: int
) -> None:
    content = f"{number:020}"
    gray = _seen(_line(content, "Code128"), pixels=pixels, blur=blur, noise=noise, seed=seed)
    assert {read.payload for read in _reads(gray)} <= {content.encode()}


@pytest.mark.parametrize("kind", ["ITF", "Code39", "DataBar", "EAN8", "PDF417"])
def test_bars_of_other_symbologies_are_not_taken_for_these(kind: str) -> None:
    content = {"ITF": "14256948793600", "DataBar": "0106901234567892", "EAN8": "96385074"}.get(
        kind, "A1426EMK1A13"
    )
    for blur in (0.3, 0.9):
        assert _reads(_seen(_line(content, kind), blur=blur, noise=3)) == []


@pytest.mark.parametrize("seed", range(4))
def test_stripes_of_chance_are_no_code(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stripes = (rng.random(145) < 0.5).astype(np.float32)
    assert _reads(_seen(stripes, blur=0.2 + seed / 4, noise=4, seed=seed)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (6, 7), (30, 300)])
def test_flat_strips_are_no_error(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert _reads(np.full(shape, value, np.uint8)) == []


def _misread(printed: str, said: str) -> tuple[Gray, Read]:
    gray = np.pad(_seen(_line(printed, "EAN13"), pixels=3, blur=0.3, noise=3, rows=90), 40, mode="edge")
    bars = find_bars(tensor(gray))[0]
    corners = cut_strip(gray, bars).place(20, bars.length)
    return gray, Read("EAN13", said.encode(), said, "]E0", corners, "zxing")


def test_a_misread_that_passed_its_check_digit_is_put_right() -> None:
    # 1 and 7, 2 and 8 are told apart by the width of a bar alone; two such mistakes keep the check digit.
    gray, wrong = _misread("6925265101481", "6985265701487")
    assert confirmed(gray, wrong).payload == b"6925265101481"


def test_a_right_read_stays() -> None:
    gray, right = _misread("6925265101481", "6925265101481")
    assert confirmed(gray, right) == right
