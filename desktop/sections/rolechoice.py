"""Which roles a person holds, as a row of buttons that can be pressed together."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.words import Words
from ledger.roles import Role


class RoleChoice(QWidget):
    """Which roles somebody holds."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._buttons: dict[Role, QPushButton] = {}
        for role in Role:
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setMinimumHeight(42)
            row.addWidget(button)
            self._buttons[role] = button
        row.addStretch(1)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles chosen."""
        return frozenset(role for role, button in self._buttons.items() if button.isChecked())

    def show_roles(self, roles: frozenset[Role]) -> None:
        """Show these as chosen."""
        for role, button in self._buttons.items():
            button.setChecked(role in roles)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for role, button in self._buttons.items():
            button.setText(words.say(f"role_{role}"))
