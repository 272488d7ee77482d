"""EPCIS read back: our own documents, the golden ones, EPC URNs, and bodies that nobody should trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.codes.code import Kind
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import State
from sync.epcis import Wire
from sync.foreign import Voided, read_event
from sync.identifiers import key_uri, pack_uri
from sync.readback import class_of, pack_of
from tests.sync.books import WIRE

GOLDEN = Path(__file__).parents[1] / "golden"
HOST = "https://id.tracedesk.example"
HERE = Wire(
    "https://id.tracedesk.example/hospital-1",
    HOST,
    "https://ns.tracedesk.example/epcis/",
    "9521999000006",
    None,
    "d",
)
K = EventKind


def golden(number: str) -> list[dict[str, Any]]:
    (file,) = GOLDEN.rglob(f"{number}-*")
    told = json.loads(file.read_text("utf-8"))
    body = told.get("epcisBody", {})
    if "queryResults" in body:
        body = body["queryResults"]["resultsBody"]
    events: list[dict[str, Any]] = body.get("eventList", [told] if "eventID" in told else [])
    return events


READ = {
    "01": [K.RECEIVE],
    "02": [K.RECEIVE],
    "03": [K.RECEIVE],
    "04": [K.DISPENSE],
    "05": [K.DISPENSE],
    "06": [K.DISPENSE],
    "08": [K.RETURN],
    "09": [K.RELEASE, K.MOVE],
    "10": [K.SUPPLIER_RETURN],
    "11": [K.TRANSFER_OUT],
    "13": [K.MOVE],
    "14": [K.DESTROY],
    "15": [K.DESTROY],
    "16": [K.DESTROY, K.DESTROY, K.COUNT],
    "17": [K.UNDO],
    "18": [K.PACK],
    "19": [K.UNPACK],
    "20": [K.UNPACK],
    "23": [K.QUARANTINE],
    "24": [K.RELEASE],
    "25": [K.QUARANTINE],
    "26": [K.COUNT],
    "33": [K.RECEIVE],
    "35": [K.DISPENSE],
    "36": [K.TRANSFER_OUT],
}


@pytest.mark.parametrize("number", sorted(READ))
def test_the_golden_documents_are_understood(number: str) -> None:
    found = [read_event(body, HERE) for body in golden(number)]
    assert [one.kind for one in found if isinstance(one, Event)] == READ[number]


@pytest.mark.parametrize("number", [path.name[:2] for path in sorted(GOLDEN.rglob("*.jsonld"))])
def test_no_golden_document_breaks_the_reader(number: str) -> None:
    for body in golden(number):
        assert isinstance(read_event(body, HERE), Event | Voided | None)


def test_what_happened_at_another_site_is_no_event_here() -> None:
    (body,) = golden("31")
    assert read_event(body, HERE) is None
    there = Wire(HERE.id_base, HOST, HERE.namespace, None, "91310000MA1FL0000X", "d")
    told = read_event(body, there)
    assert isinstance(told, Event) and told.kind is K.DISPENSE
    assert [pack.key[:5] for pack in told.packs] == ["cn20:"]


def test_a_golden_declaration_is_a_void_of_the_same_id() -> None:
    (body,) = golden("28")
    told = read_event(body, HERE)
    assert isinstance(told, Voided)
    assert f"urn:uuid:{told.event_id}" == body["eventID"]


def test_epc_urns_are_the_same_packs() -> None:
    """Every length of company prefix names the same GTIN."""
    for length in range(6, 13):
        digits = "952123400001"  # 12 digits after the indicator
        prefix, item = digits[:length], digits[length:]
        found = pack_of(f"urn:epc:id:sgtin:{prefix}.0{item}.A1", HOST)
        assert found is not None and found.key == "gs1:09521234000013/A1"
    case = pack_of("urn:epc:id:sscc:9521234.0000000001", HOST)
    assert case is not None and case.key == "sscc:095212340000000013"
    goods = class_of("urn:epc:class:lgtin:9521234.000002.L2026%2F07", HOST)
    assert goods is not None and (goods.product, goods.lot) == ("09521234000020", "L2026/07")
    assert pack_of("urn:epc:id:sgtin:9521234.00001.A1", HOST) is None  # a digit short


GS1_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
SERIAL = st.text(st.sampled_from(GS1_82), min_size=1, max_size=20)


@given(SERIAL)
def test_any_serial_comes_back_as_it_was(serial: str) -> None:
    facts = PackFacts(f"gs1:09521234000013/{serial}", Kind.GS1, "09521234000013", serial)
    uri, _ = pack_uri(facts, HOST)
    found = pack_of(uri, HOST)
    assert found is not None and (found.key, found.serial) == (facts.key, serial)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=40))
def test_any_opaque_code_comes_back_as_it_was(code: str) -> None:
    uri = key_uri(f"opaque:{code}", HOST)
    found = pack_of(uri, HOST)
    if uri.startswith(HOST):
        assert found is not None and found.key == f"opaque:{code}"


@given(SERIAL.filter(lambda lot: lot.strip() == lot))
def test_any_lot_comes_back_as_it_was(lot: str) -> None:
    facts = PackFacts("heap:09521234000013/x", Kind.GS1, "09521234000013", None, lot)
    found = class_of(pack_uri(facts, HOST)[0], HOST)
    assert found is not None and (found.product, found.lot) == ("09521234000013", lot)


def test_what_is_received_spoilt_is_no_stock_over_there() -> None:
    from datetime import UTC, datetime

    from ledger.moment import Moment

    event = Event(
        "0195f0c0-0001-7001-8000-000000000001",
        "l",
        1,
        K.RECEIVE,
        Moment(datetime(2026, 11, 20, tzinfo=UTC), 0, ""),
        WIRE.device_id,
        "op",
        "DOCK-1",
        (PackFacts("gs1:09521234000013/A", Kind.GS1, "09521234000013", "A", state=State.QUARANTINED),),
        flags=("damaged",),
    )
    told = read_event(json.loads(WIRE.event_bytes(event)), WIRE)
    assert isinstance(told, Event)
    assert (told.kind, told.packs[0].state, told.operator, told.place) == (
        K.RECEIVE,
        "quarantined",
        "op",
        "DOCK-1",
    )


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_body_breaks_the_reader(data: st.DataObject) -> None:
    body = dict(data.draw(st.sampled_from([one for number in READ for one in golden(number)])))
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=4)):
        body[name] = data.draw(JUNK)
    told = read_event(body, HERE)
    if isinstance(told, Event):
        assert Event.from_canonical(told.canonical()) == told


@pytest.mark.parametrize("event_id", ["\ud800", "urn:x:\udfff", "urn:uuid:\ud800"])
def test_an_id_with_half_a_character_is_none(event_id: str) -> None:
    """It raised, and the page of events that it stood in was asked for again for ever."""
    (body,) = golden("01")
    assert read_event(body, HERE) is not None
    assert read_event({**body, "eventID": event_id}, HERE) is None
    (void,) = golden("28")
    declaration = {**void["errorDeclaration"], "declarationTime": event_id}
    told = read_event({**void, "errorDeclaration": declaration}, HERE)
    assert isinstance(told, Voided) and told.declared.isascii()
