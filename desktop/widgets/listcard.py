"""A card that a list fills to its edges, with what stands above it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget


class ListCard(QFrame):
    """Takes all the room that there is for its list."""

    def __init__(self, *above: QWidget | QLayout, below: QWidget) -> None:
        """`below` is the list."""
        super().__init__()
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        for part in above:
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                column.addWidget(part)
        column.addWidget(below, 1)
