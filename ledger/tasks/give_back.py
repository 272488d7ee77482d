"""UNDO, RETURN and SUPPLIER_RETURN: what went out comes back, or goes back where it came from.

An undo is always recorded: the pack never left, or came straight back. It gives back the state before the
dispense, unless too many days have passed or the pack has expired meanwhile: then the pack goes to quarantine.
What a patient brings back never returns to stock by itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger.codes.code import Problem
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import TRANSITIONS, State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.contents import carried
from ledger.tasks.findings import Findings, after, already, scanned_twice
from ledger.tasks.papers import recalled


def judge_undo(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Take the last dispense of the pack back."""
    last = situation.last
    if last and last.kind is EventKind.UNDO:
        return Repeat((already("already_undone", last, intent, situation.now),), last)
    if not last or last.kind is not EventKind.DISPENSE or situation.pack is None:
        return Refuse((Problem("nothing_to_undo"),))
    before = facts_before(situation.history, last, situation.pack.key)
    facts = replace(
        after(situation, State.UNKNOWN, quantity=None, units=None, remaining=None, out=None), parent=None
    )
    if before is not None:
        facts = replace(before, entry=facts.entry, production=facts.production, quantity=None)
    taken = next((one.quantity for one in last.packs if one.key == situation.pack.key), None)
    too_old = situation.now - last.moment.at > timedelta(days=situation.policy.undo_days)
    expired = situation.pack.expiry is not None and situation.pack.expiry < situation.today
    recall = recalled(situation) is not None
    flags: tuple[str, ...] = ()
    if too_old or expired or recall:
        flags = ("expired",) if expired else ("recalled",) if recall else ("undo_window_passed",)
        word = "undone_to_quarantine" if expired else "undone_recalled_to_quarantine"
        findings.warn(word if expired or recall else "undone_late_to_quarantine")
        facts = replace(facts, state=State.QUARANTINED)
    elif facts.state not in TRANSITIONS[situation.state, EventKind.UNDO]:
        # Lost, sent off or ended at another counter before it went to the patient here: it cannot lie there again.
        flags = ("before_unsure",)
        findings.warn("undone_unsure_to_quarantine")
        facts = replace(facts, state=State.QUARANTINED)
    if blocked := findings.settle(intent):
        return blocked
    return Accept((replace(facts, quantity=taken),), findings.told, flags, (("undoes", last.event_id),))


def judge_return(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """A patient brings a pack, or units of it, back."""
    pack, last = situation.pack, situation.last
    apart = situation.state is State.QUARANTINED
    more = pack is not None and bool(pack.out)
    if last and last.kind is EventKind.RETURN and apart and not (more and not _same(situation, intent, last)):
        return Repeat((already("already_returned", last, intent, situation.now),), last)
    if not pack or not (situation.state in (State.DISPENSED, State.OPENED) or (apart and more)):
        return Refuse((Problem("return_not_dispensed"),))
    findings.ask_unless(intent.reason, "return_reason")
    facts = after(situation, State.QUARANTINED)
    if pack.out is not None:
        quantity = intent.quantity
        if quantity is None:
            findings.ask("return_quantity", need=("quantity",), out=str(pack.out))
        elif not 0 < quantity <= pack.out:
            findings.stop("return_too_many", wanted=str(quantity), out=str(pack.out))
        else:
            opened = situation.state is State.OPENED
            beside = opened or apart
            if beside:
                findings.note("returned_units_apart")
            facts = replace(
                facts,
                state=State.OPENED if opened else State.QUARANTINED,
                quantity=quantity,
                out=pack.out - quantity,
                remaining=pack.remaining if beside else quantity,
            )
    if blocked := findings.settle(intent):
        return blocked
    original = next((one for one in reversed(situation.history) if one.kind is EventKind.DISPENSE), None)
    detail = (("returns", original.event_id),) if original else ()
    return Accept((facts,), findings.told, (), detail)


def _same(situation: Situation, intent: Intent, last: Event) -> bool:
    """The same units were brought back a moment ago: the scanner was pressed twice."""
    return scanned_twice(situation, intent, last) and intent.quantity in {one.quantity for one in last.packs}


def judge_supplier_return(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Send a pack back to its supplier."""
    last = situation.last
    if last and situation.state is State.RETURNED:
        return Repeat((already("already_sent_back", last, intent, situation.now),), last)
    if situation.state not in (State.IN_STOCK, State.OPENED, State.QUARANTINED):
        return Refuse((Problem("not_in_stock"),))
    findings.ask_unless(intent.reason, "supplier_return_reason")
    if blocked := findings.settle(intent):
        return blocked
    inside = carried(situation, EventKind.SUPPLIER_RETURN, State.RETURNED)
    return Accept((after(situation, State.RETURNED, parent=None), *inside), findings.told)


def facts_before(history: tuple[Event, ...], event: Event, key: str) -> PackFacts | None:
    """The pack as it stood before the event; None when it was unknown. Every event holds the pack as it left it.

    `history` is in order; numbers would not do, because each workstation of a site counts its own.
    """
    before = [one.event_id for one in history].index(event.event_id)
    for earlier in reversed(history[:before]):
        for facts in earlier.packs:
            if facts.key == key:
                return None if facts.state == State.UNKNOWN else facts
    return None
