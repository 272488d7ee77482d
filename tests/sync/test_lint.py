"""Every rule of the lint, broken one at a time; and no JSON at all makes it stumble."""

# ruff: noqa: E501 - tables read better in one line a row

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.lint import document_faults, event_faults
from tests.sync.books import WIRE, event

PREFIXES = frozenset({"td"})
NOW = datetime(2026, 11, 21, tzinfo=UTC)
GOOD: dict[str, Any] = json.loads(WIRE.event_bytes(event(1)))
GTIN = "https://id.gs1.org/01/09521234000013"


def parcel(action: str, **fields: Any) -> dict[str, Any]:
    base = {key: GOOD[key] for key in ("eventID", "eventTime", "eventTimeZoneOffset", "readPoint")}
    return {"type": "AggregationEvent", "action": action, **base, **fields}


WITHOUT = object()
CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("step that is none", {"bizStep": "returning"}, "not_a_word"),
    ("step of a vocabulary with a typing error", {"bizStep": "https://ref.gs1.org/cbv/BizStep-nonsense"}, "not_a_word"),
    ("step of another list", {"bizStep": "https://ref.gs1.org/cbv/Disp-receiving"}, "not_a_word"),
    ("step with a prefix nobody declared", {"bizStep": "ex:receiving"}, "prefix_undeclared"),
    ("step that is a number", {"bizStep": 5}, "not_a_word"),
    ("disposition that is none", {"disposition": "gone"}, "not_a_word"),
    ("action that is none", {"action": "REMOVE"}, "action"),
    ("action missing", {"action": WITHOUT}, "action"),
    ("action as a list", {"action": ["ADD"]}, "action"),
    ("type that is none", {"type": "SubjectEvent"}, "event_type"),
    ("type as a list", {"type": ["ObjectEvent"]}, "event_type"),
    ("id missing", {"eventID": WITHOUT}, "not_a_uri"),
    ("id that is no URI", {"eventID": "1"}, "not_a_uri"),
    ("time without offset", {"eventTime": "2026-11-20T09:01:02.123"}, "not_a_time"),
    ("time with a blank", {"eventTime": "2026-11-20 09:01:02+08:00"}, "not_a_time"),
    ("day that does not exist", {"eventTime": "2026-11-31T09:01:02+08:00"}, "not_a_time"),
    ("time as a number", {"eventTime": 1763600000}, "not_a_time"),
    ("offset missing", {"eventTimeZoneOffset": WITHOUT}, "offset"),
    ("offset without colon", {"eventTimeZoneOffset": "+0800"}, "offset"),
    ("offset that contradicts", {"eventTimeZoneOffset": "+09:00"}, "offset_contradicts"),
    ("time in the future", {"eventTime": "2026-12-20T01:00:01.000+00:00"}, "future"),
    ("record time set by us", {"recordTime": "2026-11-20T01:00:01Z"}, "record_time"),
    ("EPC that is no URI", {"epcList": ["not a uri"]}, "not_a_uri"),
    ("EPC in brackets", {"epcList": ["(01)09521234000013(21)A"]}, "not_a_uri"),
    ("EPC as 20 bare digits", {"epcList": ["81234560123456789012"]}, "not_a_uri"),
    ("EPC with a blank", {"epcList": [f"{GTIN}/21/A B"]}, "not_a_uri"),
    ("EPC with a bad escape", {"epcList": [f"{GTIN}/21/A%2"]}, "not_a_uri"),
    ("EPC in Chinese", {"epcList": ["https://id.tracedesk.example/药"]}, "not_a_uri"),
    ("EPC as a number", {"epcList": [7]}, "not_a_uri"),
    ("wrong check digit", {"epcList": ["https://id.gs1.org/01/09521234000014/21/A"]}, "check_digit"),
    ("SSCC with a wrong check digit", {"epcList": ["https://id.gs1.org/00/095212340000000014"]}, "check_digit"),
    ("GTIN of 13 digits", {"epcList": ["https://id.gs1.org/01/9521234000013/21/A"]}, "digital_link_form"),
    ("class in epcList", {"epcList": [GTIN]}, "class_for_instance"),
    ("lot in epcList", {"epcList": [f"{GTIN}/10/L"]}, "class_for_instance"),
    ("class URN in epcList", {"epcList": ["urn:epc:class:lgtin:9521234.000001.L"]}, "class_for_instance"),
    ("lot and serial at once", {"epcList": [f"{GTIN}/10/L/21/A"]}, "two_levels"),
    ("query string", {"epcList": [f"{GTIN}/21/A?17=280131"]}, "digital_link_form"),
    ("the same pack twice", {"epcList": [f"{GTIN}/21/A", f"{GTIN}/21/A"]}, "listed_twice"),
    ("no pack at all", {"epcList": []}, "about_nothing"),
    ("EPCs that are no list", {"epcList": f"{GTIN}/21/A"}, "not_a_list"),
    ("EPC too long", {"epcList": [f"{GTIN}/21/" + "A" * 250]}, "too_long"),
    ("instance where a class belongs", {"quantityList": [{"epcClass": f"{GTIN}/21/A", "quantity": 1}]}, "instance_for_class"),
    ("negative count", {"quantityList": [{"epcClass": GTIN, "quantity": -1}]}, "quantity"),
    ("no count", {"quantityList": [{"epcClass": GTIN, "quantity": 0}]}, "quantity"),
    ("half a pack", {"quantityList": [{"epcClass": GTIN, "quantity": 1.5}]}, "quantity"),
    ("count that is a word", {"quantityList": [{"epcClass": GTIN, "quantity": "3"}]}, "quantity"),
    ("count that is endless", {"quantityList": [{"epcClass": GTIN, "quantity": float("inf")}]}, "quantity"),
    ("unit of UCUM", {"quantityList": [{"epcClass": GTIN, "quantity": 1.5, "uom": "mg"}]}, "unit"),
    ("extension in a quantity", {"quantityList": [{"epcClass": GTIN, "quantity": 1, "td:x": 1}]}, "entry_form"),
    ("extension in a document", {"bizTransactionList": [{"bizTransaction": "urn:a:b", "td:x": 1}]}, "entry_form"),
    ("document that is no URI", {"bizTransactionList": [{"type": "po", "bizTransaction": "PO 7"}]}, "not_a_uri"),
    ("document of an unknown type", {"bizTransactionList": [{"type": "prescription", "bizTransaction": "urn:a:b"}]}, "not_a_word"),
    ("type of a document as a list", {"bizTransactionList": [{"type": [], "bizTransaction": "urn:a:b"}]}, "not_a_word"),
    ("no document in the list", {"bizTransactionList": []}, "not_a_list"),
    ("source without type", {"sourceList": [{"source": "urn:a:b"}]}, "entry_form"),
    ("patient as a source", {"sourceList": [{"type": "patient", "source": "urn:a:b"}]}, "not_a_word"),
    ("place without id", {"readPoint": {}}, "no_id"),
    ("place with a wrong check digit", {"readPoint": {"id": "https://id.gs1.org/414/9521999000007/254/D"}}, "check_digit"),
    ("extension without prefix", {"operator": "op-1"}, "key_unknown"),
    ("extension with an undeclared prefix", {"xx:operator": "op-1"}, "prefix_undeclared"),
    ("prefix with an underscore", {"t_d:operator": "op-1"}, "key_unknown"),
    ("nested key without prefix", {"td:scans": [{"lot": "A"}]}, "key_unknown"),
    ("extension too long", {"td:note": "x" * 257}, "too_long"),
    ("nested text too long", {"td:scans": [{"td:lotNumber": "x" * 257}]}, "too_long"),
    ("number that loses digits", {"td:code": 81234560123456789012.0}, "not_exact"),
    ("ilmd on OBSERVE", {"ilmd": {"cbvmda:lotNumber": "A"}}, "ilmd_misplaced"),
    ("declaration without time", {"errorDeclaration": {"reason": "did_not_occur"}}, "not_a_time"),
    ("declaration with a reason that is none", {"errorDeclaration": {"declarationTime": "2026-11-20T01:00:00Z", "reason": "oops"}}, "not_a_word"),
    ("did not occur, yet corrected", {"errorDeclaration": {"declarationTime": "2026-11-20T01:00:00Z", "reason": "did_not_occur", "correctiveEventIDs": ["urn:uuid:1"]}}, "declaration_contradicts"),
    ("lasting disposition that is none", {"persistentDisposition": {"set": ["gone"]}}, "not_a_word"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"), [item[1:] for item in CHANGES], ids=[item[0] for item in CHANGES]
)
def test_each_broken_rule_is_found(change: dict[str, Any], code: str) -> None:
    broken = {key: value for key, value in {**deepcopy(GOOD), **change}.items() if value is not WITHOUT}
    assert code in {fault.code for fault in event_faults(broken, PREFIXES, NOW)}
    # Neither does it hide behind values that were in order before.
    good, sound = deepcopy(GOOD), dict[str, object]()
    assert not event_faults(good, PREFIXES, NOW, sound=sound)
    after = {key: value for key, value in {**good, **change}.items() if value is not WITHOUT}
    assert code in {fault.code for fault in event_faults(after, PREFIXES, NOW, sound=sound)}
    assert sound == good


TOGETHER: list[tuple[str, dict[str, Any], str]] = [
    ("case without a name", parcel("ADD", childEPCs=[f"{GTIN}/21/A"]), "no_parent"),
    ("case without content", parcel("ADD", parentID="https://id.gs1.org/00/095212340000000013", childEPCs=[]), "about_nothing"),
    ("case that is no URI", parcel("ADD", parentID="no uri", childEPCs=[f"{GTIN}/21/A"]), "not_a_uri"),
    ("the same child twice", parcel("ADD", parentID="urn:a:b", childEPCs=[f"{GTIN}/21/A", f"{GTIN}/21/A"]), "listed_twice"),
    ("link to no document", {**parcel("ADD", epcList=[f"{GTIN}/21/A"]), "type": "TransactionEvent"}, "no_document"),
    ("transformation with an action", {**parcel("ADD", inputEPCList=[f"{GTIN}/21/A"]), "type": "TransformationEvent"}, "action"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "code"), [item[1:] for item in TOGETHER], ids=[item[0] for item in TOGETHER]
)
def test_what_must_stand_together(broken: dict[str, Any], code: str) -> None:
    assert code in {fault.code for fault in event_faults(broken, PREFIXES)}


def test_unpacking_everything_names_no_child() -> None:
    empty = parcel("DELETE", parentID="https://id.gs1.org/00/095212340000000013", childEPCs=[])
    assert event_faults(empty) == ()


def test_a_wrong_clock_stops_no_capture() -> None:
    future = {**GOOD, "eventTime": "2099-11-20T01:00:01.000+00:00"}
    assert event_faults(future, PREFIXES) == ()


def document(**changes: Any) -> dict[str, Any]:
    made = json.loads(WIRE.document([json.dumps(GOOD).encode()], NOW, "d"))
    return {key: value for key, value in {**made, **changes}.items() if value is not WITHOUT}


def body(*events: object) -> dict[str, Any]:
    return {"eventList": list(events)}


VOID = {**GOOD, "errorDeclaration": {"declarationTime": "2026-11-20T02:00:00Z", "reason": "did_not_occur"}}


DOCUMENTS: list[tuple[str, object, str]] = [
    ("version 1.2", document(schemaVersion="1.2"), "schema_version"),
    ("version in a list", document(schemaVersion=["2.0"]), "schema_version"),
    ("query document", document(type="EPCISQueryDocument"), "document_type"),
    ("no context of EPCIS", document(**{"@context": ["https://example.com/context.jsonld", {"td": "https://ns.example/"}]}), "no_context"),
    ("no context", document(**{"@context": WITHOUT}), "no_context"),
    ("prefix not declared", document(**{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]}), "prefix_undeclared"),
    ("creation that is no time", document(creationDate="today"), "not_a_time"),
    ("no event", document(epcisBody=body()), "no_events"),
    ("no body", document(epcisBody=WITHOUT), "no_events"),
    ("the same event twice", document(epcisBody=body(GOOD, GOOD)), "event_twice"),
    ("the same declaration twice", document(epcisBody=body(VOID, VOID)), "event_twice"),
    ("declaration beside its original", document(epcisBody=body(GOOD, VOID)), "declaration_beside_original"),
    ("event that is a word", document(epcisBody=body("an event")), "not_an_object"),
    ("list", [], "not_an_object"),
    ("nothing", None, "not_an_object"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "code"), [item[1:] for item in DOCUMENTS], ids=[item[0] for item in DOCUMENTS]
)
def test_documents_have_rules_of_their_own(broken: object, code: str) -> None:
    assert code in {fault.code for fault in document_faults(broken, NOW)}


def test_a_void_alone_is_good() -> None:
    assert document_faults(document(epcisBody=body(VOID)), NOW) == ()


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).resolve().parents[1] / "golden").glob("*.jsonld")),
    ids=lambda path: path.stem,
)
def test_golden_documents_are_good(path: Path) -> None:
    assert document_faults(json.loads(path.read_text("utf-8")), datetime(2027, 1, 1, tzinfo=UTC)) == ()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "quantityList", "errorDeclaration", "persistentDisposition", "ilmd", "td:x"]),
        anything,
    )
)
def test_no_json_makes_it_stumble(changes: dict[str, Any]) -> None:
    event_faults({**GOOD, **changes}, PREFIXES, NOW)
    document_faults({**document(), **changes, "epcisBody": {"eventList": [{**GOOD, **changes}]}}, NOW)


@given(anything)
def test_nothing_that_is_not_an_event_passes(value: object) -> None:
    assert event_faults(value, PREFIXES, NOW)
    assert document_faults(value, NOW)
