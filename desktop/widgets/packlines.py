"""Packs that went out, a line each: what every such list says of one, and that a line opens the pack's history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Signal

from desktop.localtime import minute_or_day
from desktop.theme import Theme
from desktop.widgets.cellpaint import TWO_LINES
from desktop.widgets.lines import Lines
from desktop.widgets.openlist import OpenList
from desktop.words import Words
from ledger.event import PackFacts


class WentOut(Protocol):
    """What a line is of: a pack, and when it went out."""

    @property
    def at(self) -> datetime:
        """When it went out."""

    @property
    def facts(self) -> PackFacts:
        """What the record says of the pack."""


P = TypeVar("P", bound=WentOut)


class PackLines(Lines, Generic[P]):
    """The lines; each kind says what stands in a cell."""

    def __init__(self, words: Words, columns: tuple[str, ...], head: str, today: Callable[[], date]) -> None:
        super().__init__(words, columns, head)
        self._lines: tuple[P, ...] = ()
        self._today = today

    def show_lines(self, lines: Sequence[P]) -> None:
        """Show these."""
        if tuple(lines) == self._lines:
            return
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def line(self, row: int) -> P:
        """One line."""
        return self._lines[row]

    def count(self) -> int:
        """How many lines."""
        return len(self._lines)

    def when(self, row: int) -> str:
        """When the pack went out."""
        return minute_or_day(self._lines[row].at, self._today())


class PackList(OpenList):
    """Shows `PackLines`; Enter or a double click opens the history of the pack."""

    opened = Signal(str)
    """Key of the pack that the person opens."""

    def __init__(self, theme: Theme, words: Words, model: PackLines[Any], called: str) -> None:
        super().__init__(theme, TWO_LINES, called)
        self._table = model
        self.setModel(model)
        self.retranslate(words)

    def open(self, row: int) -> None:
        """Open the history of a pack."""
        self.opened.emit(self._table.line(row).facts.key)
