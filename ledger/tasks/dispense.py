"""DISPENSE: a pack, or some units of it, goes to a patient.

Expired, quarantined and already dispensed packs stop. A pack that was never received here, that expires soon,
or before which another one would expire, asks for a reason; one whose expiry nobody knows asks for it, read from
the label. A case never goes over the counter. The same pack scanned again by the same person within the repeat
window, or for the same prescription at any time, is one dispense scanned twice, not two; the same number of units
for it once more is asked about, because it may well be the next portion.

Some units of a pack (拆零): the first time the units in the full pack must be known; the sum of what was handed
out never exceeds them; the last unit closes the pack.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ledger.codes.code import Level, Severity
from ledger.event import Event, EventKind
from ledger.pack import State
from ledger.situation import Accept, Ask, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.findings import (
    Findings,
    Label,
    after,
    already,
    check_record,
    check_second,
    label,
    near,
    scanned_twice,
)
from ledger.tasks.papers import APPROVAL, check_approval, check_prescription, check_recalls
from ledger.tasks.takeout import check_take_out

_ELSEWHERE = {
    State.QUARANTINED: "pack_quarantined",
    State.IN_TRANSIT: "pack_in_transit",
    State.RETURNED: "pack_returned",
    State.DESTROYED: "pack_destroyed",
    State.LOST: "pack_lost",
}


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on one pack that is to leave over the counter."""
    pack, last = situation.pack, situation.last
    if last and situation.state is State.DISPENSED:
        problem = already("already_dispensed", last, intent, situation.now)
        if _same_act(situation, intent, last):
            return Repeat((problem,), last)
        return Refuse((replace(problem, severity=Severity.FATAL),))
    if last and intent.quantity is not None and _same_act(situation, intent, last):
        if intent.documents and scanned_twice(situation, intent, last):
            return Repeat((already("already_dispensed", last, intent, situation.now),), last)
        findings.ask("split_again")
    if situation.code.level is Level.CASE:
        findings.stop("case_at_counter")
    if code := _ELSEWHERE.get(situation.state):
        findings.stop(code)
    shown = label(situation, intent)
    check_record(situation, intent, findings)
    flags = _look_at_the_label(situation, shown, findings)
    if situation.state is State.UNKNOWN:
        findings.ask("not_received")
        flags.append("not_received")
    if pack and pack.parent:
        flags.append("taken_from_case")
    check_recalls(situation, findings)
    split = intent.quantity is not None or situation.state is State.OPENED
    check_prescription(situation, intent, findings, packs=0 if split else 1)
    detail = check_take_out(situation, intent, findings)
    approval = check_approval(situation, intent, findings)
    if situation.product and situation.product.second_person:
        check_second(intent, findings, "second_person")
    if split:
        done = _split(situation, intent, findings, shown, flags)
    else:
        facts = after(situation, State.DISPENSED, shown, parent=None)
        done = findings.settle(intent) or Accept((facts,), findings.told, tuple(flags))
    if not isinstance(done, Accept):
        return done
    return replace(done, detail=detail, patient=situation.patient, documents=approval)


def _look_at_the_label(situation: Situation, shown: Label, findings: Findings) -> list[str]:
    today, policy = situation.today, situation.policy
    flags: list[str] = []
    if shown.expiry is None:
        findings.ask("expiry_unknown_dispense", need=("expiry",))
        return flags
    days = situation.product.near_expiry_days if situation.product else None
    if shown.expiry < today:
        findings.stop("expired", expiry=shown.expiry.isoformat())
    elif near(shown.expiry, today, policy.near_expiry_days if days is None else days):
        params = {"expiry": shown.expiry.isoformat(), "days": str((shown.expiry - today).days)}
        findings.by_policy(policy.near_expiry, "near_expiry", **params)
        flags.append("near_expiry")
    earlier = situation.earlier
    if earlier and earlier.expiry and earlier.expiry < shown.expiry:
        params = {"lot": earlier.lot or "", "expiry": earlier.expiry.isoformat(), "place": earlier.place}
        findings.by_policy(policy.fefo, "fefo", **params)
        flags.append("not_first_to_expire")
    return flags


def _split(
    situation: Situation, intent: Intent, findings: Findings, shown: Label, flags: list[str]
) -> Decision:
    pack, wanted = situation.pack, intent.quantity
    size = situation.product.pack_size if situation.product else None
    units = (pack.units if pack else None) or intent.units or size
    left = pack.remaining if pack and pack.remaining is not None else units
    if situation.product and not situation.product.split_allowed:
        findings.stop("split_forbidden")
    if wanted is None:
        findings.ask("pack_opened", need=("quantity",), remaining=str(left))
    if units is None or left is None:
        findings.ask("units_unknown", need=("units",))
    if wanted is not None and left is not None and not 0 < wanted <= left:
        findings.stop("quantity_too_large", wanted=str(wanted), remaining=str(left))
    if (last_day := use_by(situation)) and last_day < situation.today:
        findings.stop("opened_too_long", use_by=last_day.isoformat())
    if blocked := findings.settle(intent):
        return blocked
    if wanted is None or units is None or left is None:
        return Ask(findings.told, ("quantity", "units"))
    rest = left - wanted
    facts = after(
        situation,
        State.OPENED if rest else State.DISPENSED,
        shown,
        parent=None,
        quantity=wanted,
        units=units,
        remaining=rest,
        out=((pack.out if pack else None) or 0) + wanted,
    )
    opened = situation.state is not State.OPENED
    return Accept((facts,), findings.told, (*flags, *(["opened"] if opened else [])))


def use_by(situation: Situation) -> date | None:
    """Last day on which an opened pack may be used; None for a closed one or where nobody set a limit."""
    product = situation.product
    days = (product.opened_days if product else None) or situation.policy.opened_days
    if situation.state is not State.OPENED or not days:
        return None
    opening = _opening(situation)
    return opening.moment.at.date() + timedelta(days=days) if opening else None


def _opening(situation: Situation) -> Event | None:
    """The first dispense of units since the pack was closed; another workstation tells no flag of it."""
    opening = None
    for event in situation.history:
        facts = next((one for one in event.packs if situation.pack and one.key == situation.pack.key), None)
        if facts is None:
            continue
        if facts.state in (State.IN_STOCK, State.UNKNOWN):
            opening = None
        elif opening is None and event.kind is EventKind.DISPENSE and facts.quantity is not None:
            opening = event
    return opening


def _same_act(situation: Situation, intent: Intent, last: Event) -> bool:
    named = tuple(ref for ref in last.documents if ref.kind != APPROVAL)
    if last.kind is not EventKind.DISPENSE or named != intent.documents:
        return False
    if intent.quantity != next((facts.quantity for facts in last.packs), None):
        return False
    if intent.documents:
        return last.device_id == situation.device_id and last.operator == intent.operator
    return scanned_twice(situation, intent, last)
