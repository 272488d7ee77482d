"""The board: expected, seen, missing, extra; partial receipt, another day, over and short, serial by serial."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.board import Board, Extra, Progress
from ledger.capture import Scanned, capture
from ledger.catalog import Product
from ledger.codes.code import Entry
from ledger.event import EventKind
from ledger.shipment import UNIT, Line, Shipment
from ledger.situation import Intent
from ledger.store import Store, open_store
from ledger.trees import Child
from tests.ledger.counter import Counter, gs1
from tests.ledger.papers import ASN, CASE_GTIN, DRUG, GTIN, GTIN_2, Told, case, heap, pack

RECEIVE = EventKind.RECEIVE


@pytest.fixture
def told() -> Told:
    one = Told()
    one.store.catalog.put(Product(GTIN, "滴眼液", "Drops", identifiers=(("drug", DRUG), ("gtin", GTIN))))
    return one


def put(told: Told, *lines: Line, **more: object) -> None:
    told.store.documents.put(Shipment("ASN-1", lines, **more))  # type: ignore[arg-type]


def board(told: Told) -> Board:
    found = told.store.boards.board("desadv", "ASN-1")
    assert found is not None
    return found


def row(found: Board, line: int = 1) -> tuple[int, int, int, int, str]:
    one = next(one for one in found.lines if one.line.line == line)
    return one.expected, one.seen, one.missing, one.over, one.progress


def test_there_is_no_board_without_a_document(told: Told) -> None:
    told.tell(RECEIVE, pack("S1"))
    assert told.store.boards.board("desadv", "ASN-1") is None
    assert (
        told.store.boards.missing("desadv", "ASN-1", 1) == () == told.store.boards.extras("desadv", "ASN-1")
    )


def test_a_line_goes_from_waiting_to_complete_and_over(told: Told) -> None:
    put(told, Line(1, GTIN, 2, "L1"))
    seen = [row(board(told))]
    for serial in ("S1", "S2", "S3"):
        told.tell(RECEIVE, pack(serial))
        seen.append(row(board(told)))
    assert seen == [
        (2, 0, 2, 0, Progress.WAITING),
        (2, 1, 1, 0, Progress.PARTIAL),
        (2, 2, 0, 0, Progress.COMPLETE),
        (2, 3, 0, 1, Progress.OVER),
    ]
    found = board(told)
    assert (found.expected, found.seen, found.missing, found.extra, found.complete) == (2, 2, 0, 1, False)
    assert [one.line.line for one in found.differences] == [1]


def test_what_is_on_no_line_is_extra_with_its_packs(told: Told) -> None:
    put(told, Line(1, GTIN, 2, "L1"))
    told.tell(RECEIVE, pack("S1"), pack("S2", "L9"), pack("S3", product=GTIN_2), heap(4, "L8", GTIN_2))
    found = board(told)
    assert found.extras == (
        Extra(GTIN, "L9", 1, 0),
        Extra(GTIN_2, "L1", 1, 0),
        Extra(GTIN_2, "L8", 4, 0),
    )
    assert (found.seen, found.missing, found.extra) == (1, 1, 6)
    extras = told.store.boards.extras("desadv", "ASN-1")
    assert extras == (f"gs1:{GTIN}/S2", f"gs1:{GTIN_2}/S3", f"heap:{GTIN_2}/L8")
    assert told.store.boards.extras("desadv", "ASN-1", limit=1) == extras[:1]
    assert told.store.boards.extras("desadv", "ASN-1", after=extras[0]) == extras[1:]


def test_serials_are_listed_page_by_page(told: Told) -> None:
    keys = [f"gs1:{GTIN}/S{number}" for number in range(5)]
    put(told, Line(1, GTIN, 5, "L1"), serials=tuple((key, 1) for key in keys))
    told.tell(RECEIVE, pack("S1"), pack("S3"), pack("S9"))
    found, boards = board(told), told.store.boards
    assert found.lines[0].by_serial and row(found) == (5, 2, 3, 0, Progress.PARTIAL)
    assert found.extras == (Extra(GTIN, "L1", 1, 0),)
    assert boards.missing("desadv", "ASN-1", 1) == (keys[0], keys[2], keys[4])
    assert boards.missing("desadv", "ASN-1", 1, limit=1) == (keys[0],)
    assert boards.missing("desadv", "ASN-1", 1, after=keys[0], limit=1) == (keys[2],)
    assert boards.seen("desadv", "ASN-1", 1) == (keys[1], keys[3])
    assert boards.extras("desadv", "ASN-1") == (f"gs1:{GTIN}/S9",)


def test_a_counted_line_lists_what_was_seen_of_its_lot(told: Told) -> None:
    put(told, Line(1, GTIN, 5, "L1"), Line(2, GTIN, 5, "L2"))
    told.tell(RECEIVE, pack("S1"), pack("S2", "L2"), pack("S3", product=DRUG), pack("S4", None))
    boards = told.store.boards
    expected = tuple(sorted((f"gs1:{GTIN}/S1", f"gs1:{DRUG}/S3", f"gs1:{GTIN}/S4")))
    assert boards.seen("desadv", "ASN-1", 1) == expected
    assert boards.seen("desadv", "ASN-1", 9) == () == boards.missing("desadv", "ASN-1", 1)


def test_a_receipt_goes_on_another_day_and_can_be_taken_back(told: Told) -> None:
    put(told, Line(1, GTIN, 3, "L1"))
    told.tell(RECEIVE, pack("S1"))
    told.tell(EventKind.DOCUMENT_FINISHED)
    assert board(told).document.finished and row(board(told))[2] == 2
    told.tell(EventKind.DOCUMENT_OPENED)
    last = told.tell(RECEIVE, pack("S2"))
    assert not board(told).document.finished and row(board(told)) == (3, 2, 1, 0, Progress.PARTIAL)
    told.void(last)
    assert row(board(told)) == (3, 1, 2, 0, Progress.PARTIAL)
    assert told.store.boards.seen("desadv", "ASN-1", 1) == (f"gs1:{GTIN}/S1",)


def test_cases_are_counted_beside_the_packs(told: Told) -> None:
    inner, outer, stray = case("095212340000000013"), case("195212340000000010"), case("295212340000000017")
    told.store.trees.put(outer.key, Child(inner.key))
    put(told, Line(1, GTIN, 2, "L1"), cases=(outer.key,))
    told.tell(RECEIVE, inner, pack("S1", parent=inner.key))
    told.tell(RECEIVE, stray)
    found = board(told)
    assert (found.cases_expected, found.cases_seen, found.cases_extra) == (1, 0, 1)
    assert row(found) == (2, 1, 1, 0, Progress.PARTIAL) and found.extras == ()
    told.tell(RECEIVE, outer)
    assert board(told).cases_seen == 1


def test_cases_that_are_traded_as_such_are_on_their_line(told: Told) -> None:
    put(told, Line(1, CASE_GTIN, 2))
    told.tell(RECEIVE, pack("C1", product=CASE_GTIN, level=case().level))
    found = board(told)
    assert row(found) == (2, 1, 1, 0, Progress.PARTIAL) and found.cases_extra == 0


def test_units_without_a_pack_size_are_unclear_not_wrong(told: Told) -> None:
    put(told, Line(1, GTIN, 20, unit=UNIT), Line(2, GTIN_2, 1))
    found = board(told)
    assert row(found)[4] is Progress.UNCLEAR and not found.complete
    assert (found.expected, found.missing) == (1, 1), "lines of units are not added to packs"


def test_the_board_of_real_scans(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    intent = Intent(RECEIVE, "op-1", (ASN,))
    try:
        counter.writer.run(lambda store: store.documents.put(Shipment("ASN-1", (Line(1, GTIN, 2, "L1"),))))
        for serial in ("A", "A", "B"):
            scanned = Scanned(gs1(serial), Entry.WEDGE)
            counter.writer.run(lambda store, one=scanned: capture(store, counter.workplace, one, intent))  # type: ignore[misc]
        found = counter.writer.run(lambda store: store.boards.board("desadv", "ASN-1"))
        assert found is not None and row(found) == (2, 2, 0, 0, Progress.COMPLETE) and found.complete
    finally:
        counter.close()
    store = open_store(tmp_path)
    assert store.head.seq == 2 and store.documents.agrees(store.chain())
    store.close()


lines_ = st.lists(
    st.tuples(st.sampled_from([GTIN, GTIN_2]), st.integers(1, 4), st.sampled_from([None, "L1", "L2"])),
    min_size=1,
    max_size=4,
)
seen_ = st.lists(
    st.tuples(
        st.sampled_from([GTIN, DRUG, GTIN_2, "09521234000037"]),
        st.sampled_from(["L1", "L2", "L3", None]),
        st.integers(0, 9),
    ),
    max_size=12,
    unique_by=lambda one: (one[0], one[2]),
)


@settings(max_examples=100, deadline=None)
@given(lines_, seen_, st.booleans(), st.data())
def test_the_sums_of_a_board_hold(
    lines: list[tuple[str, int, str | None]],
    packs: list[tuple[str, str | None, int]],
    by_serial: bool,
    data: st.DataObject,
) -> None:
    told = Told()
    told.store.catalog.put(Product(GTIN, "滴眼液", "Drops", identifiers=(("drug", DRUG), ("gtin", GTIN))))
    wanted = [Line(number, *one) for number, one in enumerate(lines, 1)]
    serials = [
        (f"gs1:{line.product}/{line.line}{n}", line.line) for line in wanted for n in range(line.quantity)
    ]
    put(told, *wanted, serials=tuple(sorted(serials)) if by_serial else ())
    shown = [pack(str(serial), lot, product) for product, lot, serial in packs]
    if by_serial and shown:
        listed = data.draw(st.sets(st.sampled_from(serials)))
        shown += [pack(key.rpartition("/")[2], "L1", key[4:18]) for key, _ in sorted(listed)]
    shown = list({facts.key: facts for facts in shown}.values())
    for facts in shown:
        told.tell(RECEIVE, facts)
    gone = data.draw(st.sets(st.sampled_from(told.events))) if shown else set()
    for event in sorted(gone, key=lambda one: one.seq):
        told.void(event)
    found = board(told)
    assert found.seen + found.extra == len(shown) - len(gone)
    assert found.seen + found.missing == found.expected == sum(line.quantity for line in wanted)
    for one in found.lines:
        assert one.seen - one.over + one.missing == one.expected
        assert not (one.over and one.missing)
        missing = told.store.boards.missing("desadv", "ASN-1", one.line.line)
        assert len(missing) == (one.missing if by_serial else 0)
    listed_extras = told.store.boards.extras("desadv", "ASN-1")
    assert len(listed_extras) == sum(one.packs for one in found.extras)


def test_the_board_reads_only(tmp_path: Path) -> None:
    store: Store = open_store(tmp_path)
    with store.transaction():
        store.documents.put(Shipment("ASN-1", (Line(1, GTIN, 2),)))
    store._connection.execute("PRAGMA query_only=ON")
    assert store.boards.board("desadv", "ASN-1") is not None
    assert store.documents.agrees(store.chain())
    store.close()
