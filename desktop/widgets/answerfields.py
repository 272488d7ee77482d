"""The fields of a question: what is read from a label or a paper and typed, what is ticked, and who stands by."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.answers import FIELDS, TICKS, Answers, wanted
from desktop.questions import Question
from desktop.widgets.answerfield import AnswerField
from desktop.widgets.scanfield import ScanLineEdit
from desktop.widgets.secondfields import SecondFields
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
_ABREAST, _APART = 3, 8
"""So many ticks stand side by side at most, and so far apart in pixels."""


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
        self.second = SecondFields()
        self.ticks = {need: self._tick(need) for need in TICKS}
        self.shelf, self.quarantine = self._tick("shelf"), self._tick("quarantine")
        self._where = QButtonGroup(self)
        for button in (self.shelf, self.quarantine):
            self._where.addButton(button)
        self._typed, self._ticked = QWidget(), QWidget()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        row = QHBoxLayout(self._typed)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for field in self.fields.values():
            row.addWidget(field, _WIDTHS[field.need][1])
        grid.addWidget(self._typed, 0, 0)
        grid.addWidget(self.second, 1, 0)
        self._tick_grid = QGridLayout(self._ticked)
        self._tick_grid.setContentsMargins(0, 0, 0, 0)
        self._tick_grid.setSpacing(_APART)
        self._tick_grid.setColumnStretch(_ABREAST, 1)
        self._abreast: tuple[QPushButton | int, ...] = ()
        grid.addWidget(self._ticked, 2, 0)
        for field in (*self.fields.values(), self.second.name, self.second.pin):
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
        self.second.speak(words)
        for need, tick in self.ticks.items():
            tick.setText(words.say(f"tick_{need}"))
            tick.setVisible(need in ticks)
        self.shelf.setText(words.say("apart_shelf"))
        self.quarantine.setText(words.say("apart_quarantine"))
        for button in (self.shelf, self.quarantine):
            button.setVisible(apart)
        self._typed.setVisible(any(need in fields for need in self.fields))
        self.second.setVisible("second" in fields)
        self._ticked.setVisible(bool(ticks) or apart)
        self.setVisible(bool(fields or ticks or apart))
        self._place_ticks()

    def needed_width(self) -> int:
        """The least width in which nothing typed or ticked here is cut."""
        rows = [row for row in (self._typed, self.second) if not row.isHidden()]
        ticks = [button.sizeHint().width() for button in self._marks()]
        return max((*(row.minimumSizeHint().width() for row in rows), *ticks), default=0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put as many ticks side by side as have room."""
        super().resizeEvent(event)
        self._place_ticks()

    def _marks(self) -> list[QPushButton]:
        return [one for one in (self.shelf, self.quarantine, *self.ticks.values()) if not one.isHidden()]

    def _place_ticks(self) -> None:
        marks = self._marks()
        widths = [one.sizeHint().width() + _APART for one in marks]
        across = next(
            (
                abreast
                for abreast in range(_ABREAST, 1, -1)
                if sum(max(widths[place::abreast], default=0) for place in range(abreast))
                <= self.width() + _APART
            ),
            1,
        )
        if (across, *marks) == self._abreast:
            return
        self._abreast = (across, *marks)
        for place, one in enumerate(marks):
            self._tick_grid.removeWidget(one)
            self._tick_grid.addWidget(one, *divmod(place, across))

    def clear(self) -> None:
        """Empty them all."""
        for field in self.fields.values():
            field.edit.clear()
        self.second.clear()
        self._where.setExclusive(False)
        for tick in (self.shelf, self.quarantine, *self.ticks.values()):
            tick.setChecked(False)
        self._where.setExclusive(True)

    def offer_label(self, question: Question) -> None:
        """Put what is known of the pack's label into the fields that ask for it, to be confirmed."""
        if not {"lot", "expiry"} & {*wanted(question)}:
            return
        known, label = question.intent, question.offered
        self.fields["lot"].edit.setText((label.lot if label else None) or known.lot or "")
        last_day = label.expiry if label else known.expiry
        if last_day is not None:
            month = (label or known).expiry_precision == "month"
            self.fields["expiry"].edit.setText(last_day.strftime("%Y-%m" if month else "%Y-%m-%d"))

    def answers(self) -> Answers:
        """What stands in the fields; the second person where proved."""
        typed = {need: field.edit.text().strip() for need, field in self.fields.items()}
        marks = {need: tick.isChecked() for need, tick in self.ticks.items()}
        apart = True if self.quarantine.isChecked() else False if self.shelf.isChecked() else None
        return Answers(
            reason=typed["reason"],
            lot=typed["lot"],
            expiry=typed["expiry"],
            quantity=typed["quantity"],
            units=typed["units"],
            place=typed["place"],
            partner=typed["partner"],
            weeks=typed["weeks"],
            filing=typed["filing"],
            consent=marks["consent"],
            assessed=marks["assessed"],
            signed=marks["signed"],
            second=self.second.proved,
            apart=apart,
        )

    def focus_first(self) -> None:
        """Put the cursor into the first field shown that has no answer."""
        shown = [*(field.edit for field in self._shown()), *self.second.shown]
        edit = next((edit for edit in shown if not edit.text()), shown[0] if shown else None)
        if edit is not None:
            _focus(edit)

    def focus(self, need: str) -> None:
        """Put the cursor where a need is answered."""
        _focus(self._where_is(need))

    def focus_typed(self, typed: object) -> None:
        """Put the cursor into the field that says this, else into the first."""
        shown = self._shown() or [self.fields["quantity"]]
        _focus(next((field.edit for field in shown if field.edit.text() == typed), shown[0].edit))

    def _shown(self) -> list[AnswerField]:
        return [field for field in self.fields.values() if not field.isHidden()]

    def _where_is(self, need: str) -> QWidget:
        if need == "second":
            return self.second.name.edit
        if need == "pin":
            return self.second.pin.edit
        if need == "apart":
            return self.shelf
        return self.ticks[need] if need in self.ticks else self.fields[need].edit

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


def _focus(edit: QWidget) -> None:
    edit.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(edit, QLineEdit):
        edit.selectAll()
