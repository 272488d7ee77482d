"""Pictures from files, as 8-bit gray, turned the right way up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.vision import Gray

SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jp2", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif",
            ".avif", ".pgm", ".ppm", ".pbm", ".pnm", ".ras", ".hdr")  # fmt: skip
"""Names of picture files end in one of these, small letters."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that yields no picture: missing, forbidden, cut off, or not a picture."""

    file: str
    code: str = "image_unreadable"
    """Code word for people."""
    detail: str = ""
    """What the system or the library said, for the log."""


def load_gray(path: str | Path) -> Gray | Unreadable:
    """The picture in a file as 8-bit gray, whatever its depth, palette, alpha or EXIF rotation."""
    import numpy as np

    from scanner.vision import cv2, gray_of

    try:
        raw = np.frombuffer(
            Path(path).read_bytes(), np.uint8
        )  # not imread: it cannot open Chinese paths on Windows
    except OSError as error:
        return Unreadable(str(path), detail=error.strerror or type(error).__name__)
    if not raw.size:
        return Unreadable(str(path), detail="empty")
    try:
        # IMREAD_UNCHANGED alone keeps alpha, and alone ignores EXIF rotation: photographs go the other way.
        picture = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
        if picture is not None and (picture.ndim == 2 or picture.shape[2] == 3):
            picture = cv2.imdecode(raw, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    except (cv2.error, MemoryError) as error:
        return Unreadable(str(path), detail=str(error).strip().splitlines()[-1][:200])
    if picture is None or not picture.size:
        return Unreadable(str(path), detail="not a picture")
    return gray_of(picture)
