"""What goes out under an approval is never more than it grants, and all that happened explains the number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.approval import Approval
from ledger.capture import Captured, Outcome, Scanned, Workplace, capture
from ledger.catalog import Product
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.codes.identify import identify
from ledger.event import ABOUT_PACKS, Event, EventKind
from ledger.pack import State
from ledger.situation import Policy
from tests.ledger import papers
from tests.ledger.counter import CHINA, GTIN, NOON, TODAY, Counter, gs1, intent_of, wire

K = EventKind
OURS, THEIRS = "9521999000006", "9521999000013"
CASE_GTIN, PALLET, BOX = "19521234000010", "00095212340000000020", "00095212340000000037"
HEAP = f"01{GTIN}1728013110L1"
SEALED = gs1("C1", gtin=CASE_GTIN)


def said(answer: Captured) -> set[str]:
    return {problem.code for problem in answer.problems} - {"no_document", "product_unknown"}


def accepted(answer: Captured) -> Captured:
    assert answer.outcome is Outcome.ACCEPTED, said(answer)
    return answer


def grant(counter: Counter, quantity: int | None, size: int | None = None, holder: str = OURS) -> None:
    counter.workplace = replace(counter.workplace, institution=OURS)
    codes = (("gtin", GTIN), ("gtin", CASE_GTIN))
    product = Product(GTIN, "药", "drug", pack_size=size, needs_approval=True, identifiers=codes)
    paper = Approval("AP-1", GTIN, holder, TODAY, TODAY + timedelta(days=9), quantity=quantity)
    counter.store(lambda store: store.catalog.put(product))
    counter.store(lambda store: store.documents.put(paper))


def used(counter: Counter) -> int:
    return counter.writer.run(lambda store: store.documents.standing("AP-1").used)  # type: ignore[union-attr]


def test_every_opened_pack_counts_where_nobody_knows_its_size(counter: Counter) -> None:
    grant(counter, 2)
    for one in "ABC":
        accepted(counter.receive(gs1(one)))
    accepted(counter.dispense(gs1("A"), quantity=3, units=10))
    accepted(counter.dispense(gs1("B"), quantity=3, units=10))
    assert used(counter) == 2
    more = counter.dispense(gs1("C"), quantity=3, units=10)
    assert (more.outcome, said(more)) == (Outcome.REFUSED, {"approval_used_up"})
    accepted(counter.dispense(gs1("A"), quantity=7))  # the rest of a pack that counts already
    accepted(counter.scan(gs1("B"), K.UNDO))
    assert used(counter) == 1
    accepted(counter.dispense(gs1("C"), quantity=3, units=10))


def test_rest_of_a_pack_opened_under_another_approval_counts_here(counter: Counter) -> None:
    grant(counter, 1)
    accepted(counter.receive(gs1("A")))
    accepted(counter.receive(gs1("B")))
    counter.store(lambda store: store.documents.put(replace_number(store, "AP-0")))
    accepted(counter.dispense(gs1("A"), quantity=3, units=10))
    accepted(counter.dispense(gs1("B")))
    again = counter.dispense(gs1("A"), quantity=7)
    assert accepted(again).event.documents[0].number == "AP-0"  # type: ignore[union-attr]


def replace_number(store: object, number: str) -> Approval:
    found = store.documents.approval("AP-1")  # type: ignore[attr-defined]
    return replace(found, number=number)


@pytest.mark.parametrize("nested", [False, True])
def test_case_that_nobody_looked_into_does_not_leave_unasked(counter: Counter, nested: bool) -> None:
    grant(counter, 5, holder=THEIRS)
    accepted(counter.receive(SEALED))
    text = PALLET if nested else SEALED
    if nested:
        accepted(counter.scan(SEALED, K.PACK, parent=identify(PALLET)))
    asked = counter.scan(text, K.TRANSFER_OUT, partner=THEIRS)
    assert (asked.outcome, said(asked)) == (Outcome.ASKED, {"approval_case_uncounted"})
    sent = accepted(counter.scan(text, K.TRANSFER_OUT, partner=THEIRS, reason="sealed by the maker"))
    assert sent.event is not None and [one.number for one in sent.event.documents] == ["AP-1"]


def test_sealed_cases_in_a_case_need_an_approval_too(counter: Counter) -> None:
    grant(counter, None)
    accepted(counter.receive(SEALED))
    accepted(counter.scan(SEALED, K.PACK, parent=identify(PALLET)))
    refused = counter.scan(PALLET, K.TRANSFER_OUT, partner=THEIRS, reason="r")
    assert (refused.outcome, said(refused)) == (Outcome.REFUSED, {"approval_missing"})


DEEDS = st.tuples(
    st.sampled_from(["pack", "units", "heap", "undo", "heap_undo", "void", "return", "later", "quarantine"]),
    st.integers(0, 3),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(DEEDS, max_size=30), st.integers(1, 4), st.sampled_from([10, None]))
def test_no_walk_takes_more_than_was_granted(
    deeds: list[tuple[str, int]], quantity: int, size: int | None
) -> None:
    store, time = papers.store(), NOON
    workplace = Workplace(Clock(lambda: time, CHINA), Policy(), wire, institution=OURS)
    store.catalog.put(Product(GTIN, "药", "drug", pack_size=size, needs_approval=True))
    last = TODAY + timedelta(days=3)
    store.documents.put(Approval("AP-1", GTIN, OURS, TODAY, last, quantity=quantity))
    scans: list[Captured] = []

    def scan(text: str, kind: EventKind, **answers: object) -> Captured:
        with store.transaction():
            scans.append(
                capture(store, workplace, Scanned(text, Entry.WEDGE), intent_of(kind, reason="r", **answers))
            )
        return scans[-1]

    for serial in range(4):
        scan(gs1(f"S{serial}"), K.RECEIVE)
    scan(HEAP, K.RECEIVE, quantity=9)
    for deed, what in deeds:
        text = gs1(f"S{what}")
        match deed:
            case "pack":
                scan(text, K.DISPENSE)
            case "units":
                scan(text, K.DISPENSE, quantity=1 + 3 * what, units=10)
            case "heap":
                scan(HEAP, K.DISPENSE, quantity=1 + what)
            case "undo":
                scan(text, K.UNDO)
            case "heap_undo":
                scan(HEAP, K.UNDO, quantity=1 + what)
            case "void":
                scan(text if what else HEAP, K.VOID)
            case "return":
                scan(text, K.RETURN, quantity=1)
            case "quarantine":
                scan(text, K.QUARANTINE)
            case _:
                time += timedelta(hours=3 + 9 * what)
        standing = store.documents.standing("AP-1")
        assert standing is not None and not standing.over
        assert out_of_the_house(store) <= quantity
    for answer in scans:
        if answer.outcome is Outcome.ACCEPTED and answer.event and answer.event.kind is K.DISPENSE:
            assert answer.event.moment.at.astimezone(CHINA).date() <= last
            assert ("approval", "AP-1") in [(one.kind, one.number) for one in answer.event.documents]
    chain = [Event.from_canonical(body) for _, body, _ in store.chain()]
    execute = store.connection.execute
    assert execute("SELECT count(*) FROM raw_scan").fetchone() == (len(scans),), "no scan is lost"
    told = sum(one.kind in ABOUT_PACKS for one in chain)
    assert execute("SELECT count(*) FROM outbox").fetchone() == (told,), "every record is delivered"
    assert store.documents.agrees(store.chain())
    before = execute("SELECT * FROM progress_sum ORDER BY 1, 2, 3, 4").fetchall()
    store.documents.rebuild(store.chain())
    kept = [
        row for row in execute("SELECT * FROM progress_sum ORDER BY 1, 2, 3, 4").fetchall() if any(row[4:])
    ]
    assert kept == [row for row in before if any(row[4:])]


def out_of_the_house(store: object) -> int:
    """Packs that patients have in hand, counted without the journal."""
    packs = [store.look_up(identify(gs1(f"S{one}")).key) for one in range(4)]  # type: ignore[attr-defined]
    heap = store.look_up(f"heap:{GTIN}/L1")  # type: ignore[attr-defined]
    return sum(one.state is State.DISPENSED and one.out is None for one in packs) + (heap.out or 0)
