"""Who is offered at the door: everybody who is here, with what they can sign in by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.roles import Refusal, Role
from ledger.store import Store


@dataclass(frozen=True, slots=True)
class Tile:
    """A person as the sign-in page shows them."""

    id: str
    name: str
    roles: frozenset[Role]
    locked: bool
    barred: Refusal | None
    """Why the person may not work today."""
    pin: bool = True
    """Has a PIN to type."""
    badge: bool = False
    """Has a badge to scan."""


def tiles(store: Store, day: date) -> tuple[Tile, ...]:
    """Those who are active, as they stand on this day; who signed in last comes first."""
    return tuple(
        Tile(
            person.id,
            person.name,
            person.roles,
            person.locked,
            person.barred(day),
            pin=bool(person.verifier),
            badge=bool(person.badge),
        )
        for person in store.people.everybody()
        if person.active
    )
