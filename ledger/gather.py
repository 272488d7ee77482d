"""Everything that counts for one decision, looked up once: from a code and an intent to a situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.casegrants import case_grants
from ledger.codes.code import Code, Entry, Kind, Level, Problem
from ledger.codes.identify import identify
from ledger.event import Event, EventKind, PackFacts
from ledger.expectation import Expectation
from ledger.grants import wanted
from ledger.inside import apart_before, barred, contents
from ledger.merge import standing
from ledger.moment import Moment
from ledger.outer import may_hold
from ledger.pack import Pack, State, heap_key
from ledger.patients import Patients
from ledger.prescription import Prescription
from ledger.recognised import as_declared, as_known
from ledger.roles import Act
from ledger.shipment import PRESCRIPTION, SHIPMENT, UNIT
from ledger.situation import Intent, Policy, Situation
from ledger.store import Store
from ledger.tasks.contents import MOVES_ITS_CONTENTS
from ledger.tasks.give_back import facts_before
from ledger.tasks.receive import ARRIVALS

if TYPE_CHECKING:
    from ledger.product import Product


def gather(
    store: Store,
    policy: Policy,
    institution: str,
    code: Code,
    intent: Intent,
    moment: Moment,
    *,
    typed: bool = False,
) -> Situation:
    """The situation of one scan. Look-ups are by index, so they stay flat however long the ledger grows.

    `typed` where the code was typed by hand.
    """
    verb, lot = intent.verb, code.lot or intent.lot
    key = code.key or (heap_key(code.product, lot) if code.product and lot else None)
    pack = _known(store, verb, key) if key else None
    if pack and not pack.is_heap:
        code = as_known(code, pack)
    elif pack is None and code.key and not code.product:
        code = as_declared(store, code, code.key)
    record = pack if pack and pack.state is not State.UNKNOWN else None
    # What was recorded when it came counts before what somebody types now.
    lot = code.lot or (record.lot if record else None) or intent.lot
    # The latest time on record is the floor: setting the clock back cannot revive an expired pack.
    now = moment.reckoned(store.head.at)
    today = now.date()
    recorded = _recorded(store, intent, pack) if pack else ()
    history = standing(recorded) if recorded else ()
    last = history[-1] if history else None
    product = store.catalog.product(code.product) if code.product else None
    found: dict[str, Any] = {
        "code": code,
        "today": today,
        "now": now,
        "policy": policy,
        "device_id": store.device_id,
        "pack": pack,
        "last": last,
        "history": history,
        "product": product,
    }
    if recorded and recorded[-1].kind is EventKind.VOID:
        found["voided"] = recorded[-1]
    if code.kind is Kind.CN20 and code.key and not pack:
        found["twin"] = store.site.twin_of(code.key)
    if store.people.any():
        found |= _rights(store, intent, today, last)
    found |= _papers(store, intent, institution, today, code, lot, pack, product)
    if code.product and lot and not code.expiry and not (record and record.expiry):
        found["lot_expiry"] = store.site.expiry_of(code.product, lot)
    if pack and verb in _GIVEN_AWAY:
        found["stopped"] = store.worklist.said("contradicted", pack.key)
    if verb is EventKind.DISPENSE and code.product:
        expiry = code.expiry or (pack.expiry if pack else None) or intent.expiry
        found["earlier"] = store.site.first_to_expire(code.product, today, expiry) if expiry else None
    if typed and pack is None and code.accepted and code.key:
        found["typed"] = _typed(store, code, code.key, intent)
    if code.key is None and code.product and lot:
        found["set_apart"] = store.site.known(heap_key(code.product, lot, quarantined=True))
    if pack is not None and not (pack.is_heap and verb is not EventKind.VOID):
        around = _around(store, intent, pack, history)
        if "tree" in found and "barred_inside" in around:
            around["barred_inside"] |= found["barred_inside"]
        found |= around
        if verb is EventKind.TRANSFER_OUT and found.get("inside"):
            found |= case_grants(store, intent.partner or "", today, found["inside"])
    return Situation(**found)


def _around(store: Store, intent: Intent, pack: Pack, history: tuple[Event, ...]) -> dict[str, Any]:
    """What a task on a known pack concerns beside it: what lies in it, its case, another label, what a void undoes."""
    verb = intent.verb
    if verb is EventKind.UNPACK:
        return {"inside": store.site.inside(pack.key)}
    if verb is EventKind.VOID:
        return _voiding(store, history[-1]) if history else {}
    found = contents(store, pack.key) if verb in MOVES_ITS_CONTENTS else {}
    if apart := apart_before(store, verb, pack, history, found.get("inside", ())):
        found["apart_before"] = apart
    if verb is EventKind.PACK and intent.parent and intent.parent.key:
        found["parent"] = store.site.known(intent.parent.key)
        found["parent_holds"] = may_hold(store, intent.parent)
    if verb is EventKind.LABEL and intent.label and intent.label.key:
        found["label_taken"] = store.site.known(intent.label.key) is not None
    return found


def _typed(store: Store, code: Code, key: str, intent: Intent) -> str:
    """What is to be said of an unknown code that was typed: nothing once the same person has typed it twice alike."""
    if any(store.documents.names(ref.kind, ref.number, key) for ref in intent.documents):
        return ""
    last = store.last_scan()
    if last is None or last.source != Entry.MANUAL or last.operator != intent.operator:
        return "once"
    if last.outcome != "asked":
        return "once"
    before = identify(last.text, entry=Entry.MANUAL).key
    if before == key or last.text == code.input:
        return ""
    return "differs" if last.problem.startswith("typed_") else "once"


def _known(store: Store, verb: EventKind, key: str) -> Pack | None:
    """The pack as it stands for the whole site; only a void is about this ledger's own record alone."""
    return store.look_up(key) if verb is EventKind.VOID else store.site.known(key)


def _recorded(store: Store, intent: Intent, pack: Pack) -> tuple[Event, ...]:
    if pack.is_heap:
        return _lately(store, intent, pack.pack_id)
    return store.events_of(pack.pack_id) if intent.verb is EventKind.VOID else store.site.story(pack)


def _lately(store: Store, intent: Intent, pack_id: int) -> tuple[Event, ...]:
    """As much of a heap's history as the verb looks at: all that ever came and went of it would be too much."""
    if intent.verb is EventKind.VOID:
        turns = iter((False, True))  # the one that is voided, and how the heap stood before it
        return store.latest_of(pack_id, lambda _: next(turns, True))
    named = set(intent.documents)

    def enough(event: Event) -> bool:
        if intent.verb is EventKind.UNDO:  # what it takes back
            return event.kind is EventKind.DISPENSE and named <= set(event.documents)
        return event.kind is not EventKind.ADOPTED

    lately = store.latest_of(pack_id, enough)
    return tuple(one for one in lately if one.kind is not EventKind.ADOPTED)


def _rights(store: Store, intent: Intent, today: date, last: Event | None) -> dict[str, Any]:
    """Who may do this, asked inside the transaction that does it; asked only where somebody is registered."""
    people = store.people
    refusal = people.judge(intent.operator, Act(intent.verb.value), today)
    if refusal is None and intent.second is not None:
        refusal = people.judge(intent.second, Act.WITNESS, today)
    if refusal is None and intent.verb is EventKind.VOID and last and last.operator != intent.operator:
        refusal = people.judge(intent.operator, Act.VOID_OTHERS, today)
    both = (intent.operator, intent.second)
    may_override = any(one and people.judge(one, Act.OVERRIDE, today) is None for one in both)
    problem = Problem(refusal.code, params=refusal.params) if refusal else None
    return {"refusal": problem, "may_override": may_override}


def _papers(
    store: Store,
    intent: Intent,
    institution: str,
    today: date,
    code: Code,
    lot: str | None,
    pack: Pack | None,
    product: Product | None,
) -> dict[str, Any]:
    """Recalls, the document's expectation, prescription, approvals, and the tree of a case."""
    verb = intent.verb
    found: dict[str, Any] = {}
    if code.product and verb in _RECALL_COUNTS:
        found["recalls"] = store.recalls.recalls_of(code.product, lot, code.serial, code.key)
    document = next((ref for ref in intent.documents if ref.kind in _PAPERS), None)
    if document and verb in (*ARRIVALS, EventKind.DISPENSE):
        found["expectation"] = store.documents.expectation(
            document.number, code.key, code.product, lot, kind=document.kind, fresh=pack is None
        )
        if verb is EventKind.DISPENSE:
            found["prescription"] = store.documents.prescription(document.number)
            if document.kind == PRESCRIPTION and code.product:
                found["expectation"] = _less_elsewhere(
                    store, found["expectation"], document.number, code.product
                )
    if verb is EventKind.DISPENSE:
        found |= _patient(store, intent, found.get("prescription"), code.product)
    if product and product.needs_approval and code.product and verb in _APPROVED:
        patient = found.get("patient")
        holder = intent.partner if verb is EventKind.TRANSFER_OUT else institution
        shipping = verb is EventKind.TRANSFER_OUT
        found["approvals"] = store.documents.approvals_for(
            code.product,
            holder or "",
            patient,
            today,
            lot,
            shipping=shipping,
            wanted=wanted(code, intent, product),
            opened=code.key if intent.quantity is not None else None,
        )
    if verb in ARRIVALS and code.key and code.level is Level.CASE:
        declared = store.trees.packs(code.key)
        found["tree"] = tuple(child for child in declared if _unknown(store, child.key))
        found["tree_known"] = bool(declared)
        found["barred_inside"] = barred(store, found["tree"])
    return found


def _patient(
    store: Store, intent: Intent, prescription: Prescription | None, product: str | None
) -> dict[str, Any]:
    """Who gets it, where the person or the prescription says so; whether erased, and what was given last."""
    patient = intent.patient or (prescription.patient if prescription else None)
    if patient is None:
        return {}
    erased = not patient or Patients.of(store).keys.erased(patient)
    supply = store.documents.last_supply(patient, product) if patient and product else None
    if supply and prescription and supply.number == prescription.number:
        supply = None  # more of the same supply
    return {"patient": patient or None, "patient_erased": erased, "last_supply": supply}


def _less_elsewhere(store: Store, said: Expectation, number: str, product: str) -> Expectation:
    """What a prescription still wants, less what other counters have handed out on it."""
    packs, units = store.site.handed_out(PRESCRIPTION, number, store.catalog.identifiers(product))
    if not (packs or units) or said.open_quantity is None:
        return said
    size = store.catalog.pack_size(product)
    if said.line is not None and said.line.unit == UNIT:
        taken = units + packs * (size or 0)
        left = max(0, said.open_quantity - taken)
        return replace(said, open_quantity=left, open_units=left if said.open_units is not None else None)
    whole = packs + (-(-units // size) if size else min(1, units))
    left_units = None if said.open_units is None else max(0, said.open_units - units - packs * (size or 0))
    return replace(said, open_quantity=max(0, said.open_quantity - whole), open_units=left_units)


def _unknown(store: Store, key: str) -> bool:
    pack = store.site.known(key)
    return pack is None or pack.state is State.UNKNOWN


_PAPERS = frozenset({SHIPMENT, PRESCRIPTION, "transfer"})
_RECALL_COUNTS = frozenset(
    {
        *ARRIVALS,
        EventKind.DISPENSE,
        EventKind.UNDO,
        EventKind.TRANSFER_OUT,
        EventKind.RELEASE,
        EventKind.COUNT,
    }
)
_GIVEN_AWAY = frozenset({EventKind.DISPENSE, EventKind.TRANSFER_OUT, EventKind.RELEASE})
"""Verbs that bring a pack nearer to a patient: none while the platform speaks against it."""
_APPROVED = frozenset({EventKind.DISPENSE, EventKind.TRANSFER_OUT})


def _voiding(store: Store, target: Event) -> dict[str, Any]:
    """What voiding the event would give back, pack by pack, and what stands in its way."""
    voidable: list[tuple[Pack, PackFacts | None]] = []
    later: Event | None = None
    read: dict[int, Event] = {}  # the packs of a case share their events
    for facts in target.packs:
        pack = store.look_up(facts.key)
        assert pack is not None, "an event's packs are in the projection"
        history = standing(store.latest_of(pack.pack_id, lambda event: event.seq < target.seq, read))
        if history[-1].seq != target.seq:
            later = history[-1]
        voidable.append((pack, facts_before(history, target, facts.key)))
    return {"voidable": tuple(voidable), "stands_on": later}
