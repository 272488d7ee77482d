"""The end of a sign-in, told in the chain whoever or whatever brought it about."""

from __future__ import annotations

from ledger.clock import Clock
from ledger.event import EventKind
from ledger.people import Person
from ledger.record import record
from ledger.store import Store


def close_seat(store: Store, clock: Clock, seat: str, why: str) -> Person | None:
    """Sign out whoever sits there and return them. `why`: asked, switched, idle, interrupted, left."""
    taken = store.people.seat(seat)
    if taken is None:
        return None
    store.people.rise(seat)
    record(store, clock, EventKind.SIGNED_OUT, taken.person_id, seat=seat, why=why)
    return store.people.person(taken.person_id)
