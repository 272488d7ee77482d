"""The very first page: who answers for this workstation? Registers the first administrator, or goes on for a trial."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.room import Room
from desktop.theme import Theme, mono, sans
from desktop.words import Words
from ledger import recovery, staff
from ledger.people import Person
from ledger.roles import Refusal, Role
from ledger.verifier import verifier_of, weakness

_CARD, _PAD = 620, 36


class FirstPage(QWidget):
    """Two steps: name and PIN; then the recovery code, shown this once."""

    later = Signal()
    """The person wants to try the program first."""
    done = Signal()
    """An administrator is registered and the recovery code was read."""

    def __init__(self, room: Room, theme: Theme, words: Words, later: str = "first_later") -> None:
        """`later` is the code word of the way out."""
        super().__init__()
        self.setObjectName("first")
        self._room, self._words, self._way_out = room, words, later
        self._code = ""
        self._busy = False
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(sans(26, QFont.Weight.Bold))
        self._hint.setFont(sans(15))
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "quiet")
        self._labels = {name: QLabel() for name in ("name", "pin", "again")}
        self.fields = {name: QLineEdit() for name in self._labels}
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        grid.setHorizontalSpacing(16)
        for place, (name, field) in enumerate(self.fields.items()):
            field.setObjectName(f"first_{name}")
            field.setMinimumHeight(44)
            field.setMaxLength(60)
            if name != "name":
                field.setEchoMode(QLineEdit.EchoMode.Password)
                field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            field.returnPressed.connect(self._next)
            self._labels[name].setBuddy(field)
            grid.addWidget(self._labels[name], place, 0)
            grid.addWidget(field, place, 1)
        self._form = QWidget()
        self._form.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        self._shown = QLabel()
        self._shown.setObjectName("first_code")
        self._shown.setFont(mono(24, QFont.Weight.DemiBold))
        self._shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = QLabel()
        self._problem.setObjectName("signin_problem")
        self._problem.setWordWrap(True)
        self._problem.setFont(sans(15, QFont.Weight.DemiBold))
        self._go, self._later = QPushButton(), QPushButton()
        self._go.setObjectName("first_go")
        self._go.setProperty("role", "primary")
        self._later.setObjectName("first_later")
        for button in (self._go, self._later):
            button.setMinimumHeight(44)
        self._go.clicked.connect(self._next)
        self._later.clicked.connect(self.escape)
        buttons = QHBoxLayout()
        buttons.addWidget(self._later)
        buttons.addStretch(1)
        buttons.addWidget(self._go)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(_CARD)
        column = QVBoxLayout(card)
        column.setContentsMargins(_PAD, 30, _PAD, 26)
        column.setSpacing(16)
        for part in (self._title, self._hint, self._form, self._shown, self._problem):
            column.addWidget(part)
        column.addSpacing(4)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self.retranslate(words)

    def begin(self) -> None:
        """Ask who it is."""
        self.fields["name"].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def escape(self) -> None:
        """Try the program first, unless the recovery code is on the screen or on its way there."""
        if not self._code and not self._busy:
            self.later.emit()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        say = words.say
        told = bool(self._code)
        self._title.setText(say("first_told" if told else "first_title"))
        hint = "first_hint" if self._way_out == "first_later" else "first_hint_late"
        self._hint.setText(say("first_told_hint" if told else hint))
        # A layout that centres its card asks no label how high it is when wrapped.
        self._hint.setMinimumHeight(self._hint.heightForWidth(_CARD - 2 * _PAD))
        for name, label in self._labels.items():
            label.setText(say(f"first_{name}"))
            self.fields[name].setAccessibleName(label.text())
        self._form.setVisible(not told)
        self._shown.setText(self._code)
        self._shown.setVisible(told)
        self._later.setText(say(self._way_out))
        self._later.setVisible(not told)
        self._go.setText(say("first_written_down" if told else "first_go"))

    @Slot()
    def _next(self) -> None:
        if self._code:
            self._code = ""
            self.done.emit()
            return
        empty = next((field for field in self.fields.values() if not field.text().strip()), None)
        if empty is not None:
            empty.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        pin = self.fields["pin"].text()
        problem = weakness(pin, "") or ("" if pin == self.fields["again"].text() else "pin_differs")
        self._problem.setText(self._words.say(problem) if problem else "")
        if problem:  # what cannot be read is not mended but typed anew
            for name in ("pin", "again"):
                self.fields[name].clear()
            self.fields["pin"].setFocus(Qt.FocusReason.OtherFocusReason)
        station = self._room.station
        if problem or self._busy or station is None:
            return
        self._busy = True
        name, code, clock, run = (
            self.fields["name"].text(),
            recovery.minted(),
            station.clock,
            station.writer.run,
        )

        def register() -> Person | Refusal:
            verifier, digest = verifier_of(pin), recovery.digest(code)
            roles = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
            return run(lambda store: staff.add_first(store, clock, name, verifier, roles, digest))

        self._room.away(register, lambda answer: self._registered(answer, code), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._problem.setText(self._room.why(error))

    def _registered(self, answer: Person | Refusal, code: str) -> None:
        self._busy = False
        if isinstance(answer, Refusal):
            self._problem.setText(self._words.problem(answer))
            return
        self._code = code
        for field in self.fields.values():
            field.clear()
        self._problem.clear()
        self.retranslate(self._words)
        self._go.setFocus(Qt.FocusReason.OtherFocusReason)
