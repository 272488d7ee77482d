"""The board of a document as a value: what is expected, seen, missing and extra, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.allocation import Filled
from ledger.expectation import Document
from ledger.journal import Amount
from ledger.shipment import PACK, Line


class Progress(StrEnum):
    """How far a line has come."""

    WAITING = "waiting"
    """Nothing of it was seen."""
    PARTIAL = "partial"
    COMPLETE = "complete"
    OVER = "over"
    UNCLEAR = "unclear"
    """Some of it was counted in units, and nobody knows how many a pack has."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of the board, in the line's unit."""

    line: Line
    expected: int
    seen: int
    """What counts on the line, what is over included."""
    missing: int
    over: int
    by_serial: bool
    """The document lists the line's packs by serial."""
    progress: Progress


@dataclass(frozen=True, slots=True)
class Extra:
    """What was seen and is on no line."""

    product: str | None
    lot: str | None
    packs: int
    units: int


@dataclass(frozen=True, slots=True)
class Board:
    """A document and how far it has come."""

    document: Document
    lines: tuple[BoardLine, ...]
    extras: tuple[Extra, ...]
    cases_expected: int
    """Cases and pallets that the document names."""
    cases_seen: int
    """Of these."""
    cases_extra: int
    """Cases that were seen and are neither named nor lie in one that is, nor are on a line themselves."""

    @property
    def expected(self) -> int:
        """Packs expected; lines that count units are left out."""
        return sum(line.expected for line in self.lines if line.line.unit == PACK)

    @property
    def seen(self) -> int:
        """Packs seen that were expected."""
        return sum(line.seen - line.over for line in self.lines if line.line.unit == PACK)

    @property
    def missing(self) -> int:
        """Packs still missing."""
        return sum(line.missing for line in self.lines if line.line.unit == PACK)

    @property
    def extra(self) -> int:
        """Packs that are on no line or more than their line wants."""
        return sum(line.over for line in self.lines if line.line.unit == PACK) + sum(
            one.packs for one in self.extras
        )

    @property
    def complete(self) -> bool:
        """True when everything expected was seen and nothing else."""
        return not self.extras and all(line.progress is Progress.COMPLETE for line in self.lines)

    @property
    def differences(self) -> tuple[BoardLine, ...]:
        """The lines that are over or short: closing the document wants a reason for each."""
        return tuple(line for line in self.lines if line.progress is not Progress.COMPLETE)


def row_by_serial(line: Line, listed: int, seen: int) -> BoardLine:
    """A line that lists serials: so many, and so many of these seen."""
    progress = Progress.COMPLETE if seen == listed else Progress.PARTIAL if seen else Progress.WAITING
    return BoardLine(line, listed, seen, listed - seen, 0, by_serial=True, progress=progress)


def row_by_count(filled: Filled) -> BoardLine:
    """A line that counts packs or units, as it was filled."""
    line = filled.line
    if filled.seen is None:
        return BoardLine(line, line.quantity, 0, line.quantity, 0, by_serial=False, progress=Progress.UNCLEAR)
    if filled.over:
        progress = Progress.OVER
    elif filled.seen >= line.quantity:
        progress = Progress.COMPLETE
    else:
        progress = Progress.PARTIAL if filled.seen else Progress.WAITING
    return BoardLine(
        line, line.quantity, filled.seen, filled.open or 0, filled.over, by_serial=False, progress=progress
    )


def extras_of(product: str, lots: Mapping[str, Amount]) -> list[Extra]:
    """What of a product is on no line, lot by lot."""
    return [
        Extra(product or None, lot or None, amount.packs, amount.units)
        for lot, amount in sorted(lots.items())
        if amount.packs or amount.units
    ]
