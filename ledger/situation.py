"""What a decision is made from and what can come of it.

Capture gathers a `Situation` and hands it with the person's `Intent` to the rules, which answer with a
`Decision`. Only values: nothing here looks anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ledger.codes.code import Code, Problem
from ledger.event import DocumentRef, Event, EventKind
from ledger.pack import Pack, State


@dataclass(frozen=True, slots=True)
class Policy:
    """What the site has decided; `note`, `ask` or `stop` where a word is wanted."""

    near_expiry_days: int = 30
    """A pack that expires within so many days is near expiry at the counter."""
    near_expiry: str = "ask"
    receive_near_expiry_days: int = 180
    """The same for a delivery, which is only noted."""
    unknown_product: str = "note"
    no_document: str = "note"
    repeat_seconds: int = 120
    """A pack dispensed so recently by the same person at this device was only scanned twice."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the person is doing, and the answers already given to what would be asked."""

    verb: EventKind
    operator: str
    documents: tuple[DocumentRef, ...] = ()
    partner: str | None = None
    reason: str | None = None
    lot: str | None = None
    """Lot read from the label by a person."""
    expiry: date | None = None
    """Expiry read from the label by a person: the last day of use."""
    expiry_precision: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that counts for one decision."""

    code: Code
    today: date
    now: datetime
    policy: Policy
    device_id: str
    pack: Pack | None = None
    last: Event | None = None
    """The event that led to the pack's state."""
    twin: str | None = None
    """Key of another known code with the same product and serial but other check digits."""
    product_known: bool = True
    lot_expiry: tuple[date, str] | None = None
    """Expiry and precision known of this product and lot from an earlier pack."""

    @property
    def state(self) -> State:
        """The pack's state; UNKNOWN when there is no such pack."""
        return self.pack.state if self.pack else State.UNKNOWN


@dataclass(frozen=True, slots=True)
class Accept:
    """It may happen; the event leads to `state`."""

    state: State
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    by_hand: bool
    """True when lot or expiry came from a person, not from the code."""
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """It has happened already, by this very intent: success, but no second event."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """It may happen once the person has answered."""

    problems: tuple[Problem, ...]
    needs: tuple[str, ...]
    """What is wanted: `reason`, `lot`, `expiry`."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It must not happen."""

    problems: tuple[Problem, ...]


Decision = Accept | Repeat | Ask | Refuse
