"""Sums by day and product: what counts, what was taken back, and that only the chosen days are read."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.capture import Outcome
from ledger.catalog import Product
from ledger.codes.code import Level
from ledger.daybook import Daybook, Days, Expiry, Move, daybook
from ledger.event import EventKind
from ledger.store import Store
from ledger.trees import Child
from tests.ledger.counter import CN20, GTIN, TODAY, Counter, gs1

DRUG = "8338652"
WEEK = Days(TODAY - timedelta(days=3), TODAY + timedelta(days=3))


def told(counter: Counter, days: Days = WEEK) -> Daybook:
    return counter.writer.run(lambda store: daybook(store, days, TODAY))


def acts(counter: Counter, days: Days = WEEK) -> dict[tuple[date, str], tuple[int, int, int]]:
    sums: dict[tuple[date, str], tuple[int, int, int]] = {}
    for one in told(counter, days).moves:
        packs, units, cases = sums.get((one.day, one.act), (0, 0, 0))
        sums[one.day, one.act] = packs + one.packs, units + one.units, cases + one.cases
    return sums


def test_what_came_went_and_came_back_is_counted_by_day(counter: Counter) -> None:
    for number in range(3):
        counter.receive(gs1(f"S{number}"))
    counter.time += timedelta(days=1)
    counter.dispense(gs1("S0"))
    counter.dispense(gs1("S1"))
    counter.time += timedelta(days=1)
    assert counter.scan(gs1("S0"), EventKind.RETURN, reason="x").outcome is Outcome.ACCEPTED
    assert acts(counter) == {
        (TODAY, "received"): (3, 0, 0),
        (TODAY + timedelta(days=1), "dispensed"): (2, 0, 0),
        (TODAY + timedelta(days=2), "returned"): (1, 0, 0),
    }
    assert acts(counter, Days(TODAY + timedelta(days=1), TODAY + timedelta(days=1))) == {
        (TODAY + timedelta(days=1), "dispensed"): (2, 0, 0)
    }
    assert Days(TODAY, TODAY + timedelta(days=1)).count == 2


def test_what_was_voided_or_undone_later_did_not_happen(counter: Counter) -> None:
    counter.receive(gs1("S0"))
    counter.receive(gs1("S1"))
    counter.scan(gs1("S1"), EventKind.VOID, reason="incorrect_data")
    counter.dispense(gs1("S0"))
    counter.time += timedelta(days=2)
    counter.scan(gs1("S0"), EventKind.UNDO, reason="x")
    assert acts(counter, Days(TODAY, TODAY)) == {(TODAY, "received"): (1, 0, 0)}
    counter.scan(gs1("S0"), EventKind.VOID, reason="incorrect_data")
    assert acts(counter, Days(TODAY, TODAY)) == {
        (TODAY, "received"): (1, 0, 0),
        (TODAY, "dispensed"): (1, 0, 0),
    }, "the undo was voided, so the pack was dispensed after all"


def test_units_heaps_and_cases_count_as_what_they_are(counter: Counter) -> None:
    case = "sscc:095212340000000013"
    for n in range(2):
        child = Child(f"gs1:{GTIN}/C{n}", GTIN, f"C{n}", "L1", date(2028, 1, 31), "day", Level.UNIT)
        counter.store(lambda store, child=child: store.trees.put(case, child))
    counter.receive(case.replace("sscc:", "00"))
    counter.receive(gs1("S0"))
    counter.dispense(gs1("S0"), quantity=3, units=10)
    counter.receive(f"01{GTIN}1728013110L9", quantity=12, reason="x")
    assert acts(counter) == {(TODAY, "received"): (15, 0, 1), (TODAY, "dispensed"): (0, 3, 0)}


def test_a_product_is_one_by_whatever_identifier(counter: Counter) -> None:
    codes = (("drug", DRUG), ("gtin", GTIN))
    counter.store(
        lambda store: store.catalog.load((Product(GTIN, "滴眼液", "Drops", "5 mL", identifiers=codes),))
    )
    counter.receive(gs1("S0"))
    counter.receive(CN20, lot="E2", expiry=date(2027, 1, 31))
    book = told(counter)
    assert book.moves == (Move(TODAY, "received", GTIN, 2, 0, 0),)
    assert book.names == ((GTIN, ("滴眼液", "Drops"), "5 mL"),)
    assert book.expiries == (Expiry("2027-01", GTIN, 1, 0), Expiry("2028-01", GTIN, 1, 0))


def test_scans_are_counted_by_hour_source_and_reason(counter: Counter) -> None:
    counter.receive(gs1("S0"))
    counter.time += timedelta(hours=1)
    for _ in range(2):
        counter.receive("6925265101481")
    counter.receive(CN20)
    book = told(counter)
    assert book.hours == ((12, "accepted", 1), (13, "asked", 1), (13, "refused", 2))
    assert book.reasons[0] == ("refused", "commodity_code", 2)
    assert book.days_scanned == 1 and book.sources == (("wedge", 4),)


def test_what_is_past_its_last_day_is_told_apart(counter: Counter) -> None:
    counter.receive(gs1("S0", "261119"))
    counter.receive(gs1("S1", "261125"))
    assert told(counter).expiries == (Expiry("2026-11", GTIN, 2, 1),)


def test_an_empty_ledger_has_nothing_to_tell(counter: Counter) -> None:
    book = told(counter)
    assert (book.moves, book.hours, book.reasons, book.expiries, book.days_scanned) == ((), (), (), (), 0)


def test_only_the_chosen_days_are_read(counter: Counter) -> None:
    def plan(store: Store) -> list[str]:
        found: list[str] = []
        store.connection.set_trace_callback(found.append)
        daybook(store, WEEK, TODAY)
        store.connection.set_trace_callback(None)
        return [row[3] for sql in found for row in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    told_plan = counter.writer.run(plan)
    assert not [step for step in told_plan if step in ("SCAN event", "SCAN raw_scan")]
    assert any("event_at" in step for step in told_plan) and any("raw_scan_at" in step for step in told_plan)
