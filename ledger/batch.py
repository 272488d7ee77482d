"""Records and packs chosen from a list instead of scanned: the last record, everything of one delivery.

Each pack is judged for itself, by the same rules as at a scan, and answers for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ledger.capture import Captured, Scanned, Workplace, act
from ledger.codes.code import Code, Entry
from ledger.event import ABOUT_PACKS, DocumentRef, Event, EventKind, PackFacts
from ledger.gather import gather
from ledger.merge import standing
from ledger.pack import State
from ledger.rules import decide
from ledger.situation import Intent
from ledger.store import Store
from ledger.tasks.receive import ARRIVALS

FAR = 500
"""So many records back the last one of a person is looked for."""


def last_record(store: Store, operator: str) -> Event | None:
    """The latest record about packs that the operator made at this workstation and that still stands."""
    for seq in range(store.head.seq, max(store.head.seq - FAR, 0), -1):
        event = store.event_at(seq)
        if event is None or event.kind not in ABOUT_PACKS or event.kind is EventKind.VOID:
            continue
        if event.operator != operator or event.device_id != store.device_id:
            continue
        pack = store.look_up(event.packs[0].key)
        if pack is not None and event in standing(_since(store, pack.pack_id, event)):
            return event
    return None


def _since(store: Store, pack_id: int, event: Event) -> tuple[Event, ...]:
    """The pack's history from an event that may have been voided."""
    return store.latest_of(pack_id, lambda one: one.seq <= event.seq)


def set_apart(
    store: Store, workplace: Workplace, ref: DocumentRef, intent: Intent, lot: str | None = None
) -> tuple[Captured, ...]:
    """Quarantine everything that came under a delivery and is still on the shelf, or one lot of it.

    Inside the writer's transaction. What lies in a case goes with the case; of goods without serial as many as
    came, if so many are left.
    """
    wanted = replace(intent, verb=EventKind.QUARANTINE, documents=(*intent.documents, ref))
    answers: list[Captured] = []
    done: set[str] = set()
    arrived = _under(store, ref, ARRIVALS)
    numbers: Counter[str] = Counter()
    for facts in arrived:
        numbers[facts.key] += facts.quantity or 0
    for facts in _under(store, ref, (EventKind.QUARANTINE,)):
        numbers[facts.key] -= facts.quantity or 0
    for facts in sorted(arrived, key=lambda one: (one.parent is not None, one.key)):
        if (lot and facts.lot != lot) or facts.key in done:
            continue
        pack = store.look_up(facts.key)
        if pack is None or pack.state not in (State.IN_STOCK, State.OPENED):
            continue
        this = wanted
        if pack.is_heap:
            left = min(numbers[facts.key], pack.remaining or 0)
            done.add(facts.key)
            if left <= 0:
                continue
            this = replace(wanted, quantity=left, lot=facts.lot)
        answer = _on(store, workplace, facts, this)
        answers.append(answer)
        if answer.event is not None:
            done.update(one.key for one in answer.event.packs)
    return tuple(answers)


def _under(store: Store, ref: DocumentRef, kinds: Sequence[EventKind]) -> list[PackFacts]:
    """The packs of the events of these kinds that name the document and were not declared wrong."""
    found: list[PackFacts] = []
    for event in store.events_under(ref.kind, ref.number):
        if event.kind in kinds:
            pack = store.look_up(event.packs[0].key)
            if pack is not None and event in standing(store.events_of(pack.pack_id)):
                found += event.packs
    return found


def _on(store: Store, workplace: Workplace, facts: PackFacts, intent: Intent) -> Captured:
    """What a scan of this pack would do; of goods without serial, a scan of their product and lot."""
    moment = workplace.clock.now(store.head.at)
    key = None if facts.key.startswith("heap:") else facts.key
    code = Code(facts.key, facts.kind, key, facts.product, facts.serial, facts.lot)
    situation = gather(store, workplace.policy, workplace.institution, code, intent, moment)
    scanned = Scanned(facts.key, Entry.MANUAL)
    return act(store, workplace, scanned, intent, moment, situation, decide(situation, intent))
