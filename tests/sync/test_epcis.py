"""Events on the wire: the golden documents field for field, frozen bytes, and what cannot be sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.clock import Moment
from ledger.codes.code import Kind
from ledger.errors import SettingsError
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from sync.epcis import UnfitEvent, Wire
from sync.lint import document_faults, event_faults
from tests.sync.books import WIRE, event
from tests.sync.wired import golden, happened

CREATED = datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC)
PREFIXES = frozenset({"td"})


def sgtin(serial: str) -> PackFacts:
    return PackFacts(
        key=f"gs1:09521234000013/{serial}",
        kind=Kind.GS1,
        product="09521234000013",
        serial=serial,
        lot="AB-123",
        expiry=date(2028, 1, 31),
        expiry_precision="day",
        symbology="GS1 DataMatrix",
    )


def built(wire: Wire, name: str, one: Event, subject: str | None = None) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(wire.document([wire.event_bytes(one, subject)], CREATED, name))
    return document


def test_golden_01_a_delivery_of_serialised_packs() -> None:
    one = happened(
        1001,
        "0195f0c0-0001-7001-8000-000000000001",
        "2026-11-20T09:01:02.123+08:00",
        EventKind.RECEIVE,
        "DOCK-1",
        PackFacts("sscc:095212340000000013", Kind.SSCC),
        sgtin("A1B2C3D4E5"),
        sgtin("A1B2C3D4E6"),
        partner="9521234000006",
        documents=(
            DocumentRef("po", "PO-2026-0042"),
            DocumentRef("desadv", "DN-99817", "9521234000006"),
            DocumentRef("recadv", "GRN-000913"),
        ),
    )
    assert built(WIRE, "receive-1", one) == golden("01-receive-serialised.jsonld")


def test_golden_04_a_pack_for_a_patient() -> None:
    one = happened(
        1004,
        "0195f0c0-0004-7004-8000-000000000004",
        "2026-11-20T10:11:12.345+08:00",
        EventKind.DISPENSE,
        "COUNTER-2",
        sgtin("A1B2C3D4E5"),
        documents=(DocumentRef("prescription", "RX-20261120-0007"),),
    )
    subject = "9a7d1c52-5a36-5e0e-8f2b-2f6f3f0c7d11"
    assert built(WIRE, "dispense-1", one, subject) == golden("04-dispense-full.jsonld")


def test_golden_31_a_chinese_code_at_a_site_without_gln() -> None:
    wire = replace(WIRE, gln=None, usci="91310000MA1FL0000X")
    one = happened(
        1032,
        "0195f0c0-0032-7032-8000-000000000032",
        "2026-11-20T10:12:00.024+08:00",
        EventKind.DISPENSE,
        "",
        PackFacts("cn20:81234560123456789012", Kind.CN20, "8123456", "012345678"),
    )
    assert built(wire, "cn-1", one) == golden("31-dispense-china-code-https.jsonld")


def test_a_site_without_any_identifier_has_places_of_its_own() -> None:
    wire = replace(WIRE, gln=None, usci=None)
    advised = replace(event(1), partner="9521234000006", documents=(DocumentRef("desadv", "DN-1"),))
    told = json.loads(wire.event_bytes(advised))
    assert told["readPoint"] == {"id": "https://id.tracedesk.example/hospital-1/loc/DOCK-1"}
    assert told["bizLocation"] == {"id": "https://id.tracedesk.example/hospital-1/loc/site"}
    assert told["destinationList"][2] == {
        "type": "location",
        "destination": "https://id.tracedesk.example/hospital-1/loc/site",
    }
    nowhere = json.loads(wire.event_bytes(replace(event(1), place="")))
    assert nowhere["readPoint"] == {"id": "https://id.tracedesk.example/hospital-1/loc/site"}


def test_a_place_stands_behind_a_usci() -> None:
    wire = replace(WIRE, gln=None, usci="91310000MA1FL0000X")
    told = json.loads(wire.event_bytes(event(1)))
    assert told["readPoint"] == {"id": "https://id.tracedesk.example/cn/usci/loc/91310000MA1FL0000X.DOCK-1"}


@pytest.mark.parametrize(
    ("partner", "party"),
    [
        ("9521234000006", "https://id.gs1.org/417/9521234000006"),
        ("91310000MA1FL0000X", "https://id.tracedesk.example/cn/usci/pty/91310000MA1FL0000X"),
        (
            "华东医药 7",
            "https://id.tracedesk.example/hospital-1/pty/%E5%8D%8E%E4%B8%9C%E5%8C%BB%E8%8D%AF%207",
        ),
    ],
)
def test_the_partner_may_have_a_gln_a_usci_or_only_a_name(partner: str, party: str) -> None:
    told = json.loads(WIRE.event_bytes(replace(event(1), partner=partner)))
    assert told["sourceList"][0] == {"type": "possessing_party", "source": party}


def test_scans_are_told_only_where_code_or_label_said_something() -> None:
    silent = replace(event(1).packs[0], lot=None, expiry=None)
    assert "td:scans" not in json.loads(WIRE.event_bytes(replace(event(1), packs=(silent,))))
    typed = replace(event(1).packs[0], expiry=None, symbology="", entry="manual")
    (scan,) = json.loads(WIRE.event_bytes(replace(event(1), packs=(typed,))))["td:scans"]
    assert scan == {
        "td:epc": "https://id.gs1.org/01/09521234000013/21/S1",
        "td:lotNumber": "AB-123",
        "td:entryMode": "manual",
    }


def test_packs_without_serial_are_counted_by_class() -> None:
    lot = PackFacts("", Kind.GS1, "09521234000013", None, "AB-77")
    told = json.loads(WIRE.event_bytes(replace(event(1), packs=(lot, replace(lot, quantity=2)))))
    assert told["quantityList"] == [
        {"epcClass": "https://id.gs1.org/01/09521234000013/10/AB-77", "quantity": 3}
    ]
    assert "epcList" not in told


def test_the_document_is_the_frozen_bytes_in_an_envelope() -> None:
    payloads = [WIRE.event_bytes(event(seq)) for seq in (1, 2, 3)]
    document = WIRE.document(payloads, CREATED, "d")
    assert b'"eventList":[' + b",".join(payloads) + b"]" in document
    assert document_faults(json.loads(document)) == ()


def test_the_offset_is_the_one_of_the_time() -> None:
    for at in ("2026-11-20T09:01:02.123+08:00", "2026-11-20T01:01:02+00:00", "2026-11-19T21:31:02.120-03:30"):
        moment = Moment(datetime.fromisoformat(at), 1, "boot")
        told = json.loads(WIRE.event_bytes(replace(event(1), moment=moment)))
        assert told["eventTime"].endswith(told["eventTimeZoneOffset"])
        assert "." in told["eventTime"]


def test_no_name_of_a_person_is_added() -> None:
    told = json.loads(
        WIRE.event_bytes(replace(event(1), operator="op-1", second="op-2", reason="张三 means it"))
    )
    assert told["td:operatorID"].endswith("/pty/op-1")
    assert told["td:witnessID"].endswith("/pty/op-2")
    assert "张三" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"packs": (PackFacts("gs1:x", Kind.GS1, "09521234000014", "A"),)}, "check_digit"),
        ({"packs": (PackFacts("sscc:095212340000000014", Kind.SSCC),)}, "check_digit"),
        ({"packs": (PackFacts("gs1:x", Kind.GS1, "no number", "A"),)}, "not_a_uri"),
        ({"packs": (PackFacts("gs1:x", Kind.GS1, "1234567890123456", "A"),)}, "digital_link_form"),
        ({"packs": (PackFacts("opaque:" + "长" * 80, Kind.OPAQUE),)}, "too_long"),
        ({"packs": (replace(event(1).packs[0], lot="L" * 257),)}, "too_long"),
        ({"packs": (event(1).packs[0], event(1).packs[0])}, "listed_twice"),
        ({"packs": ()}, "about_nothing"),
        ({"event_id": "not an id"}, "not_a_uri"),
        ({"documents": (DocumentRef("po", "P" * 300),)}, "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_delivered_is_refused_at_capture(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(UnfitEvent) as caught:
        WIRE.event_bytes(replace(event(1), **change))
    assert caught.value.code == "wire_unfit"
    assert caught.value.params["fault"] == fault


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id_base": "hospital 1"}, "wire_base_no_uri"),
        ({"org_base": ""}, "wire_base_no_uri"),
        ({"namespace": "no uri"}, "wire_base_no_uri"),
        ({"gln": "9521999000007"}, "wire_gln_wrong"),
        ({"usci": "123"}, "wire_usci_wrong"),
    ],
)
def test_a_wire_is_made_of_usable_parts_only(change: dict[str, Any], code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        replace(WIRE, **change)
    assert caught.value.code == code


def test_a_slash_at_the_end_of_a_base_changes_nothing() -> None:
    slashed = replace(WIRE, id_base=WIRE.id_base + "/", org_base=WIRE.org_base + "/")
    assert slashed.event_bytes(event(1)) != b""
    same = event(1)
    assert slashed.event_bytes(same) == WIRE.event_bytes(same)


printable = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=20)


@given(
    serial=printable,
    lot=st.none() | printable,
    operator=printable,
    number=printable,
    place=st.text("ABC-1.9_", max_size=20),
)
def test_whatever_is_scanned_becomes_a_clean_event(
    serial: str, lot: str | None, operator: str, number: str, place: str
) -> None:
    pack = replace(event(1).packs[0], serial=serial, lot=lot)
    one = replace(
        event(1),
        packs=(pack,),
        operator=operator,
        place=place,
        documents=(DocumentRef("prescription", number),),
    )
    told = json.loads(WIRE.event_bytes(one))
    assert event_faults(told, PREFIXES) == ()
    assert told.get("td:scans", [{}])[0].get("td:lotNumber") == lot
