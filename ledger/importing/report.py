"""What came of an import: how much was added, changed or the same, and which rows will not do."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.change import Change

MOST = 1000
"""So many bad rows are named; the others are only counted."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken, and why."""

    line: int
    """Line of the file where the row begins, or the item's number in JSON, from 1."""
    field: str
    """The column as the file names it; empty where the row as a whole is meant."""
    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Report:
    """The answer to an import. Counts are of items: products, documents, recalls; `refused` is of rows."""

    kind: str = ""
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    faults: int = 0
    """Faults found in the refused rows, the ones that are not named included."""
    bad: list[BadRow] = field(default_factory=list)
    """The first of them, in order of lines once the import has ended."""
    ignored: tuple[str, ...] = ()
    """Columns of the file that mean nothing here."""
    _lines: set[int] = field(default_factory=set)

    @property
    def taken(self) -> int:
        """Items that are in the ledger now."""
        return self.added + self.changed + self.same

    def refuse(self, row: BadRow) -> None:
        """Count a row as refused, once however many faults it has."""
        if row.line not in self._lines:
            self._lines.add(row.line)
            self.refused += 1
        self.faults += 1
        if len(self.bad) < MOST:
            self.bad.append(row)

    def refused_line(self, line: int) -> bool:
        """True when the row of this line was refused."""
        return line in self._lines

    def count(self, change: Change) -> None:
        """Count an item that was taken."""
        match change:
            case Change.ADDED:
                self.added += 1
            case Change.CHANGED:
                self.changed += 1
            case Change.SAME:
                self.same += 1
