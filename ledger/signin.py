"""Signing in without a network: by PIN or by badge, and the second person beside the first.

An attempt is counted durably before the PIN is looked at, so that pulling the plug buys no further guess, and
the slow hash is computed in the caller's thread between two short transactions, so that it holds up no scan.
Whoever has the window's thread calls these from another one: each takes up to 0.3 s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from ledger import staff
from ledger.badge import Badges, read_key
from ledger.badge import digest as badge_digest
from ledger.clock import Clock
from ledger.event import EventKind
from ledger.people import TRIES, Person
from ledger.record import record
from ledger.roles import Act, Operator, Refusal, Role, allowed, anybody, refused
from ledger.seats import close_seat
from ledger.store import Store
from ledger.tiles import Tile, tiles
from ledger.verifier import OURS, Cost, cheaper, holds, verifier_of, weakness

T = TypeVar("T")
Then = Callable[[Store, Person, int], T | Refusal]
"""What follows a right PIN, in the transaction that takes the attempt back; told how many failed before."""

WINDOW, TERMINAL, ONCE = "window", "terminal", "once"
"""Where somebody signs in: the window, the command line until signed out, one single command."""


class Run(Protocol):
    """Runs a job in one durable transaction and waits for it: a writer's `run`."""

    def __call__(self, job: Callable[[Store], T], /) -> T:
        """Return what the job returned, after COMMIT."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has signed in; the event is durable."""

    operator: Operator
    pin_due: bool
    """The PIN was set by somebody else and has to be changed before anything else."""
    left: Operator | None = None
    """Who was signed in at the seat before and is not any more."""


class SignIn:
    """The way in, for one station. Callable from any thread but the writer's own."""

    def __init__(
        self, run: Run, clock: Clock, home: Path, *, badge_needs_pin: bool = False, cost: Cost = OURS
    ) -> None:
        self._run, self._clock, self._home = run, clock, home
        self.badge_needs_pin = badge_needs_pin
        self._cost = cost

    def wanted(self) -> bool:
        """False while nobody is registered: then everybody works as the settings' operator."""
        return self._run(lambda store: store.people.any())

    def tiles(self) -> tuple[Tile, ...]:
        """Everybody who is here, those who signed in last first."""
        return self._run(lambda store: tiles(store, staff.today(store, self._clock)))

    def badges(self) -> Badges:
        """The badges as every scan can be held against them; ask again when people have changed."""
        key = read_key(self._home)
        people = self._run(lambda store: store.people.everybody())
        return Badges(key or b"", {one.badge: one.id for one in people if one.badge} if key else {})

    def by_pin(
        self, person_id: str, pin: str, seat: str = WINDOW, token: bytes | None = None
    ) -> SignedIn | Refusal:
        """Sign in by PIN; whoever sat there is signed out in the same transaction.

        `token` is the digest that later proves the seat. A sign-in for one single command takes no seat.
        """
        return self._prove(
            person_id, pin, lambda store, one, before: self._seat(store, one, seat, "pin", token, before)
        )

    def by_badge(
        self, code: str, seat: str = WINDOW, token: bytes | None = None, pin: str | None = None
    ) -> SignedIn | Refusal:
        """Sign in by badge. `badge_pin_wanted` asks for the PIN of the person named, where the site wants both."""
        person = self._wearer(code, pin)
        if isinstance(person, Refusal):
            return person
        if pin is not None:
            return self._prove(
                person.id,
                pin,
                lambda store, one, before: self._seat(store, one, seat, "badge_pin", token, before),
            )
        return self._run(lambda store: self._admit(store, person, seat, token))

    def leave(self, seat: str = WINDOW, why: str = "asked") -> Operator | None:
        """Sign out whoever is signed in there. `why`: asked, idle, or interrupted after a crash."""
        person = self._run(lambda store: close_seat(store, self._clock, seat, why))
        return person.operator if person else None

    def second_by_pin(
        self, first: str, person_id: str, pin: str, act: Act = Act.WITNESS
    ) -> Operator | Refusal:
        """Prove the second person: another one than the first, with the right."""
        if not self.wanted():
            return refused("second_same") if first == person_id else anybody(person_id)
        problem = self._run(lambda store: self._unfit(store, first, person_id, act))
        return problem if problem else self._prove(person_id, pin, self._stand)

    def second_by_badge(
        self, first: str, code: str, act: Act = Act.WITNESS, pin: str | None = None
    ) -> Operator | Refusal:
        """The same by a scan of the badge."""
        person = self._wearer(code, pin)
        if isinstance(person, Refusal):
            return person
        problem = self._run(lambda store: self._unfit(store, first, person.id, act))
        if problem:
            return problem
        if pin is not None:
            return self._prove(person.id, pin, self._stand)
        return self._run(lambda store: self._fit(store, person) or person.operator)

    def change_pin(self, person_id: str, old: str, new: str) -> Operator | Refusal:
        """Change one's own PIN; the old one counts as an attempt."""
        weak = weakness(new, person_id) or ("pin_same" if new == old else None)
        if weak:
            return refused(weak)
        proved = self._prove(person_id, old, lambda _store, person, _before: person)
        if isinstance(proved, Refusal):
            return proved
        # Only now: the answer must not help anybody who has proved nothing.
        shared = self.shared(person_id, new)
        if shared:
            return shared
        verifier = verifier_of(new, self._cost)

        def change(store: Store) -> Operator | Refusal:
            person = store.people.person(person_id)
            if person is None or person.verifier != proved.verifier:
                return refused("pin_changed_meanwhile")
            return self._fit(store, person) or staff.own_pin(store, self._clock, person, verifier).operator

        return self._run(change)

    def shared(self, person_id: str | None, pin: str, roles: frozenset[Role] | None = None) -> Refusal | None:
        """Refuse a PIN for somebody who manages people if anybody else has it; takes a hash for each of them.

        Only there: for the others the answer would tell a clerk that somebody's PIN has been found.
        """
        people = self._run(lambda store: store.people.everybody())
        own = next((one for one in people if one.id == person_id), None)
        mine = roles if roles is not None else own.roles if own else frozenset()
        if not Operator("", "", mine).may(Act.MANAGE_PEOPLE):
            return None
        others = (one for one in people if one.id != person_id and one.verifier)
        return refused("pin_shared") if any(holds(one.verifier, pin) for one in others) else None

    def _prove(self, person_id: str, pin: str, then: Then[T]) -> T | Refusal:
        tried = self._run(lambda store: self._begin(store, person_id))
        if isinstance(tried, Refusal):
            return tried
        right = holds(tried.verifier, pin)
        dearer = verifier_of(pin, self._cost) if right and cheaper(tried.verifier, self._cost) else None
        return self._run(lambda store: self._end(store, tried, right, dearer, then))

    def _begin(self, store: Store, person_id: str) -> Person | Refusal:
        """Count the attempt, if there may be one."""
        person = store.people.person(person_id)
        if person is None:
            return refused("person_unknown", person=person_id)
        problem = self._fit(store, person)
        if problem:
            return problem
        if not person.verifier:
            return refused("person_no_pin", person=person.name)
        if person.failures >= TRIES:
            # An attempt was begun and never ended: the power went, or worse.
            staff.lock(store, self._clock, person)
            return refused("person_locked", person=person.name)
        person = replace(person, failures=person.failures + 1)
        store.people.keep(person)
        return person

    def _end(
        self,
        store: Store,
        tried: Person,
        right: bool,
        dearer: str | None,
        then: Then[T],
    ) -> T | Refusal:
        """Draw the consequence, by what holds now and not when the attempt began."""
        person = store.people.person(tried.id)
        assert person is not None
        problem = self._fit(store, person)
        if problem:
            return problem
        if right and person.verifier == tried.verifier:
            good = replace(person, failures=0, verifier=dearer or person.verifier)
            store.people.keep(good)
            return then(store, good, max(person.failures - 1, 0))
        if person.failures >= TRIES:
            staff.lock(store, self._clock, person)
            return refused("person_locked_now", person=person.name)
        return refused("pin_wrong", left=str(TRIES - person.failures))

    def _seat(
        self, store: Store, person: Person, seat: str, how: str, token: bytes | None, before: int
    ) -> SignedIn | Refusal:
        if seat == ONCE and person.pin_due:
            return refused("pin_change_due", person=person.name)
        moment = self._clock.now(store.head.at)
        store.people.keep(replace(person, failures=0, last_in=moment.iso()))
        left = close_seat(store, self._clock, seat, "switched")
        record(store, self._clock, EventKind.SIGNED_IN, person.id, seat=seat, how=how, failures=str(before))
        if seat != ONCE:
            store.people.sit(seat, person.id, token, moment)
        return SignedIn(person.operator, person.pin_due, left.operator if left else None)

    def _admit(self, store: Store, wearer: Person, seat: str, token: bytes | None) -> SignedIn | Refusal:
        person = store.people.person(wearer.id)
        if person is None or person.badge != wearer.badge:
            return refused("badge_unknown")
        return self._fit(store, person) or self._seat(store, person, seat, "badge", token, person.failures)

    def _wearer(self, code: str, pin: str | None) -> Person | Refusal:
        key = read_key(self._home)
        person = None
        if key is not None:
            digest = badge_digest(key, code)
            person = self._run(lambda store: store.people.wearer(digest))
        elif self._run(lambda store: any(one.badge for one in store.people.everybody())):
            return refused("badge_key_missing")
        if person is None:
            return refused("badge_unknown")
        if self.badge_needs_pin and pin is None:
            return refused("badge_pin_wanted", person=person.id)
        return person

    def _fit(self, store: Store, person: Person) -> Refusal | None:
        """Why the person may not sign in now."""
        problem = person.barred(staff.today(store, self._clock))
        if problem:
            return problem
        return refused("person_locked", person=person.name) if person.locked else None

    def _unfit(self, store: Store, first: str, person_id: str, act: Act) -> Refusal | None:
        """Why the person cannot be the second; asked before the PIN, so that no attempt is spent on it."""
        if first == person_id:
            return refused("second_same")
        person = store.people.person(person_id)
        if person is None:
            return refused("person_unknown", person=person_id)
        return allowed(person.operator, act)

    def _stand(self, store: Store, person: Person, before: int) -> Operator | Refusal:
        if person.pin_due:
            return refused("pin_change_due", person=person.name)
        return person.operator
