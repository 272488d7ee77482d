"""One field of a question: a caption, and the edit that it names."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.words import Words

_HINTS = MappingProxyType(
    {
        "expiry": "expiry_form",
        "reason": "reason_other_hint",
        "partner": "partner_form",
        "place": "place_form",
        "second": "second_form",
    }
)


class AnswerField(QWidget):
    """A caption and the edit that it names."""

    def __init__(self, need: str, edit: QLineEdit, least: int) -> None:
        super().__init__()
        self.need, self.edit = need, edit
        edit.setObjectName(f"question_{need}")
        edit.setMinimumWidth(least)
        edit.setMaxLength(200 if need == "reason" else 40)
        self.caption = QLabel()
        self.caption.setBuddy(edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.caption)
        row.addWidget(edit, 1)

    def speak(self, words: Words, name: str) -> None:
        """Say what it is for."""
        hint = words.say(_HINTS[self.need]) if self.need in _HINTS else ""
        self.caption.setText(name)
        if self.need == "reason":
            # The field stands last in a full row and names itself, where longer words would be cut.
            self.caption.hide()
            hint = name
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(f"{name} {hint}".strip())
