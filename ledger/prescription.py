"""A prescription as the counter needs it: what, how much, and what taking it out of the zone wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.shipment import Line


@dataclass(frozen=True, slots=True)
class Prescription:
    """A prescription with its lines. The patient is a pseudonym, never a name or a number."""

    number: str
    lines: tuple[Line, ...]
    patient: str
    day: date | None = None
    """Day on which it was written."""
    weeks: int | None = None
    """Weeks of supply that the patient takes out of the zone (离园带药); None: nothing leaves the zone."""
    filing: str = ""
    """Number of the filing with the zone's authority."""
    consent: bool = False
    assessed: bool = False
    """The hospital has assessed the patient, wanted above four weeks."""
    signed: bool = False
    """The patient has signed, wanted above four weeks."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The last time a patient got a product under a prescription of this ledger."""

    number: str
    """Number of the prescription."""
    day: date
    """Local day of the dispense."""
    weeks: int | None
    """Weeks that the prescription lets the patient take out; None where it says nothing."""
    seq: int
    """The event by which it was dispensed."""

    @property
    def lasts_until(self) -> date | None:
        """The day on which a supply taken out of the zone runs out; None where nobody said how long it lasts."""
        return self.day + timedelta(weeks=self.weeks) if self.weeks else None
