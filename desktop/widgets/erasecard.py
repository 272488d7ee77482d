"""The question before a patient is erased by law: what goes, what stays, why, and the pseudonym typed by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from desktop.longwork import LongWork
from desktop.theme import sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.progress import ProgressLine
from desktop.words import Words
from ledger.tasks.typed import typed_text

TYPED = 8
"""So many characters of the pseudonym are typed: nobody does that by the way."""


class EraseCard(Card):
    """Stands in the page in the place of the list."""

    confirmed = Signal(str)
    """Erase, for this reason."""
    left = Signal()
    """Nothing is to be erased, or it has been."""

    def __init__(self, words: Words, work: LongWork) -> None:
        super().__init__()
        self.setObjectName("erase_card")
        self._words = words
        self._patient, self._given, self._out, self._recalled = "", 0, 0, 0
        self._done = False
        self._goes, self._stays, self._goes_head, self._stays_head = QLabel(), QLabel(), QLabel(), QLabel()
        self._warning, self.said = Said(), Said()
        sides = QHBoxLayout()
        sides.setSpacing(28)
        for head, body in ((self._goes_head, self._goes), (self._stays_head, self._stays)):
            head.setProperty("role", "heading")
            body.setWordWrap(True)
            body.setFont(sans(14))
            side = QVBoxLayout()
            side.setSpacing(4)
            side.addWidget(head)
            side.addWidget(body)
            side.addStretch(1)
            sides.addLayout(side, 1)
        self.column.addLayout(sides)
        self.add(self._warning)
        self.reason, self.typed = QLineEdit(), QLineEdit()
        for field, name in ((self.reason, "erase_reason"), (self.typed, "erase_typed")):
            field.setMinimumHeight(42)
            field.setObjectName(name)
        self.reason.setMaxLength(200)
        self.typed.setMaxLength(40)
        self.typed.setFixedWidth(300)
        self.typed.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.reason, 1)
        row.addWidget(self.typed)
        self.column.addLayout(row)
        self.go = press(self._go, name="erase_go")
        self.go.setProperty("role", "danger")
        self.cancel = press(self.left.emit, name="erase_cancel")
        self.line(self.go, self.cancel)
        self.progress = ProgressLine(work, words)
        self.add(self.progress, self.said)
        self.typed.returnPressed.connect(self._go)
        self.reason.returnPressed.connect(self.typed.setFocus)
        for field in (self.reason, self.typed):
            field.textChanged.connect(lambda _: self._enable())
        self.retranslate(words)

    def ask(self, patient: str, given: int, out: int, recalled: int) -> None:
        """Ask about this patient, who was given so much, has so much still, so much of it recalled."""
        self._patient, self._given, self._out, self._recalled = patient, given, out, recalled
        self._done = False
        for field in (self.reason, self.typed):
            field.clear()
        self.said.tell("")
        self._render()
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """It was not done."""
        self.said.tell(sentence, "stop")
        self._enable()

    def tell_done(self) -> None:
        """It is done; the chain is being proved once more."""
        self._done = True
        for field in (self.reason, self.typed):
            field.clear()
        self.said.tell(self._words.say("erase_done"), "ok")
        self._render()
        self.progress.begin()

    def tell_proved(self, sentence: str, tone: str) -> None:
        """What the proof came to."""
        self.said.tell(f"{self._words.say('erase_done')}\n{sentence}", tone)
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self.title.setText(words.say("erase_title"))
        self._goes_head.setText(words.say("erase_goes"))
        self._stays_head.setText(words.say("erase_stays"))
        self.reason.setPlaceholderText(words.say("erase_reason"))
        self.reason.setAccessibleName(words.say("erase_reason"))
        self.go.setText(words.say("erase_go"))
        self.progress.retranslate(words)
        self._render()

    @property
    def _ready(self) -> bool:
        typed = self.typed.text().strip().lower()
        return bool(typed_text(self.reason.text())) and typed == self._patient[:TYPED] and not self._done

    def _go(self) -> None:
        if self._ready:
            self.go.setEnabled(False)
            self.confirmed.emit(typed_text(self.reason.text()) or "")

    def _enable(self) -> None:
        self.go.setEnabled(self._ready)

    def _render(self) -> None:
        say = self._words.say
        self._goes.setText(say("erase_goes_what"))
        self._stays.setText(say("erase_stays_what", given=self._given))
        asked = say("erase_typed", begins=self._patient[:TYPED])
        self.typed.setPlaceholderText(asked)
        self.typed.setAccessibleName(asked)
        self.cancel.setText(say("erase_close" if self._done else "erase_cancel"))
        for part in (self.reason, self.typed, self.go):
            part.setVisible(not self._done)
        if self._done:
            self._warning.tell("")
        elif self._recalled:
            self._warning.tell(say("erase_recalled", recalled=self._recalled), "stop")
        elif self._out:
            self._warning.tell(say("erase_out", out=self._out), "ask")
        else:
            self._warning.tell("")
        self._enable()
