"""The fields of a question and its two buttons: side by side where there is room, else the buttons below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from desktop.widgets.answerfields import AnswerFields

_BETWEEN = 12
"""Room between fields and buttons, in pixels."""


class AnswerRow(QWidget):
    """Nothing in it is ever cut for want of width."""

    def __init__(self, fields: AnswerFields, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self._fields, self._buttons = fields, tuple(buttons)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_BETWEEN)
        self._grid.setVerticalSpacing(_BETWEEN // 2)
        self._grid.setColumnStretch(0, 1)
        self._below: bool | None = None
        self.share()

    def share(self) -> None:
        """Give fields and buttons their places for what is shown now."""
        shown = [button for button in self._buttons if not button.isHidden()]
        beside = sum(button.sizeHint().width() + _BETWEEN for button in shown)
        below = not self._fields.isHidden() and self._fields.needed_width() + beside > self.width()
        if below is self._below:
            return
        self._below = below
        self._grid.removeWidget(self._fields)
        self._grid.addWidget(self._fields, 0, 0, 1, 1 + (len(self._buttons) if below else 0))
        for place, button in enumerate(self._buttons, 1):
            self._grid.removeWidget(button)
            self._grid.addWidget(button, int(below), place, Qt.AlignmentFlag.AlignBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width anew."""
        super().resizeEvent(event)
        self.share()
