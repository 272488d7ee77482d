"""RECEIVE: a pack comes into the stock of this site.

A pack is received once; a second scan of it is answered kindly. Expired packs are received into quarantine,
because they lie here and must be accounted for. A code without expiry asks for lot and expiry once per
product and lot; a case goes in as one unit that is still to be expanded, its children are never invented.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.codes.code import Level, Severity
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.findings import Findings, already, label, near


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on one pack that arrives."""
    last = situation.last
    if situation.pack and last:
        if last.kind is EventKind.RECEIVE:
            return Repeat((already("already_received", last, intent, situation.now),))
        problem = already("received_after_dispense", last, intent, situation.now)
        return Refuse((replace(problem, severity=Severity.FATAL),))
    today, policy, shown = situation.today, situation.policy, label(situation, intent)
    flags: list[str] = []
    state = State.IN_STOCK
    if situation.code.level is Level.CASE:
        findings.note("case_not_expanded")
        flags.append("case_not_expanded")
    elif shown.expiry is None:
        if not intent.reason:
            findings.ask("expiry_unknown_receive", need=("lot", "expiry"))
        else:
            findings.note("expiry_unknown_received")
        flags.append("expiry_unknown")
    elif shown.expiry < today:
        findings.warn("expired_to_quarantine", expiry=shown.expiry.isoformat())
        flags.append("expired")
        state = State.QUARANTINED
    elif near(shown.expiry, today, policy.receive_near_expiry_days):
        findings.note("near_expiry", expiry=shown.expiry.isoformat(), days=str((shown.expiry - today).days))
        flags.append("near_expiry")
    if blocked := findings.settle(intent):
        return blocked
    return Accept(state, shown.lot, shown.expiry, shown.precision, shown.by_hand, findings.told, tuple(flags))
