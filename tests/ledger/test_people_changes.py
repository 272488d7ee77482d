"""Changes of people: who may make them, what the chain tells of them, and that somebody always keeps the house."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger import recovery, staff
from ledger.audit import check
from ledger.event import EventKind
from ledger.people import Person, roles_from, roles_text
from ledger.roles import Act, Refusal, Role
from ledger.signin import SignedIn
from ledger.verifier import verifier_of
from tests.ledger.house import ADMIN_PIN, CHEAP, OTHER_PIN, PIN, RECOVERY, House, word

CLERK = frozenset({Role.CLERK})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path / "home")
    yield one
    one.close()


def test_the_first_administrator_is_the_first_and_only_one_of_that_kind(house: House) -> None:
    admin = house.first("  王敏 ", Role.PHARMACIST)
    assert admin.name == "王敏"
    assert admin.roles == {Role.ADMINISTRATOR, Role.PHARMACIST}
    event = house.events(EventKind.PERSON_CHANGED)[0]
    assert (event.operator, event.told("person"), event.told("change"), event.told("roles")) == (
        admin.id,
        admin.id,
        "first",
        "administrator,pharmacist",
    )
    again = house.run(lambda store: staff.add_first(store, house.clock, "Eve", "", frozenset(), ""))
    assert word(again) == "people_exist"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61, "\x1b[31m"])
def test_names_that_will_not_do(house: House, name: str) -> None:
    refusal = house.run(lambda store: staff.add_first(store, house.clock, name, "", frozenset(), ""))
    assert word(refusal) == "person_name_unreadable"
    assert not house.sign_in.wanted()


def test_who_may_change_people(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Zhao", Role.SUPERVISOR, Role.PHARMACIST, Role.CLERK, Role.AUDITOR)
    verifier = verifier_of(OTHER_PIN, CHEAP)
    clock = house.clock
    for change in (
        lambda store: staff.add(store, clock, "zhao", "Eve", CLERK, verifier=verifier),
        lambda store: staff.rename(store, clock, "zhao", admin.id, "Eve"),
        lambda store: staff.set_roles(store, clock, "zhao", "zhao", frozenset(Role)),
        lambda store: staff.set_until(store, clock, "zhao", admin.id, date(2026, 1, 1)),
        lambda store: staff.set_pin(store, clock, "zhao", admin.id, verifier),
        lambda store: staff.set_badge(store, clock, "zhao", admin.id, b"x" * 32),
        lambda store: staff.drop_badges(store, clock, "zhao"),
        lambda store: staff.leave(store, clock, "zhao", admin.id),
        lambda store: staff.come_back(store, clock, "zhao", admin.id, verifier),
    ):
        before = len(house.events(EventKind.PERSON_CHANGED))
        assert word(house.run(change)) == "not_allowed"  # type: ignore[arg-type]
        assert len(house.events(EventKind.PERSON_CHANGED)) == before
    assert house.person(admin.id) == admin
    assert word(house.run(lambda store: staff.set_pin(store, clock, admin.id, admin.id, verifier))) == (
        "pin_own_needs_old"
    )


def test_ids_are_opaque_unique_and_never_given_twice(house: House) -> None:
    admin = house.first()
    assert admin.id.startswith("op-") and admin.name.lower() not in admin.id
    house.add(admin.id, "Li", Role.CLERK)
    house.run(lambda store: staff.leave(store, house.clock, admin.id, "li"))

    def add(person_id: str) -> object:
        return house.run(
            lambda store: staff.add(store, house.clock, admin.id, "Eve", CLERK, person_id=person_id)
        )

    assert word(add("li")) == "person_id_taken"
    for bad in ("", "-", "-li", "张三", "a b", "x" * 41):
        assert word(add(bad)) == "person_id_unreadable"
    with pytest.raises(sqlite3.IntegrityError, match="people are kept"):
        house.run(lambda store: store._connection.execute("DELETE FROM person"))
    unnamed = house.run(lambda store: staff.add(store, house.clock, admin.id, "Eve", CLERK))
    assert isinstance(unnamed, Person) and unnamed.id != admin.id


def test_every_change_is_told_by_id_with_who_did_it(house: House) -> None:
    admin = house.first()
    clock, verifier = house.clock, verifier_of(OTHER_PIN, CHEAP)
    house.add(admin.id, "Li", Role.CLERK, due=True)
    both = frozenset({Role.CLERK, Role.PHARMACIST})
    for change in (
        lambda store: staff.rename(store, clock, admin.id, "li", "Li Xiaoming"),
        lambda store: staff.set_roles(store, clock, admin.id, "li", both),
        lambda store: staff.set_until(store, clock, admin.id, "li", date(2026, 12, 31)),
        lambda store: staff.set_until(store, clock, admin.id, "li", None),
        lambda store: staff.set_pin(store, clock, admin.id, "li", verifier),
        lambda store: staff.set_badge(store, clock, admin.id, "li", b"x" * 32),
        lambda store: staff.set_badge(store, clock, admin.id, "li", None),
        lambda store: staff.leave(store, clock, admin.id, "li"),
        lambda store: staff.come_back(store, clock, admin.id, "li", verifier),
    ):
        assert isinstance(house.run(change), Person)  # type: ignore[arg-type]
    events = house.events(EventKind.PERSON_CHANGED)[1:]
    assert {event.operator for event in events} == {admin.id}
    assert {event.told("person") for event in events} == {"li"}
    assert [event.told("change") for event in events] == [
        "added",
        "renamed",
        "roles",
        "until",
        "until",
        "pin",
        "badge",
        "badge_removed",
        "left",
        "back",
    ]
    assert events[2].told("roles") == "clerk,pharmacist"
    assert [event.told("until") for event in events[3:5]] == ["2026-12-31", ""]
    assert all(event.packs == () and event.verdict == "" for event in events)


def test_small_mistakes_get_their_own_word_and_no_event(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.CLERK)
    clock = house.clock
    before = len(house.events(EventKind.PERSON_CHANGED))
    for job, why in (
        (lambda store: staff.add(store, clock, admin.id, "Eve", frozenset()), "person_no_role"),
        (lambda store: staff.set_roles(store, clock, admin.id, "li", frozenset()), "person_no_role"),
        (lambda store: staff.rename(store, clock, admin.id, "nobody", "Eve"), "person_unknown"),
        (lambda store: staff.rename(store, clock, admin.id, "li", " "), "person_name_unreadable"),
        (lambda store: staff.unlock(store, clock, admin.id, "li"), "person_not_locked"),
        (lambda store: staff.come_back(store, clock, admin.id, "li", ""), "person_not_left"),
        (lambda store: staff.leave(store, clock, admin.id, admin.id), "last_administrator"),
        (lambda store: staff.set_roles(store, clock, admin.id, admin.id, CLERK), "last_administrator"),
        (
            lambda store: staff.set_until(store, clock, admin.id, admin.id, date(2027, 1, 1)),
            "last_administrator",
        ),
    ):
        assert word(house.run(job)) == why  # type: ignore[arg-type]
    house.run(lambda store: staff.leave(store, clock, admin.id, "li"))
    for job in (
        lambda store: staff.set_roles(store, clock, admin.id, "li", CLERK),
        lambda store: staff.set_pin(store, clock, admin.id, "li", "x"),
        lambda store: staff.leave(store, clock, admin.id, "li"),
    ):
        assert word(house.run(job)) == "person_left"  # type: ignore[arg-type]
    assert len(house.events(EventKind.PERSON_CHANGED)) == before + 1


def test_the_sealed_envelope_opens_once(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.CLERK)
    for _ in range(6):
        house.sign_in.by_pin(admin.id, "9999900000")
    assert house.person(admin.id).locked

    def recover(person_id: str, code: str) -> Person | Refusal:
        return house.run(
            lambda store: staff.recover(
                store,
                house.clock,
                person_id,
                recovery.digest(code),
                verifier_of(OTHER_PIN, CHEAP),
                recovery.digest("next"),
            )
        )

    assert word(recover(admin.id, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")) == "recovery_wrong"
    assert word(recover("li", RECOVERY)) == "not_allowed"
    assert word(recover("nobody", RECOVERY)) == "person_unknown"
    assert isinstance(recover(admin.id, RECOVERY.lower()), Person)
    assert isinstance(house.sign_in.by_pin(admin.id, OTHER_PIN), SignedIn)
    assert word(house.sign_in.by_pin(admin.id, ADMIN_PIN)) == "pin_wrong"
    assert word(recover(admin.id, RECOVERY)) == "recovery_wrong", "used up"
    event = house.events(EventKind.PERSON_CHANGED)[-1]
    assert (event.operator, event.told("change")) == (admin.id, "recovered")


def test_an_empty_ledger_has_no_recovery_code_and_nobody_slips_in_before_the_first(house: House) -> None:
    answer = house.run(lambda store: staff.recover(store, house.clock, "x", "", "v", "n"))
    assert word(answer) == "recovery_wrong"
    early = house.run(lambda store: staff.add(store, house.clock, "op-1", "Eve", CLERK))
    assert word(early) == "people_first"
    assert not house.sign_in.wanted()


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE person SET roles = 'administrator,clerk' WHERE person_id = 'li'",
        "UPDATE person SET valid_until = NULL WHERE person_id = 'li'",
        "UPDATE person SET active = 0 WHERE person_id = 'li'",
        "UPDATE person SET person_id = 'lo' WHERE person_id = 'li'",
        "INSERT INTO person (person_id, name, roles) VALUES ('eve', 'Eve', 'administrator')",
    ],
)
def test_rights_written_past_the_chain_are_found(house: House, meddling: str) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.CLERK, until=date(2026, 12, 31))
    house.add(admin.id, "Zhao", Role.SUPERVISOR)
    assert house.run(lambda store: store.people.disagreements()) == ()
    house.run(lambda store: store._connection.execute(meddling))
    found = house.run(lambda store: store.people.disagreements())
    finding = house.run(check)
    assert not finding.projection_ok and [fault.code for fault in finding.faults] == ["audit_people"]
    assert set(found) <= {"li", "lo", "eve"} and found


@pytest.mark.parametrize("roles", [frozenset(), CLERK, frozenset(Role)])
def test_roles_are_written_and_read_back(roles: frozenset[Role]) -> None:
    assert roles_from(roles_text(roles)) == roles
    with pytest.raises(ValueError, match="janitor"):
        roles_from("clerk,janitor")


class Housekeeping(RuleBasedStateMachine):
    """Whatever administrators do to each other, one is left who can manage people and needs no badge."""

    ids = st.sampled_from(["first", "a", "b"])

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.house = House(Path(self.folder) / "home")
        self.first = self.house.first().id
        for name in ("A", "B"):
            self.house.add(self.first, name, Role.ADMINISTRATOR, pin=PIN)

    def do(self, job) -> None:  # type: ignore[no-untyped-def]
        before = self.house.run(lambda store: store.head.seq)
        answer = self.house.run(job)
        after = self.house.run(lambda store: store.head.seq)
        assert (after > before) is isinstance(answer, Person), "an event exactly where something changed"

    def name(self, one: str) -> str:
        return self.first if one == "first" else one

    @rule(by=ids, one=ids, roles=st.frozensets(st.sampled_from([Role.ADMINISTRATOR, Role.CLERK])))
    def roles(self, by: str, one: str, roles: frozenset[Role]) -> None:
        self.do(lambda s: staff.set_roles(s, self.house.clock, self.name(by), self.name(one), roles))

    @rule(by=ids, one=ids)
    def leave(self, by: str, one: str) -> None:
        self.do(lambda s: staff.leave(s, self.house.clock, self.name(by), self.name(one)))

    @rule(by=ids, one=ids, pin=st.booleans())
    def back(self, by: str, one: str, pin: bool) -> None:
        verifier = verifier_of(PIN, CHEAP) if pin else ""
        self.do(lambda s: staff.come_back(s, self.house.clock, self.name(by), self.name(one), verifier))

    @rule(by=ids, one=ids, day=st.sampled_from([None, date(2026, 11, 1), date(2030, 1, 1)]))
    def until(self, by: str, one: str, day: date | None) -> None:
        self.do(lambda s: staff.set_until(s, self.house.clock, self.name(by), self.name(one), day))

    @invariant()
    def somebody_keeps_the_house(self) -> None:
        if not hasattr(self, "house"):
            return
        people = self.house.run(lambda store: store.people.everybody())
        assert self.house.run(lambda store: store.people.disagreements()) == ()
        assert [
            one
            for one in people
            if one.active and one.verifier and one.valid_until is None and one.operator.may(Act.MANAGE_PEOPLE)
        ]

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.close()
            shutil.rmtree(self.folder)


TestHousekeeping = Housekeeping.TestCase
TestHousekeeping.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
