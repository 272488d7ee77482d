"""The people of one ledger: who may sign in here, what is kept of their secrets, and who sits where.

Only rows are read and written here; what a change means, and the event it leaves, is ledger/staff.py. Nothing
in these tables is a secret in the clear, and nothing of a person but the opaque id leaves them for an event.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from ledger.event import Event, EventKind
from ledger.memory import Memory
from ledger.moment import Moment
from ledger.roles import Act, Operator, Refusal, Role, allowed, refused

TRIES = 5
"""Wrong PINs in a row after which a person is locked."""

_SLEW = 60.0
"""Seconds by which a time service may take the clock back without ending anybody's work."""

_PERSON = (
    "SELECT person_id, name, roles, verifier, badge, failures, locked, active, valid_until, pin_due, last_in,"
    " source FROM person "
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person as this ledger knows them."""

    id: str
    name: str
    roles: frozenset[Role]
    verifier: str = field(default="", repr=False)
    """What is kept of the PIN (ledger/verifier.py); empty for somebody who has a badge alone."""
    badge: bytes | None = field(default=None, repr=False)
    """What is kept of the badge (ledger/badge.py)."""
    failures: int = 0
    """Sign-ins begun since the last good one."""
    locked: bool = False
    active: bool = True
    """False for somebody who has left; the id is never given to another person."""
    valid_until: date | None = None
    """Last local day on which the person may work; None for no end."""
    pin_due: bool = False
    """Somebody else knows the PIN, so it has to be changed at the next sign-in."""
    last_in: str | None = None
    """ISO time of the last sign-in here."""
    source: str = "local"
    """`local`, or `list` for somebody who came with a list and goes with one."""

    @property
    def operator(self) -> Operator:
        """The person at work."""
        return Operator(self.id, self.name, self.roles)

    def barred(self, today: date) -> Refusal | None:
        """Why the person may not work today, None where they may; a lock bars signing in, not the work in hand."""
        if not self.active:
            return refused("person_left", person=self.name)
        if self.valid_until is not None and today > self.valid_until:
            return refused("person_expired", person=self.name, until=self.valid_until.isoformat())
        return None


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody signed in at the window or at the command line, and when they were last seen."""

    seat: str
    """`window` or `terminal`."""
    person_id: str
    token: bytes | None
    """SHA-256 of the token that the command line's session file holds."""
    seen_at: datetime
    boot: str
    mono_ms: int

    def away(self, moment: Moment) -> float:
        """Seconds since the person was seen, by whichever clock says more; infinite where the clock was set back."""
        passed = (moment.at - self.seen_at).total_seconds()
        if passed < -_SLEW:
            return float("inf")
        if moment.boot == self.boot:
            passed = max(passed, (moment.mono_ms - self.mono_ms) / 1000)
        return max(passed, 0.0)


class People:
    """The people and the seats of one ledger."""

    def __init__(self, connection: sqlite3.Connection, memory: Memory) -> None:
        self._connection = connection
        self._memory = memory

    def any(self) -> bool:
        """False until the first person is registered: then nobody has to sign in."""
        first = "SELECT 1 FROM person LIMIT 1"
        return self._memory.of("people", None, lambda: self._connection.execute(first).fetchone() is not None)

    def person(self, person_id: str) -> Person | None:
        """The person with this id, also one who has left."""
        row = self._connection.execute(_PERSON + "WHERE person_id = ?", (person_id,)).fetchone()
        return _person(row) if row else None

    def wearer(self, digest: bytes) -> Person | None:
        """The person whose badge this is."""
        row = self._connection.execute(_PERSON + "WHERE badge = ?", (digest,)).fetchone()
        return _person(row) if row else None

    def everybody(self) -> tuple[Person, ...]:
        """All people, those who signed in here last first, then by name."""
        rows = self._connection.execute(_PERSON + "ORDER BY last_in IS NULL, last_in DESC, name, person_id")
        return tuple(_person(row) for row in rows)

    def keep(self, person: Person) -> None:
        """Write the person as they are now."""
        self._connection.execute(
            "INSERT INTO person (person_id, name, roles, verifier, badge, failures, locked, active, valid_until,"
            " pin_due, last_in, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO"
            " UPDATE SET name = excluded.name, roles = excluded.roles, verifier = excluded.verifier,"
            " badge = excluded.badge, failures = excluded.failures, locked = excluded.locked,"
            " active = excluded.active, valid_until = excluded.valid_until, pin_due = excluded.pin_due,"
            " last_in = excluded.last_in, source = excluded.source",
            (
                person.id,
                person.name,
                roles_text(person.roles),
                person.verifier,
                person.badge,
                person.failures,
                person.locked,
                person.active,
                person.valid_until.isoformat() if person.valid_until else None,
                person.pin_due,
                person.last_in,
                person.source,
            ),
        )

    def seat(self, seat: str) -> Seat | None:
        """Who is signed in there."""
        row = self._connection.execute(
            "SELECT seat, person_id, token, seen_at, boot, mono_ms FROM seat WHERE seat = ?", (seat,)
        ).fetchone()
        return Seat(row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4], row[5]) if row else None

    def seats_of(self, person_id: str) -> tuple[Seat, ...]:
        """Every seat where the person is signed in."""
        rows = self._connection.execute(
            "SELECT seat FROM seat WHERE person_id = ? ORDER BY seat", (person_id,)
        )
        found = (self.seat(seat) for (seat,) in rows.fetchall())
        return tuple(seat for seat in found if seat)

    def sit(self, seat: str, person_id: str, token: bytes | None, moment: Moment) -> None:
        """Note that the person is signed in there, seen at this moment."""
        self._connection.execute(
            "INSERT INTO seat (seat, person_id, token, seen_at, boot, mono_ms) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (seat) DO UPDATE SET person_id = excluded.person_id, token = excluded.token,"
            " seen_at = excluded.seen_at, boot = excluded.boot, mono_ms = excluded.mono_ms",
            (seat, person_id, token, moment.iso(), moment.boot, moment.mono_ms),
        )

    def rise(self, seat: str) -> None:
        """Note that nobody is signed in there."""
        self._connection.execute("DELETE FROM seat WHERE seat = ?", (seat,))

    def judge(self, operator_id: str, act: Act, today: date) -> Refusal | None:
        """Whether the operator may do this now, asked inside the transaction that does it; None for yes.

        Rights that were taken away a moment ago count. Where nobody is registered, everybody may.
        """
        person = self.person(operator_id)
        if person is None:
            return refused("person_unknown", person=operator_id) if self.any() else None
        return person.barred(today) or allowed(person.operator, act)

    def changes(self) -> tuple[Event, ...]:
        """Every event about a person, in order. Walks the whole chain."""
        rows = self._connection.execute(
            "SELECT body FROM event WHERE kind = ? ORDER BY seq", (EventKind.PERSON_CHANGED,)
        )
        return tuple(Event.from_canonical(body) for (body,) in rows)

    def disagreements(self, changes: Iterable[Event] | None = None) -> tuple[str, ...]:
        """Ids whose roles, last day or presence are not what the chain tells: somebody has written past it.

        `changes` are the events about people, in order, for a caller who has read them already.
        """
        told: dict[str, tuple[str, str, bool]] = {}
        for event in self.changes() if changes is None else changes:
            one, change = event.told("person") or "", event.told("change")
            roles, until, here = told.get(one, ("", "", True))
            if change in ("first", "added", "roles"):
                roles = event.told("roles") or ""
            if change in ("first", "added", "until"):
                until = event.told("until") or ""
            told[one] = (roles, until, change == "back" or (here and change != "left"))
        kept = {
            one.id: (
                roles_text(one.roles),
                one.valid_until.isoformat() if one.valid_until else "",
                one.active,
            )
            for one in self.everybody()
        }
        return tuple(sorted(one for one in told.keys() | kept.keys() if told.get(one) != kept.get(one)))


def roles_text(roles: frozenset[Role]) -> str:
    """Roles as they are written down: sorted, with commas."""
    return ",".join(sorted(roles))


@lru_cache(maxsize=64)
def roles_from(text: str) -> frozenset[Role]:
    """Roles read back; raises ValueError for a word that is no role."""
    return frozenset(Role(word) for word in text.split(",") if word)


def _person(
    row: tuple[str, str, str, str, bytes | None, int, int, int, str | None, int, str | None, str],
) -> Person:
    person_id, name, roles, verifier, badge, failures, locked, active, until, due, last_in, source = row
    return Person(
        id=person_id,
        name=name,
        roles=roles_from(roles),
        verifier=verifier,
        badge=badge,
        failures=failures,
        locked=bool(locked),
        active=bool(active),
        valid_until=date.fromisoformat(until) if until else None,
        pin_due=bool(due),
        last_in=last_in,
        source=source,
    )
