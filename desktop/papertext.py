"""Text in a narrow column of paper: wrapped between its words, and how high it becomes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

WRAPPED = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
"""How such text is drawn."""
LINE = 14.0
"""Points of a line at least."""


def height_of(font: QFont, text: str, width: float) -> float:
    """How high a text becomes on this width; a line at least."""
    return max(LINE, QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 1e4), WRAPPED, text).height())


def whole_text(font: QFont, text: str, width: float) -> str:
    """The text, to be wrapped between its words; its middle is left out where one word alone is too wide."""
    metrics = QFontMetricsF(font)
    if all(metrics.horizontalAdvance(word) <= width for word in text.split()):
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)
