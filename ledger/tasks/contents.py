"""What lies in a case goes where the case goes: with it on a journey, into quarantine, to its end.

Each pack inside keeps its own state and its own rules. What may not leave holds the whole case back until it was
taken out; what may not return to the shelf stays in quarantine while the rest is let back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger.codes.code import Level
from ledger.event import EventKind, PackFacts
from ledger.pack import TRANSITIONS, Pack, State
from ledger.situation import Situation
from ledger.tasks.findings import Findings

MOVES_ITS_CONTENTS = frozenset(
    {
        EventKind.TRANSFER_OUT,
        EventKind.TRANSFER_IN,
        EventKind.SUPPLIER_RETURN,
        EventKind.RECEIVE,
        EventKind.MOVE,
        EventKind.QUARANTINE,
        EventKind.RELEASE,
        EventKind.DESTROY,
        EventKind.COUNT,
        EventKind.PACK,
    }
)
"""What happens to a case under these verbs concerns everything in it."""


def leaves(inside: tuple[Pack, ...]) -> list[Pack]:
    """The packs in a case, and those cases of a product in it that nobody looked into."""
    holders = {one.parent for one in inside}
    return [one for one in inside if one.level is not Level.CASE or (one.product and one.key not in holders)]


def check_leaving(situation: Situation, findings: Findings) -> None:
    """Stop a case that holds anything which may not leave."""
    unfit = [one for one in situation.inside if one.state is not State.IN_STOCK or not _fit(situation, one)]
    if unfit:
        findings.stop("case_holds_unfit", count=str(len(unfit)), key=unfit[0].key)


def carried(
    situation: Situation, verb: EventKind, state: State | None = None, **changes: Any
) -> tuple[PackFacts, ...]:
    """The packs inside after the verb: in the given state, or as they were where it is None.

    Those that the verb cannot happen to stay as they are and out of the event.
    """
    found = []
    for one in situation.inside:
        target = one.state if state is None else state
        if target in TRANSITIONS.get((one.state, verb), ()):
            found.append(replace(one.facts(), state=target, **changes))
    return tuple(found)


def released(situation: Situation, place: str) -> tuple[PackFacts, ...]:
    """The packs inside that may go back to the shelf; the expired and recalled ones stay in quarantine, and those
    that were set apart for themselves."""
    back = []
    for one in situation.inside:
        if one.state is State.QUARANTINED and one.key not in situation.apart_before and _fit(situation, one):
            whole = one.remaining is None or one.remaining == one.units
            back.append(
                replace(
                    one.facts(), state=State.IN_STOCK if whole else State.OPENED, place=place or one.place
                )
            )
    return tuple(back)


def arrived(situation: Situation, verb: EventKind, *, spoilt: bool, place: str) -> tuple[PackFacts, ...]:
    """The packs of the case that were on their way and arrive with it; what is unfit is set apart."""
    came = []
    for one in situation.inside:
        state = State.IN_STOCK if _fit(situation, one) and not spoilt else State.QUARANTINED
        if one.state in (State.IN_TRANSIT, State.RETURNED) and state in TRANSITIONS.get(
            (one.state, verb), ()
        ):
            came.append(replace(one.facts(), state=state, place=place))
    return tuple(came)


def found_again(situation: Situation, place: str) -> tuple[PackFacts, ...]:
    """The packs of a case that was counted: those here are confirmed, those lost with it are found with it."""
    seen = []
    for one in situation.inside:
        state = one.state
        if state is State.LOST:
            whole = one.remaining is None or one.remaining == one.units
            apart = one.key in situation.apart_before or not _fit(situation, one)
            state = State.QUARANTINED if apart else State.IN_STOCK if whole else State.OPENED
        if state in TRANSITIONS.get((one.state, EventKind.COUNT), ()):
            seen.append(replace(one.facts(), state=state, place=place or one.place))
    return tuple(seen)


def _fit(situation: Situation, one: Pack) -> bool:
    expired = one.expiry is not None and one.expiry < situation.today
    return not expired and one.key not in situation.barred_inside
