"""MOVE, TRANSFER_OUT, PACK, UNPACK and LABEL: a pack changes its place, its case or its codes, not its fate."""

from __future__ import annotations

from dataclasses import replace

from ledger.codes.code import Level, Problem
from ledger.event import DocumentRef, EventKind, PackFacts
from ledger.pack import State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.contents import carried, check_leaving, leaves
from ledger.tasks.findings import Findings, after, already, check_record, label
from ledger.tasks.papers import check_approval, check_recalls

_HERE = (State.IN_STOCK, State.OPENED, State.QUARANTINED)
_ELSEWHERE = {State.QUARANTINED: "pack_quarantined", State.OPENED: "opened_stays"}
"""What is here and yet goes neither on a journey nor into a case."""


def judge_move(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Put a pack somewhere else inside the site."""
    pack, last = situation.pack, situation.last
    if pack is None or last is None or situation.state not in _HERE:
        return Refuse((Problem("not_in_stock"),))
    if not intent.place:
        findings.ask("move_place", need=("place",))
    elif pack.place == intent.place:
        return Repeat((already("already_there", last, intent, situation.now),), last)
    if blocked := findings.settle(intent):
        return blocked
    inside = carried(situation, EventKind.MOVE, place=intent.place)
    return Accept((after(situation, situation.state, place=intent.place), *inside), findings.told)


def judge_transfer_out(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Send a pack to another site."""
    pack, last = situation.pack, situation.last
    if last and situation.state is State.IN_TRANSIT:
        return Repeat((already("already_sent", last, intent, situation.now),), last)
    if pack is None or situation.state is not State.IN_STOCK:
        return Refuse((Problem(_ELSEWHERE.get(situation.state, "not_in_stock")),))
    check_record(situation, intent, findings)
    last_day = label(situation, intent).expiry
    if last_day and last_day < situation.today:
        findings.stop("transfer_expired", expiry=last_day.isoformat())
    if not intent.partner:
        findings.ask("transfer_partner", need=("partner",))
    check_recalls(situation, findings)
    check_leaving(situation, findings)
    approval = _approval(situation, intent, findings) if intent.partner else ()
    if blocked := findings.settle(intent):
        return blocked
    inside = carried(situation, EventKind.TRANSFER_OUT, State.IN_TRANSIT)
    packs = (after(situation, State.IN_TRANSIT, parent=None), *inside)
    return Accept(packs, findings.told, documents=approval)


def _approval(situation: Situation, intent: Intent, findings: Findings) -> tuple[DocumentRef, ...]:
    """The approval of the pack, or of everything in the case."""
    packs = leaves(situation.inside)
    if situation.mixed_inside:
        findings.stop("approval_case_mixed")
        return ()
    alone = situation.code.level is Level.CASE and not packs
    uncounted = 1 if alone else sum(one.level is Level.CASE for one in packs)
    if uncounted and any(one.approval.quantity is not None for one in situation.approvals[:1]):
        # It counts as one pack under the approval, whatever it holds.
        findings.ask("approval_case_uncounted", count=str(uncounted))
    if situation.special_inside is None:
        return check_approval(situation, intent, findings)
    whole = replace(situation, product=situation.special_inside)
    return check_approval(whole, replace(intent, quantity=len(packs)), findings)


def judge_pack(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Put a pack into a case."""
    pack, last, case = situation.pack, situation.last, intent.parent
    if pack is None or last is None or situation.state is not State.IN_STOCK:
        return Refuse((Problem(_ELSEWHERE.get(situation.state, "not_in_stock")),))
    if case is None:
        findings.ask("pack_case", need=("parent",))
    elif not case.accepted or case.key is None:
        return Refuse((Problem("pack_case_unreadable"),))
    elif case.key == pack.key or case.key in {one.key for one in situation.inside}:
        findings.stop("pack_into_itself")
    elif pack.parent == case.key:
        return Repeat((already("already_packed", last, intent, situation.now),), last)
    elif pack.parent:
        findings.stop("packed_elsewhere", other=pack.parent)
    elif not situation.parent_holds:
        findings.stop("pack_case_unit")
    known = situation.parent if situation.parent and situation.parent.state is not State.UNKNOWN else None
    if known and known.state is not State.IN_STOCK:
        findings.stop("pack_case_gone")
    if blocked := findings.settle(intent):
        return blocked
    assert case is not None and case.key is not None
    child = after(situation, State.IN_STOCK, parent=case.key)
    if known:
        return Accept((child,), findings.told)
    new = PackFacts(case.key, case.kind, case.product, case.serial, level=Level.CASE, state=State.IN_STOCK)
    return Accept((child, new), findings.told)


def judge_unpack(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Take a pack out of its case, or everything out of a case."""
    pack, last = situation.pack, situation.last
    if pack is None or last is None or situation.state not in _HERE:
        return Refuse((Problem("not_in_stock"),))
    if situation.inside:
        out = tuple(replace(one.facts(), parent=None) for one in situation.inside)
        return findings.settle(intent) or Accept(out, findings.told, (), (("parent", pack.key),))
    if pack.parent is None:
        if last.kind is EventKind.UNPACK:
            return Repeat((already("already_unpacked", last, intent, situation.now),), last)
        return Refuse((Problem("not_packed"),))
    detail = (("parent", pack.parent),)
    return findings.settle(intent) or Accept(
        (after(situation, situation.state, parent=None),), findings.told, (), detail
    )


def judge_label(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Put another code on a pack, so that either names it from now on."""
    pack, last, other = situation.pack, situation.last, intent.label
    if pack is None or last is None or situation.state not in _HERE:
        return Refuse((Problem("not_in_stock"),))
    if other is None:
        findings.ask("label_wanted", need=("label",))
        return findings.settle(intent) or Refuse((Problem("label_wanted"),))
    if not other.accepted or other.key is None:
        return Refuse((*other.problems, Problem("label_unreadable")))
    if situation.label_taken:
        if last.kind is EventKind.LABEL and last.told("label") == other.key:
            return Repeat((already("already_labelled", last, intent, situation.now),), last)
        return Refuse((Problem("label_taken"),))
    # A label that speaks of another lot or expiry belongs to another pack.
    check_record(replace(situation, code=other), intent, findings)
    detail = (("label", other.key), ("label_text", other.input[:200]))
    return findings.settle(intent) or Accept((after(situation, situation.state),), findings.told, (), detail)
