"""A button of several lines, each of which ends in an ellipsis where it does not fit; the whole is said on hover."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

_AROUND = 44
"""Padding and edges of a tile."""


class ElidedButton(QPushButton):
    """As wide as it is let be, never as wide as its text wants."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(lines))
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrow: what does not fit is left out."""
        return QSize(_AROUND * 2, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show as much as fits now."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """In another type another part of the text fits."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - _AROUND
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in self._lines]
        self.setText("\n".join(shown).replace("&", "&&"))
        self.setToolTip("" if shown == list(self._lines) else "\n".join(self._lines))
