"""Which products and lots are meant by what a person types, and what is offered for each task."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.goods import by_number, find, heaps_of
from desktop.station import Station
from desktop.tasksheet import TASKS
from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.event import EventKind
from ledger.situation import Intent
from scanner.scan import Scan, Source
from tests.desktop.conftest import DRUG, GTIN, LATER

EAN = "06901234567892"
K = EventKind


@pytest.fixture
def stocked(station: Station) -> Station:
    """Drops without code of two lots, one of them handed out in part and set apart in part."""
    station.run(
        lambda store: store.catalog.load(
            (
                Product(EAN, "阿莫西林胶囊", "Amoxicillin Capsules", "0.25 g"),
                Product("10614141234568", "注射用阿莫西林钠", "Amoxicillin for Injection", "0.5 g"),
            )
        )
    )
    for lot, verb, quantity in (
        ("A", K.RECEIVE, 10),
        ("B", K.RECEIVE, 5),
        ("A", K.DISPENSE, 2),
        ("A", K.QUARANTINE, 3),
        ("B", K.DISPENSE, 5),
    ):
        intent = Intent(verb, "op-1", reason="reason_urgent", lot=lot, expiry=LATER, quantity=quantity)
        done = station.capture(Scan("", Source.MANUAL), intent, product=DRUG).result()
        assert done.outcome is Outcome.ACCEPTED
    return station


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("眼液", [DRUG]),
        ("EYE drops", [DRUG]),
        ("drops polyvinyl", [DRUG]),
        (DRUG, [DRUG]),
        (GTIN, [GTIN]),
        (GTIN[1:], [GTIN]),
        ("6901234567892", [EAN]),
        (f"(01){GTIN}", [GTIN]),
        ("阿莫", [EAN, "10614141234568"]),
        ("阿莫 注射", ["10614141234568"]),
        ("00000000000016", []),
        ("zzz", []),
        ("100%", []),
    ],
)
def test_a_product_is_found_by_any_part_of_its_name_and_any_number(
    stocked: Station, typed: str, found: list[str]
) -> None:
    def look(store: object) -> list[str]:
        return [one.product for one in find(store, typed, None, K.RECEIVE)]  # type: ignore[arg-type]

    assert stocked.run(look) == found


def test_a_number_that_the_catalogue_does_not_know_can_still_be_meant(stocked: Station) -> None:
    (unknown,) = stocked.run(lambda store: find(store, "06925265101481", None, K.RECEIVE))
    assert (unknown.product, unknown.names) == ("06925265101481", ("", ""))


def test_without_a_text_what_lies_here_is_offered(stocked: Station) -> None:
    assert [one.product for one in stocked.run(lambda store: find(store, "", None, K.DISPENSE))] == [DRUG]


@pytest.mark.parametrize(
    ("verb", "lots"),
    [
        (K.RECEIVE, ["A", "B"]),
        (K.DISPENSE, ["A"]),
        (K.RETURN, ["A", "B"]),
        (K.RELEASE, ["A"]),
        (K.DESTROY, ["A"]),
        (K.COUNT, ["A", "A", "B"]),
    ],
)
def test_only_lots_that_can_be_meant_are_offered(stocked: Station, verb: EventKind, lots: list[str]) -> None:
    heaps = stocked.run(lambda store: heaps_of(store, DRUG, verb))
    assert [one.lot for one in heaps] == lots
    assert {(one.shelf, one.apart, one.out) for one in heaps if one.lot == "A"} == {(5, 3, 2)}
    assert all(one.expiry == LATER for one in heaps)


def test_a_lot_known_by_its_packs_alone_is_offered_where_goods_come_in(stocked: Station) -> None:
    text = f"]d201{GTIN}17{LATER:%y%m%d}10AB-123\x1d21S-1"
    stocked.capture(Scan(text, Source.WEDGE), Intent(K.RECEIVE, "op-1")).result()
    (heap,) = stocked.run(lambda store: heaps_of(store, GTIN, K.RECEIVE))
    assert (heap.lot, heap.expiry, heap.shelf) == ("AB-123", LATER, 0)
    assert not stocked.run(lambda store: heaps_of(store, GTIN, K.DISPENSE))


def test_every_task_that_moves_heaps_can_be_told_by_number() -> None:
    assert {verb for verb in TASKS if not by_number(verb)} == {K.MOVE, K.PACK, K.UNPACK, K.LABEL, K.VOID}
    assert date.today() < LATER
