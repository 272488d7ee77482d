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
    """Whole packs dispensed under it at all workstations of the site, opened ones included."""
    shipped: int
    """Packs that left for the institution under it, from all workstations of the site."""
    obstacles: tuple[str, ...] = ()
    """Why it does not hold, as code words: `approval_suspended`, `approval_not_yet`, `approval_over`,
    `approval_other_patient`, `approval_other_lot`, `approval_used_up`, `approval_shipped_up`, `approval_short`.
    Used up stands in the way at the counter alone, shipped up where packs leave the warehouse alone; short says
    that fewer are left than are wanted at once."""
    used_elsewhere: int = 0
    """How many of the used ones other workstations have told of."""
    shipped_elsewhere: int = 0
    left: int | None = None
    """Packs that are left once what is wanted has gone out; None: not limited, or nothing was wanted."""

    @property
    def used_here(self) -> int:
        """How many of the used ones this workstation dispensed."""
        return self.used - self.used_elsewhere

    @property
    def open(self) -> int | None:
        """Packs that may still be dispensed under it; None: not limited."""
        quantity = self.approval.quantity
        return None if quantity is None else max(0, quantity - self.used)

    @property
    def over(self) -> int:
        """Packs dispensed beyond what was granted, as when two counters could not hear of each other."""
        quantity = self.approval.quantity
        return 0 if quantity is None else max(0, self.used - quantity)

    def holds(self, *, shipping: bool = False) -> bool:
        """True when what is wanted may be dispensed, or leave for the institution, under it."""
        ignored = "approval_used_up" if shipping else "approval_shipped_up"
        return all(word == ignored for word in self.obstacles)
