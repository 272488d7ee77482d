"""Expected shipments out of EPCIS: what a supplier says it has shipped here, and what lies in its cases.

One shipping event is one despatch advice, or a part of one: its documents give the number, its packs the lines.
Cases are looked into by the events that packed them. A shipment that the platform also gives as a document of its
own (reference data) is left to that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from ledger.clock import Clock
from ledger.event import PackFacts
from ledger.importing import load, withdraw
from ledger.pulled import Cursor
from ledger.reference import shipment
from ledger.shipment import SHIPMENT
from ledger.store import Store
from sync.contract import read
from sync.epcis import Wire
from sync.eventpull import EventPull
from sync.foreign import dicts, document_of, event_key, labelled, texts, word
from sync.meeting import Run
from sync.platform import EVENTS_LIMIT, Platform
from sync.readback import class_of, pack_of, place_of
from sync.replies import event_list

NAME = "arrivals"
"""Name of the cursor, and of what was taken."""
AT_ONCE = 20
"""Cases asked about in one question."""
INSIDE = "inside"
"""Where the events that packed the cases of a shipment are put beside it."""

_PARTY = re.compile(r"https://id\.gs1\.org/41[47]/([0-9]{13})").fullmatch
Item = dict[str, Any]


def arrivals(run: Run, platform: Platform, clock: Clock, wire: Wire) -> EventPull:
    """What is on its way to this site."""

    def take(store: Store, events: list[dict[str, Any]]) -> int:
        return sum(expect(store, clock, wire, body) for body in events)

    question = {"EQ_bizStep": "shipping", "EQ_destination_location": wire.site}
    return EventPull(
        run, platform, clock, NAME, question, take, lambda events: _looked_into(platform, wire, events)
    )


def expect(store: Store, clock: Clock, wire: Wire, body: Mapping[str, Any]) -> bool:
    """Take one shipping event, inside the caller's transaction; False where it is known or says nothing."""
    item, name = shipment_of(body, wire), event_key(body.get("eventID"))
    if item is None or name is None:
        return False
    number = str(item["number"])
    if store.pulled.holds("shipments", number):
        return False
    if "errorDeclaration" in body:
        return bool(store.pulled.gone(NAME, [name])) and bool(withdraw(store, "shipments", [number]))
    if store.pulled.holds(NAME, name):
        return False
    store.pulled.given(NAME, [name], Cursor(NAME).load)
    load(store, "trees", list(_trees(body, wire)), clock)
    known = shipment(store, SHIPMENT, number)
    if known is not None:
        item["lines"] = _numbered([*known["lines"], *item["lines"]])
    report = load(store, "shipments", [item], clock)
    if report.bad:
        store.pulled.refuse(NAME, name, report.bad[0].code)
    return report.taken > 0


def shipment_of(body: Mapping[str, Any], wire: Wire) -> Item | None:
    """The shipment that a shipping event tells of, as an item of reference data; None where it is none of ours."""
    if word(body.get("bizStep")) != "shipping" or word(body.get("disposition")) not in ("in_transit", ""):
        return None
    if not _comes_here(body, wire):
        return None
    refs = [ref for one in dicts(body.get("bizTransactionList")) if (ref := document_of(one, wire))]
    number = next((ref.number for ref in refs if ref.kind == SHIPMENT), refs[0].number if refs else "")
    lines = _lines(body, wire)
    if not number or not lines:
        return None
    return {"number": number, "kind": SHIPMENT, "partner": _sender(body), "day": _day(body), "lines": lines}


def _lines(body: Mapping[str, Any], wire: Wire) -> list[Item]:
    """Packs by product, lot and expiry, with their serials; goods without serial by number."""
    packs: dict[str, PackFacts] = {}
    cases = []
    for facts in _packs(body, "epcList", wire):
        if facts.key.startswith("sscc:"):
            cases.append(facts.key)
        else:
            packs[facts.key] = facts
    for inside in dicts(body.get(INSIDE)):
        packs.update({one.key: one for one in _packs(inside, "childEPCs", wire)})
    lines: dict[tuple[str, str, str], Item] = {}
    for facts in packs.values():
        if facts.product is None:
            continue
        expiry = facts.expiry.isoformat() if facts.expiry else ""
        line = lines.setdefault(
            (facts.product, facts.lot or "", expiry),
            {
                "product": facts.product,
                "lot": facts.lot,
                "expiry": expiry or None,
                "quantity": 0,
                "serials": [],
            },
        )
        line["quantity"] += 1
        line["serials"].append(facts.key)
    found = list(lines.values())
    for one in dicts(body.get("quantityList")):
        goods, quantity = class_of(str(one.get("epcClass", "")), wire.org_base), one.get("quantity")
        if goods is not None and type(quantity) is int and 0 < quantity < 10**6:
            found.append({"product": goods.product, "lot": goods.lot, "quantity": quantity})
    if found and cases:
        found[0]["cases"] = cases
    return _numbered(found)


def _numbered(lines: list[Item]) -> list[Item]:
    return [{**line, "line": number} for number, line in enumerate(lines, 1)]


def _trees(body: Mapping[str, Any], wire: Wire) -> Iterator[Item]:
    for inside in dicts(body.get(INSIDE)):
        parent = pack_of(str(inside.get("parentID", "")), wire.org_base)
        children = [
            {
                "code": one.key,
                "lot": one.lot,
                "expiry": one.expiry.isoformat() if one.expiry else None,
            }
            for one in _packs(inside, "childEPCs", wire)
        ]
        if parent is not None and children:
            yield {"parent": parent.key, "lines": children}


def _packs(body: Mapping[str, Any], name: str, wire: Wire) -> Iterator[PackFacts]:
    scans = {str(one.get("td:epc")): one for one in dicts(body.get("td:scans"))}
    for uri in texts(body.get(name)):
        facts = pack_of(uri, wire.org_base)
        if facts is not None:
            yield labelled(facts, scans.get(uri))


def _looked_into(platform: Platform, wire: Wire, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The shipping events with the packing events of their cases beside them."""
    cases = {
        uri
        for body in events
        for uri in texts(body.get("epcList"))
        if (facts := pack_of(uri, wire.org_base)) and facts.key.startswith("sscc:")
    }
    packed: dict[str, dict[str, Any]] = {}
    wanted = sorted(cases)
    for start in range(0, len(wanted), AT_ONCE):
        asked = {
            "EQ_action": "ADD",
            "MATCH_parentID": "|".join(wanted[start : start + AT_ONCE]),
            "perPage": "100",
        }
        reply = platform.exchange(
            "GET", f"events?{urlencode(asked, quote_via=quote, safe='')}", limit=EVENTS_LIMIT
        )
        if reply.status in (400, 404, 405, 501) and not reply.is_html:
            break  # a platform that cannot be asked what lies in a case: the case itself is expected
        platform.judge(reply)
        for body in event_list(read(reply.body)) or []:
            packed[str(body.get("parentID"))] = body
    return [
        {**body, INSIDE: [packed[uri] for uri in texts(body.get("epcList")) if uri in packed]}
        for body in events
    ]


def _comes_here(body: Mapping[str, Any], wire: Wire) -> bool:
    places = (
        one.get("destination")
        for one in dicts(body.get("destinationList"))
        if word(one.get("type")) == "location"
    )
    return any(isinstance(place, str) and wire.is_here(place_of(place)) for place in places)


def _sender(body: Mapping[str, Any]) -> str | None:
    for kind in ("possessing_party", "owning_party", "location"):
        for one in dicts(body.get("sourceList")):
            if word(one.get("type")) == kind and (match := _PARTY(str(one.get("source")))):
                return match[1]
    return None


def _day(body: Mapping[str, Any]) -> str | None:
    try:
        day: date = datetime.fromisoformat(str(body.get("eventTime"))).date()
    except ValueError:
        return None
    return day.isoformat()
