"""What stands beside the list of approvals: the chosen one, and below it what went out under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.widgets.grantcard import GrantCard
from desktop.widgets.listcard import ListCard
from desktop.widgets.uselist import UseList, UseTable
from desktop.words import Words
from ledger.grantlist import GrantRow, Use


class GrantPane(QWidget):
    """Card and uses of one approval."""

    def __init__(self, theme: Theme, words: Words, today: Callable[[], date]) -> None:
        super().__init__()
        self._words = words
        self.card = GrantCard(words, today)
        self.table = UseTable(words, today)
        self.uses = UseList(theme, words, self.table)
        self._heading, self._count = QLabel(), QLabel()
        self._heading.setProperty("role", "heading")
        self._count.setProperty("role", "quiet")
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 14, 6)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.card)
        column.addWidget(ListCard(head, below=self.uses), 1)
        self.setMinimumWidth(340)
        self.retranslate(words)

    def show_grant(self, row: GrantRow, *, another: bool) -> None:
        """Show this approval; what went out under it stays until it is told, unless it is another one's."""
        if another:
            self.table.show_lines(())
            self._count.setText("")
            self.uses.say_empty("")
        self.card.show_grant(row)

    def show_uses(self, uses: Sequence[Use]) -> None:
        """Show what went out under it."""
        self.table.show_lines(uses)
        self._tell()

    def go_in(self) -> None:
        """Put the cursor into what went out, where anything did."""
        if self.table.count():
            self.uses.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.uses.currentIndex().isValid():
                self.uses.selectRow(0)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        for part in (self.card, self.table, self.uses):
            part.retranslate(words)
        self._heading.setText(words.say("approvals_uses"))
        self._tell()

    def _tell(self) -> None:
        uses = self.table.count()
        self._count.setText(self._words.say("approvals_uses_count", uses=uses) if uses else "")
        self.uses.say_empty(self._words.say("approvals_unused"))
