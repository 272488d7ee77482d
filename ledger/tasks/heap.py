"""Goods without serial: one heap per product and lot, counted in packs, under the same rules as packs.

A code that names product and lot but no serial, or no code at all (无码, with a reason), is one more pack of its
heap at every deliberate scan. What is set apart, expired on arrival or brought back lies in the quarantined heap
beside it. No number ever falls below zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from ledger.codes.code import Level, Problem
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.pack import HEAP, Pack, State, heap_key
from ledger.situation import Accept, Ask, Decision, Intent, Refuse, Situation
from ledger.tasks.findings import Findings, Label, check_record, check_second, label, near
from ledger.tasks.papers import (
    check_approval,
    check_prescription,
    check_recalls,
    check_shipment,
    recalled,
)
from ledger.tasks.takeout import check_take_out

WHY_CODELESS = "codeless"
"""The detail that says why goods bear no code, as a code word. It answers that question and no other."""

_NEEDS_REASON = {
    EventKind.RETURN: "return_reason",
    EventKind.SUPPLIER_RETURN: "supplier_return_reason",
    EventKind.DESTROY: "destroy_reason",
    EventKind.QUARANTINE: "quarantine_reason",
    EventKind.RELEASE: "release_reason",
}


@dataclass(frozen=True, slots=True)
class _Heap:
    """How much there is: on the shelf, set apart, and with patients."""

    shelf: int
    apart: int
    out: int


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Decide on so many packs of one product and lot."""
    kind = intent.verb
    if kind not in HEAP and kind is not EventKind.COUNT:
        return Refuse((*situation.code.problems, Problem("pack_without_serial")))
    quantity = 1 if intent.quantity is None else intent.quantity
    if quantity < (0 if kind is EventKind.COUNT else 1):
        return Refuse((Problem("quantity_not_positive"),))
    shown = _shown(situation, intent, findings)
    if kind is EventKind.DISPENSE and situation.code.level is Level.CASE:
        findings.stop("case_at_counter")
    if not situation.code.input:
        findings.ask_unless(intent.reason or dict(intent.beside).get(WHY_CODELESS), "codeless_reason")
    if shown.lot is None:
        findings.ask("heap_lot", need=("lot",))
    _look_at_the_label(situation, intent, findings, shown)
    approval = _check_papers(situation, intent, findings, shown)
    detail = check_take_out(situation, intent, findings) if kind is EventKind.DISPENSE else ()
    if code := _NEEDS_REASON.get(kind):
        findings.ask_unless(intent.reason, code)
    if kind is EventKind.DESTROY:
        check_second(intent, findings, "destroy_witness")
    if kind is EventKind.TRANSFER_OUT and not intent.partner:
        findings.ask("transfer_partner", need=("partner",))
    now = _Heap(_count(situation.pack), _count(situation.set_apart), _out(situation.pack))
    after = _after(now, situation, intent, findings, shown, quantity)
    if blocked := findings.settle(intent):
        return blocked
    if shown.lot is None or situation.code.product is None:
        return Ask(findings.told, ("lot",))
    flags = ["codeless"] if not situation.code.input else ["no_serial"]
    if situation.pack is None and kind is EventKind.DISPENSE:
        flags.append("not_received")
    packs = _facts(situation, intent, shown, now, after, quantity)
    return Accept(packs, findings.told, tuple(flags), detail, approval, situation.patient)


def _check_papers(
    situation: Situation, intent: Intent, findings: Findings, shown: Label
) -> tuple[DocumentRef, ...]:
    """The same papers as for a pack with a serial."""
    kind = intent.verb
    if kind is EventKind.UNDO:
        # What is taken back from a heap is taken back under the papers that it went out under.
        named = set(intent.documents)
        last = next((one for one in _dispenses(situation) if named <= set(one.documents)), None)
        return tuple(ref for ref in last.documents if ref not in named) if last else ()
    if kind in (EventKind.RECEIVE, EventKind.TRANSFER_IN):
        check_shipment(situation, intent, findings, shown)
        return ()
    if kind in (EventKind.DISPENSE, EventKind.TRANSFER_OUT, EventKind.RELEASE):
        check_recalls(situation, findings)
    if kind is EventKind.DISPENSE:
        check_prescription(
            situation, intent, findings, packs=1 if intent.quantity is None else intent.quantity
        )
    return (
        check_approval(situation, intent, findings)
        if kind in (EventKind.DISPENSE, EventKind.TRANSFER_OUT)
        else ()
    )


def _shown(situation: Situation, intent: Intent, findings: Findings) -> Label:
    """The label. A lot has one expiry: where its packs say two, the earlier one counts, for all of them.

    A pack that says an earlier one than the record does not go out; for one that says a later one a person answers.
    """
    shown, record, kind = label(situation, intent), situation.record or situation.set_apart, intent.verb
    here = replace(situation, pack=record)
    read = situation.code.expiry or intent.expiry
    if kind in (EventKind.DISPENSE, EventKind.TRANSFER_OUT, EventKind.RELEASE):
        if record and record.expiry and read and read > record.expiry:
            findings.ask("heap_expiry_later", scanned=read.isoformat(), recorded=record.expiry.isoformat())
        else:
            check_record(here, intent, findings)
    if record is None or record.expiry is None or read is None or read == record.expiry:
        return shown
    if kind in (EventKind.RECEIVE, EventKind.TRANSFER_IN):
        findings.ask(
            "expiry_differs_from_record", scanned=read.isoformat(), recorded=record.expiry.isoformat()
        )
    if read < record.expiry:
        return replace(
            shown, expiry=read, precision=situation.code.expiry_precision or intent.expiry_precision
        )
    return replace(shown, expiry=record.expiry, precision=record.expiry_precision)


def _look_at_the_label(situation: Situation, intent: Intent, findings: Findings, shown: Label) -> None:
    today, policy, kind = situation.today, situation.policy, intent.verb
    arriving = kind in (EventKind.RECEIVE, EventKind.TRANSFER_IN)
    if kind is EventKind.DISPENSE and situation.product and situation.product.second_person:
        check_second(intent, findings, "second_person")
    if shown.expiry is None:
        if arriving and not intent.reason:
            findings.ask("expiry_unknown_receive", need=("lot", "expiry"))
        elif kind is EventKind.DISPENSE:
            findings.ask("expiry_unknown_dispense", need=("expiry",))
        return
    last_day, days = shown.expiry.isoformat(), str((shown.expiry - today).days)
    own = situation.product.near_expiry_days if situation.product else None
    near_days = policy.near_expiry_days if own is None else own
    if arriving and shown.expiry < today:
        findings.warn("expired_to_quarantine", expiry=last_day)
    elif kind in (EventKind.DISPENSE, EventKind.TRANSFER_OUT) and shown.expiry < today:
        findings.stop("expired", expiry=last_day)
    elif kind is EventKind.RELEASE and shown.expiry < today:
        findings.stop("release_expired", expiry=last_day)
    elif kind is EventKind.DISPENSE and near(shown.expiry, today, near_days):
        findings.by_policy(policy.near_expiry, "near_expiry", expiry=last_day, days=days)
    elif arriving and near(shown.expiry, today, policy.receive_near_expiry_days):
        findings.note("near_expiry", expiry=last_day, days=days)
    earlier = situation.earlier
    if kind is EventKind.DISPENSE and earlier and earlier.expiry and earlier.expiry < shown.expiry:
        params = {"lot": earlier.lot or "", "expiry": earlier.expiry.isoformat(), "place": earlier.place}
        findings.by_policy(policy.fefo, "fefo", **params)


def _after(
    now: _Heap, situation: Situation, intent: Intent, findings: Findings, shown: Label, quantity: int
) -> _Heap:
    """The numbers afterwards; what cannot be is stopped here."""
    kind, many = intent.verb, {"wanted": str(quantity)}
    if kind is EventKind.COUNT:
        counted = now.apart if intent.apart else now.shelf
        if quantity != counted:
            findings.ask_unless(intent.reason, "count_differs")
        return replace(now, apart=quantity) if intent.apart else replace(now, shelf=quantity)
    if kind in (EventKind.RECEIVE, EventKind.TRANSFER_IN):
        if recalled(situation):
            findings.warn("recalled_to_quarantine", number=situation.recalls[0].number, reason="", action="")
        expired = shown.expiry is not None and shown.expiry < situation.today
        spoilt = intent.damaged or expired or recalled(situation)
        return (
            replace(now, apart=now.apart + quantity) if spoilt else replace(now, shelf=now.shelf + quantity)
        )
    if kind is EventKind.RETURN:
        if quantity > now.out:
            findings.stop("return_too_many", **many, out=str(now.out))
        return replace(now, out=now.out - quantity, apart=now.apart + quantity)
    if kind is EventKind.UNDO:
        if quantity > now.out:
            findings.stop("nothing_to_undo")
        expired = shown.expiry is not None and shown.expiry < situation.today
        recall = recalled(situation) is not None
        if expired or recall or _undo_too_late(situation):
            word = "undone_to_quarantine" if expired else "undone_recalled_to_quarantine"
            findings.warn(word if expired or recall else "undone_late_to_quarantine")
            return replace(now, out=now.out - quantity, apart=now.apart + quantity)
        return replace(now, out=now.out - quantity, shelf=now.shelf + quantity)
    if kind is EventKind.RELEASE or _from_apart(now, intent, findings):
        if quantity > now.apart:
            findings.stop("quantity_too_large", **many, remaining=str(now.apart))
        rest = replace(now, apart=now.apart - quantity)
        return replace(rest, shelf=now.shelf + quantity) if kind is EventKind.RELEASE else rest
    if kind is EventKind.DISPENSE and situation.pack is None and now.apart:
        findings.stop("pack_quarantined")  # all that came of the lot was set apart
        return now
    if kind is EventKind.DISPENSE and situation.pack is None:
        findings.ask_unless(intent.reason, "not_received")
        return replace(now, out=now.out + quantity)
    if quantity > now.shelf:
        findings.stop("quantity_too_large", **many, remaining=str(now.shelf))
    rest = replace(now, shelf=now.shelf - quantity)
    if kind is EventKind.QUARANTINE:
        return replace(rest, apart=now.apart + quantity)
    return replace(rest, out=now.out + quantity) if kind is EventKind.DISPENSE else rest


def _from_apart(now: _Heap, intent: Intent, findings: Findings) -> bool:
    """Whether what ends or goes back is taken from quarantine: the person says so where goods lie in both."""
    if intent.verb not in (EventKind.DESTROY, EventKind.SUPPLIER_RETURN):
        return False
    if intent.apart is None and now.shelf and now.apart:
        findings.ask("heap_which", need=("apart",), shelf=str(now.shelf), apart=str(now.apart))
    return intent.apart if intent.apart is not None else not now.shelf


def _facts(
    situation: Situation, intent: Intent, shown: Label, now: _Heap, after: _Heap, quantity: int
) -> tuple[PackFacts, ...]:
    """The heaps that change, the one that the event is about first; `quantity` stands on the first alone."""
    code = situation.code
    shelf = PackFacts(
        key=heap_key(code.product or "", shown.lot or ""),
        kind=code.kind,
        product=code.product,
        lot=shown.lot,
        expiry=shown.expiry,
        expiry_precision=shown.precision,
        production=code.production,
        level=Level.UNKNOWN,
        entry="manual" if shown.by_hand or not code.input else "scan",
        state=State.IN_STOCK,
        remaining=after.shelf,
        out=after.out,
        place=intent.place or (situation.pack.place if situation.pack else ""),
    )
    apart = replace(
        shelf,
        key=heap_key(code.product or "", shown.lot or "", quarantined=True),
        state=State.QUARANTINED,
        remaining=after.apart,
        out=None,
    )
    counted_apart = intent.verb is EventKind.COUNT and intent.apart
    still = now.apart == after.apart and not counted_apart
    changed = [shelf] if (now.shelf, now.out) != (after.shelf, after.out) or still else []
    if counted_apart or now.apart != after.apart:
        changed.append(apart)
    return (replace(changed[0], quantity=quantity), *changed[1:])


def _undo_too_late(situation: Situation) -> bool:
    dispensed = next(_dispenses(situation), None)
    limit = timedelta(days=situation.policy.undo_days)
    return dispensed is not None and situation.now - dispensed.moment.at > limit


def _dispenses(situation: Situation) -> Iterator[Event]:
    """What went to patients and stands, the latest first."""
    return (one for one in reversed(situation.history) if one.kind is EventKind.DISPENSE)


def _count(heap: Pack | None) -> int:
    return (heap.remaining or 0) if heap else 0


def _out(heap: Pack | None) -> int:
    return (heap.out or 0) if heap else 0
