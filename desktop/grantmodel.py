"""The approvals as a table model: their rows are fetched as they are seen."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Qt

from desktop.fetched import Fetch, Fetched
from desktop.grantcells import COLUMNS, NUMBERS, GrantCells
from desktop.widgets.lines import Lines
from desktop.words import Words
from ledger.grantlist import GrantRow


class GrantModel(Lines):
    """What the page of approvals lists."""

    spoken = (*Lines.spoken, Qt.ItemDataRole.ToolTipRole)

    def __init__(
        self, words: Words, fetch: Fetch[GrantRow], today: Callable[[], date], parent: QObject | None = None
    ) -> None:
        super().__init__(words, COLUMNS, "approvals_column_", NUMBERS, parent)
        self.cells = GrantCells(words, today)
        self.fetched = Fetched(fetch, lambda row: row.grant_id, self)
        self.fetched.arrived.connect(self.changed)

    def show_ids(self, ids: array[int]) -> None:
        """List these; the same list again only fetches anew what is seen."""
        if self.fetched.lists(ids):
            self.fetched.renew()
            self.changed()
            return
        self.beginResetModel()
        self.fetched.begin(ids)
        self.endResetModel()

    def grant(self, row: int) -> GrantRow | None:
        """The approval in a row, once it is there."""
        return self.fetched.row(row)

    def count(self) -> int:
        """How many approvals."""
        return len(self.fetched)

    def text(self, row: int, column: str) -> str:
        """A cell in words; beside the number stands what is painted below it."""
        grant = self.grant(row)
        if grant is None:
            return self._words.say("stock_fetching")
        text = self.cells.cell(grant, column).text
        return f"{text}   {self.below(grant)}".rstrip() if column == "number" else text

    def below(self, grant: GrantRow) -> str:
        """What stands below the number: the product, for whom and for which lot."""
        said = (self.cells.product(grant), self.cells.limits(grant))
        return "   ".join(part for part in said if part)

    def retranslate(self, words: Words) -> None:
        """Speak another language."""
        self.cells.words = words
        super().retranslate(words)
