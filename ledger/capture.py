"""The whole walk of one scan, from text to saved event.

    text -> code (identify) -> situation (look up) -> decision (rules) -> event (mint, chain) -> outbox

Runs inside the writer's transaction: when `capture` returns, nothing is durable yet; the caller tells the
person only after COMMIT. Whatever happens, the raw scan is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.catalog import Product
from ledger.clock import Clock
from ledger.codes.code import Code, Entry, Problem
from ledger.codes.identify import PARSER_VERSION, identify
from ledger.event import Event, PackFacts, new_event_id
from ledger.moment import Moment
from ledger.pack import State
from ledger.rules import decide
from ledger.situation import Accept, Ask, Decision, Intent, Policy, Refuse, Repeat, Situation
from ledger.store import RawScan, Store


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


@dataclass(frozen=True, slots=True)
class Captured:
    """The answer to one scan."""

    scanned: Scanned
    code: Code
    outcome: Outcome
    problems: tuple[Problem, ...]
    needs: tuple[str, ...] = ()
    """What the person is asked for: `reason`, `lot`, `expiry`."""
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
        """The pack's identity, where the code has one."""
        return self.code.key


@dataclass(frozen=True, slots=True)
class Workplace:
    """What stays the same from scan to scan at one workstation."""

    clock: Clock
    policy: Policy
    wire: Callable[[Event], bytes]
    """Builds the frozen bytes that the platform will be sent (sync/epcis.py)."""
    dock: str = ""
    counter: str = ""


def capture(store: Store, workplace: Workplace, scanned: Scanned, intent: Intent) -> Captured:
    """Identify, judge and save one scan."""
    moment = workplace.clock.now(store.head.at)
    code = identify(
        scanned.text,
        symbology=scanned.symbology,
        aim=scanned.aim,
        entry=scanned.entry,
        suspect=scanned.suspect,
        today=moment.at.date(),
    )
    situation = gather(store, workplace, code, intent, moment)
    answer = _act(store, workplace, scanned, intent, moment, situation, decide(situation, intent))
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
            problem=answer.problems[0].code if answer.problems else "",
            seq=answer.event.seq if answer.event else None,
        )
    )
    return answer


def gather(store: Store, workplace: Workplace, code: Code, intent: Intent, moment: Moment) -> Situation:
    """Everything that counts for the decision, looked up once."""
    pack = store.look_up(code.key) if code.key else None
    lot = code.lot or intent.lot
    # The latest time on record is the floor: setting the clock back cannot revive an expired pack.
    now: datetime = moment.at
    if moment.trust == "suspect" and store.head.at:
        now = store.head.at
    return Situation(
        code=code,
        today=now.date(),
        now=now,
        policy=workplace.policy,
        device_id=store.device_id,
        pack=pack,
        last=store.event(pack.last_seq) if pack else None,
        twin=store.twin_of(code.key) if code.key and not pack else None,
        product_known=not code.product or store.catalog.product(code.product) is not None,
        lot_expiry=store.expiry_of(code.product, lot) if code.product and lot and not code.expiry else None,
    )


def _act(
    store: Store,
    workplace: Workplace,
    scanned: Scanned,
    intent: Intent,
    moment: Moment,
    situation: Situation,
    decision: Decision,
) -> Captured:
    code = situation.code
    product = store.catalog.product(code.product) if code.product else None
    match decision:
        case Refuse(problems):
            return Captured(scanned, code, Outcome.REFUSED, problems, (), None, situation.state, product)
        case Ask(problems, needs):
            return Captured(scanned, code, Outcome.ASKED, problems, needs, None, situation.state, product)
        case Repeat(problems):
            return Captured(
                scanned, code, Outcome.REPEATED, problems, (), situation.last, situation.state, product
            )
        case Accept():
            event = mint(store, workplace, scanned, intent, moment, situation, decision)
            store.append(event, workplace.wire(event))
            return Captured(
                scanned, code, Outcome.ACCEPTED, decision.problems, (), event, situation.state, product
            )


def mint(
    store: Store,
    workplace: Workplace,
    scanned: Scanned,
    intent: Intent,
    moment: Moment,
    situation: Situation,
    decision: Accept,
) -> Event:
    """The event of an accepted scan; its id is made here, once, and never changes."""
    code = situation.code
    manual = decision.by_hand or scanned.entry is Entry.MANUAL
    facts = PackFacts(
        key=code.key or "",
        kind=code.kind,
        product=code.product,
        serial=code.serial,
        lot=decision.lot,
        expiry=decision.expiry,
        expiry_precision=decision.expiry_precision,
        production=code.production,
        level=code.level,
        symbology=scanned.symbology,
        entry="manual" if manual else "scan",
        state=decision.state,
    )
    return Event(
        event_id=new_event_id(moment),
        ledger_id=store.ledger_id,
        seq=store.head.seq + 1,
        kind=intent.verb,
        moment=moment,
        device_id=store.device_id,
        operator=intent.operator,
        place=workplace.dock if intent.verb == "receive" else workplace.counter,
        packs=(facts,),
        partner=intent.partner,
        documents=intent.documents,
        reason=intent.reason,
        flags=decision.flags,
    )
