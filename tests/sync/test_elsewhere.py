"""A delivery that two counters take in together: each sees beside its own board what the other has."""

from __future__ import annotations

from datetime import date

from desktop.paperboard import Fact, paper
from ledger.capture import Outcome, Scanned, capture
from ledger.codes.code import Entry
from ledger.elsewhere import taken_in
from ledger.event import DocumentRef, EventKind
from ledger.shipment import SHIPMENT, Line, Shipment
from ledger.situation import Intent
from ledger.store import Store
from tests.ledger.counter import GTIN
from tests.sync.site import Workstation, gs1

NUMBER = "DN-1"
UNDER = (DocumentRef(SHIPMENT, NUMBER),)


def take_in(desk: Workstation, text: str, quantity: int | None = None) -> None:
    """Receive under the delivery."""
    desk.later(seconds=1)
    intent = Intent(EventKind.RECEIVE, "op-1", UNDER, quantity=quantity)
    done = desk.of(lambda store: capture(store, desk.workplace, Scanned(text, Entry.WEDGE), intent))
    assert done.outcome is Outcome.ACCEPTED


def elsewhere(desk: Workstation) -> int:
    count: int = desk.of(lambda store: taken_in(store, SHIPMENT, NUMBER))
    return count


def test_what_the_other_counter_took_in_is_told_and_taken_back(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair
    for serial in ("S1", "S2"):
        take_in(a, gs1(serial))
    a.receive(gs1("S9"))
    assert elsewhere(a) == elsewhere(b) == 0
    a.sync()
    b.sync()
    assert (elsewhere(a), elsewhere(b)) == (0, 2), "without the document it is no part of it"
    a.scan(gs1("S2"), EventKind.VOID, reason="did_not_occur")
    a.sync()
    b.sync()
    assert elsewhere(b) == 1
    take_in(b, gs1("S3"))
    b.sync()
    a.sync()
    assert (elsewhere(a), elsewhere(b)) == (1, 1)


def test_goods_without_serial_count_by_number_and_dispensing_is_no_receipt(
    pair: tuple[Workstation, Workstation],
) -> None:
    a, b = pair
    by_lot = gs1("X").partition("\x1d")[0]
    take_in(a, by_lot, 7)
    take_in(a, gs1("S1"))
    a.dispense(gs1("S1"))
    a.sync()
    b.sync()
    assert elsewhere(b) == 8


def test_the_board_says_so_beside_its_own_numbers(pair: tuple[Workstation, Workstation]) -> None:
    a, b = pair

    def expect(store: Store) -> None:
        store.documents.put(Shipment(NUMBER, lines=(Line(1, GTIN, 3),)))

    b.of(expect)
    take_in(a, gs1("S1"))
    a.sync()
    b.sync()
    board = b.of(lambda store: paper(store, SHIPMENT, NUMBER, "", date(2026, 11, 22)))
    assert (board.seen, board.missing) == (0, 3), "the chain explains our own receipts alone"
    assert board.facts == (Fact("paper_elsewhere", (("count", "1"),)),)
