"""Who may do what: five roles, every act, and the one table between them.

A person holds one role or more and may do what any of them may. The table is data, read by `may`; nothing else in
the program decides about rights. It is meant to be shown to an inspector (21 CFR 11.10(g): authority checks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ledger.errors import UserError


class Role(StrEnum):
    """What a person is at this site."""

    CLERK = "clerk"
    """Warehouse: takes goods in, moves, packs and counts them."""
    PHARMACIST = "pharmacist"
    """Counter: dispenses, and everything a clerk does."""
    SUPERVISOR = "supervisor"
    """Answers for a shift: releases from quarantine, settles conflicts, unlocks people."""
    ADMINISTRATOR = "administrator"
    """Keeps the workstation: people, settings, backups. Touches no pack."""
    AUDITOR = "auditor"
    """Reads and verifies. Changes nothing."""


class Act(StrEnum):
    """What needs a right. The first sixteen are the verbs of the pack's events, by the same names."""

    RECEIVE = "receive"
    DISPENSE = "dispense"
    UNDO = "undo"
    RETURN = "return"
    SUPPLIER_RETURN = "supplier_return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    MOVE = "move"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    DESTROY = "destroy"
    PACK = "pack"
    UNPACK = "unpack"
    COUNT = "count"
    LABEL = "label"
    VOID = "void"
    """Declare a record of one's own wrong."""
    VOID_OTHERS = "void_others"
    """Declare somebody else's record wrong."""

    OVERRIDE = "override"
    """Answer a question with a reason and go on."""
    WITNESS = "witness"
    """Be the second person."""
    DOCUMENT = "document"
    """Open a shipment or a prescription, and finish it with its over and short lines."""
    RESOLVE_TASK = "resolve_task"
    MANAGE_PEOPLE = "manage_people"
    UNLOCK_PERSON = "unlock_person"
    CHANGE_SETTINGS = "change_settings"
    IMPORT = "import"
    EXPORT = "export"
    AUDIT = "audit"
    BACKUP = "backup"
    RESTORE = "restore"
    PATIENT = "patient"
    """Write down patient data and see them in clear; everybody else sees them masked."""
    ERASE_PATIENT = "erase_patient"
    LOOK_UP = "look_up"
    """Read the story of a pack, the lists and the status."""
    SIGN_IN = "sign_in"
    """Sign in and out, and change one's own PIN."""


_C, _P, _S, _A, _U = Role
_TABLE: Mapping[Act, tuple[Role, ...]] = MappingProxyType(
    {
        Act.RECEIVE: (_C, _P, _S),
        Act.DISPENSE: (_P,),
        Act.UNDO: (_P,),
        Act.RETURN: (_P,),
        Act.SUPPLIER_RETURN: (_C, _P, _S),
        Act.TRANSFER_OUT: (_C, _P, _S),
        Act.TRANSFER_IN: (_C, _P, _S),
        Act.MOVE: (_C, _P, _S),
        Act.QUARANTINE: (_C, _P, _S),
        # Whoever put a pack aside does not put it back alone: quarantine ends by a supervisor's decision.
        Act.RELEASE: (_S,),
        Act.DESTROY: (_P, _S),
        Act.PACK: (_C, _P, _S),
        Act.UNPACK: (_C, _P, _S),
        Act.COUNT: (_C, _P, _S),
        Act.LABEL: (_C, _P, _S),
        Act.VOID: (_C, _P, _S),
        Act.VOID_OTHERS: (_S,),
        Act.OVERRIDE: (_C, _P, _S),
        Act.WITNESS: (_P, _S),
        Act.DOCUMENT: (_C, _P, _S),
        Act.RESOLVE_TASK: (_P, _S),
        Act.MANAGE_PEOPLE: (_A,),
        Act.UNLOCK_PERSON: (_S, _A),
        Act.CHANGE_SETTINGS: (_A,),
        Act.IMPORT: (_S, _A),
        Act.EXPORT: (_S, _A, _U),
        Act.AUDIT: (_S, _A, _U),
        Act.BACKUP: (_S, _A),
        Act.RESTORE: (_A,),
        Act.PATIENT: (_P, _S),
        Act.ERASE_PATIENT: (_S, _A),
        Act.LOOK_UP: (_C, _P, _S, _A, _U),
        Act.SIGN_IN: (_C, _P, _S, _A, _U),
    }
)

WORKSTATION = "-"
"""Stands as the operator of what the workstation does by itself; no person's id begins with a dash."""


def may(role: Role, act: Act) -> bool:
    """Whether somebody with the role has the right."""
    return role in _TABLE[act]


def who_may(act: Act) -> tuple[Role, ...]:
    """The roles that have the right, so that a refusal can say whom to ask."""
    return _TABLE[act]


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at work: the opaque id that stands in every event, a name for the screen alone, and rights."""

    id: str
    name: str
    roles: frozenset[Role]

    def may(self, act: Act) -> bool:
        """Whether any of the roles has the right."""
        return any(may(role, act) for role in self.roles)


def anybody(operator_id: str) -> Operator:
    """Whoever works at a station where nobody has been registered yet: everything is allowed."""
    return Operator(operator_id, "", frozenset(Role))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected no: a code word with its parameters, for desktop/words.py."""

    code: str
    params: tuple[tuple[str, str], ...] = ()

    def error(self) -> UserError:
        """The same as an error, for a command that ends here."""
        return UserError(self.code, **dict(self.params))


def refused(code: str, /, **params: str) -> Refusal:
    """Make a refusal."""
    return Refusal(code, tuple(params.items()))


def allowed(operator: Operator, act: Act) -> Refusal | None:
    """None where the operator has the right, else a refusal that names the roles that have it."""
    if operator.may(act):
        return None
    return refused(
        "not_allowed", operator=operator.name or operator.id, act=act, roles=",".join(who_may(act))
    )
