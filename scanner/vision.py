"""OpenCV and NumPy as the scanner uses them: one thread a call, no chatter on standard error.

Import this module only inside functions and threads that look at pictures: it costs 0.2 s when cold, and the
window has to be painted first.
"""

from __future__ import annotations

import os

# FFmpeg reads this when OpenCV opens its first video; it would write to standard error otherwise.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

# The station has two cores and a window to keep smooth; parallelism comes from our own decode threads.
cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["Colour", "Floats", "Gray", "cv2", "gray_of", "np"]

Gray = npt.NDArray[np.uint8]
"""A picture of one channel, 0 black to 255 white, indexed [y, x]."""
Colour = npt.NDArray[np.uint8]
"""A picture of three channels in the order blue, green, red, indexed [y, x, channel]."""
Floats = npt.NDArray[np.floating[Any]]
"""Real numbers, 32 bits wide unless said."""


def gray_of(picture: npt.NDArray[np.generic]) -> Gray:
    """Any picture as 8-bit gray: 16 bit and float scaled, alpha laid on white, colour weighted."""
    flat = picture
    if flat.dtype != np.uint8:
        floats = np.nan_to_num(flat.astype(np.float32))
        low, high = min(0.0, float(floats.min(initial=0))), float(floats.max(initial=0))
        flat = ((floats - low) * (255.0 / max(high - low, 1e-6))).astype(np.uint8)
    if flat.ndim == 2:
        return np.ascontiguousarray(flat)
    channels = flat.shape[2]
    if channels == 1:
        return np.ascontiguousarray(flat[:, :, 0])
    if channels == 2:
        return _on_white(np.ascontiguousarray(flat[:, :, 0]), flat[:, :, 1])
    if channels == 4:
        return _on_white(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), flat[:, :, 3])  # type: ignore[arg-type]
    mixed: Gray = cv2.cvtColor(np.ascontiguousarray(flat[:, :, :3]), cv2.COLOR_BGR2GRAY)  # type: ignore[assignment]
    return mixed


def _on_white(gray: npt.NDArray[np.generic], alpha: npt.NDArray[np.generic]) -> Gray:
    # A drawing with a transparent ground has whatever value under it, often black: bars and ground would
    # melt.
    share = alpha.astype(np.float32) / 255.0
    laid: Gray = (gray.astype(np.float32) * share + 255.0 * (1.0 - share)).astype(np.uint8)
    return laid
