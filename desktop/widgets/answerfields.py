"""The fields of a question: what is read from a label or a paper and typed, what is ticked, and who stands by."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.answers import FIELDS, TICKS
from desktop.wedgefilter import ScanLineEdit
from desktop.words import Words

_WIDTHS = MappingProxyType(
    {
        "lot": (96, 3),
        "expiry": (160, 4),
        "quantity": (80, 2),
        "units": (80, 2),
        "place": (140, 3),
        "partner": (190, 4),
        "weeks": (80, 2),
        "filing": (180, 4),
        "reason": (96, 6),
    }
)
"""Least width of a field, and its share of what is left."""
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


class AnswerFields(QWidget):
    """All fields; the needed ones are shown."""

    edited = Signal()
    confirmed = Signal()
    """Enter was pressed in one of them."""

    def __init__(self) -> None:
        super().__init__()
        # A reason is written in any language; everything else is read from a label, without an input method.
        self.fields = {
            need: AnswerField(need, ScanLineEdit(), _WIDTHS[need][0]) for need in FIELDS if need != "second"
        }
        self.fields["reason"] = AnswerField("reason", QLineEdit(), _WIDTHS["reason"][0])
        self.second = AnswerField("second", QLineEdit(), 180)
        self.pin = AnswerField("pin", QLineEdit(), 130)
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.people: tuple[tuple[str, str], ...] = ()
        """Id and name of everybody who may be the second person."""
        self.registered = False
        """Whether there are registered people, who prove themselves."""
        self.ticks = {need: self._tick(need) for need in TICKS}
        self.shelf, self.quarantine = self._tick("shelf"), self._tick("quarantine")
        self._where = QButtonGroup(self)
        for button in (self.shelf, self.quarantine):
            self._where.addButton(button)
        self._typed, self._stood, self._ticked = QWidget(), QWidget(), QWidget()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        rows: tuple[tuple[QWidget, list[tuple[QWidget, int]]], ...] = (
            (self._typed, [(one, _WIDTHS[one.need][1]) for one in self.fields.values()]),
            (self._stood, [(self.second, 5), (self.pin, 3)]),
        )
        for place, (widget, parts) in enumerate(rows):
            row = QHBoxLayout(widget)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            for part, share in parts:
                row.addWidget(part, share)
            grid.addWidget(widget, place, 0)
        ticks = QGridLayout(self._ticked)
        ticks.setContentsMargins(0, 0, 0, 0)
        ticks.setSpacing(8)
        for place, button in enumerate((self.shelf, self.quarantine, *self.ticks.values())):
            ticks.addWidget(button, place // 2, place % 2)
        ticks.setColumnStretch(2, 1)
        grid.addWidget(self._ticked, len(rows), 0)
        for field in (*self.fields.values(), self.second, self.pin):
            field.edit.textEdited.connect(self.edited)
            field.edit.returnPressed.connect(self.confirmed)

    def show_needs(
        self, fields: Sequence[str], ticks: Sequence[str], *, apart: bool, reasons: bool, words: Words
    ) -> None:
        """Show these; `reasons` says that reasons are offered beside the field for one's own."""
        for need, field in self.fields.items():
            field.setVisible(need in fields)
            named = "reason_other" if need == "reason" and reasons else f"need_{need}"
            field.speak(words, words.say(named))
        self.second.speak(words, words.say("need_second"))
        self.pin.speak(words, "PIN")
        self.pin.setVisible(self.registered)
        for need, tick in self.ticks.items():
            tick.setText(words.say(f"tick_{need}"))
            tick.setVisible(need in ticks)
        self.shelf.setText(words.say("apart_shelf"))
        self.quarantine.setText(words.say("apart_quarantine"))
        for button in (self.shelf, self.quarantine):
            button.setVisible(apart)
        self._typed.setVisible(any(need in fields for need in self.fields))
        self._stood.setVisible("second" in fields)
        self._ticked.setVisible(bool(ticks) or apart)
        self.setVisible(bool(fields or ticks or apart))

    def clear(self) -> None:
        """Empty them all."""
        for field in (*self.fields.values(), self.second, self.pin):
            field.edit.clear()
        self._where.setExclusive(False)
        for tick in (self.shelf, self.quarantine, *self.ticks.values()):
            tick.setChecked(False)
        self._where.setExclusive(True)

    @property
    def apart(self) -> bool | None:
        """Which goods are meant: those set apart, those on the shelf, or nobody has said."""
        return True if self.quarantine.isChecked() else False if self.shelf.isChecked() else None

    def know(self, people: Sequence[tuple[str, str]], *, registered: bool) -> None:
        """Who may be the second person: id and name."""
        self.people, self.registered = tuple(people), registered
        # Completed within the field: a list that pops up would take the keys of the next scan.
        completer = QCompleter([name or one for one, name in people], self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.second.edit.setCompleter(completer)

    @property
    def person(self) -> str:
        """Id of the person named, else what was typed."""
        typed = self.second.edit.text().strip()
        return next((one for one, name in self.people if typed in (one, name)), typed)

    def edit(self, need: str) -> QWidget:
        """Where a need is answered."""
        if need == "second":
            return self.second.edit
        if need == "pin":
            return self.pin.edit
        if need == "apart":
            return self.shelf
        return self.ticks[need] if need in self.ticks else self.fields[need].edit

    def first(self) -> QWidget | None:
        """The first one shown that has no answer."""
        shown = [one.edit for one in (*self.fields.values(), self.second, self.pin) if not one.isHidden()]
        if self._stood.isHidden():
            shown = [edit for edit in shown if edit not in (self.second.edit, self.pin.edit)]
        return next((edit for edit in shown if not edit.text()), shown[0] if shown else None)

    def _tick(self, need: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"question_{need}")
        button.setProperty("role", "choice")
        button.setCheckable(True)
        button.clicked.connect(self._ticked_one)
        return button

    @Slot()
    def _ticked_one(self) -> None:
        self.edited.emit()
