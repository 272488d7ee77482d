"""RECEIVE and TRANSFER_IN: a pack comes into the stock of this site.

A pack is received once; a second scan of it is answered kindly. Expired and damaged packs are received into
quarantine, because they lie here and must be accounted for. A code without expiry asks for lot and expiry once
per product and lot; a case goes in as one unit that is still to be expanded, its children are never invented.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.codes.code import Level, Severity
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.findings import Findings, after, already, label, near

ARRIVALS = (EventKind.RECEIVE, EventKind.TRANSFER_IN)
_BLOCKED = {
    State.DISPENSED: "received_after_dispense",
    State.DESTROYED: "received_after_destroy",
    State.LOST: "received_lost",
}


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on one pack that arrives."""
    state, last = situation.state, situation.last
    if last and state in (State.IN_STOCK, State.OPENED, State.QUARANTINED):
        arrival = next((one for one in reversed(situation.history) if one.kind in ARRIVALS), last)
        return Repeat((already("already_received", arrival, intent, situation.now),), arrival)
    if last and (code := _BLOCKED.get(state)):
        problem = already(code, last, intent, situation.now)
        return Refuse((replace(problem, severity=Severity.FATAL),))
    if state is State.IN_TRANSIT and intent.verb is EventKind.RECEIVE:
        findings.stop("received_in_transit")
    if state is State.RETURNED and intent.verb is EventKind.TRANSFER_IN:
        findings.stop("transfer_of_returned")
    today, policy, shown = situation.today, situation.policy, label(situation, intent)
    flags: list[str] = []
    target = State.IN_STOCK
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
        target = State.QUARANTINED
    elif near(shown.expiry, today, policy.receive_near_expiry_days):
        findings.note("near_expiry", expiry=shown.expiry.isoformat(), days=str((shown.expiry - today).days))
        flags.append("near_expiry")
    if intent.damaged:
        findings.warn(f"{intent.damaged}_to_quarantine")
        flags.append(intent.damaged)
        target = State.QUARANTINED
    if state is State.RETURNED:
        findings.note("received_again")
        flags.append("received_again")
    if blocked := findings.settle(intent):
        return blocked
    return Accept((after(situation, target, shown, place=intent.place or ""),), findings.told, tuple(flags))
