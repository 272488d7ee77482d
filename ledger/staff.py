"""Changes of people: who may make them, what they mean, and the event that each leaves in the chain.

Every function runs inside the writer's transaction and answers with the person as they are now, or with a
refusal. Verifiers and digests are made outside, because they take time. Somebody who can manage people and
sign in by PIN for ever is always left.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ledger.clock import Clock
from ledger.event import EventKind
from ledger.people import Person, roles_text
from ledger.record import record
from ledger.recovery import NOTE
from ledger.roles import WORKSTATION, Act, Refusal, Role, allowed, refused
from ledger.seats import close_seat
from ledger.store import Store

_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def today(store: Store, clock: Clock) -> date:
    """The local day that counts: a clock set back does not bring back a right that has ended."""
    return clock.now(store.head.at).reckoned(store.head.at).date()


def add_first(
    store: Store, clock: Clock, name: str, verifier: str, roles: frozenset[Role], recovery: str
) -> Person | Refusal:
    """Register the first administrator; from then on everybody signs in. `recovery` is the code's digest."""
    if store.people.any():
        return refused("people_exist")
    problem = _name_problem(name)
    if problem:
        return problem
    person = Person(_new_id(store), name.strip(), roles | {Role.ADMINISTRATOR}, verifier)
    store.people.keep(person)
    store.note(NOTE, recovery)
    _tell(store, clock, person.id, person, "first", roles=roles_text(person.roles))
    return person


def add(
    store: Store,
    clock: Clock,
    by: str,
    name: str,
    roles: frozenset[Role],
    *,
    verifier: str = "",
    until: date | None = None,
    person_id: str | None = None,
) -> Person | Refusal:
    """Register a person, who has to change a PIN that was set here at the first sign-in."""
    if not store.people.any():
        return refused("people_first")
    problem = store.people.judge(by, Act.MANAGE_PEOPLE, today(store, clock)) or _name_problem(name)
    if problem:
        return problem
    if not roles:
        return refused("person_no_role")
    if person_id is not None and not _ID.fullmatch(person_id):
        return refused("person_id_unreadable", person=person_id)
    if person_id is not None and store.people.person(person_id):
        return refused("person_id_taken", person=person_id)
    person = Person(
        person_id or _new_id(store),
        name.strip(),
        roles,
        verifier,
        pin_due=bool(verifier),
        valid_until=until,
    )
    store.people.keep(person)
    extra = {"until": until.isoformat()} if until else {}
    _tell(store, clock, by, person, "added", roles=roles_text(roles), **extra)
    return person


def rename(store: Store, clock: Clock, by: str, person_id: str, name: str) -> Person | Refusal:
    """Change the name on the screen; the event says that it changed, not to what."""
    return _name_problem(name) or _change(
        store, clock, by, person_id, "renamed", lambda person: replace(person, name=name.strip())
    )


def set_roles(
    store: Store, clock: Clock, by: str, person_id: str, roles: frozenset[Role]
) -> Person | Refusal:
    """Give the person these roles and no others."""
    if not roles:
        return refused("person_no_role")
    return _change(
        store,
        clock,
        by,
        person_id,
        "roles",
        lambda person: replace(person, roles=roles),
        roles=roles_text(roles),
    )


def set_until(store: Store, clock: Clock, by: str, person_id: str, until: date | None) -> Person | Refusal:
    """Let the person work until this day, included; None for no end."""
    return _change(
        store,
        clock,
        by,
        person_id,
        "until",
        lambda person: replace(person, valid_until=until),
        until=until.isoformat() if until else "",
    )


def set_pin(store: Store, clock: Clock, by: str, person_id: str, verifier: str) -> Person | Refusal:
    """Give somebody else a PIN, which they have to change when they sign in with it; opens a lock as well."""
    if by == person_id:
        return refused("pin_own_needs_old")
    return _change(
        store,
        clock,
        by,
        person_id,
        "pin",
        lambda person: replace(person, verifier=verifier, pin_due=True, failures=0, locked=False),
    )


def own_pin(store: Store, clock: Clock, person: Person, verifier: str) -> Person:
    """Change the PIN of a person who has just proved the old one (ledger/signin.py)."""
    changed = replace(person, verifier=verifier, pin_due=False)
    store.people.keep(changed)
    _tell(store, clock, person.id, changed, "own_pin")
    return changed


def set_badge(store: Store, clock: Clock, by: str, person_id: str, digest: bytes | None) -> Person | Refusal:
    """Let this badge stand for the person instead of any before; None takes it away."""
    wearer = store.people.wearer(digest) if digest else None
    if wearer and wearer.id != person_id:
        return refused("badge_taken")
    return _change(
        store,
        clock,
        by,
        person_id,
        "badge" if digest else "badge_removed",
        lambda person: replace(person, badge=digest),
    )


def drop_badges(store: Store, clock: Clock, by: str) -> int | Refusal:
    """Take everybody's badge away, because the key that they were kept under is gone; return how many."""
    problem = store.people.judge(by, Act.MANAGE_PEOPLE, today(store, clock))
    if problem:
        return problem
    wearers = [person for person in store.people.everybody() if person.badge]
    for person in wearers:
        store.people.keep(replace(person, badge=None))
        _tell(store, clock, by, person, "badge_removed", why="key_lost")
    return len(wearers)


def unlock(store: Store, clock: Clock, by: str, person_id: str) -> Person | Refusal:
    """Let a person try again who mistyped the PIN too often; nobody does that for themselves."""
    if by == person_id:
        return refused("unlock_self")

    def open_up(person: Person) -> Person | Refusal:
        if not person.locked:
            return refused("person_not_locked", person=person.name)
        return replace(person, locked=False, failures=0)

    return _change(store, clock, by, person_id, "unlocked", open_up, act=Act.UNLOCK_PERSON)


def leave(store: Store, clock: Clock, by: str, person_id: str) -> Person | Refusal:
    """Let the person go: the secrets are forgotten, open seats closed; the id stays theirs for ever."""
    gone = _change(
        store,
        clock,
        by,
        person_id,
        "left",
        lambda person: replace(person, active=False, verifier="", badge=None, pin_due=False),
    )
    if isinstance(gone, Person):
        for seat in store.people.seats_of(person_id):
            close_seat(store, clock, seat.seat, "left")
    return gone


def come_back(store: Store, clock: Clock, by: str, person_id: str, verifier: str) -> Person | Refusal:
    """Take somebody back who had left, with a PIN that has to be changed."""

    def again(person: Person) -> Person | Refusal:
        if person.active:
            return refused("person_not_left", person=person.name)
        return replace(
            person, active=True, verifier=verifier, pin_due=bool(verifier), failures=0, locked=False
        )

    return _change(store, clock, by, person_id, "back", again)


def recover(
    store: Store, clock: Clock, person_id: str, code: str, verifier: str, following: str
) -> Person | Refusal:
    """Give an administrator a new PIN by the recovery code; `code` and `following` are digests of codes."""
    known = store.noted(NOTE)
    if not known or not hmac.compare_digest(known, code):
        return refused("recovery_wrong")
    person = store.people.person(person_id)
    if person is None:
        return refused("person_unknown", person=person_id)
    problem = person.barred(today(store, clock)) or allowed(person.operator, Act.MANAGE_PEOPLE)
    if problem:
        return problem
    person = replace(person, verifier=verifier, pin_due=False, failures=0, locked=False)
    store.people.keep(person)
    store.note(NOTE, following)
    _tell(store, clock, person.id, person, "recovered")
    return person


def lock(store: Store, clock: Clock, person: Person) -> None:
    """Lock somebody whose PIN was mistyped too often."""
    store.people.keep(replace(person, locked=True))
    _tell(store, clock, WORKSTATION, person, "locked", failures=str(person.failures))


def _change(
    store: Store,
    clock: Clock,
    by: str,
    person_id: str,
    change: str,
    alter: Callable[[Person], Person | Refusal],
    act: Act = Act.MANAGE_PEOPLE,
    **detail: str,
) -> Person | Refusal:
    """Change one person, if the one who asks may and an administrator is left."""
    problem = store.people.judge(by, act, today(store, clock))
    if problem:
        return problem
    person = store.people.person(person_id)
    if person is None:
        return refused("person_unknown", person=person_id)
    if not person.active and change not in ("back", "renamed"):
        return refused("person_left", person=person.name)
    altered = alter(person)
    if isinstance(altered, Refusal):
        return altered
    if _keeps_house(person) and not _keeps_house(altered):
        others = (one for one in store.people.everybody() if one.id != person_id)
        if not any(map(_keeps_house, others)):
            return refused("last_administrator", person=person.name)
    store.people.keep(altered)
    _tell(store, clock, by, altered, change, **detail)
    return altered


def _keeps_house(person: Person) -> bool:
    return (
        person.active
        and person.valid_until is None
        and bool(person.verifier)
        and person.operator.may(Act.MANAGE_PEOPLE)
    )


def _tell(store: Store, clock: Clock, by: str, person: Person, change: str, **detail: str) -> None:
    record(
        store, clock, EventKind.PERSON_CHANGED, by, documents=(), person=person.id, change=change, **detail
    )


def _new_id(store: Store) -> str:
    while True:
        made = "op-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
        if store.people.person(made) is None:
            return made


def _name_problem(name: str) -> Refusal | None:
    text = name.strip()
    return None if text and len(text) <= 60 and text.isprintable() else refused("person_name_unreadable")
