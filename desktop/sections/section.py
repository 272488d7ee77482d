"""What every section of the settings page is: a heading, a sentence, and below it whatever it needs."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.room import Room
from desktop.theme import sans
from desktop.widgets.form import Form
from desktop.widgets.scrolled import Scrolled
from desktop.words import Words

_WIDEST = 980


class Section(Scrolled):
    """One section; built when it is first visited."""

    name: ClassVar[str]
    """Words `section_NAME` and `section_NAME_hint`."""
    settings: ClassVar[tuple[str, ...]] = ()
    """Declared settings shown as a form, first of all."""

    def __init__(self, room: Room) -> None:
        inner = QWidget()
        super().__init__(inner)
        self.room = room
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner.setMaximumWidth(_WIDEST)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(24, 18, 24, 18)
        self.column.setSpacing(14)
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(sans(22, QFont.Weight.Bold))
        self._hint.setFont(sans(14))
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self.column.addWidget(self._title)
        self.column.addWidget(self._hint)
        self.form = Form(room, self.settings) if self.settings else None
        if self.form is not None:
            self.column.addWidget(self.form)
        self.build()
        self.column.addStretch(1)
        self.retranslate(room.words)

    def build(self) -> None:
        """Add what the section needs besides its settings."""

    def enter(self) -> None:
        """The section is shown: look everything up anew."""
        if self.form is not None:
            self.form.show_values()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._title.setText(words.say(f"section_{self.name}"))
        self._hint.setText(words.say(f"section_{self.name}_hint"))
        if self.form is not None:
            self.form.retranslate(words)
