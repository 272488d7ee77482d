"""A button of several lines, each of which ends in an ellipsis where it does not fit; the whole is said on hover."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

_AROUND = 44
"""Padding and edges of a tile, left and right."""
_ABOVE_AND_BELOW = 20


class ElidedButton(QPushButton):
    """As wide as it is let be, never as wide as its text wants."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(lines))
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its lines in the type it wears now; Qt would keep the height of an earlier one."""
        return QSize(
            super().sizeHint().width(), len(self._lines) * self.fontMetrics().lineSpacing() + _ABOVE_AND_BELOW
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrow: what does not fit is left out."""
        return QSize(_AROUND * 2, self.sizeHint().height())

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
            # The style sheet's least height of a button is that of one line.
            self.setMinimumHeight(self.sizeHint().height())

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - _AROUND
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in self._lines]
        self.setText("\n".join(shown).replace("&", "&&"))
        self.setToolTip("" if shown == list(self._lines) else "\n".join(self._lines))
