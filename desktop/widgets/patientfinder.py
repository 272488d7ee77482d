"""The search for a patient: a field, what was found as masked tiles, and a sentence where that says too little."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import Theme, sans
from desktop.widgets.card import Said
from desktop.widgets.findfield import FindField
from desktop.widgets.scrolled import Scrolled
from desktop.words import Words
from ledger.patientsearch import Found, Hit

TYPED_MS = 300
WIDTH, NARROW = 340, 270
"""Pixels across, in a wide window and in a narrow one."""
MANY = 2_000
"""With more patients than that a search takes a moment."""


class PatientFinder(QWidget):
    """The left side of the patients page."""

    searched = Signal(str)
    """Search for this text; an empty one is nobody."""
    chosen = Signal(str)
    """Pseudonym of the patient to show."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._words = words
        self._found: Found | None = None
        self._empty = ""
        self._number = 0
        self._typed = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._title = QLabel()
        self._title.setFont(sans(22, QFont.Weight.Bold))
        self.field = FindField(theme, "patients_find")
        self.field.setMinimumHeight(44)
        self._only = QLabel()
        self._only.setProperty("role", "lookup")
        self._only.setMinimumHeight(34)
        self._only.setWordWrap(True)
        self.hint = Said()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.addLayout(self._rows)
        column.addStretch(1)
        left = QVBoxLayout(self)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(10)
        for part in (self._title, self.field, self._only, self.hint):
            left.addWidget(part)
        left.addWidget(Scrolled(inner), 1)
        self.setFixedWidth(WIDTH)
        self.field.textEdited.connect(lambda _: self._typed.start())
        self.field.returnPressed.connect(self.search)
        self._typed.timeout.connect(self.search)
        self.retranslate(words)

    @Slot()
    def search(self) -> None:
        """Search for what stands in the field, now."""
        self._typed.stop()
        self.searched.emit(self.field.text().strip())

    def begin(self, text: str = "") -> None:
        """Put the cursor here; a character typed elsewhere comes along."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self.field.setText(text)
            self._typed.start()
        else:
            self.field.selectAll()

    def forget(self) -> None:
        """Nothing that was searched or found stays here."""
        self._typed.stop()
        self.field.clear()
        self.show_found(None)

    def begin_search(self) -> None:
        """A search goes on; said where it may take a moment."""
        if self._number > MANY:
            self.hint.tell(self._words.say("patients_looking"))

    def show_count(self, number: int) -> None:
        """So many patients are known here."""
        self._number = number
        self._render()

    def show_found(self, found: Found | None, empty: str = "patients_nobody") -> None:
        """Show what was found; `empty` is said where that is nobody."""
        self._found, self._empty = found, empty
        for button in self.buttons.values():
            self._rows.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        above: QWidget = self.field
        for hit in found.hits if found else ():
            button = QPushButton()
            button.setProperty("role", "choice")
            button.setCheckable(True)
            button.setMinimumHeight(62)
            button.setObjectName(f"patient_{hit.patient}")
            button.clicked.connect(partial(self._choose, hit.patient))
            self._group.addButton(button)
            self._rows.addWidget(button)
            self.buttons[hit.patient] = button
            self.setTabOrder(above, button)
            above = button
        self._render()

    def mark(self, patient: str) -> None:
        """This patient is shown."""
        if patient in self.buttons:
            self.buttons[patient].setChecked(True)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._title.setText(words.say("page_patients"))
        self.field.setPlaceholderText(words.say("patients_search"))
        self.field.setAccessibleName(words.say("patients_search_name"))
        self._only.setText(words.say("patients_only_looks"))
        self._render()

    def _choose(self, patient: str, _checked: bool = False) -> None:
        self.chosen.emit(patient)

    def _render(self) -> None:
        say, found = self._words.say, self._found
        if found is None:
            self.hint.tell(say("patients_count", number=self._number) if self._number else "")
            return
        for hit in found.hits:
            self.buttons[hit.patient].setText(self._line(hit).replace("&", "&&"))
        said = [] if found.hits else [say(self._empty)]
        said += [say("patients_more")] if found.more else []
        said += [say("patients_closed", number=found.closed)] if found.closed else []
        self.hint.tell("\n".join(said), "ask" if found.closed else "quiet")

    def _line(self, hit: Hit) -> str:
        say = self._words.say
        if hit.erased:
            name = say("patient_is_erased")
        elif hit.fault:
            name = say("patient_closed")
        else:
            name = hit.says("name") or say("patient_paper_only")
        second = [f"{say('patient_id')} {hit.says('id_number')}"] if hit.says("id_number") else []
        second.append(say("patient_short", begins=hit.patient[:8]))
        return f"{name}\n{'   '.join(second)}"
