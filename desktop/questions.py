"""The questions that are open at the desk, and which of them the person sees.

A question never stands in the way of a scan. The newest is shown, because its pack is in the person's hand,
unless an answer to another one has been begun: then it waits behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.labels import Label
from ledger.capture import Captured
from ledger.situation import Intent
from scanner.scan import Scan


@dataclass(frozen=True, slots=True)
class Question:
    """A scan that may go through once the person has answered."""

    ticket: int
    scan: Scan
    intent: Intent
    answer: Captured
    offered: Label | None = None
    """Lot and expiry typed for an earlier pack of the product, put into the fields to be confirmed."""
    other: Scan | None = None
    """The other symbol of the pack, where two were joined."""
    product: str | None = None
    """Goods without any code: the product."""

    @property
    def about(self) -> str:
        """What tells two questions about the same pack to be one: the pack's key, else the text."""
        return self.answer.key or self.scan.text or f"{self.product} {self.intent.lot}"

    @property
    def needs(self) -> tuple[str, ...]:
        """What is wanted: `reason`, `lot`, `expiry`."""
        return self.answer.needs


class Questions:
    """The open questions, the one shown last."""

    def __init__(self) -> None:
        self._open: list[Question] = []
        self.begun = False
        """True while the person is typing an answer to the question shown."""

    @property
    def shown(self) -> Question | None:
        """The question that the person sees."""
        return self._open[-1] if self._open else None

    @property
    def waiting(self) -> int:
        """How many wait behind it."""
        return max(0, len(self._open) - 1)

    def ask(self, question: Question) -> int | None:
        """Add a question; return the ticket of an older one about the same pack, which it replaces."""
        older = next((one for one in self._open if one.about == question.about), None)
        shown = self.shown
        if older is not None:
            self._open.remove(older)
        if self.begun and shown is not None and older is not shown:
            self._open.insert(len(self._open) - 1, question)
        else:
            self._open.append(question)
            self.begun = False
        return older.ticket if older is not None and older.ticket != question.ticket else None

    def settle(self, ticket: int) -> Question | None:
        """Take a question out, because it was answered or dropped."""
        found = next((one for one in self._open if one.ticket == ticket), None)
        if found is not None:
            if found is self.shown:
                self.begun = False
            self._open.remove(found)
        return found

    def about(self, key: str) -> Question | None:
        """The open question about a pack."""
        return next((one for one in self._open if key and one.about == key), None)

    def bring(self, ticket: int) -> bool:
        """Show this question now, as the person wishes; False when it is not open any more."""
        found = next((one for one in self._open if one.ticket == ticket), None)
        if found is None:
            return False
        if found is not self.shown:
            self._open.remove(found)
            self._open.append(found)
            self.begun = False
        return True

    def clear(self) -> None:
        """Drop all, as with a new task."""
        self._open.clear()
        self.begun = False
