"""Places that look like codes, and what kind they are."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from scanner.region import BARS_FROM, coherence, find_bars, find_squares, tensor
from scanner.vision import Gray, cv2


def _scene(
    kind: str, content: str, angle: float, *, blur: float = 0.8, noise: float = 4.0
) -> tuple[Gray, float, float]:
    """A code at an angle on a calm ground, and where its middle is."""
    drawn = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=4)
    symbol = np.array(drawn).astype(np.float32)
    height, width = symbol.shape
    x, y = 420.0, 300.0
    place = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.75)
    place[:, 2] += [x - width / 2, y - height / 2]
    scene = cv2.warpAffine(symbol * 0.5 + 80, place, (800, 600), flags=cv2.INTER_AREA, borderValue=207)
    soft = cv2.GaussianBlur(scene, (0, 0), blur)
    noisy = soft + np.random.default_rng(3).normal(0, noise, soft.shape)
    return noisy.clip(0, 255).astype(np.uint8), x, y


@pytest.mark.parametrize("angle", [0, 30, 77, 135])
@pytest.mark.parametrize("blur", [0.8, 3.0])
def test_bars_are_found_with_their_direction(angle: float, blur: float) -> None:
    gray, x, y = _scene("Code128", "83386520001941653320", angle, blur=blur)
    bars = find_bars(tensor(gray))[0]
    assert np.hypot(bars.x - x, bars.y - y) < 20
    turned = (np.degrees(bars.angle) + angle + 90) % 180 - 90  # pictures count angles the other way round
    assert abs(turned) < 3
    assert bars.length > 2 * bars.height


@pytest.mark.parametrize("kind", ["DataMatrix", "QRCode"])
@pytest.mark.parametrize("angle", [0, 33, 60])
def test_matrix_codes_are_found(kind: str, angle: float) -> None:
    gray, x, y = _scene(kind, "01069012345678921727123110", angle)
    assert any(np.hypot(one.x - x, one.y - y) < 0.3 * one.side for one in find_squares(tensor(gray), 4))


@pytest.mark.parametrize("angle", [0, 33, 60])
@pytest.mark.parametrize(
    ("kind", "linear"),
    [("Code128", True), ("EAN13", True), ("PDF417", True), ("DataMatrix", False), ("QRCode", False)],
)
def test_slopes_tell_bars_from_matrix_codes(kind: str, linear: bool, angle: float) -> None:
    content = "6925265101481" if kind == "EAN13" else "83386520001941653320"
    gray, x, y = _scene(kind, content, angle)
    half = 60
    crop = gray[int(y) - half : int(y) + half, int(x) - half : int(x) + half]
    assert (coherence(tensor(crop)) > BARS_FROM) is linear


def test_nothing_is_found_on_flat_pictures() -> None:
    flat = np.full((200, 300), 90, np.uint8)
    assert find_bars(tensor(flat)) == []
    assert find_squares(tensor(flat)) == []
    assert coherence(tensor(flat)) == 0
