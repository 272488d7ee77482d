"""A platform's copy agrees unless it contradicts."""

# ruff: noqa: E501 - tables read better in one line a row

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from sync.agreement import agrees
from tests.sync.books import WIRE, event

OURS: dict[str, Any] = json.loads(WIRE.event_bytes(event(7)))


def copy(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(OURS), **changes}


def test_the_same_agrees() -> None:
    assert agrees(OURS, copy())


@pytest.mark.parametrize(
    "theirs",
    [
        copy(recordTime="2026-11-20T01:00:08Z"),
        copy(eventTime="2026-11-20T01:00:07Z", eventTimeZoneOffset=OURS["eventTimeZoneOffset"]),
        copy(eventTime="2026-11-20T09:00:07.000+08:00"),
        copy(bizStep="https://ref.gs1.org/cbv/BizStep-receiving", disposition="cbv:Disp-in_progress"),
        copy(bizStep="urn:epcglobal:cbv:bizstep:receiving"),
        copy(bizTransactionList=[{"type": "https://ref.gs1.org/cbv/BTT-po", "bizTransaction": OURS["bizTransactionList"][0]["bizTransaction"]}]),
        {key: value for key, value in OURS.items() if not key.startswith("td:")},
    ],
    ids=["recorded", "utc", "offset", "uri words", "urn words", "typed by uri", "without extensions"],
)  # fmt: skip
def test_another_way_of_writing_agrees(theirs: dict[str, Any]) -> None:
    assert agrees(OURS, theirs)


@pytest.mark.parametrize(
    "theirs",
    [
        copy(eventTime="2026-11-20T01:00:08Z"),
        copy(bizStep="shipping"),
        copy(epcList=[]),
        copy(epcList=[*OURS["epcList"], "https://id.gs1.org/01/09521234000013/21/X"]),
        copy(epcList=["https://id.gs1.org/01/09521234000013/21/X"]),
        {key: value for key, value in OURS.items() if key != "epcList"},
        copy(**{"td:deviceSeq": 8}),
        copy(**{"td:deviceSeq": True}),
        copy(readPoint={"id": "https://id.gs1.org/414/9521234000006"}),
        {},
    ],
    ids=["time", "step", "none", "more", "other", "missing", "sequence", "bool", "place", "empty"],
)
def test_a_contradiction_does_not_agree(theirs: dict[str, Any]) -> None:
    assert not agrees(OURS, theirs)


def test_order_of_lists_says_nothing() -> None:
    ours = copy(epcList=["a", "b", "b"])
    assert agrees(ours, copy(epcList=["b", "a", "b"]))
    assert not agrees(ours, copy(epcList=["a", "a", "b"]))
