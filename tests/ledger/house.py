"""A house with people in it, for tests: a real ledger, a settable clock, verifiers that cost next to nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from ledger import staff
from ledger.badge import digest, make_key
from ledger.clock import Clock
from ledger.event import Event, EventKind
from ledger.people import Person
from ledger.recovery import digest as recovery_digest
from ledger.roles import Refusal, Role
from ledger.signin import SignIn
from ledger.store import Store
from ledger.verifier import Cost, verifier_of
from ledger.writer import Writer

T = TypeVar("T")

CHINA = timezone(timedelta(hours=8))
CHEAP = Cost(log_n=2, r=1)
ADMIN_PIN, PIN, OTHER_PIN, THIRD_PIN = "7305194826", "4829157306", "9061724835", "6180341597"
"""Long enough never to stand in a random hash by chance."""
BADGE = "TDB1S07G6X12YQJS90G231JZ"
RECOVERY = "DMP5W-CY3A4-NMA63-B0ZW3-N7PY0"


class House:
    """One station: a writer, a clock that stands still until moved, and the way in."""

    def __init__(self, home: Path, *, badge_needs_pin: bool = False) -> None:
        self.home = home
        self.time = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
        self.mono = 1_000_000
        self.clock = Clock(lambda: self.time, CHINA, lambda: self.mono, "boot-1")
        self.writer = Writer(home)
        self.sign_in = SignIn(self.run, self.clock, home, badge_needs_pin=badge_needs_pin, cost=CHEAP)

    def run(self, job: Callable[[Store], T], /) -> T:
        return self.writer.run(job)

    def later(self, seconds: float) -> None:
        """Let time go by on every clock."""
        self.time += timedelta(seconds=seconds)
        self.mono += round(seconds * 1000)

    def first(self, name: str = "Wang", *roles: Role) -> Person:
        made = self.run(
            lambda store: staff.add_first(
                store,
                self.clock,
                name,
                verifier_of(ADMIN_PIN, CHEAP),
                frozenset(roles),
                recovery_digest(RECOVERY),
            )
        )
        assert isinstance(made, Person), made
        return made

    def add(
        self, by: str, name: str, *roles: Role, pin: str = PIN, due: bool = False, until: object = None
    ) -> Person:
        """Register somebody; unless `due`, they have changed the PIN to `pin` already."""
        verifier = verifier_of(pin, CHEAP) if pin else ""
        made = self.run(
            lambda store: staff.add(
                store,
                self.clock,
                by,
                name,
                frozenset(roles),
                verifier=verifier,
                until=until,  # type: ignore[arg-type]
                person_id=name.lower(),
            )
        )
        assert isinstance(made, Person), made
        return (
            made
            if due or not pin
            else self.run(lambda store: staff.own_pin(store, self.clock, made, verifier))
        )

    def wear(self, by: str, person: Person, code: str = BADGE) -> Person:
        """Give somebody a badge."""
        kept = digest(make_key(self.home), code)
        made = self.run(lambda store: staff.set_badge(store, self.clock, by, person.id, kept))
        assert isinstance(made, Person), made
        return made

    def person(self, person_id: str) -> Person:
        found = self.run(lambda store: store.people.person(person_id))
        assert found is not None
        return found

    def events(self, kind: EventKind) -> list[Event]:
        chain = self.run(lambda store: [Event.from_canonical(body) for _, body, _ in store.chain()])
        return [event for event in chain if event.kind is kind]

    def restart(self) -> None:
        """Close the ledger and open it again."""
        self.writer.close()
        self.writer = Writer(self.home)

    def close(self) -> None:
        self.writer.close()


def word(answer: object) -> str:
    """The code word of a refusal."""
    assert isinstance(answer, Refusal), answer
    return answer.code
