"""An approval for 特许药械: which product, at which institution, for whom, how much, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as it was granted."""

    number: str
    product: str
    """Any identifier of the product."""
    institution: str
    """GLN of the medical institution."""
    valid_from: date
    valid_to: date
    """Last day on which it holds."""
    patient: str | None = None
    """Pseudonym of the only patient it is for; None: any patient of the institution."""
    lot: str | None = None
    """The only lot it is for; None: any."""
    quantity: int | None = None
    """Packs; None: not limited."""
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An approval on one day, with what was taken under it."""

    approval: Approval
    used: int
    """Whole packs dispensed under it, opened ones included."""
    shipped: int
    """Packs that left for the institution under it."""
    obstacles: tuple[str, ...] = ()
    """Why it does not hold, as code words: `approval_suspended`, `approval_not_yet`, `approval_over`,
    `approval_other_patient`, `approval_other_lot`, `approval_used_up`, `approval_shipped_up`. The last two stand
    in the way of one more pack at the counter, or leaving the warehouse, alone."""

    @property
    def open(self) -> int | None:
        """Packs that may still be dispensed under it; None: not limited."""
        quantity = self.approval.quantity
        return None if quantity is None else max(0, quantity - self.used)

    def holds(self, *, shipping: bool = False) -> bool:
        """True when one more pack may be dispensed, or leave for the institution, under it."""
        ignored = "approval_used_up" if shipping else "approval_shipped_up"
        return all(word == ignored for word in self.obstacles)
