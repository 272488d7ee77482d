"""QUARANTINE, RELEASE and DESTROY: a pack is set apart, let back, or ended.

Setting apart needs a reason and nothing else. Letting back is refused for what has expired. Destroying takes two
persons and a reason, and is for ever.
"""

from __future__ import annotations

from ledger.codes.code import Problem
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.contents import carried, released
from ledger.tasks.findings import Findings, after, already, check_record, check_second, label
from ledger.tasks.papers import check_recalls

_HERE = (State.IN_STOCK, State.OPENED, State.QUARANTINED)


def judge_quarantine(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Set a pack apart."""
    last = situation.last
    if last and situation.state is State.QUARANTINED:
        return Repeat((already("already_quarantined", last, intent, situation.now),), last)
    if situation.state is State.DISPENSED:
        return Refuse((Problem("quarantine_dispensed"),))
    if situation.state not in (State.UNKNOWN, State.IN_STOCK, State.OPENED):
        return Refuse((Problem("not_in_stock"),))
    findings.ask_unless(intent.reason, "quarantine_reason")
    if blocked := findings.settle(intent):
        return blocked
    place = _place(situation, intent)
    pack = after(situation, State.QUARANTINED, label(situation, intent), place=place)
    put = {"place": intent.place} if intent.place else {}
    return Accept((pack, *carried(situation, EventKind.QUARANTINE, State.QUARANTINED, **put)), findings.told)


def judge_release(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Let a pack back into stock after it was looked at."""
    pack, last = situation.pack, situation.last
    if last and last.kind is EventKind.RELEASE and situation.state in (State.IN_STOCK, State.OPENED):
        return Repeat((already("already_released", last, intent, situation.now),), last)
    if pack is None or situation.state is not State.QUARANTINED:
        return Refuse((Problem("release_not_quarantined"),))
    check_record(situation, intent, findings)
    last_day = label(situation, intent).expiry
    if last_day and last_day < situation.today:
        findings.stop("release_expired", expiry=last_day.isoformat())
    check_recalls(situation, findings)
    findings.ask_unless(intent.reason, "release_reason")
    if blocked := findings.settle(intent):
        return blocked
    whole = pack.remaining is None or pack.remaining == pack.units
    state = State.IN_STOCK if whole else State.OPENED
    back = released(situation, intent.place or "")
    kept = sum(one.state is State.QUARANTINED for one in situation.inside) - len(back)
    if kept:
        findings.warn("case_partly_released", count=str(kept))
    return Accept((after(situation, state, place=_place(situation, intent)), *back), findings.told)


def judge_destroy(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """End a pack before a witness."""
    last = situation.last
    if last and situation.state is State.DESTROYED:
        return Repeat((already("already_destroyed", last, intent, situation.now),), last)
    if situation.state not in _HERE:
        return Refuse((Problem("not_in_stock"),))
    findings.ask_unless(intent.reason, "destroy_reason")
    check_second(intent, findings, "destroy_witness")
    if blocked := findings.settle(intent):
        return blocked
    inside = carried(situation, EventKind.DESTROY, State.DESTROYED)
    return Accept((after(situation, State.DESTROYED, parent=None), *inside), findings.told)


def _place(situation: Situation, intent: Intent) -> str:
    return intent.place or (situation.pack.place if situation.pack else "")
