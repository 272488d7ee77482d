"""A part of a page that may be taller than its room."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Shows as much of its inside as there is room for and scrolls to the rest; the focus goes inside, never to it."""

    def __init__(self, inside: QWidget, name: str = "section", inside_name: str = "section_inner") -> None:
        super().__init__()
        self.setObjectName(name)
        inside.setObjectName(inside_name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
