"""Operators from rows: who works here and with which rights. No secret ever stands in a file.

A first PIN is made for a newcomer on the spot, told once, and has to be changed at the first sign-in
(desktop/commands/importing.py). Every change leaves its event by the person who imports; nobody is let go because
a file does not name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ledger import staff
from ledger.clock import Clock
from ledger.importing.columns import Columns
from ledger.importing.report import BadRow, Report
from ledger.importing.rows import Row
from ledger.people import Person
from ledger.roles import Refusal, Role
from ledger.store import Store

KIND = "operators"
COLUMNS = Columns(
    {
        "id": ("工号", "编号", "员工号"),
        "name": ("姓名", "名称"),
        "roles": ("角色", "岗位", "role"),
        "until": ("有效期至", "离岗日期", "valid_until"),
    },
    ("id", "name", "roles"),
)
_SECRETS = re.compile("pin|password|密码|口令|badge|工卡", re.IGNORECASE)

_ROLES = {role.value: role for role in Role} | {
    "库管员": Role.CLERK,
    "仓管员": Role.CLERK,
    "药师": Role.PHARMACIST,
    "主管": Role.SUPERVISOR,
    "管理员": Role.ADMINISTRATOR,
    "审计员": Role.AUDITOR,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row's person."""

    line: int
    id: str
    name: str
    roles: frozenset[Role]
    until: date | None


def secret_columns(ignored: Iterable[str]) -> tuple[str, ...]:
    """Columns of a file that seem to hold secrets: the file should not exist."""
    return tuple(column for column in ignored if _SECRETS.search(column))


def parse(rows: Iterable[Row], report: Report) -> list[Listed]:
    """The people of rows; rows that will not do are refused."""
    taken: dict[str, Listed] = {}
    for row in rows:
        person_id, name = row.need("id", 40), row.need("name", 60)
        said = row.several("roles")
        unknown = [word for word in said if word.lower() not in _ROLES]
        if unknown:
            row.fault("roles", "row_not_word", found=unknown[0], known=", ".join(role.value for role in Role))
        if not said and not row.bad:
            row.fault("roles", "row_missing")
        until = row.day("until")
        if person_id in taken:
            row.fault("id", "row_twice", found=person_id)
        if not row.bad:
            roles = frozenset(_ROLES[word.lower()] for word in said)
            taken[person_id] = Listed(row.line, person_id, name, roles, until)
        for one in row.bad:
            report.refuse(one)
    return list(taken.values())


def newcomers(store: Store, listed: Iterable[Listed]) -> tuple[str, ...]:
    """Ids of those who are not known here yet."""
    return tuple(one.id for one in listed if store.people.person(one.id) is None)


def save(
    store: Store,
    clock: Clock,
    by: str,
    listed: Iterable[Listed],
    verifiers: Mapping[str, str],
    report: Report,
) -> None:
    """Register and change people, inside the caller's transaction; what must not be is reported by its row."""
    for one in listed:
        known = store.people.person(one.id)
        answer = (
            _add(store, clock, by, one, verifiers.get(one.id, ""))
            if known is None
            else _change(store, clock, by, one, known)
        )
        if isinstance(answer, Refusal):
            report.refuse(BadRow(one.line, "id", answer.code, answer.params))
        elif known is None:
            report.added += 1
        elif answer:
            report.changed += 1
        else:
            report.same += 1


def _add(store: Store, clock: Clock, by: str, one: Listed, verifier: str) -> Refusal | bool:
    made = staff.add(
        store, clock, by, one.name, one.roles, verifier=verifier, until=one.until, person_id=one.id
    )
    return made if isinstance(made, Refusal) else True


def _change(store: Store, clock: Clock, by: str, one: Listed, known: Person) -> Refusal | bool:
    """Bring what is known in line with the row; True where anything changed."""
    answers: list[Person | Refusal] = []
    if known.roles != one.roles:
        answers.append(staff.set_roles(store, clock, by, one.id, one.roles))
    if known.valid_until != one.until:
        answers.append(staff.set_until(store, clock, by, one.id, one.until))
    if known.name != one.name:
        answers.append(staff.rename(store, clock, by, one.id, one.name))
    refusal = next((answer for answer in answers if isinstance(answer, Refusal)), None)
    return refusal or bool(answers)
