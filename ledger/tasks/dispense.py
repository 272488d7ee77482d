"""DISPENSE: a whole pack goes to a patient.

Expired, quarantined and already dispensed packs stop. A pack that was never received here, or that expires
soon, asks for a reason; one whose expiry nobody knows asks for it, read from the label. A case never goes
over the counter. The same pack scanned again by the same person within the repeat window, or for the same
prescription at any time, is one dispense scanned twice, not two.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger.codes.code import Level, Severity
from ledger.event import EventKind
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.findings import Findings, already, label, near


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on one pack that is to leave over the counter."""
    pack, last = situation.pack, situation.last
    if pack and last and pack.state is State.DISPENSED:
        problem = already("already_dispensed", last, intent, situation.now)
        if _same_act(situation, intent):
            return Repeat((problem,))
        return Refuse((replace(problem, severity=Severity.FATAL),))
    today, policy, shown = situation.today, situation.policy, label(situation, intent)
    code = situation.code
    flags: list[str] = []
    if code.level is Level.CASE:
        findings.stop("case_at_counter")
    if pack and pack.state is State.QUARANTINED:
        findings.stop("pack_quarantined")
    if pack and code.lot and pack.lot and code.lot != pack.lot:
        findings.stop("lot_differs_from_record", scanned=code.lot, recorded=pack.lot)
    if pack and code.expiry and pack.expiry and code.expiry != pack.expiry:
        params = {"scanned": code.expiry.isoformat(), "recorded": pack.expiry.isoformat()}
        findings.stop("expiry_differs_from_record", **params)
    if shown.expiry is None:
        findings.ask("expiry_unknown_dispense", need=("expiry",))
    elif shown.expiry < today:
        findings.stop("expired", expiry=shown.expiry.isoformat())
    elif near(shown.expiry, today, policy.near_expiry_days):
        params = {"expiry": shown.expiry.isoformat(), "days": str((shown.expiry - today).days)}
        findings.by_policy(policy.near_expiry, "near_expiry", **params)
        flags.append("near_expiry")
    if pack is None:
        findings.ask("not_received")
        flags.append("not_received")
    if blocked := findings.settle(intent):
        return blocked
    return Accept(
        State.DISPENSED, shown.lot, shown.expiry, shown.precision, shown.by_hand, findings.told, tuple(flags)
    )


def _same_act(situation: Situation, intent: Intent) -> bool:
    last = situation.last
    if last is None or last.kind is not EventKind.DISPENSE or last.device_id != situation.device_id:
        return False
    if last.operator != intent.operator or last.documents != intent.documents:
        return False
    if intent.documents:
        return True
    return (
        timedelta(0) <= situation.now - last.moment.at <= timedelta(seconds=situation.policy.repeat_seconds)
    )
