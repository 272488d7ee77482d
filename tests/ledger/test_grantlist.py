"""The list of approvals: searched, told by phase, and the uses of one from both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.approval import Approval
from ledger.event import DocumentRef, EventKind
from ledger.grantlist import PORTION, Grantlist, Phase, Span
from ledger.product import Product
from tests.ledger.papers import DRUG, GTIN, GTIN_2, Told, event, heap, pack

DAY = date(2026, 11, 20)
SPAN = Span(DAY, DAY + timedelta(days=30))
GLN = "9521999000006"


def grant(number: str, first: int = -10, last: int = 100, **values: object) -> Approval:
    return Approval(number, GTIN, GLN, DAY + timedelta(first), DAY + timedelta(last), **values)  # type: ignore[arg-type]


@pytest.fixture
def told() -> Told:
    one = Told()
    one.store.catalog.put(
        Product(GTIN, "滴眼液", "Drops", pack_size=10, identifiers=(("drug", DRUG), ("gtin", GTIN)))
    )
    return one


def sheet(told: Told, text: str = "", phase: Phase | None = None) -> list[str]:
    listed = Grantlist(told.store)
    return [row.standing.approval.number for row in listed.rows(listed.sheet(text, phase, SPAN))]


def under(number: str) -> tuple[DocumentRef, ...]:
    return (DocumentRef("approval", number),)


def test_phases_meet_without_gap_or_overlap_and_agree_with_the_list(told: Told) -> None:
    for first in (-40, -1, 0, 1, 40):
        for last in (-2, -1, 0, 1, 29, 30, 90):
            if first <= last:
                told.store.documents.put(grant(f"{first}:{last}", first, last))
                told.store.documents.put(grant(f"{first}:{last}!", first, last, suspended=True))
    listed = Grantlist(told.store)
    rows = listed.rows(listed.sheet("", None, SPAN))
    totals = listed.totals(SPAN)
    for phase in (Phase.ENDING, Phase.COMING, Phase.OVER, Phase.SUSPENDED):
        expected = {row.standing.approval.number for row in rows if SPAN.phase(row.standing) is phase}
        assert set(sheet(told, phase=phase)) == expected and totals[phase] == len(expected)
    valid = sum(SPAN.phase(row.standing) in (Phase.VALID, Phase.ENDING) for row in rows)
    assert totals[Phase.VALID] == valid == len(sheet(told, phase=Phase.VALID))
    assert sum(totals.values()) - totals[Phase.ENDING] == len(rows)


def test_a_part_of_number_lot_or_product_finds_it_whatever_signs_it_has(told: Told) -> None:
    documents = told.store.documents
    documents.put(grant("HN-100%", lot="AB_7"))
    documents.put(grant("HN-1000"))
    documents.put(replace(grant("X"), product=DRUG))
    documents.put(replace(grant("Y"), product=GTIN_2))
    assert sheet(told, "100%") == ["HN-100%"] and sheet(told, "b_7") == ["HN-100%"]
    assert sheet(told, "hn-1") == ["HN-100%", "HN-1000"]
    assert sheet(told, "滴眼") == sheet(told, "drops") == ["HN-100%", "HN-1000", "X"]
    assert sheet(told, GTIN) == ["HN-100%", "HN-1000", "X"] and sheet(told, GTIN_2) == ["Y"]


def test_overdrawn_counts_what_others_told_and_nothing_that_was_taken_back(told: Told) -> None:
    documents = told.store.documents
    for number in ("OWN", "BOTH", "BACK", "UNITS"):
        documents.put(grant(number, quantity=1))
    documents.put(grant("ANY"))
    for number in ("OWN", "BOTH", "BACK", "ANY"):
        told.tell(EventKind.DISPENSE, pack(f"{number}1"), documents=under(number))
    told.tell(EventKind.DISPENSE, pack("OWN2"), documents=under("OWN"))
    there = replace(
        event(1, EventKind.DISPENSE, pack("BOTH2"), documents=under("BOTH")), event_id="b1", device_id="b"
    )
    told.store.documents.draws.told(there)
    told.undo(told.tell(EventKind.DISPENSE, pack("BACK2"), documents=under("BACK")), pack("BACK2"))
    told.tell(EventKind.DISPENSE, pack("U1", quantity=9, units=10), documents=under("UNITS"))
    assert sheet(told, phase=Phase.OVERDRAWN) == ["BOTH", "OWN"]
    assert Grantlist(told.store).totals(SPAN)[Phase.OVERDRAWN] == 2


def test_uses_say_whether_they_count_and_how_much_of_a_heap(told: Told) -> None:
    told.store.documents.put(grant("AP"))
    first = told.tell(EventKind.DISPENSE, pack("S1"), documents=under("AP"))
    told.undo(first, pack("S1"))
    told.tell(EventKind.DISPENSE, heap(5), documents=under("AP"), detail=(("take_out_weeks", "4"),))
    told.tell(EventKind.UNDO, heap(2), documents=under("AP"))
    told.tell(EventKind.TRANSFER_OUT, pack("S3"), documents=(*under("AP"), DocumentRef("prescription", "RX")))
    listed = Grantlist(told.store)
    (row,) = listed.rows(listed.sheet("", None, SPAN))
    uses = {use.facts.serial or "heap": use for use in listed.uses(row.grant_id, "AP")}
    assert {name: (use.counts, use.left, use.here) for name, use in uses.items()} == {
        "S1": (False, None, True),
        "heap": (True, 3, True),
        "S3": (True, None, True),
    }
    assert (uses["heap"].weeks, uses["S3"].prescription, uses["S3"].kind) == (4, "RX", EventKind.TRANSFER_OUT)
    assert row.standing.used == 3 and row.standing.shipped == 1


def test_no_more_than_a_portion_is_told_at_once(told: Told) -> None:
    for number in range(3):
        told.store.documents.put(grant(f"N{number}"))
    listed = Grantlist(told.store)
    ids = listed.sheet("", None, SPAN)
    assert len(listed.rows(list(ids) * PORTION)) == PORTION and listed.rows([999_999]) == ()


def test_a_use_that_another_workstation_took_back_counts_no_more(told: Told) -> None:
    told.store.documents.put(grant("AP"))
    first = told.tell(EventKind.DISPENSE, pack("S1"), documents=under("AP"))
    listed = Grantlist(told.store)
    (row,) = listed.rows(listed.sheet("", None, SPAN))
    assert [use.counts for use in listed.uses(row.grant_id, "AP")] == [True]
    undone = event(1, EventKind.UNDO, pack("S1"), documents=(), detail=(("undoes", first.event_id),))
    told.store.documents.draws.told(replace(undone, event_id="b1", device_id="b"))
    assert [use.counts for use in listed.uses(row.grant_id, "AP")] == [False]
    (row,) = listed.rows(listed.sheet("", None, SPAN))
    assert row.standing.used == 0
