"""Photographs of the demo's packs, made by zxing-cpp's writer and a little optics.

Each code is printed on a box beside its caption, turned, blurred and given the noise of a camera, so that what
the demo decodes is a picture and not a drawing.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import zxingcpp

from desktop.demo.samples import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720


def make_pictures(folder: Path, samples: tuple[Sample, ...]) -> None:
    """Write a PNG for every sample."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        cv2.imwrite(str(folder / sample.file), picture(sample))


def picture(sample: Sample) -> NDArray[np.uint8]:
    """The photograph of one sample, the same for the same sample."""
    chance = np.random.default_rng(zlib.crc32(sample.file.encode()))
    scene: NDArray[Any] = _table(chance)
    box = _box(sample, chance)
    turn = cv2.getRotationMatrix2D((box.shape[1] / 2, box.shape[0] / 2), sample.angle, 1.0)
    turn[:, 2] += (WIDTH / 2 - box.shape[1] / 2, HEIGHT / 2 - box.shape[0] / 2)
    printed = cv2.warpAffine(box, turn, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    where = cv2.warpAffine(np.full_like(box, 255), turn, (WIDTH, HEIGHT))
    scene = np.where(where > 127, printed, scene)
    scene = cv2.GaussianBlur(scene, (0, 0), 0.8)
    noisy = scene.astype(np.float32) + chance.normal(0, 4, scene.shape)
    result: NDArray[np.uint8] = np.clip(noisy, 0, 255).astype(np.uint8)
    return result


def symbol(sample: Sample, module: int) -> NDArray[np.uint8]:
    """The bare symbol with its quiet zone, `module` pixels to the module."""
    content = sample.content
    extra: dict[str, Any] = {"gs1": True} if content.startswith("(") else {}
    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, sample.symbology), **extra)
    drawn: NDArray[np.uint8] = np.array(made.to_image(scale=module))
    return drawn


def _table(chance: np.random.Generator) -> NDArray[np.uint8]:
    coarse = chance.normal(120, 14, (HEIGHT // 40, WIDTH // 40)).astype(np.float32)
    return np.clip(cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), 0, 255).astype(
        np.uint8
    )


def _box(sample: Sample, chance: np.random.Generator) -> NDArray[np.uint8]:
    box = np.full((340, 760), int(chance.integers(205, 235)), np.uint8)
    cv2.rectangle(box, (0, 0), (759, 339), 90, 2)
    cv2.putText(box, sample.caption, (24, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
    if sample.symbology:
        drawn = symbol(sample, 3 if sample.symbology in ("Code128", "EAN13") else 7)
        height, width = min(drawn.shape[0], 270), min(drawn.shape[1], 740)
        top, left = 60, (760 - width) // 2
        box[top : top + height, left : left + width] = drawn[:height, :width]
    else:
        for line in range(6):
            place = (24, 110 + 36 * line)
            cv2.putText(
                box,
                "Store below 25 C. Keep dry. " * 2,
                place,
                cv2.FONT_HERSHEY_PLAIN,
                1.4,
                80,
                1,
                cv2.LINE_AA,
            )
    return box
