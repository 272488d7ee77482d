"""Shipments that a supplier tells of by EPCIS are expected here, down to the packs in its cases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from ledger.capture import Outcome
from ledger.event import DocumentRef, EventKind
from sync.sandbox import Sandbox
from tests.ledger.counter import GTIN
from tests.sync.books import WIRE
from tests.sync.site import GLN, Workstation, gs1

SSCC = "https://id.gs1.org/00/095212340000000013"
SUPPLIER = "9521234000006"
LOTS = [
    {
        "td:epc": f"https://id.gs1.org/01/{GTIN}/21/S{n}",
        "td:lotNumber": "L1",
        "td:itemExpirationDate": "2028-01-31",
    }
    for n in range(4)
]


def uri(serial: str) -> str:
    return f"https://id.gs1.org/01/{GTIN}/21/{serial}"


def send(sandbox: Sandbox, *events: dict[str, Any]) -> None:
    """Another party's software captures events."""
    document = WIRE.document([json.dumps(one).encode() for one in events], datetime.now(UTC), "supplier-1")
    reply = httpx.post(
        f"{sandbox.url}/capture",
        content=document,
        headers={"Content-Type": "application/json"},
        trust_env=False,
    )
    assert reply.status_code == 202, reply.text
    job = httpx.get(f"{sandbox.url}{reply.headers['Location']}", trust_env=False).json()
    assert job["success"], job


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0195f0c0-0000-7000-8000-{number:012d}",
        "eventTime": "2026-11-20T09:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "readPoint": {"id": f"https://id.gs1.org/414/{SUPPLIER}"},
        **fields,
    }


def shipping(number: int, delivery: str, *, to: str = GLN, **fields: Any) -> dict[str, Any]:
    return event(
        number,
        bizStep="shipping",
        disposition="in_transit",
        bizTransactionList=[
            {"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:{SUPPLIER}:{delivery}"}
        ],
        sourceList=[{"type": "possessing_party", "source": f"https://id.gs1.org/417/{SUPPLIER}"}],
        destinationList=[{"type": "location", "destination": f"https://id.gs1.org/414/{to}"}],
        **fields,
    )


def packing(number: int, children: list[str]) -> dict[str, Any]:
    body = event(number, bizStep="packing", disposition="in_progress", parentID=SSCC, childEPCs=children)
    return {**body, "type": "AggregationEvent", "action": "ADD", "td:scans": LOTS}


def receive(desk: Workstation, text: str, delivery: str) -> Any:
    from dataclasses import replace

    from ledger.capture import Scanned, capture
    from ledger.codes.code import Entry
    from tests.ledger.counter import intent_of

    wanted = replace(intent_of(EventKind.RECEIVE), documents=(DocumentRef("desadv", delivery, SUPPLIER),))
    return desk.of(lambda store: capture(store, desk.workplace, Scanned(text, Entry.WEDGE), wanted))


def test_what_was_shipped_is_expected(desk: Workstation, sandbox: Sandbox) -> None:
    send(
        sandbox,
        shipping(1, "DN-1", epcList=[uri("S0"), uri("S1")], **{"td:scans": LOTS}),
        shipping(2, "DN-9", to="9521999000020", epcList=[uri("S9")]),
    )
    assert desk.sync().pulled == 1
    found = desk.of(lambda store: store.documents.find("desadv", "DN-1"))
    assert (found.partner, found.day.isoformat()) == (SUPPLIER, "2026-11-20")
    assert desk.of(lambda store: store.documents.find("desadv", "DN-9")) is None
    assert receive(desk, gs1("S0"), "DN-1").outcome is Outcome.ACCEPTED
    stranger = receive(desk, gs1("S7"), "DN-1")
    assert (stranger.outcome, stranger.problems[0].code) == (Outcome.ASKED, "serial_not_listed")
    assert desk.sync().pulled == 0


def test_a_case_is_looked_into(desk: Workstation, sandbox: Sandbox) -> None:
    send(sandbox, packing(1, [uri(f"S{n}") for n in range(4)]))
    send(sandbox, shipping(2, "DN-2", epcList=[SSCC]))
    assert desk.sync().pulled == 1
    done = receive(desk, "00095212340000000013", "DN-2")
    assert done.outcome is Outcome.ACCEPTED
    assert len(done.event.packs) == 5
    assert {pack.lot for pack in done.event.packs[1:]} == {"L1"}
    assert "extra" not in done.event.flags


def test_two_events_of_one_delivery_are_one_shipment(desk: Workstation, sandbox: Sandbox) -> None:
    send(sandbox, shipping(1, "DN-3", epcList=[uri("S0")]))
    desk.sync()
    send(sandbox, shipping(2, "DN-3", epcList=[uri("S1"), uri("S2")]))
    desk.sync()
    for serial in ("S0", "S1", "S2"):
        assert receive(desk, gs1(serial), "DN-3").outcome is Outcome.ACCEPTED, serial


def test_a_shipment_that_the_reference_data_give_is_theirs(desk: Workstation, sandbox: Sandbox) -> None:
    sandbox.publish("shipments", [{"id": "DN-4", "lines": [{"product": GTIN, "quantity": 9}]}])
    send(sandbox, shipping(1, "DN-4", epcList=[uri("S0")]))
    desk.sync()
    assert receive(desk, gs1("S8"), "DN-4").outcome is Outcome.ACCEPTED


def test_goods_without_serial_are_expected_by_number(desk: Workstation, sandbox: Sandbox) -> None:
    goods = [{"epcClass": f"https://id.gs1.org/01/{GTIN}/10/LOT9", "quantity": 50}]
    send(sandbox, shipping(1, "DN-5", quantityList=goods))
    assert desk.sync().pulled == 1
    told = receive(desk, f"01{GTIN}1728013110LOT9", "DN-5")
    assert told.outcome is Outcome.ACCEPTED
    other = receive(desk, f"01{GTIN}1728013110OTHER", "DN-5")
    assert (other.outcome, other.problems[0].code) == (Outcome.ASKED, "lot_not_listed")
