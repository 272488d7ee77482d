"""The list of a task's scans as a table model: newest first, one row a scan, cheap to add to.

The ledger keeps everything; the list keeps what fits a person's day, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt

from desktop.verdict import Level, Verdict
from desktop.widgets.lines import Index, Lines
from desktop.words import Words

COLUMNS = ("time", "outcome", "product", "lot", "expiry", "serial", "delivery")
KEEP = 2_000
"""Rows beyond this leave the list, the oldest first. A row takes 2 KB, and the history page finds every pack."""

VERDICT = int(Qt.ItemDataRole.UserRole)
DELIVERY = VERDICT + 1

_FULLY = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


@dataclass(slots=True, eq=False)
class _Row:
    verdict: Verdict
    number: int
    """Counts up; the difference to that of the oldest row is its place."""
    delivery: str = ""


class ScanTable(Lines):
    """The scans of one task."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, COLUMNS, "column_")
        self._rows: list[_Row] = []
        """Oldest first; row 0 of the view is the last one here."""
        self._of_ticket: dict[int, _Row] = {}
        self._of_seq: dict[int, _Row] = {}
        self.local = False
        """True where there is no platform to deliver to: records then only stay here."""
        self.counts = dict.fromkeys(Level, 0)
        """How many scans of the task had each outcome, those included that left the list."""

    def put(self, verdict: Verdict) -> None:
        """Add a scan on top, or bring the row of an answered question up to date, where it stands."""
        row = self._of_ticket.get(verdict.ticket)
        if row is not None:
            self.counts[row.verdict.level] -= 1
            self.counts[verdict.level] += 1
            if row.verdict.seq != verdict.seq:
                row.delivery = ""  # another record is on its way now
            row.verdict = verdict
            self._note(row)
            self._changed(self._at(row), self._at(row))
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        row = _Row(verdict, self._rows[-1].number + 1 if self._rows else 0)
        self._rows.append(row)
        self._of_ticket[verdict.ticket] = row
        self._note(row)
        self.counts[verdict.level] += 1
        self.endInsertRows()
        if len(self._rows) > KEEP + KEEP // 10:
            self._thin_out()

    def retire(self, ticket: int) -> None:
        """Take a row out whose question was replaced by a newer one about the same pack."""
        row = self._of_ticket.pop(ticket, None)
        if row is None:
            return
        shown = self._at(row)
        self.beginRemoveRows(QModelIndex(), shown, shown)
        at = len(self._rows) - 1 - shown
        del self._rows[at]
        for later in self._rows[at:]:
            later.number -= 1
        self._of_seq.pop(row.verdict.seq, None)
        self.counts[row.verdict.level] -= 1
        self.endRemoveRows()

    def deliver(self, states: Iterable[tuple[int, str]]) -> None:
        """Show these delivery states, by sequence number of the event."""
        changed: list[int] = []
        for seq, state in states:
            row = self._of_seq.get(seq)
            if row is not None and row.delivery != state:
                row.delivery = state
                changed.append(self._at(row))
        if changed:
            self._changed(min(changed), max(changed))

    def undelivered(self, most: int = 500) -> tuple[int, ...]:
        """Sequence numbers of the newest records shown that are not known to be accepted."""
        found: list[int] = []
        for row in reversed(self._rows):
            if row.verdict.saved and row.delivery != "accepted":
                found.append(row.verdict.seq)
                if len(found) == most:
                    break
        return tuple(found)

    def clear(self) -> None:
        """Begin a new task."""
        self.beginResetModel()
        self._rows.clear()
        self._of_ticket.clear()
        self._of_seq.clear()
        self.counts = dict.fromkeys(Level, 0)
        self.endResetModel()

    def verdict(self, row: int) -> Verdict | None:
        """The verdict in a row of the view."""
        return self._shown(row).verdict if 0 <= row < len(self._rows) else None

    def delivery(self, row: int) -> str:
        """Code word of the delivery state in a row of the view; empty where there is nothing to deliver."""
        return self._delivery(self._shown(row))

    def says(self, verdict: Verdict, column: str) -> str:
        """What a cell of this verdict's row shows; not for the delivery, which is no part of it."""
        match column:
            case "time":
                return verdict.at.strftime("%H:%M:%S")
            case "outcome":
                return self._words.say(verdict.row)
            case "product":
                return product_name(verdict, self._words)
            case "lot":
                return verdict.lot or "–"
            case "expiry":
                return expiry_text(verdict) or "–"
        if not verdict.serial and verdict.quantity is not None and verdict.units is None:
            return f"× {verdict.quantity}"  # goods without serial: how many
        return verdict.serial or "–"

    def count(self) -> int:
        """How many scans."""
        return len(self._rows)

    def text(self, row: int, column: str) -> str:
        """A cell in words."""
        shown = self._shown(row)
        if column != "delivery":
            return self.says(shown.verdict, column)
        word = self._delivery(shown)
        return self._words.say(word) if word else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; a screen reader and a pointer that rests on it are told more than fits."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role in _FULLY:
            return self._aloud(index.row(), COLUMNS[index.column()])
        if role == VERDICT:
            return self.verdict(index.row())
        if role == DELIVERY:
            return self.delivery(index.row())
        return super().data(index, role)

    def _aloud(self, row: int, column: str) -> str:
        verdict = self._shown(row).verdict
        if column == "outcome" and verdict.problems:
            sentences = (self._words.problem(problem) for problem in verdict.problems)
            return "\n".join((self._words.say(verdict.title), *sentences))
        if column == "product":
            return "\n".join(part for part in (self.text(row, column), verdict.text) if part)
        return self.text(row, column)

    def _shown(self, row: int) -> _Row:
        return self._rows[len(self._rows) - 1 - row]

    def _note(self, row: _Row) -> None:
        if row.verdict.saved:
            self._of_seq[row.verdict.seq] = row
            row.delivery = row.delivery or "pending"

    def _at(self, row: _Row) -> int:
        """The row of the view."""
        return self._rows[-1].number - row.number

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _delivery(self, row: _Row) -> str:
        """Code word of a row's delivery state; empty where there is nothing to deliver."""
        if not row.verdict.saved or not row.delivery:
            return ""
        return "delivery_local" if self.local and row.delivery == "pending" else f"delivery_{row.delivery}"

    def _thin_out(self) -> None:
        surplus = len(self._rows) - KEEP
        self.beginRemoveRows(QModelIndex(), KEEP, len(self._rows) - 1)
        for row in self._rows[:surplus]:
            self._of_ticket.pop(row.verdict.ticket, None)
            self._of_seq.pop(row.verdict.seq, None)
        del self._rows[:surplus]
        self.endRemoveRows()


def product_name(verdict: Verdict, words: Words) -> str:
    """The product as people know it; its number where the catalogue does not have it, else what was scanned."""
    name = verdict.names[0 if words.language == "zh_CN" else 1] or verdict.names[0] or verdict.names[1]
    if name:
        return f"{name} {verdict.spec}".rstrip()
    if verdict.product:
        return words.say("product_number", product=verdict.product)
    return verdict.text if verdict.text.isprintable() else words.say("shown_scan", text=verdict.text)


def expiry_text(verdict: Verdict) -> str:
    """The last day of use as people write it: a month where only the month is known."""
    if verdict.expiry is None:
        return ""
    return verdict.expiry.strftime("%Y-%m" if verdict.expiry_precision == "month" else "%Y-%m-%d")
