"""People who come with the platform's list: their rights leave events, and no list ever locks the house."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import audit, staff
from ledger.event import EventKind
from ledger.roles import Act, Role
from ledger.roster import RosterWaits, take_operators, withdraw_operators
from ledger.verifier import Cost, verifier_of
from tests.ledger.counter import Counter

CHEAP = Cost(4, 8, 1)
PIN = verifier_of("482913", CHEAP)
OTHER = verifier_of("719264", CHEAP)


def person(name: str, *roles: str, **rest: Any) -> dict[str, Any]:
    return {"name": name, "roles": list(roles), "verifier": PIN, **rest}


ADMIN = ("adm", person("管理员", "administrator"))
CLERK = ("c1", person("李雷", "clerk"))


def take(counter: Counter, *items: tuple[str, dict[str, Any]]) -> tuple[int, list[tuple[str, str]]]:
    return counter.store(lambda store: take_operators(store, counter.clock, items))  # type: ignore[return-value]


def told(counter: Counter) -> list[tuple[str | None, str | None]]:
    def changes(store: Any) -> list[tuple[str | None, str | None]]:
        events = [store.event(seq) for seq in range(1, store.head.seq + 1)]
        return [
            (one.told("person"), one.told("change")) for one in events if one.kind is EventKind.PERSON_CHANGED
        ]

    return counter.store(changes)  # type: ignore[return-value]


def assert_agrees(counter: Counter) -> None:
    assert counter.store(lambda store: store.people.disagreements()) == ()
    found: Any = counter.store(audit.check)
    assert found.chain_ok and found.projection_ok


def test_a_first_list_without_anybody_who_manages_is_not_taken(counter: Counter) -> None:
    with pytest.raises(RosterWaits):
        take(counter, CLERK)
    with pytest.raises(RosterWaits):
        take(counter, ("adm", {"name": "A", "roles": ["administrator"]}))  # no PIN: cannot sign in
    assert not counter.store(lambda store: store.people.any())
    assert take(counter, ADMIN, CLERK) == (2, [])
    assert (
        counter.store(lambda store: store.people.judge("c1", Act.RECEIVE, staff.today(store, counter.clock)))
        is None
    )
    assert_agrees(counter)


def test_the_same_list_again_changes_nothing(counter: Counter) -> None:
    take(counter, ADMIN, CLERK)
    assert take(counter, CLERK, ADMIN) == (0, [])
    assert told(counter) == [("adm", "added"), ("c1", "added")]


def test_changes_leave_events(counter: Counter) -> None:
    take(counter, ADMIN, CLERK)
    take(counter, ("c1", person("李磊", "clerk", "pharmacist", valid_until="2027-01-31")))
    assert told(counter)[2:] == [("c1", "renamed"), ("c1", "roles"), ("c1", "until")]
    assert counter.store(lambda store: withdraw_operators(store, counter.clock, ["c1"])) == 1
    assert counter.store(lambda store: store.people.person("c1").active) is False
    take(counter, CLERK)
    assert counter.store(lambda store: store.people.person("c1").active) is True
    assert_agrees(counter)


def test_a_pin_chosen_here_stays_until_the_list_brings_another(counter: Counter) -> None:
    take(counter, ADMIN, CLERK)
    counter.store(lambda store: staff.own_pin(store, counter.clock, store.people.person("c1"), OTHER))
    take(counter, ("c1", person("李雷", "pharmacist")))
    assert counter.store(lambda store: store.people.person("c1").verifier) == OTHER
    fresh = verifier_of("935172", CHEAP)
    take(counter, ("c1", person("李雷", "pharmacist", verifier=fresh)))
    assert counter.store(lambda store: store.people.person("c1").verifier) == fresh
    assert counter.store(lambda store: store.people.person("c1").pin_due)


def test_who_was_registered_here_stays_as_they_are(counter: Counter) -> None:
    def first(store: Any) -> Any:
        roles = frozenset({Role.ADMINISTRATOR})
        return staff.add_first(store, counter.clock, "本地", PIN, roles, "digest")

    local: Any = counter.store(first)
    changed, refused = take(counter, (local.id, person("别人", "auditor")))
    assert (changed, refused) == (0, [(local.id, "roster_local_person")])
    assert counter.store(lambda store: withdraw_operators(store, counter.clock, [local.id])) == 0
    assert counter.store(lambda store: store.people.person(local.id).name) == "本地"


def test_the_last_who_manages_is_neither_demoted_nor_taken_away(counter: Counter) -> None:
    take(counter, ADMIN, CLERK)
    assert take(counter, ("adm", person("管理员", "clerk"))) == (0, [("adm", "last_administrator")])
    assert counter.store(lambda store: withdraw_operators(store, counter.clock, ["adm"])) == 0


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (("-", person("A", "clerk")), "roster_id_bad"),
        (("a b", person("A", "clerk")), "roster_id_bad"),
        (("a", person("", "clerk")), "person_name_unreadable"),
        (("a", person("A\nB", "clerk")), "person_name_unreadable"),
        (("a", person("A")), "roster_roles_bad"),
        (("a", person("A", "king")), "roster_roles_bad"),
        (("a", person("A", "clerk", roles="clerk")), "roster_roles_bad"),
        (("a", person("A", "clerk", valid_until="soon")), "roster_until_bad"),
        (("a", person("A", "clerk", verifier="1234")), "roster_verifier_bad"),
        (
            ("a", person("A", "clerk", verifier="scrypt$30$8$1$" + "ab" * 16 + "$" + "cd" * 32)),
            "roster_verifier_bad",
        ),
    ],
)
def test_a_person_who_will_not_do_is_refused_by_name(
    counter: Counter, item: tuple[str, dict[str, Any]], why: str
) -> None:
    assert take(counter, ADMIN, item) == (1, [(item[0], why)])
