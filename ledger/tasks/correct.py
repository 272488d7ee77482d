"""VOID: the record of a pack's last event is declared wrong; what it did is undone, the record stays.

Only the last event can be voided, because the later ones stand on it: they are voided first. An event about
several packs (a case) is voided whole or not at all.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.codes.code import Problem
from ledger.event import ABOUT_PACKS, PackFacts
from ledger.pack import Pack, State
from ledger.situation import Accept, Decision, Intent, Refuse, Repeat, Situation
from ledger.tasks.findings import Findings, already, scanned_twice


def judge(situation: Situation, intent: Intent, findings: Findings) -> Decision:
    """Declare the last event of the pack wrong."""
    last, before = situation.last, situation.voided
    if before and (last is None or scanned_twice(situation, intent, before)):
        return Repeat((already("already_voided", before, intent, situation.now),), before)
    if last is None or last.kind not in ABOUT_PACKS:
        return Refuse((Problem("nothing_to_void"),))
    if situation.stands_on:
        return Refuse((Problem("void_not_last"),))
    findings.ask_unless(intent.reason, "void_reason")
    if blocked := findings.settle(intent):
        return blocked
    packs = tuple(_restored(pack, before) for pack, before in situation.voidable)
    return Accept(packs, findings.told, (), (("voids", last.event_id), ("voids_seq", str(last.seq))))


def _restored(pack: Pack, before: PackFacts | None) -> PackFacts:
    if before is not None:
        return before
    facts = pack.facts()
    return replace(facts, state=State.UNKNOWN, units=None, remaining=None, out=None, parent=None, place="")
