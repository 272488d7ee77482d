"""Settings as a form: each with its name, what it is for, and a control that fits; kept as soon as it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.keeping import keep
from desktop.room import Room
from desktop.settings import DECLARED, Value
from desktop.theme import sans
from desktop.words import Words

_FIELD = 372


class Row(QWidget):
    """A name and an explanation on the left, a control on the right."""

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.title, self.why = QLabel(), QLabel()
        self.title.setFont(sans(15, QFont.Weight.DemiBold))
        self.why.setProperty("role", "quiet")
        self.why.setFont(sans(13))
        for label in (self.title, self.why):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.texts = QVBoxLayout()
        self.texts.setSpacing(2)
        self.texts.addWidget(self.title)
        self.texts.addWidget(self.why)
        control.setFixedWidth(_FIELD)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(24)
        row.addLayout(self.texts, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)


class SettingRow(Row):
    """One declared setting."""

    def __init__(self, room: Room, name: str) -> None:
        self._room, self._name = room, name
        self._setting = DECLARED[name]
        self.control = QWidget()
        self.field: QLineEdit | None = None
        self.buttons: dict[Value, QPushButton] = {}
        row = QHBoxLayout(self.control)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        if isinstance(self._setting.default, bool):
            self._choose_from(row, (True, False))
        elif self._setting.choices:
            self._choose_from(row, self._setting.choices)
        else:
            self.field = QLineEdit()
            self.field.setMinimumHeight(42)
            self.field.editingFinished.connect(self._typed)
            row.addWidget(self.field)
        super().__init__(self.control)
        self.setObjectName(f"setting_{name}")
        self._told = QLabel()
        self._told.setProperty("role", "told")
        self._told.setWordWrap(True)
        self._told.setFont(sans(13, QFont.Weight.DemiBold))
        self.texts.addWidget(self._told)
        self._told.hide()

    def show_value(self) -> None:
        """Show what is set now."""
        value = self._room.settings[self._name]
        if self.field is not None:
            self.field.setText(str(value))
        elif value in self.buttons:
            self.buttons[value].setChecked(True)
        self._tell("", good=True)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        word = f"setting_{self._name.replace('.', '_')}"
        self.title.setText(words.say(word))
        self.why.setText(words.say(f"{word}_why"))
        for value, button in self.buttons.items():
            shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            button.setText(words.say(f"choice_{shown}"))
            button.setAccessibleName(f"{self.title.text()}: {button.text()}")
        if self.field is not None:
            self.field.setAccessibleName(f"{self.title.text()}. {self.why.text()}")

    def _choose_from(self, row: QHBoxLayout, values: Sequence[Value]) -> None:
        group = QButtonGroup(self.control)
        for value in values:
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setMinimumHeight(42)
            button.clicked.connect(lambda _=False, value=value: self._keep(value))
            group.addButton(button)
            row.addWidget(button, 1)
            self.buttons[value] = button

    @Slot()
    def _typed(self) -> None:
        assert self.field is not None
        typed = self.field.text().strip()
        if self._room.station is not None and typed != str(self._room.settings[self._name]):
            self._keep(typed)

    def _keep(self, value: Value) -> None:
        keep(self._room, self._name, value, self._kept, self._refused)

    def _kept(self) -> None:
        self.show_value()
        self._tell(self._room.words.say("saved"), good=True)

    def _refused(self, why: str) -> None:
        if self.field is None:
            self.show_value()
        self._tell(why, good=False)

    def _tell(self, said: str, *, good: bool) -> None:
        self._told.setText(said)
        self._told.setProperty("tone", "ok" if good else "stop")
        self._told.style().unpolish(self._told)
        self._told.style().polish(self._told)
        self._told.setVisible(bool(said))


class Form(QFrame):
    """Several settings in a card, with a line between them."""

    def __init__(self, room: Room, names: Sequence[str]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.rows = [SettingRow(room, name) for name in names]
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 8)
        column.setSpacing(0)
        for place, row in enumerate(self.rows):
            if place:
                line = QFrame()
                line.setProperty("role", "line")
                line.setFixedHeight(1)
                column.addWidget(line)
            column.addWidget(row)

    def show_values(self) -> None:
        """Show what is set now."""
        for row in self.rows:
            row.show_value()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        for row in self.rows:
            row.retranslate(words)
