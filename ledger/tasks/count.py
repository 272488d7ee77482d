"""COUNT: the stock is looked at, pack by pack; what is seen is confirmed, what is missing is lost, what is extra
is taken in with a reason.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.codes.code import Problem
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.contents import carried, found_again
from ledger.tasks.findings import Findings, after, already, label
from ledger.tasks.papers import recalled

_HERE = (State.IN_STOCK, State.OPENED, State.QUARANTINED)


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on one pack of a count."""
    last, state = situation.last, situation.state
    same_count = last is not None and last.kind is EventKind.COUNT and last.documents == intent.documents
    if last and same_count and (state is State.LOST) == intent.missing and _just_now(situation, intent):
        return Repeat((already("already_counted", last, intent, situation.now),), last)
    if intent.missing:
        if state not in _HERE:
            return Refuse((Problem("count_missing_not_here"),))
        findings.ask_unless(intent.reason, "count_missing_reason")
        inside = carried(situation, EventKind.COUNT, State.LOST)
        return findings.settle(intent) or Accept(
            (after(situation, State.LOST, parent=None), *inside), findings.told, ("missing",)
        )
    if state in _HERE:
        facts = after(
            situation, state, place=intent.place or (situation.pack.place if situation.pack else "")
        )
        inside = found_again(situation, intent.place or "")
        return findings.settle(intent) or Accept((facts, *inside), findings.told, ("counted",))
    if state not in (State.UNKNOWN, State.LOST):
        return Refuse((Problem("count_not_here", params=(("state", state),)),))
    findings.ask_unless(intent.reason, "count_extra_reason")
    shown = label(situation, intent)
    expired = shown.expiry is not None and shown.expiry < situation.today
    before = situation.pack is not None and situation.pack.key in situation.apart_before
    unfit = expired or before or recalled(situation) is not None
    if before:
        findings.warn("found_back_to_quarantine")
    elif unfit:
        findings.warn("found_to_quarantine")
    facts = after(situation, State.QUARANTINED if unfit else State.IN_STOCK, shown, place=intent.place or "")
    if not unfit and facts.remaining is not None and facts.remaining != facts.units:
        facts = replace(facts, state=State.OPENED)
    inside = found_again(situation, intent.place or "")
    return findings.settle(intent) or Accept((facts, *inside), findings.told, ("extra",))


def _just_now(situation: Situation, intent: Intent) -> bool:
    """A count with a number counts a pack once; without one, the same pack may be counted again another day."""
    last = situation.last
    return bool(intent.documents) or (last is not None and last.moment.at.date() == situation.now.date())
