"""Every kind of event about packs has its step on the wire, and what stays in the house has none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ledger.clock import Moment
from ledger.codes.code import Kind
from ledger.event import ABOUT_PACKS, DocumentRef, Event, EventKind, PackFacts
from sync.epcis import UnfitEvent
from sync.steps import STEPS
from tests.sync.books import WIRE, event
from tests.sync.wired import golden, happened


def told_of(one: Event) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(WIRE.event_bytes(one))
    return told


CASE = "sscc:095212340000000013"
GLN = "9521234000006"
US, THEM = "9521999000006", GLN


@pytest.mark.parametrize("kind", sorted(ABOUT_PACKS - {EventKind.VOID}))
def test_every_kind_about_packs_has_its_step(kind: EventKind) -> None:
    told = told_of(replace(event(1, kind), detail=(("parent", CASE),)))
    assert told["bizStep"] == STEPS[kind].biz_step
    assert set(STEPS) == ABOUT_PACKS - {EventKind.VOID}


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in ABOUT_PACKS] + [EventKind.VOID])
def test_what_stays_in_the_house_is_never_put_on_the_wire(kind: EventKind) -> None:
    with pytest.raises(UnfitEvent) as caught:
        WIRE.event_bytes(replace(event(1, kind), packs=()))
    assert caught.value.code == "wire_kind_unknown"


def test_golden_13_a_move_inside_the_site() -> None:
    pack = PackFacts("gs1:", Kind.GS1, "09521234000013", "X/9+%2", place="VAULT")
    one = happened(
        1014,
        "0195f0c0-000e-700e-8000-00000000000e",
        "2026-11-20T15:40:00.009+08:00",
        EventKind.MOVE,
        "VAULT",
        pack,
    )
    expected = golden("13-move-within-site.jsonld")
    assert told_of(one) == expected["epcisBody"]["eventList"][0]


def unpacked() -> Event:
    pack = PackFacts("gs1:09521234000013/A1B2C3D4E5", Kind.GS1, "09521234000013", "A1B2C3D4E5")
    return happened(
        1022, "0195f0c0-0016-7016-8000-000000000016", "2026-11-20T17:10:00.015+08:00", EventKind.UNPACK, "PACK", pack,
        detail=(("parent", CASE),),
    )  # fmt: skip


def test_golden_19_a_pack_leaves_its_case() -> None:
    assert told_of(unpacked()) == golden("19-unpack-some.jsonld")["epcisBody"]["eventList"][0]


def test_golden_30_that_record_is_declared_wrong() -> None:
    frozen = WIRE.event_bytes(unpacked())
    void = replace(
        event(9, EventKind.VOID),
        moment=Moment(datetime.fromisoformat("2026-11-20T18:00:00.000+08:00"), 1, "boot"),
        operator="",
        reason="did_not_occur",
    )
    declared = WIRE.declaration_bytes(void, frozen)
    assert declared.startswith(frozen[:-1])
    assert json.loads(declared) == golden("30-void-unpack.jsonld")["epcisBody"]["eventList"][0]
    with pytest.raises(UnfitEvent):
        WIRE.declaration_bytes(void, declared)  # a declaration is not declared wrong


def test_a_declaration_says_who_made_it_and_never_what_was_typed() -> None:
    frozen = WIRE.event_bytes(event(1))
    void = replace(event(2, EventKind.VOID), operator="op-9", reason="张三的药扫错了")
    declared = json.loads(WIRE.declaration_bytes(void, frozen))["errorDeclaration"]
    assert declared == {
        "declarationTime": void.moment.iso(),
        "reason": "did_not_occur",
        "td:declaredBy": "https://id.tracedesk.example/hospital-1/pty/op-9",
    }
    coded = replace(void, reason="wrong_patient")
    told = json.loads(WIRE.declaration_bytes(coded, frozen))["errorDeclaration"]
    assert (told["reason"], told["td:voidReasonText"]) == ("did_not_occur", "wrong patient")


def test_a_pack_goes_into_a_case_that_may_be_new() -> None:
    child = replace(event(1).packs[0], parent=CASE)
    case = PackFacts(CASE, Kind.SSCC)
    for packs in ((child,), (child, case)):
        told = told_of(replace(event(1, EventKind.PACK), packs=packs))
        assert (told["type"], told["action"]) == ("AggregationEvent", "ADD")
        assert told["parentID"] == "https://id.gs1.org/00/095212340000000013"
        assert told["childEPCs"] == ["https://id.gs1.org/01/09521234000013/21/S1"]


def test_a_case_without_a_name_is_refused() -> None:
    with pytest.raises(UnfitEvent) as caught:
        WIRE.event_bytes(event(1, EventKind.UNPACK))
    assert caught.value.params["fault"] == "no_parent"


@pytest.mark.parametrize(
    ("kind", "source", "destination", "owners"),
    [
        (EventKind.RECEIVE, THEM, US, True),
        (EventKind.TRANSFER_IN, THEM, US, False),
        (EventKind.TRANSFER_OUT, US, THEM, False),
        (EventKind.SUPPLIER_RETURN, US, THEM, True),
    ],
)
def test_goods_that_cross_the_border_say_whence_and_whither(
    kind: EventKind, source: str, destination: str, owners: bool
) -> None:
    documents = (DocumentRef("desadv", "DN-1"),)
    told = told_of(replace(event(1, kind), partner=GLN, documents=documents))
    assert told["sourceList"][0]["source"] == f"https://id.gs1.org/417/{source}"
    assert told["destinationList"][-1] == {
        "type": "location",
        "destination": f"https://id.gs1.org/414/{destination}",
    }
    assert any(entry["type"] == "owning_party" for entry in told["sourceList"]) == owners
    assert ("bizLocation" in told) == (destination == US)
    assert "sourceList" not in told_of(event(1, kind))


def test_without_a_despatch_advice_only_who_handed_over_is_known() -> None:
    told = told_of(replace(event(1), partner=GLN))
    assert told["sourceList"] == [{"type": "possessing_party", "source": f"https://id.gs1.org/417/{THEM}"}]


def test_an_opened_pack_stays_and_tells_its_units() -> None:
    pack = replace(event(1).packs[0], state="opened", quantity=10, units=28, remaining=18)
    told = told_of(replace(event(1, EventKind.DISPENSE), packs=(pack,)))
    assert told["disposition"] == "partially_dispensed"
    assert told["bizLocation"] == {"id": "https://id.gs1.org/414/9521999000006"}
    assert told["td:dispensedAmount"] == {"td:value": 10, "td:unit": "{unit}"}
    assert told["td:remainingAmount"] == {"td:value": 18, "td:unit": "{unit}"}
    last = replace(pack, state="dispensed", quantity=18, remaining=0)
    told = told_of(replace(event(1, EventKind.DISPENSE), packs=(last,)))
    assert (told["disposition"], "bizLocation" in told) == ("dispensed", False)
    assert told["td:remainingAmount"]["td:value"] == 0


def test_what_comes_back_names_the_event_by_which_it_left() -> None:
    for kind, detail in ((EventKind.UNDO, "undoes"), (EventKind.RETURN, "returns")):
        told = told_of(
            replace(
                event(1, kind),
                detail=((detail, "0195f0c0-0004-7004-8000-000000000004"),),
                reason="dose_changed",
            )
        )
        assert (told["bizStep"], told["disposition"]) == ("receiving", "returned")
        assert told["td:relatedEventID"] == "urn:uuid:0195f0c0-0004-7004-8000-000000000004"
        assert told["td:returnReason"] == "dose_changed"


@pytest.mark.parametrize(
    ("kind", "change", "disposition", "stays"),
    [
        (EventKind.QUARANTINE, {"reason": "recalled"}, "recalled", True),
        (EventKind.QUARANTINE, {"reason": "box is wet"}, "non_sellable_other", True),
        (EventKind.RELEASE, {}, "conformant", True),
        (EventKind.DESTROY, {"second": "op-2", "reason": "expired"}, "destroyed", False),
        (EventKind.COUNT, {}, "in_progress", True),
        (EventKind.COUNT, {"packs": (replace(event(1).packs[0], state="lost"),)}, "unknown", False),
        (EventKind.LABEL, {"detail": (("label", "zone:LC-7"),)}, "in_progress", True),
    ],
)
def test_the_other_steps(kind: EventKind, change: dict[str, Any], disposition: str, stays: bool) -> None:
    told = told_of(replace(event(1, kind), **change))
    assert told["disposition"] == disposition
    assert ("bizLocation" in told) == stays
    assert told.get("td:destructionReason") == ("expired" if kind is EventKind.DESTROY else None)
    assert told.get("td:label") == (
        "https://id.tracedesk.example/zone/obj/LC-7" if kind is EventKind.LABEL else None
    )
    assert told["action"] == ("DELETE" if kind is EventKind.DESTROY else "OBSERVE")
    assert "wet" not in json.dumps(told)
