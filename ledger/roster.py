"""The platform's list of operators: people who come with a list and go with one.

Whoever was registered here stays as they are, whatever a list says. Each change leaves its event, so that the
chain tells who was given which right and when. A list never locks the house: somebody who can manage people and
sign in by PIN is always left, and a first list without such a person is not taken at all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.clock import Clock
from ledger.errors import PlatformFault
from ledger.event import EventKind
from ledger.people import Person, roles_text
from ledger.record import record
from ledger.roles import WORKSTATION, Act, Role
from ledger.seats import close_seat
from ledger.store import Store
from ledger.verifier import readable

LISTED = "list"
"""Source of a person who came with a list."""

_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}").fullmatch
_ROLES = frozenset(Role)


class RosterWaits(PlatformFault):
    """The list would leave the workstation without anybody who may manage it."""


def take_operators(
    store: Store, clock: Clock, items: Sequence[tuple[str, Mapping[str, object]]]
) -> tuple[int, list[tuple[str, str]]]:
    """Take a list's people, inside the caller's transaction: how many changed, and who was refused and why.

    Raises RosterWaits where nobody is registered yet and nobody of the list could manage people.
    """
    changed, refused = 0, []
    taken: list[Person] = []
    for person_id, item in items:
        person = _person(person_id, item)
        if isinstance(person, str):
            refused.append((person_id, person))
        else:
            taken.append(person)
    if taken and not store.people.any() and not any(map(_keeps_house, taken)):
        raise RosterWaits("roster_no_administrator")
    for person in taken:
        known = store.people.person(person.id)
        if known and known.source != LISTED:
            refused.append((person.id, "roster_local_person"))
        elif known and _keeps_house(known) and not _keeps_house(person) and not _others(store, known):
            refused.append((person.id, "last_administrator"))
        else:
            changed += _take(store, clock, person, known)
    return changed, refused


def withdraw_operators(store: Store, clock: Clock, person_ids: Sequence[str]) -> int:
    """Let people go who are on the list no more; the last one who keeps the house stays. How many went."""
    gone = 0
    for person_id in person_ids:
        person = store.people.person(person_id)
        if person is None or person.source != LISTED or not person.active:
            continue
        if _keeps_house(person) and not _others(store, person):
            continue
        store.people.keep(replace(person, active=False, verifier="", badge=None, pin_due=False))
        _tell(store, clock, person_id, "left")
        for seat in store.people.seats_of(person_id):
            close_seat(store, clock, seat.seat, "left")
        store.note(_note(person_id), "")
        gone += 1
    return gone


def _take(store: Store, clock: Clock, new: Person, known: Person | None) -> bool:
    """Write one person and tell what has changed; False where nothing has."""
    given = hashlib.sha256(new.verifier.encode()).hexdigest()
    if known is None:
        store.people.keep(replace(new, pin_due=bool(new.verifier)))
        until = {"until": new.valid_until.isoformat()} if new.valid_until else {}
        _tell(store, clock, new.id, "added", roles=roles_text(new.roles), **until)
        store.note(_note(new.id), given)
        return True
    # A PIN that the person has chosen here since stays, until the list itself brings another one.
    fresh = store.noted(_note(new.id)) != given
    changes: list[tuple[str, dict[str, str]]] = []
    if not known.active:
        changes.append(("back", {}))
    if known.name != new.name:
        changes.append(("renamed", {}))
    if known.roles != new.roles:
        changes.append(("roles", {"roles": roles_text(new.roles)}))
    if known.valid_until != new.valid_until:
        changes.append(("until", {"until": new.valid_until.isoformat() if new.valid_until else ""}))
    if fresh:
        changes.append(("pin", {}))
    if not changes:
        return False
    pin = {"verifier": new.verifier, "pin_due": bool(new.verifier), "failures": 0, "locked": False}
    kept = replace(known, name=new.name, roles=new.roles, valid_until=new.valid_until, active=True)
    store.people.keep(replace(kept, **pin) if fresh else kept)  # type: ignore[arg-type]
    store.note(_note(new.id), given)
    for change, detail in changes:
        _tell(store, clock, new.id, change, **detail)
    return True


def _person(person_id: str, item: Mapping[str, object]) -> Person | str:
    """The person whom an item tells of, else the code word of what is wrong with it."""
    name, roles, until, verifier = (item.get(one) for one in ("name", "roles", "valid_until", "verifier"))
    if not _ID(person_id):
        return "roster_id_bad"
    if not isinstance(name, str) or not name.strip() or len(name.strip()) > 60 or not name.isprintable():
        return "person_name_unreadable"
    if not isinstance(roles, list) or not roles or not all(isinstance(one, str) for one in roles):
        return "roster_roles_bad"
    if not _ROLES.issuperset(roles):
        return "roster_roles_bad"
    last_day = None
    if until is not None:
        try:
            last_day = date.fromisoformat(until) if isinstance(until, str) else None
        except ValueError:
            last_day = None
        if last_day is None:
            return "roster_until_bad"
    if verifier is not None and not (isinstance(verifier, str) and readable(verifier)):
        return "roster_verifier_bad"
    return Person(
        person_id,
        name.strip(),
        frozenset(map(Role, roles)),
        verifier or "",
        valid_until=last_day,
        source=LISTED,
    )


def _keeps_house(person: Person) -> bool:
    return (
        person.active
        and person.valid_until is None
        and bool(person.verifier)
        and person.operator.may(Act.MANAGE_PEOPLE)
    )


def _others(store: Store, person: Person) -> bool:
    """True when somebody else keeps the house."""
    return any(_keeps_house(one) for one in store.people.everybody() if one.id != person.id)


def _note(person_id: str) -> str:
    return f"roster {person_id}"


def _tell(store: Store, clock: Clock, person_id: str, change: str, **detail: str) -> None:
    record(
        store,
        clock,
        EventKind.PERSON_CHANGED,
        WORKSTATION,
        documents=(),
        person=person_id,
        change=change,
        source=LISTED,
        **detail,
    )
