"""The task sheet: what stands for a whole task goes into every intent, what stands for one scan into one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.tasksheet import BOARDS, CARD, DOCUMENT_KINDS, TASKS, TaskSheet
from ledger.codes.code import Code, Kind
from ledger.event import DocumentRef, EventKind
from ledger.situation import TakeOut

PACK = Code("x", Kind.GS1, "gs1:1/2", product="1", serial="2")
LOT = Code("x", Kind.GS1, None, product="1", lot="L")
CASE = Code("c", Kind.SSCC, "sscc:1")


@pytest.mark.parametrize("verb", TASKS)
def test_every_task_names_its_document_and_place(verb: EventKind) -> None:
    intent = TaskSheet(document="N-1", place="A-1", reason="why").intent(verb, "op-1", PACK)
    assert (intent.verb, intent.operator, intent.place, intent.reason) == (verb, "op-1", "A-1", "why")
    kind = DOCUMENT_KINDS.get(verb)
    assert intent.documents == ((DocumentRef(kind, "N-1"),) if kind else ())


def test_every_pack_event_is_a_task_with_a_card() -> None:
    from ledger.event import ABOUT_PACKS

    assert set(TASKS) == ABOUT_PACKS == set(CARD)
    assert set(DOCUMENT_KINDS) > BOARDS


def test_damage_and_quantity_stand_for_one_scan() -> None:
    sheet = TaskSheet(document="N-1", damaged="damaged", quantity=3)
    intent = sheet.intent(EventKind.RECEIVE, "op-1", LOT)
    assert (intent.damaged, intent.quantity) == ("damaged", 3)
    assert sheet.used() == TaskSheet(document="N-1")


@pytest.mark.parametrize(
    ("verb", "code", "quantity"),
    [
        (EventKind.RECEIVE, PACK, None),
        (EventKind.RECEIVE, LOT, 3),
        (EventKind.DISPENSE, PACK, 3),
        (EventKind.RETURN, PACK, 3),
        (EventKind.MOVE, PACK, None),
    ],
)
def test_a_quantity_never_makes_several_of_a_pack_with_a_serial(
    verb: EventKind, code: Code, quantity: int | None
) -> None:
    assert TaskSheet(quantity=3).intent(verb, "op-1", code).quantity == quantity


def test_damage_goes_with_goods_that_arrive_and_a_case_with_packing() -> None:
    sheet = TaskSheet(damaged="temperature", parent=CASE)
    assert sheet.intent(EventKind.TRANSFER_IN, "op-1", PACK).damaged == "temperature"
    assert sheet.intent(EventKind.DISPENSE, "op-1", PACK).damaged is None
    assert sheet.intent(EventKind.PACK, "op-1", PACK).parent is CASE
    assert sheet.intent(EventKind.UNPACK, "op-1", PACK).parent is None


def test_what_is_answered_once_for_the_task_is_learned() -> None:
    sheet = TaskSheet(document="RX-1")
    intent = replace(
        sheet.intent(EventKind.DISPENSE, "op-1", PACK),
        second="op-2",
        take_out=TakeOut(4, "F-1", consent=True),
    )
    learned = sheet.learned(intent)
    assert (learned.second, learned.take_out) == ("op-2", TakeOut(4, "F-1", consent=True))
    assert learned.under("RX-2") == TaskSheet(document="RX-2"), "another patient, another check"
    loose = replace(intent, documents=())
    assert TaskSheet().learned(loose).second == "", "without a prescription each pack is checked anew"
    witness = replace(intent, verb=EventKind.DESTROY)
    assert TaskSheet().learned(witness).second == "op-2"


def test_a_new_batch_keeps_the_place_alone() -> None:
    assert TaskSheet(document="N", place="A-1", reason="x", second="op-2").anew() == TaskSheet(place="A-1")
