"""EPCIS events of the site's other workstations, read back into the ledger's own form.

The reverse of sync/epcis.py, and lenient where that is strict: platforms write the same thing otherwise, other
software says less. What is not about packs of this site, or cannot be understood, is no event here: None.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import Moment
from ledger.pack import State
from sync.agreement import bare
from sync.epcis import Wire
from sync.readback import class_of, pack_of, place_of

MOST_PACKS = 5000
TEXT = 200

_K = EventKind
_SET_APART = frozenset(
    {"damaged", "expired", "recalled", "non_sellable_other", "mismatch_instance", "mismatch_class"}
)
_GONE = frozenset({"destroying", "decommissioning", "killing", "sampling"})
_CBV_BT = re.compile(r"urn:epcglobal:cbv:bt:([0-9]{13}):(.+)").fullmatch
_HALF = re.compile("[\ud800-\udfff]").search  # half a character: JSON can tell it, no name can hold it
_APART_TOO = frozenset({_K.QUARANTINE, _K.RETURN, _K.RELEASE})
"""Kinds by which packs of a heap go to the quarantined one beside it, or come from it."""


@dataclass(frozen=True, slots=True)
class Voided:
    """A record of another workstation that it declared wrong."""

    event_id: str
    declared: str


def read_event(body: Mapping[str, Any], wire: Wire) -> Event | Voided | None:
    """What an event of the platform says; None where it says nothing about packs of this site."""
    event_id, at = event_key(body.get("eventID")), _time(body.get("eventTime"))
    if event_id is None or at is None or not _is_here(body, wire):
        return None
    declaration = body.get("errorDeclaration")
    if isinstance(declaration, dict):
        declared = str(declaration.get("declarationTime", ""))[:TEXT]
        return Voided(event_id, declared.encode("ascii", "replace").decode())
    kind, state = _kind_of(body)
    if kind is None:
        return None
    recorded = _time(body.get("recordTime"))
    if recorded is not None and recorded < at:
        # The clock over there is ahead: it cannot have happened after this.
        at = recorded.astimezone(at.tzinfo)
    packs = _packs(body, wire, kind, state)
    if not packs:
        return None
    seq = body.get("td:deviceSeq")
    place = body.get("readPoint")
    return Event(
        event_id=event_id,
        ledger_id="",
        seq=seq if type(seq) is int and 0 < seq < 2**53 else 0,
        kind=kind,
        moment=Moment(at, 0, "", "wall"),
        device_id=event_key(body.get("td:deviceID")) or "",
        operator=_last(body.get("td:operatorID")),
        place=_last(place.get("id")) if isinstance(place, dict) else "",
        packs=packs,
        documents=_documents(body.get("bizTransactionList"), wire),
        reason=None,
        detail=tuple(_detail(body, kind, wire)),
    )


def _kind_of(body: Mapping[str, Any]) -> tuple[EventKind | None, str]:
    """The kind of event, and the state that it leads to where the wire tells more than the kind does."""
    step, disposition = word(body.get("bizStep")), word(body.get("disposition"))
    action = body.get("action")
    apart = State.QUARANTINED if disposition in _SET_APART else ""
    if step == "receiving":
        if disposition == "returned":
            return (_K.RETURN if "td:restockDecision" in body or body.get("sourceList") else _K.UNDO), ""
        return (_K.TRANSFER_IN if _is_transfer(body) else _K.RECEIVE), apart
    if step == "shipping":
        return {"returned": _K.SUPPLIER_RETURN, "disposed": _K.DESTROY}.get(disposition, _K.TRANSFER_OUT), ""
    if step in ("cycle_counting", "stock_taking"):
        return _K.COUNT, State.LOST if disposition in ("unknown", "stolen") else ""
    if step in _GONE:
        return (_K.DESTROY if action == "DELETE" else None), ""
    if step == "other":
        return (_K.LABEL if isinstance(body.get("td:label"), str) else None), ""
    plain = {
        "dispensing": _K.DISPENSE,
        "storing": _K.MOVE,
        "stocking": _K.MOVE,
        "holding": _K.QUARANTINE,
        "inspecting": _K.RELEASE,
        "packing": _K.PACK,
        "unpacking": _K.UNPACK,
        "void_shipping": _K.UNDO,
    }
    return plain.get(step), ""


def _is_transfer(body: Mapping[str, Any]) -> bool:
    """Between two sites of one owner: the goods change hands, not owners."""
    kinds = {word(one.get("type")) for one in dicts(body.get("sourceList"))}
    return "possessing_party" in kinds and "location" in kinds and "owning_party" not in kinds


def _packs(body: Mapping[str, Any], wire: Wire, kind: EventKind, state: str) -> tuple[PackFacts, ...]:
    host = wire.org_base
    scans = {str(one.get("td:epc")): one for one in dicts(body.get("td:scans"))}
    found: dict[str, PackFacts] = {}
    uris = [*texts(body.get("epcList")), *texts(body.get("childEPCs"))][:MOST_PACKS]
    parent = pack_of(str(body.get("parentID", "")), host)
    for uri in uris:
        facts = pack_of(uri, host)
        if facts is not None:
            found[facts.key] = replace(labelled(facts, scans.get(uri)), state=state)
    if parent is not None and kind in (_K.PACK, _K.UNPACK):
        inside = parent.key if kind is _K.PACK else None
        found = {key: replace(facts, parent=inside) for key, facts in found.items()}
        found.setdefault(parent.key, parent)
    elif kind in (_K.RECEIVE, _K.TRANSFER_IN):
        found = _in_its_case(found)
    amounts = _amounts(body)
    if len(found) == 1 and amounts:
        key, facts = next(iter(found.items()))
        found[key] = replace(facts, quantity=amounts[0], remaining=amounts[1])
    for item in [*dicts(body.get("quantityList")), *dicts(body.get("childQuantityList"))][:MOST_PACKS]:
        for heap in _heaps(item, scans, host, kind, state):
            found.setdefault(heap.key, heap)
    return tuple(found.values())


def _in_its_case(found: dict[str, PackFacts]) -> dict[str, PackFacts]:
    """One case and packs that arrive in one scan: the packs lie in it."""
    cases = [key for key in found if key.startswith("sscc:")]
    if len(cases) != 1 or len(found) == 1:
        return found
    return {
        key: facts if key == cases[0] else replace(facts, parent=cases[0]) for key, facts in found.items()
    }


def _heaps(
    item: Mapping[str, Any], scans: Mapping[str, Mapping[str, Any]], host: str, kind: EventKind, state: str
) -> list[PackFacts]:
    uri, quantity = item.get("epcClass"), item.get("quantity")
    goods = class_of(uri, host) if isinstance(uri, str) else None
    if goods is None or "uom" in item or isinstance(quantity, bool) or not isinstance(quantity, int | float):
        return []
    if not 0 < quantity < 10**9 or quantity != int(quantity):
        return []
    count, scan = int(quantity), scans.get(str(uri))
    shelf = goods.facts(count)
    apart = goods.facts(count, quarantined=True)
    if shelf is None or apart is None:
        return []
    if state == State.QUARANTINED:
        return [replace(labelled(apart, scan), state=State.QUARANTINED)]
    heaps = [replace(labelled(shelf, scan), state=State.IN_STOCK)]
    if kind in _APART_TOO:
        heaps.append(replace(labelled(apart, scan), state=State.QUARANTINED))
    return heaps


def labelled(facts: PackFacts, scan: Mapping[str, Any] | None) -> PackFacts:
    """The pack with what code or label said of lot and expiry."""
    if scan is None:
        return facts
    lot, expiry = scan.get("td:lotNumber"), scan.get("td:itemExpirationDate")
    last_day = None
    if isinstance(expiry, str):
        try:
            last_day = date.fromisoformat(expiry[:10])
        except ValueError:
            last_day = None
    return replace(
        facts,
        lot=lot if isinstance(lot, str) and lot.isprintable() and 0 < len(lot) <= 50 else facts.lot,
        expiry=last_day,
        expiry_precision="day" if last_day else None,
        entry="manual" if scan.get("td:entryMode") == "manual" else "scan",
    )


def _amounts(body: Mapping[str, Any]) -> tuple[int, int | None] | None:
    """Units of an opened pack that the event is about, and those that are left."""
    for name in ("td:dispensedAmount", "td:returnedAmount"):
        taken = _amount(body.get(name))
        if taken is not None:
            return taken, _amount(body.get("td:remainingAmount"))
    return None


def _amount(value: object) -> int | None:
    number = value.get("td:value") if isinstance(value, dict) else None
    return number if type(number) is int and 0 <= number < 10**9 else None


def _detail(body: Mapping[str, Any], kind: EventKind, wire: Wire) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    related = event_key(body.get("td:relatedEventID"))
    if related and kind in (_K.UNDO, _K.RETURN):
        told.append(("undoes" if kind is _K.UNDO else "returns", related))
    if kind is _K.LABEL and (label := pack_of(str(body.get("td:label")), wire.org_base)):
        told.append(("label", label.key))
    if kind in (_K.PACK, _K.UNPACK) and (parent := pack_of(str(body.get("parentID", "")), wire.org_base)):
        told.append(("parent", parent.key))
    return told


def _documents(listed: object, wire: Wire) -> tuple[DocumentRef, ...]:
    found = []
    for one in dicts(listed)[:20]:
        ref = document_of(one, wire)
        if ref is not None:
            found.append(ref)
    return tuple(found)


def document_of(entry: Mapping[str, Any], wire: Wire) -> DocumentRef | None:
    """The document that a bizTransaction names; None where it is not said in a way that is known here."""
    uri, type_ = entry.get("bizTransaction"), entry.get("type")
    if not isinstance(uri, str) or len(uri) > 256:
        return None
    kind = word(type_).removeprefix(f"{wire.namespace}BTT-").removeprefix("td:BTT-")
    if match := _CBV_BT(uri):
        number, issuer = unquote(match[2]), match[1]
    else:
        path, _, number = uri.rpartition("/")
        number, issuer = unquote(number), None
        if "/bt/" in path:
            kind = kind or unquote(path.rpartition("/")[2])
    if not kind or not number or not (kind + number).isprintable() or len(number) > 100:
        return None
    return DocumentRef(kind, number, issuer)


def _is_here(body: Mapping[str, Any], wire: Wire) -> bool:
    for name in ("readPoint", "bizLocation"):
        place = body.get(name)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            return wire.is_here(place_of(place["id"]))
    return False


def event_key(value: object) -> str | None:
    """A UUID as text, out of a URN; other ids of events become one by name, so that they stay the same."""
    if not isinstance(value, str) or not value or len(value) > 256 or _HALF(value):
        return None
    try:
        return str(uuid.UUID(value.removeprefix("urn:uuid:")))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, value))


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None or not 2000 <= moment.year < 2200:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def word(value: object) -> str:
    """A word of the vocabulary as it stands bare; empty for what is none."""
    return bare(value) if isinstance(value, str) and len(value) <= 256 else ""


def _last(value: object) -> str:
    """The last part of a URI, where it can stand as the name of a person or a place."""
    if not isinstance(value, str) or len(value) > 256:
        return ""
    name = unquote(value.rpartition("/")[2])
    return name if name.isprintable() and len(name) <= 60 else ""


def dicts(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts of a list; none where it is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
