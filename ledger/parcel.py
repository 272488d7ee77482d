"""What travels to the platform: one frozen payload, several that are posted together, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

ERROR_LIMIT = 1000
"""How much of a platform's own words is kept."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One frozen payload on its way."""

    event_id: str
    declaration_time: str
    """Empty for an event, else the time of the error declaration that voids or corrects it."""
    seq: int
    attempts: int
    """How often the platform failed over it."""
    payload: bytes
    together: str = ""
    """What it has in common with the parcel that must be in the same document; empty for none."""

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the payload here and on the platform."""
        return self.event_id, self.declaration_time


@dataclass(frozen=True, slots=True)
class Batch:
    """Parcels that are posted together, in the order of their sequence numbers."""

    batch_id: int
    parcels: tuple[Parcel, ...]
    job_url: str = ""
    """Where the platform tells what became of the batch; empty until it has said so."""

    @property
    def attempts(self) -> int:
        """How often the platform failed over its most unlucky parcel."""
        return max((parcel.attempts for parcel in self.parcels), default=0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How delivery stands, in numbers of records."""

    pending: int
    """Neither accepted nor parked, those on their way included."""
    oldest_pending: str | None
    """When the oldest of them happened, ISO 8601."""
    parked: int
    accepted: int
    sent: int
    """Those of the pending ones that were posted, and no answer yet settles them."""
