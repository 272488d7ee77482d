"""The second person of a question: who it is, and the PIN that proves it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from desktop.widgets.answerfield import AnswerField
from desktop.words import Words
from ledger.roles import Operator


class SecondFields(QWidget):
    """Name and PIN side by side; without registered people the name alone."""

    def __init__(self) -> None:
        super().__init__()
        self.name = AnswerField("second", QLineEdit(), 180)
        self.pin = AnswerField("pin", QLineEdit(), 130)
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.proved = ""
        """Id of the second person, once proved."""
        self.registered = False
        """Whether there are registered people, who prove themselves."""
        self._people: tuple[tuple[str, str], ...] = ()
        self.name.edit.textEdited.connect(lambda _: self._somebody_else())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.name, 5)
        row.addWidget(self.pin, 3)

    @property
    def person(self) -> str:
        """Id of the person named, else what was typed."""
        typed = self.name.edit.text().strip()
        return next((one for one, name in self._people if typed in (one, name)), typed)

    @property
    def shown(self) -> tuple[QLineEdit, ...]:
        """The edits that can be typed in now."""
        if self.isHidden():
            return ()
        return (self.name.edit,) if self.pin.isHidden() else (self.name.edit, self.pin.edit)

    def know(self, people: Sequence[tuple[str, str]], *, registered: bool) -> None:
        """Who may be the second person: id and name."""
        self._people, self.registered = tuple(people), registered
        # Completed within the field: a list that pops up would take the keys of the next scan.
        completer = QCompleter([name or one for one, name in people], self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.name.edit.setCompleter(completer)

    def take(self, second: Operator) -> None:
        """This person has proved to be the second one."""
        self.name.edit.setText(second.name or second.id)
        self.pin.edit.clear()
        self.proved = second.id

    def clear(self) -> None:
        """Empty both."""
        self.name.edit.clear()
        self.pin.edit.clear()
        self.proved = ""

    def speak(self, words: Words) -> None:
        """Say what they are for."""
        self.name.speak(words, words.say("need_second"))
        self.pin.speak(words, "PIN")
        self.pin.setVisible(self.registered)

    def _somebody_else(self) -> None:
        self.proved = ""
