"""RECEIVE and TRANSFER_IN: a pack comes into the stock of this site.

A pack is received once; a second scan of it is answered kindly. Expired and damaged packs are received into
quarantine, because they lie here and must be accounted for. A code without expiry asks for lot and expiry once
per product and lot; a case brings its packs with it, in one event, where the sender has told them; else it goes in
as one unit that is still to be expanded, and its packs are never invented.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.codes.code import Kind, Level, Severity
from ledger.event import EventKind, PackFacts
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.contents import arrived
from ledger.tasks.findings import Findings, after, already, label, near
from ledger.tasks.papers import check_shipment, warn_of_recall

if TYPE_CHECKING:
    from ledger.trees import Child

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
    flags = check_shipment(situation, intent, findings, shown)
    target = State.IN_STOCK
    back = situation.inside
    if situation.code.level is Level.CASE and not situation.tree_known and not back:
        findings.note("case_not_expanded")
        flags.append("case_not_expanded")
    elif situation.code.level is Level.CASE:
        findings.note("case_expanded", count=str(len(situation.tree) + len(back)))
        if unfit := sum(_unfit(situation, child) for child in situation.tree):
            findings.warn("case_children_apart", count=str(unfit))
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
    if warn_of_recall(situation, findings):
        flags.append("recalled")
        target = State.QUARANTINED
    if state is State.RETURNED:
        findings.note("received_again")
        flags.append("received_again")
    if blocked := findings.settle(intent):
        return blocked
    case = after(situation, target, shown, place=intent.place or "")
    spoilt = target is State.QUARANTINED
    came = arrived(situation, intent.verb, spoilt=spoilt, place=intent.place or "")
    return Accept((case, *came, *_children(situation, case)), findings.told, tuple(flags))


def _children(situation: Situation, case: PackFacts) -> tuple[PackFacts, ...]:
    """The packs that are declared to lie in a case and are not known yet; expired and recalled ones are set apart."""
    spoilt = case.state == State.QUARANTINED
    return tuple(
        PackFacts(
            key=child.key,
            kind=Kind(child.key.partition(":")[0]),
            product=child.product,
            serial=child.serial,
            lot=child.lot,
            expiry=child.expiry,
            expiry_precision=child.expiry_precision,
            level=child.level,
            state=State.QUARANTINED if spoilt or _unfit(situation, child) else State.IN_STOCK,
            parent=case.key,
            place=case.place,
        )
        for child in situation.tree
    )


def _unfit(situation: Situation, child: Child) -> bool:
    expired = child.expiry is not None and child.expiry < situation.today
    return expired or child.key in situation.barred_inside
