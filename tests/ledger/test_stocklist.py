"""The stock as a list: what stands in it, what it filters and finds, and that it agrees with the single look-ups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.codes.code import Kind, Level
from ledger.event import Event, EventKind, PackFacts
from ledger.moment import new_event_id
from ledger.pack import State
from ledger.recalls import Match, Recall
from ledger.schema import scratch
from ledger.stocklist import By, Stocklist, Wanted
from ledger.store import Store
from tests.ledger.counter import CN20, GTIN, Counter, gs1

T = TypeVar("T")
DROPS, DRUG = "09521234000020", "8338652"
EYE = Product(
    DROPS, "滴眼液", "Eye Drops 50%", "5 mL", pack_size=10, identifiers=(("drug", DRUG), ("gtin", DROPS))
)
MAB = Product(GTIN, "示例单抗", "Demo Mab", "100 mg", "Demo Biologics")
DAY = date(2026, 11, 1)


@pytest.fixture
def stock(counter: Counter) -> Counter:
    """Six packs: two lots of one product, one near its end, one set apart, one opened, one gone; a 20-digit code."""
    counter.store(lambda store: store.catalog.load((EYE, MAB)))
    counter.receive(gs1("S1", "280131", "L1"), place="A-01")
    counter.receive(gs1("S2", "261210", "L2"), place="A-02")
    counter.receive(gs1("S3", "280131", "L1"), place="A-01", damaged="damaged")
    counter.receive(gs1("S4", "270601", "E1", DROPS), place="B-01")
    counter.receive(gs1("S5", "270601", "E1", DROPS), place="B-01")
    counter.receive(CN20, lot="E2", expiry=date(2027, 1, 31), expiry_precision="month", place="B-02")
    counter.dispense(gs1("S5", "270601", "E1", DROPS), quantity=3, reason="x")
    got = counter.dispense(gs1("S4", "270601", "E1", DROPS), reason="x")
    assert got.outcome is Outcome.ACCEPTED
    return counter


def asked(counter: Counter, job: Callable[[Stocklist], T]) -> T:
    return counter.writer.run(lambda store: job(Stocklist(store)))


def keys(counter: Counter, wanted: Wanted) -> list[str]:
    return [row.key for row in asked(counter, lambda one: one.packs(one.sheet(wanted)))]


S1, S2, S3 = (f"gs1:{GTIN}/S{n}" for n in (1, 2, 3))
S4, S5 = (f"gs1:{DROPS}/S{n}" for n in (4, 5))
SMALL = f"cn20:{CN20}"


def test_what_is_here_stands_in_the_order_of_its_last_day(stock: Counter) -> None:
    assert keys(stock, Wanted()) == [S2, SMALL, S5, S1, S3]
    assert keys(stock, Wanted(falling=True))[0] == S1
    assert keys(stock, Wanted(order="place"))[:2] == [S1, S3]
    assert keys(stock, Wanted(order="product", falling=True))[0] in (S1, S2, S3)


def test_a_row_tells_the_pack_as_people_know_it(stock: Counter) -> None:
    (row,) = (
        row for row in asked(stock, lambda one: one.packs(one.sheet(Wanted(text="S5")))) if row.serial == "S5"
    )
    assert (row.names, row.spec, row.state) == (("滴眼液", "Eye Drops 50%"), "5 mL", State.OPENED)
    assert (row.remaining, row.units, row.out) == (7, 10, 3)
    assert (row.place, row.lot, row.expiry, row.verdict) == ("B-01", "E1", date(2027, 6, 1), "provisional")
    assert row.recall is None and row.at.startswith("2026-11-20T12:00")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(states=(State.QUARANTINED,)), [S3]),
        (Wanted(states=(State.OPENED,)), [S5]),
        (Wanted(states=(State.DISPENSED,)), [S4]),
        (Wanted(states=(State.IN_STOCK, State.DISPENSED), place="B-01"), [S4]),
        (Wanted(place="A-01"), [S1, S3]),
        (Wanted(until=date(2027, 2, 1)), [S2, SMALL]),
        (Wanted(since=date(2026, 12, 11), until=date(2027, 6, 2)), [SMALL, S5]),
        (Wanted(product=DRUG), [SMALL, S5]),
        (Wanted(product=DROPS, lot="E2"), [SMALL]),
        (Wanted(lot="L1"), [S1, S3]),
        (Wanted(text="e1"), [S5]),
        (Wanted(text=" 单抗 "), [S2, S1, S3]),
        (Wanted(text="DROPS"), [SMALL, S5]),
        (Wanted(text="0%"), [SMALL, S5]),
        (Wanted(text="_"), []),
        (Wanted(text="94165332"), [SMALL]),
        (Wanted(text=GTIN), [S2, S1, S3]),
        (Wanted(text="83386"), [SMALL, S5]),
        (Wanted(text="no such thing"), []),
    ],
)
def test_filters_and_search(stock: Counter, wanted: Wanted, found: list[str]) -> None:
    assert keys(stock, wanted) == found


def test_a_second_code_finds_the_pack(stock: Counter) -> None:
    from ledger.codes.identify import identify

    got = stock.scan(gs1("S1"), EventKind.LABEL, label=identify(gs1("ZONE-77", gtin=DROPS)))
    assert got.outcome is Outcome.ACCEPTED, got.problems
    assert keys(stock, Wanted(text="zone-7")) == [S1]


def test_products_and_lots_are_counted(stock: Counter) -> None:
    mab, eye = asked(stock, lambda one: one.groups(Wanted(), By.PRODUCT))
    assert (mab.product, mab.names[0], mab.lots, mab.lot, mab.expiry) == (
        GTIN,
        "示例单抗",
        2,
        None,
        date(2026, 12, 10),
    )
    assert (mab.in_stock, mab.quarantined, mab.opened, mab.places, mab.members) == (2, 1, 0, 2, 3)
    assert (eye.product, eye.in_stock, eye.opened, eye.units_left, eye.lots) == (DROPS, 1, 1, 7, 2)
    lots = asked(stock, lambda one: one.groups(Wanted(), By.LOT))
    assert [(one.lot, one.in_stock + one.opened + one.quarantined) for one in lots] == [
        ("L2", 1),
        ("E2", 1),
        ("E1", 1),
        ("L1", 2),
    ]
    assert [one.expiry_precision for one in lots] == ["day", "month", "day", "day"]


def test_goods_without_serial_count_by_their_number_and_cases_not_at_all(counter: Counter) -> None:
    counter.receive(f"01{GTIN}1728013110L9", quantity=12, reason="x")
    counter.receive("00095212340000000013", reason="x")
    (heap, case) = asked(counter, lambda one: one.packs(one.sheet(Wanted())))
    assert heap.is_heap and heap.remaining == 12 and case.level == "case"
    groups = asked(counter, lambda one: one.groups(Wanted(), By.LOT))
    assert [(one.in_stock, one.cases, one.members) for one in groups] == [(12, 0, 1), (0, 1, 1)]
    totals = asked(counter, lambda one: one.totals(DAY, DAY, DAY))
    assert totals.in_stock == 12


def test_a_recall_comes_first_and_at_once(stock: Counter) -> None:
    stock.store(lambda store: store.recalls.put(Recall("R-1", DRUG, "E1", day=DAY, level=1)))
    assert keys(stock, Wanted(recalled=True)) == [S5]
    assert keys(stock, Wanted(recalled=True, states=(State.DISPENSED,))) == [S4]
    first = asked(stock, lambda one: one.groups(Wanted(), By.LOT))[0]
    assert (first.lot, first.recalled) == ("E1", 1)
    row = asked(stock, lambda one: one.packs(one.sheet(Wanted(recalled=True))))[0]
    assert row.surely_recalled and row.recall is not None and row.recall.number == "R-1"
    assert asked(stock, lambda one: one.totals(DAY, DAY, DAY)).recalled == 1
    stock.store(lambda store: store.recalls.withdraw("R-1"))
    assert keys(stock, Wanted(recalled=True)) == []


def test_everything_here_is_summed_by_state_and_by_heat(stock: Counter) -> None:
    today, near, soon = date(2026, 12, 11), date(2027, 2, 1), date(2027, 6, 2)
    totals = asked(stock, lambda one: one.totals(today, near, soon))
    assert (totals.in_stock, totals.opened, totals.quarantined, totals.in_transit) == (3, 1, 1, 0)
    assert (totals.expired, totals.near, totals.soon, totals.recalled) == (1, 1, 1, 0)


def test_places_are_those_where_something_lies(stock: Counter) -> None:
    assert asked(stock, lambda one: one.places()) == ("A-01", "A-02", "B-01", "B-02")


def test_a_pack_that_changed_after_the_sheet_is_told_as_it_is(stock: Counter) -> None:
    sheet = asked(stock, lambda one: one.sheet(Wanted()))
    stock.dispense(gs1("S2", "261210", "L2"), reason="x")
    told = asked(stock, lambda one: one.packs([*sheet, 99_999]))
    assert [row.key for row in told] == [S2, SMALL, S5, S1, S3]
    assert told[0].state is State.DISPENSED


def test_lists_of_what_is_here_read_the_index_alone(stock: Counter) -> None:
    """Else a ledger of many years reads every pack that ever was."""

    def plan(store: Store) -> list[str]:
        found: list[str] = []
        store.connection.set_trace_callback(found.append)
        Stocklist(store).sheet(Wanted(place="A-01"))
        Stocklist(store).places()
        store.connection.set_trace_callback(None)
        return [row[3] for sql in found for row in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    told = stock.writer.run(plan)
    assert [step for step in told if " pack " in step] == ["SCAN pack USING COVERING INDEX pack_here"] * 2


PRODUCTS = st.sampled_from((DROPS, DRUG, GTIN))
LOTS = st.sampled_from((None, "L1", "L2"))
SERIALS = st.sampled_from((None, "S1", "S2", "gs1:k/S2"))


@given(
    packs=st.lists(st.tuples(PRODUCTS, LOTS, SERIALS), max_size=6),
    recalls=st.lists(st.tuples(PRODUCTS, LOTS, SERIALS, st.booleans()), max_size=4),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_recalls_are_matched_as_for_a_single_pack(
    packs: list[tuple[str, str | None, str | None]], recalls: list[tuple[str, str | None, str | None, bool]]
) -> None:
    connection = scratch()
    store = Store(connection)
    store.catalog.put(EYE)
    for number, (product, lot, serial, withdrawn) in enumerate(recalls):
        store.recalls.put(Recall(f"R-{number}", product, lot, serial, day=DAY, withdrawn=withdrawn))
    for number, (product, lot, serial) in enumerate(packs, 1):
        connection.execute(
            "INSERT INTO pack (pack_id, key, state, product, serial, lot, level, last_seq)"
            " VALUES (?, ?, 'in_stock', ?, ?, ?, 'unit', 1)",
            (number, f"gs1:k/{serial}" if serial else f"heap:{number}", product, serial, lot),
        )
    listed = set(Stocklist(store).sheet(Wanted(recalled=True)))
    for number, (product, lot, serial) in enumerate(packs, 1):
        key = f"gs1:k/{serial}" if serial else f"heap:{number}"
        assert (number in listed) == bool(store.recalls.recalls_of(product, lot, serial, key))
    connection.close()


def test_the_match_of_a_listed_recall_says_how_sure_it_is(counter: Counter) -> None:
    counter.receive(CN20, reason="label_unreadable")
    counter.store(lambda store: store.recalls.put(Recall("R-1", DRUG, "E1", day=DAY)))
    (row,) = asked(counter, lambda one: one.packs(one.sheet(Wanted(recalled=True))))
    assert row.recall is not None and row.recall.match is Match.POSSIBLE and not row.surely_recalled


def elsewhere(counter: Counter, kind: EventKind, facts: PackFacts) -> None:
    """An event of another workstation of the site, heard here."""

    def hear(store: Store) -> None:
        moment = counter.clock.now(store.head.at)
        told = Event(
            event_id=new_event_id(moment),
            ledger_id="other-ledger",
            seq=7,
            kind=kind,
            moment=moment,
            device_id="other-device",
            operator="op-9",
            place="COUNTER-2",
            packs=(facts,),
        )
        store.site.hear(told)

    counter.time += timedelta(minutes=1)
    counter.store(hear)


def test_what_other_workstations_told_counts_for_the_stock(stock: Counter) -> None:
    dispensed = PackFacts(
        S1, Kind.GS1, GTIN, "S1", "L1", date(2028, 1, 31), "day", level=Level.UNIT, state="dispensed"
    )
    arrived = replace(dispensed, key=f"gs1:{GTIN}/S9", serial="S9", state="in_stock", place="OTHER")
    elsewhere(stock, EventKind.DISPENSE, dispensed)
    elsewhere(stock, EventKind.RECEIVE, arrived)
    assert keys(stock, Wanted()) == [S2, SMALL, S5, arrived.key, S3]
    assert sorted(keys(stock, Wanted(states=(State.DISPENSED,)))) == [S1, S4]
    assert keys(stock, Wanted(place="OTHER")) == keys(stock, Wanted(text="s9")) == [arrived.key]
    (row,) = asked(stock, lambda one: one.packs(one.sheet(Wanted(text="S9"))))
    assert row.pack_id < 0 and (row.at, row.names[0]) == ("", "示例单抗")
    mab = asked(stock, lambda one: one.groups(Wanted(), By.PRODUCT))[0]
    assert (mab.in_stock, mab.quarantined, mab.members) == (2, 1, 3)
    assert asked(stock, lambda one: one.totals(DAY, DAY, DAY)).in_stock == 3
    assert "OTHER" in asked(stock, lambda one: one.places())
    stock.store(lambda store: store.recalls.put(Recall("R-1", GTIN, "L1", day=DAY)))
    assert sorted(keys(stock, Wanted(recalled=True))) == sorted([S3, arrived.key])
    assert asked(stock, lambda one: one.totals(DAY, DAY, DAY)).recalled == 2


def test_what_names_no_product_is_a_group_of_its_own(stock: Counter) -> None:
    stock.receive("00095212340000000013", reason="x")
    assert keys(stock, Wanted(product="")) == ["sscc:095212340000000013"]
