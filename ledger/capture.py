"""The whole walk of one scan, from text to saved event.

    text -> code (identify) -> situation (look up) -> decision (rules) -> event (mint, chain) -> outbox

Runs inside the writer's transaction: when `capture` returns, nothing is durable yet; the caller tells the
person only after COMMIT. Whatever happens, the raw scan is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ledger.clock import Clock
from ledger.codes.code import Code, Entry, Kind, Problem
from ledger.codes.identify import PARSER_VERSION, ZonePattern, identify
from ledger.codes.join import join
from ledger.event import Event, EventKind
from ledger.gather import gather
from ledger.moment import Moment, new_event_id
from ledger.pack import IllegalTransition, State
from ledger.patients import Patients
from ledger.rules import decide
from ledger.scans import RawScan
from ledger.situation import Accept, Ask, Decision, Intent, Policy, Refuse, Repeat, Situation
from ledger.store import Store

if TYPE_CHECKING:
    from ledger.catalog import Product


log = logging.getLogger("tracedesk.ledger")


class Outcome(StrEnum):
    """What became of a scan."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan as a device delivered it, in the ledger's words."""

    text: str
    entry: Entry
    symbology: str = ""
    device: str = ""
    aim: str = ""
    suspect: str = ""
    other: Scanned | None = None
    """The other symbol of the same pack, scanned before, where the two were found to belong together."""
    product: str | None = None
    """Goods without any code (无码): the product, chosen by a person; the text is empty then."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The answer to one scan."""

    scanned: Scanned
    code: Code
    outcome: Outcome
    problems: tuple[Problem, ...]
    needs: tuple[str, ...] = ()
    """What the person is asked for: `reason`, `lot`, `expiry` … (ledger/situation.py, Ask)."""
    event: Event | None = None
    """The saved event; for a repeated scan the original."""
    before: State = State.UNKNOWN
    product: Product | None = None

    @property
    def verdict(self) -> str | None:
        """`provisional` or `stop`; None while a question is open. Only the platform can make it `confirmed`."""
        if self.outcome is Outcome.REFUSED:
            return "stop"
        return self.event.verdict if self.event else None

    @property
    def key(self) -> str | None:
        """The pack's identity, where the code has one; the heap's for goods without serial that were saved."""
        return self.code.key or (self.event.packs[0].key if self.event else None)


@dataclass(frozen=True, slots=True)
class Workplace:
    """What stays the same from scan to scan at one workstation."""

    clock: Clock
    policy: Policy
    wire: Callable[[Event, bytes | None], bytes]
    """Builds the frozen bytes that the platform will be sent (sync/epcis.py); a void is given the bytes it voids."""
    dock: str = ""
    counter: str = ""
    zone: ZonePattern | None = None
    institution: str = ""
    """GLN of this site, which approvals are granted to."""


def capture(store: Store, workplace: Workplace, scanned: Scanned, intent: Intent) -> Captured:
    """Identify, judge and save one scan."""
    moment = workplace.clock.now(store.head.at)
    code = read(workplace, scanned, moment)
    typed = scanned.entry is Entry.MANUAL and bool(scanned.text)
    situation = gather(store, workplace.policy, workplace.institution, code, intent, moment, typed=typed)
    answer = act(store, workplace, scanned, intent, moment, situation, decide(situation, intent))
    store.keep_scan(
        RawScan(
            at=moment.iso(),
            text=scanned.text,
            symbology=scanned.symbology or scanned.aim,
            source=scanned.entry,
            device=scanned.device,
            operator=intent.operator,
            verb=intent.verb,
            parser=PARSER_VERSION,
            outcome=answer.outcome,
            problem=answer.problems[-1].code if answer.needs == ("again",) else _first(answer.problems),
            seq=_number(store, answer),
        )
    )
    return answer


def _number(store: Store, answer: Captured) -> int | None:
    """Number of the record that the scan led to, or was answered by; another workstation's has none here."""
    event = answer.event
    if event is None or (answer.outcome is not Outcome.ACCEPTED and not store.site.is_own(event.event_id)):
        return None
    return event.seq


def _first(problems: tuple[Problem, ...]) -> str:
    return problems[0].code if problems else ""


def void_event(store: Store, workplace: Workplace, event: Event, intent: Intent) -> Captured:
    """Declare one event wrong, chosen from a list instead of scanned; judged like a scan of its first pack."""
    moment = workplace.clock.now(store.head.at)
    facts = event.packs[0]
    code = Code(facts.key, facts.kind, facts.key, facts.product, facts.serial, facts.lot)
    voiding = replace(intent, verb=EventKind.VOID)
    situation = gather(store, workplace.policy, workplace.institution, code, voiding, moment)
    scanned = Scanned(facts.key, Entry.MANUAL)
    stands = situation.last is not None and situation.last.event_id == event.event_id
    # Chosen by a person and still standing: no void of a moment ago was this one.
    chosen = replace(situation, voided=None)
    decision = decide(chosen, voiding) if stands else Refuse((Problem("void_not_last"),))
    return act(store, workplace, scanned, voiding, moment, situation, decision)


def read(workplace: Workplace, scanned: Scanned, moment: Moment) -> Code:
    """What the scan says, joined with the other symbol of its pack where there is one."""
    if scanned.product is not None and not scanned.text:
        return Code("", Kind.OPAQUE, product=scanned.product)
    code = identify(
        scanned.text,
        symbology=scanned.symbology,
        aim=scanned.aim,
        entry=scanned.entry,
        suspect=scanned.suspect,
        zone=workplace.zone,
        today=moment.at.date(),
    )
    if scanned.other is None:
        return code
    return join(read(workplace, scanned.other, moment), code, moment.at.date()) or code


def act(
    store: Store,
    workplace: Workplace,
    scanned: Scanned,
    intent: Intent,
    moment: Moment,
    situation: Situation,
    decision: Decision,
) -> Captured:
    """Save what was decided, if it may happen; the answer either way."""

    def answer(
        outcome: Outcome,
        problems: tuple[Problem, ...],
        needs: tuple[str, ...] = (),
        event: Event | None = None,
    ) -> Captured:
        product = situation.product
        return Captured(scanned, situation.code, outcome, problems, needs, event, situation.state, product)

    match decision:
        case Refuse(problems):
            return answer(Outcome.REFUSED, problems)
        case Ask(problems, needs):
            return answer(Outcome.ASKED, problems, needs)
        case Repeat(problems, original):
            return answer(Outcome.REPEATED, problems, event=original)
        case Accept():
            if intent.verb is not EventKind.VOID and (basis := store.site.adopted(decision.packs, moment)):
                store.append(basis, None)  # what others told is in the chain before anything is built upon it
            event = mint(store, workplace, scanned, intent, moment, decision)
            try:
                save(store, workplace, event)
            except IllegalTransition as fault:
                log.error("the rules let through what the table does not know: %s", fault)
                return answer(
                    Outcome.REFUSED, (Problem("transition_unknown", params=(("way", str(fault)),)),)
                )
            return answer(Outcome.ACCEPTED, decision.problems, event=event)


def save(store: Store, workplace: Workplace, event: Event) -> None:
    """Append the event, with what the platform is to be sent of it. Raises IllegalTransition, nothing written."""
    voided = event.told("voids")
    if voided and store.outbox.withdraw_parked(voided):
        # The platform refused the record and has none of it: there is nothing to declare wrong.
        store.append(event, None)
    elif voided:
        frozen = store.outbox.payload(voided)
        declared = workplace.wire(event, frozen)
        store.append(event, declared, declares=voided)
    else:
        store.append(event, workplace.wire(event, None))


def mint(
    store: Store, workplace: Workplace, scanned: Scanned, intent: Intent, moment: Moment, decision: Accept
) -> Event:
    """The event of an accepted scan; its id is made here, once, and never changes."""
    first, *rest = decision.packs
    by_hand = first.entry == "manual" or scanned.entry is Entry.MANUAL
    if by_hand or scanned.symbology:
        first = first.seen_by(scanned.symbology, "manual" if by_hand else "scan")
    detail = decision.detail
    if decision.patient:
        subject = Patients.of(store).keys.subject(decision.patient)
        detail = (*detail, ("subject", subject))
    if intent.beside:
        told = {name for name, _ in detail}
        detail = (*detail, *(pair for pair in intent.beside if pair[0] not in told))
    return Event(
        event_id=intent.event_id or new_event_id(moment),
        ledger_id=store.ledger_id,
        seq=store.head.seq + 1,
        kind=intent.verb,
        moment=moment,
        device_id=store.device_id,
        operator=intent.operator,
        place=workplace.counter if intent.verb in _AT_THE_COUNTER else workplace.dock,
        packs=(first, *rest),
        partner=intent.partner,
        documents=(*intent.documents, *decision.documents),
        reason=intent.reason,
        second=intent.second,
        flags=decision.flags,
        detail=detail,
    )


_AT_THE_COUNTER = frozenset({EventKind.DISPENSE, EventKind.UNDO, EventKind.RETURN})
