"""Where one types what one looks for."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from desktop.icons import icon
from desktop.theme import Theme


class FindField(QLineEdit):
    """A field with the sign of a search, and a button that empties it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setClearButtonEnabled(True)
        self.setMinimumHeight(40)
        self.addAction(icon("search", theme.colour("quiet"), 18), QLineEdit.ActionPosition.LeadingPosition)
