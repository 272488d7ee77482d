"""Who may do what: the table as it was decided, held against the one that the program reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.event import ABOUT_PACKS
from ledger.roles import Act, Operator, Role, allowed, anybody, may, who_may

# One line an act; a letter for each role that may: Clerk, Pharmacist, Supervisor, Administrator, aUditor.
DECIDED = {
    "receive": "CPS",
    "dispense": "P",
    "undo": "P",
    "return": "P",
    "supplier_return": "CPS",
    "transfer_out": "CPS",
    "transfer_in": "CPS",
    "move": "CPS",
    "quarantine": "CPS",
    "release": "S",
    "destroy": "PS",
    "pack": "CPS",
    "unpack": "CPS",
    "count": "CPS",
    "label": "CPS",
    "void": "CPS",
    "void_others": "S",
    "override": "CPS",
    "witness": "PS",
    "document": "CPS",
    "resolve_task": "PS",
    "manage_people": "A",
    "unlock_person": "SA",
    "change_settings": "A",
    "import": "SA",
    "export": "SAU",
    "audit": "SAU",
    "backup": "SA",
    "restore": "A",
    "patient": "PS",
    "erase_patient": "SA",
    "look_up": "CPSAU",
    "sign_in": "CPSAU",
}
LETTERS = {
    "C": Role.CLERK,
    "P": Role.PHARMACIST,
    "S": Role.SUPERVISOR,
    "A": Role.ADMINISTRATOR,
    "U": Role.AUDITOR,
}
CHANGES_A_PACK = {Act(kind.value) for kind in ABOUT_PACKS} | {Act.VOID_OTHERS, Act.OVERRIDE, Act.WITNESS}


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("letter", list(LETTERS))
def test_every_cell_is_as_decided(act: Act, letter: str) -> None:
    assert may(LETTERS[letter], act) is (letter in DECIDED[act])


def test_the_decision_speaks_of_every_act_and_no_other() -> None:
    assert set(DECIDED) == {act.value for act in Act}
    assert set(LETTERS.values()) == set(Role)


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Act))
def test_several_roles_may_what_any_of_them_may_and_nothing_else(roles: frozenset[Role], act: Act) -> None:
    person = Operator("op-1", "", roles)
    expected = any(LETTERS[letter] in roles for letter in DECIDED[act])
    assert person.may(act) is expected
    answer = allowed(person, act)
    assert (answer is None) is expected
    if answer is not None:
        assert set(dict(answer.params)["roles"].split(",")) == set(who_may(act))


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Role), st.sampled_from(Act))
def test_a_further_role_never_takes_a_right_away(roles: frozenset[Role], more: Role, act: Act) -> None:
    if Operator("a", "", roles).may(act):
        assert Operator("a", "", roles | {more}).may(act)


def test_administrators_and_auditors_touch_no_pack() -> None:
    for act in CHANGES_A_PACK:
        assert not may(Role.ADMINISTRATOR, act)
        assert not may(Role.AUDITOR, act)


def test_an_auditor_only_reads() -> None:
    reads = {act for act in Act if may(Role.AUDITOR, act)}
    assert reads == {Act.LOOK_UP, Act.AUDIT, Act.EXPORT, Act.SIGN_IN}


def test_two_persons_are_possible_for_whatever_needs_them() -> None:
    """Whoever destroys finds a witness, also where each person has one role."""
    assert any(may(role, Act.WITNESS) for role in who_may(Act.DESTROY))


def test_where_nobody_is_registered_everything_is_allowed() -> None:
    assert all(anybody("op-1").may(act) for act in Act)
