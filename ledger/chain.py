"""Follow a hash chain event by event, and say where and how it breaks.

Numbers rise by one. One gap is lawful: a ledger that goes on after a restore starts after the number that was
lost, under a new id, with an event that names both ends (ledger/identity.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.event import Event, EventKind
from ledger.link import GENESIS, link


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where something does not hold; the code word and parameters make its sentence."""

    code: str
    seq: int | None = None
    """Sequence number of the first event concerned, where there is one."""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a restore has lost, told by the event after them."""

    first: int
    last: int


class Chain:
    """Where a reader of the chain stands."""

    def __init__(self, seq: int = 0, head: bytes = GENESIS) -> None:
        """Start after the event with this number and hash."""
        self.seq = seq
        self.head = head
        self.ledger_id: str | None = None
        """The ledger's id as the last event names it; None before the first."""
        self.gaps: list[Gap] = []

    def follow(self, seq: int, body: bytes, digest: bytes) -> Event | Fault:
        """Take the next event, or say why it cannot be the next one; then the chain stands where it stood."""
        try:
            if link(self.head, body) != digest:
                if seq > self.seq + 1:
                    return Fault("audit_missing", self.seq + 1, (("last", str(seq - 1)),))
                return Fault("audit_changed", seq)
            event = Event.from_canonical(body)
            resumed = event.kind is EventKind.LEDGER_RESUMED
            if event.seq != seq:
                return Fault("audit_changed", seq)
            if seq != self.seq + 1 and not (resumed and seq > self.seq and self._explained(event)):
                return Fault("audit_missing", self.seq + 1, (("last", str(seq - 1)),))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Fault("audit_unreadable", seq)
        if self.ledger_id is not None and event.ledger_id != self.ledger_id and not resumed:
            return Fault("audit_other_ledger", seq)
        if seq != self.seq + 1:
            self.gaps.append(Gap(self.seq + 1, seq - 1))
        self.seq, self.head, self.ledger_id = seq, digest, event.ledger_id
        return event

    def _explained(self, event: Event) -> bool:
        """True when the event names both ends of the gap before it."""
        return (event.told("old_seq"), event.told("restored_seq"), event.told("restored_hash")) == (
            str(event.seq - 1),
            str(self.seq),
            self.head.hex(),
        )
