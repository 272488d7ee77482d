"""One approval beside its list: what it allows, for whom and until when, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from desktop.grantcells import GrantCells
from desktop.theme import mono, sans
from desktop.widgets.elided import Elided
from desktop.words import Words
from ledger.grantlist import GrantRow

_NUMBERS = ("granted", "here", "elsewhere", "left")
_FACTS = ("valid", "institution", "for", "shipped", "take_out")


class GrantCard(QFrame):
    """Says in words and numbers what stands in an approval. A pseudonym is shown by its beginning alone."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._cells = GrantCells(words, today)
        self._row: GrantRow | None = None
        self.setProperty("role", "card")
        self._number = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self._number.setFont(mono(18, QFont.Weight.Bold))
        self.state, self._product = QLabel(), Elided()
        self.state.setProperty("role", "said")
        self._product.setFont(sans(15))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._number, 1)
        head.addWidget(self.state)
        self.numbers = {name: QLabel() for name in _NUMBERS}
        self._captions = {name: QLabel() for name in (*_NUMBERS, *_FACTS)}
        self.facts = {name: QLabel() for name in _FACTS}
        sums, grid = QGridLayout(), QGridLayout()
        sums.setHorizontalSpacing(10)
        sums.setVerticalSpacing(0)
        for place, (name, label) in enumerate(self.numbers.items()):
            label.setFont(sans(20, QFont.Weight.Bold))
            sums.addWidget(label, 0, place)
            sums.addWidget(self._captions[name], 1, place)
            sums.setColumnStretch(place, 1)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for place, (name, label) in enumerate(self.facts.items()):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            grid.addWidget(self._captions[name], place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, place, 1)
        for caption in self._captions.values():
            caption.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._product)
        column.addLayout(sums)
        column.addLayout(grid)
        self.retranslate(words)

    def show_grant(self, row: GrantRow) -> None:
        """Show this one."""
        self._row = row
        self._render()

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._cells.words = words
        for name, caption in self._captions.items():
            caption.setText(
                words.say(f"approvals_column_{name}" if name in _NUMBERS else f"approvals_fact_{name}")
            )
        self._render()

    def _render(self) -> None:
        row, cells = self._row, self._cells
        if row is None:
            return
        say, standing = cells.words.say, row.standing
        one, phase = standing.approval, cells.phase(row)
        self._number.setText(one.number)
        self.setAccessibleName(one.number)
        self._product.setText(cells.product(row))
        self.state.setText(phase.text)
        tone = {"stop": "stop", "held": "ask", "ask": "ask"}.get(
            phase.tone, "ok" if phase.ink == "ok_text" else "quiet"
        )
        self.state.setProperty("tone", tone)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)
        for name, label in self.numbers.items():
            label.setText(cells.cell(row, name).text)
        days = (one.valid_to - self._today()).days
        code = "approvals_valid" if one.valid_from <= self._today() <= one.valid_to else "approvals_valid_not"
        code = code if days else "approvals_valid_last"
        whose = cells.words.name(row.institution)
        told = {
            "valid": say(code, first=one.valid_from.isoformat(), last=one.valid_to.isoformat(), days=days),
            "institution": whose or one.institution,
            "for": self._limits(row),
            "shipped": say(
                "approvals_shipped",
                packs=standing.shipped,
                here=standing.shipped - standing.shipped_elsewhere,
                elsewhere=standing.shipped_elsewhere,
            ),
            "take_out": say("approvals_take_out"),
        }
        for name, text in told.items():
            self.facts[name].setText(text)
        self.facts["institution"].setToolTip(one.institution)
        for part in (self.facts["shipped"], self._captions["shipped"]):
            part.setVisible(bool(standing.shipped))

    def _limits(self, row: GrantRow) -> str:
        say, one = self._cells.words.say, row.standing.approval
        if one.patient:
            who = say("approvals_one_patient", begins=one.patient[:8])
        else:
            who = say("approvals_any_patient" if one.patient is None else "approvals_patient_erased")
        lot = say("approvals_lot", lot=one.lot) if one.lot else say("approvals_any_lot")
        return say("list_comma").join((who, lot))
