"""The hand scanners of this workstation: each with how it stands, and what can be done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.devices import DeviceState
from desktop.theme import Theme, sans
from desktop.widgets.card import Card, Said, press
from desktop.widgets.glyph import Glyph
from desktop.words import Words

_TONES = {
    "open": ("check", "ok"),
    "typing": ("keyboard", "ok"),
    "ask": ("help", "ask"),
    "closed": ("scanner", "quiet"),
    "noise": ("ask", "ask"),
    "unknown": ("ask", "ask"),
}
"""Sign and tone of a state; whatever is not here is trouble."""


class ScannerRow(QFrame):
    """One scanner."""

    def __init__(self, theme: Theme, name: str, sentence: str, sign: str, tone: str) -> None:
        super().__init__()
        self.setProperty("role", "scanner_row")
        self.title, self.sentence = QLabel(name), QLabel(sentence)
        self.title.setFont(sans(15, QFont.Weight.DemiBold))
        self.sentence.setFont(sans(14))
        self.sentence.setProperty("role", "said")
        self.sentence.setProperty("tone", tone)
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        ink = theme.colour("quiet" if tone == "quiet" else f"{tone}_text")
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self.title)
        texts.addWidget(self.sentence)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(2, 7, 2, 7)
        self.row.setSpacing(12)
        self.row.addWidget(Glyph(sign, ink, 24))
        self.row.addLayout(texts, 1)
        self.setAccessibleName(f"{name}: {sentence}")

    def offer(self, button: QPushButton) -> None:
        """Put a button at the end."""
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.row.addWidget(button)


class ScannerList(Card):
    """Every scanner that was seen, and the one that types, which nobody can see."""

    calibrate = Signal()
    """The person wants to calibrate a scanner."""
    choose = Signal(str)
    """The serial port with this identity is a scanner."""
    drop = Signal(str)
    """The serial port with this identity, chosen before, is none."""
    sheet = Signal()
    """The person wants the calibration sheet."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("scanners")
        self._theme, self._words = theme, words
        self.begin = press(self.calibrate.emit, primary=True, name="calibrate")
        self.print_sheet = press(self.sheet.emit, name="sheet")
        self._rows: list[QWidget] = []
        self._shown: object = None
        self._place = QVBoxLayout()
        self._place.setSpacing(0)
        self.column.addLayout(self._place)
        self.said = Said()
        self.line(self.begin, self.print_sheet)
        self.add(self.said)
        self.retranslate(words)

    def show_scanners(
        self, states: tuple[DeviceState, ...], calibrated: str, sound: bool, chosen: frozenset[str]
    ) -> None:
        """Show the scanners; `calibrated` says how scanners that type are read, `sound` that it is as it should be."""
        shown = (states, calibrated, chosen)
        if shown == self._shown:
            return  # a button with the focus keeps it
        self._shown = shown
        for row in self._rows:
            self._place.removeWidget(row)
            row.deleteLater()
        say = self._words.say
        typed = ScannerRow(
            self._theme, say("devices_typed"), calibrated, "keyboard", "ok" if sound else "quiet"
        )
        self._rows = [typed]
        for state in states:
            sign, tone = _TONES.get(state.code, ("fault", "stop"))
            row = ScannerRow(self._theme, state.device, say(state.word, device=state.device), sign, tone)
            identity = state.identity
            if state.road == "serial" and state.code == "ask":
                button = press(partial(self.choose.emit, identity), name="choose")
                button.setText(say("devices_choose"))
                row.offer(button)
            elif state.road == "serial" and identity in chosen:
                button = press(partial(self.drop.emit, identity), name="drop")
                button.setText(say("devices_drop"))
                row.offer(button)
            self._rows.append(row)
        for row in self._rows:
            self._place.addWidget(row)
            row.show()

    def retranslate(self, words: Words) -> None:
        """Speak another language; the rows are shown anew by the page."""
        self._words, self._shown = words, None
        self.title.setText(words.say("devices_scanners"))
        self.begin.setText(words.say("devices_calibrate"))
        self.print_sheet.setText(words.say("devices_sheet"))
