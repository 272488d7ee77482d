"""Who a patient is: masked, and in clear for half a minute after a person has said why; that is recorded first."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QHideEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.theme import mono, sans
from desktop.widgets.card import Said, press
from desktop.words import Words
from ledger.patients import Patient, in_clear
from ledger.patientsearch import Hit

SHOWN_S = 30
"""Seconds after which what was revealed is hidden again."""
REASONS = ("reason_patient_check", "reason_patient_label", "reason_patient_recall", "reason_patient_asks")
FIELDS = ("id_number", "phone", "collector")


class PatientCard(QFrame):
    """Shows one patient."""

    wanted = Signal(str)
    """The person wants everything shown, for this reason (its code word)."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._words = words
        self._hit: Hit | None = None
        self._clear: Patient | None = None
        self._left = 0
        self.name, self.pseudonym = QLabel(), QLabel()
        self.name.setFont(sans(22, QFont.Weight.Bold))
        self.pseudonym.setFont(mono(13))
        self.pseudonym.setProperty("role", "quiet")
        self.pseudonym.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = {field: QLabel() for field in FIELDS}
        self._heads = {field: QLabel() for field in FIELDS}
        self.reveal = press(self._press, name="patient_reveal")
        self._why = QLabel()
        self._why.setProperty("role", "quiet")
        self.reasons: dict[str, QPushButton] = {}
        self._asking = QWidget()
        self.said = Said()
        self._lay_out()
        self._tick = QTimer(self, interval=1_000)
        self._tick.timeout.connect(self._count)
        self.retranslate(words)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self.name)
        top.addWidget(self.pseudonym, 0, Qt.AlignmentFlag.AlignBottom)
        top.addStretch(1)
        top.addWidget(self.reveal)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(2)
        for column, field in enumerate(FIELDS):
            self._heads[field].setProperty("role", "caption")
            self.facts[field].setFont(mono(16) if field != "collector" else sans(16))
            for label in (self.name, self.facts[field]):
                label.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(self._heads[field], 0, column)
            grid.addWidget(self.facts[field], 1, column)
        grid.setColumnStretch(len(FIELDS), 1)
        row = QHBoxLayout(self._asking)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._why)
        for reason in REASONS:
            button = press(partial(self.wanted.emit, reason), name=reason)
            self.reasons[reason] = button
            row.addWidget(button)
        row.addStretch(1)
        self._asking.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 12, 16, 14)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addLayout(grid)
        whole.addWidget(self._asking)
        whole.addWidget(self.said)

    @property
    def shown_clear(self) -> bool:
        """True while everything is shown."""
        return self._clear is not None

    @property
    def asking(self) -> bool:
        """True while the reason is asked for."""
        return not self._asking.isHidden()

    def show_hit(self, hit: Hit) -> None:
        """Show this patient, masked."""
        other = self._hit is None or self._hit.patient != hit.patient
        self._hit = hit
        if other:
            self.said.tell("")
            self.cover()
        self._render()

    def show_clear(self, known: Patient) -> None:
        """Show everything for `SHOWN_S` seconds: it has been recorded."""
        self._clear, self._left = known, SHOWN_S
        self._asking.hide()
        self.said.tell("")
        self._tick.start()
        self._render()
        self.reveal.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def cover(self) -> None:
        """Hide what was revealed, now."""
        self._tick.stop()
        self._clear = None
        self._asking.hide()
        self._render()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Whatever hides the card hides the patient."""
        super().hideEvent(event)
        self.cover()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._why.setText(words.say("patient_why"))
        for reason, button in self.reasons.items():
            button.setText(words.say(reason))
        self._render()

    @Slot()
    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.cover()
        else:
            self._render()

    def _press(self) -> None:
        if self._clear is not None:
            self.cover()
        elif self.asking:
            self._asking.hide()
        else:
            self._asking.show()
            self.reasons[REASONS[0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def _render(self) -> None:
        say, hit = self._words.say, self._hit
        if hit is None:
            return
        told = in_clear(self._clear) if self._clear is not None else dict(hit.shown)
        if hit.erased:
            self.name.setText(say("patient_is_erased"))
        elif hit.fault:
            self.name.setText(say("patient_closed"))
        else:
            self.name.setText(told.get("name") or say("patient_paper_only"))
        self.pseudonym.setText(say("patient_pseudonym", patient=hit.patient))
        kind = told.get("id_type", "")
        self._heads["id_number"].setText(say(f"patient_id_{kind}") if kind else say("patient_id"))
        self._heads["phone"].setText(say("patient_phone"))
        self._heads["collector"].setText(say("patient_collector"))
        for field, label in self.facts.items():
            label.setText(told.get(field) or "–")
            for one in (label, self._heads[field]):
                one.setVisible(bool(hit.shown))
        self.reveal.setVisible(bool(hit.shown))
        self.reveal.setText(say("patient_hide", left=self._left) if self._clear else say("patient_reveal"))
