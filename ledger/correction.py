"""A record is put right: the wrong one is declared wrong, and the right one takes its place, in one transaction.

    event -> void (names the corrective event) -> the same verb again with other answers -> both in one document

Where the right one may not happen either, nothing is recorded at all. Source: EPCIS 2.0 section 7.4.1.2.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.capture import Captured, Outcome, Scanned, Workplace, act, void_event
from ledger.codes.code import Code, Entry, Problem
from ledger.event import Event, EventKind
from ledger.gather import gather
from ledger.moment import new_event_id
from ledger.rules import decide
from ledger.shipment import APPROVAL
from ledger.situation import Intent
from ledger.store import Store
from ledger.tasks.takeout import told_by

CORRECTABLE = frozenset(
    {
        EventKind.RECEIVE,
        EventKind.DISPENSE,
        EventKind.RETURN,
        EventKind.SUPPLIER_RETURN,
        EventKind.TRANSFER_OUT,
        EventKind.TRANSFER_IN,
        EventKind.MOVE,
        EventKind.QUARANTINE,
        EventKind.DESTROY,
    }
)
"""What can be done again with other answers; the rest is voided and scanned anew."""


class _Stuck(Exception):
    """The right one may not happen: what was voided for it is to be undone."""

    def __init__(self, answer: Captured) -> None:
        super().__init__()
        self.answer = answer


def correct(store: Store, workplace: Workplace, event: Event, right: Intent) -> Captured:
    """Declare the event wrong and record it again as `right` says; the answer is the corrective event's.

    `right` names operator, reason and whatever is different; the rest is as in the event. Inside the writer's
    transaction; when it is not accepted, nothing has changed.
    """
    moment = workplace.clock.now(store.head.at)
    corrective = new_event_id(moment)
    voiding = replace(right, verb=EventKind.VOID, beside=(("corrected_by", corrective),))
    try:
        with store.savepoint():
            if event.kind not in CORRECTABLE or len(event.packs) != 1:
                raise _Stuck(_refused(event, "correct_not_possible"))
            void = void_event(store, workplace, event, voiding)
            if void.outcome is not Outcome.ACCEPTED or void.event is None:
                raise _Stuck(void)
            answer = _again(store, workplace, event, right, corrective)
            if answer.outcome is not Outcome.ACCEPTED:
                raise _Stuck(answer)
            keys = ((event.event_id, void.event.moment.iso()), (corrective, ""))
            store.outbox.tie(keys, corrective)
            return answer
    except _Stuck as stuck:
        return stuck.answer


def _again(store: Store, workplace: Workplace, event: Event, right: Intent, corrective: str) -> Captured:
    """The same deed with the other answers, judged like a scan of its pack."""
    facts = event.packs[0]
    subject = event.told("subject")
    # The approval that it goes out under is found anew: another answer may want another one.
    named = tuple(ref for ref in event.documents if ref.kind != APPROVAL)
    beside = (
        ("corrects", event.event_id),
        ("happened", event.told("happened") or event.moment.iso()),
        *((("subject", subject),) if subject else ()),
    )
    intent = replace(
        right,
        verb=event.kind,
        documents=right.documents or named,
        partner=right.partner or event.partner,
        second=right.second or event.second,
        quantity=facts.quantity if right.quantity is None else right.quantity,
        units=right.units or facts.units,
        place=right.place or facts.place or None,
        take_out=right.take_out or told_by(event),
        event_id=corrective,
        beside=beside,
    )
    expiry = right.expiry or facts.expiry
    month = (right.expiry_precision or facts.expiry_precision) == "month"
    code = Code(
        facts.key,
        facts.kind,
        facts.key,
        facts.product,
        facts.serial,
        right.lot or facts.lot,
        expiry,
        ("month" if month else "day") if expiry else None,
        level=facts.level,
    )
    moment = workplace.clock.now(store.head.at)
    situation = gather(store, workplace.policy, workplace.institution, code, intent, moment)
    typed = facts.entry == "manual" or bool(right.lot or right.expiry)
    scanned = Scanned(facts.key, Entry.MANUAL if typed else Entry.FILE, facts.symbology)
    return act(store, workplace, scanned, intent, moment, situation, decide(situation, intent))


def _refused(event: Event, code: str) -> Captured:
    facts = event.packs[0]
    about = Code(facts.key, facts.kind, facts.key, facts.product, facts.serial)
    return Captured(Scanned(facts.key, Entry.MANUAL), about, Outcome.REFUSED, (Problem(code),))
