from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.event import EventKind
from ledger.memory import MOST, TABLES, Memory
from ledger.pack import IllegalTransition
from ledger.product import Product
from ledger.recalls import Recall
from ledger.store import FILE, Store, open_reader, open_store
from tests.ledger import papers
from tests.ledger.papers import GTIN, GTIN_2

ROWS = {
    "product": "INSERT INTO product VALUES (9, 'x', '', '', '', '', NULL, '', NULL, NULL, 0, 0, 0, 0)",
    "product_code": "INSERT INTO product_code (code, kind, product_id) VALUES ('x', 'gtin', 1)",
    "recall": "INSERT INTO recall VALUES ('x', '', '', 'R-9', NULL, '', '2026-11-20', '', 0)",
    "document": "INSERT INTO document (document_id, kind, number, known) VALUES (9, 'desadv', 'N', 1)",
    "document_line": "INSERT INTO document_line VALUES (1, 9, 'x', NULL, 1, 'pack', NULL, NULL)",
    "document_serial": "INSERT INTO document_serial VALUES (1, 'x', 1, 0)",
    "document_case": "INSERT INTO document_case VALUES (1, 'x')",
    "progress_end": "INSERT INTO progress_end (document_id, seq, finished) VALUES (1, 1, 1)",
    "told_draw": "INSERT INTO told_draw VALUES ('AP', 'e', 'k', 'dispense', 1, 0, 'd', 1)",
    "told_back": "INSERT INTO told_back VALUES ('e', 'k', 'u', NULL)",
    "told_void": "INSERT INTO told_void VALUES ('e', '')",
    "person": "INSERT INTO person (person_id, name, roles) VALUES ('p', 'name', 'clerk')",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    with opened.transaction():
        opened.catalog.put(Product(GTIN, "甲", "A"))
        opened.connection.execute(
            "INSERT INTO document (document_id, kind, number, known) VALUES (1, 'po', '1', 1)"
        )
    yield opened
    opened.close()


def told(store: Store, answers: Iterator[int]) -> int:
    return store.memory.of("question", "asked", lambda: next(answers))


def test_an_answer_is_read_once_and_told_apart_by_what_was_asked(store: Store) -> None:
    answers = iter(range(9))
    assert [told(store, answers), told(store, answers)] == [0, 0]
    assert store.memory.of("question", "another", lambda: next(answers)) == 1
    assert store.memory.of("other question", "asked", lambda: next(answers)) == 2
    assert store.memory.of("nothing", None, lambda: None) is None
    assert store.memory.of("nothing", None, lambda: "read again") is None


@pytest.mark.parametrize("table", TABLES)
def test_a_row_written_to_any_of_its_tables_makes_it_forget(store: Store, table: str) -> None:
    answers, execute = iter(range(9)), store.connection.execute
    execute("BEGIN")
    execute("PRAGMA defer_foreign_keys=ON")
    assert told(store, answers) == 0
    execute(ROWS[table])
    assert told(store, answers) == 1
    assert told(store, answers) == 1
    column = execute(f"SELECT * FROM {table}").description[0][0]
    execute(f"UPDATE {table} SET {column} = {column}")
    assert told(store, answers) == 2
    if table != "person":  # people are kept
        execute(f"DELETE FROM {table}")
        assert told(store, answers) == 3
    execute("ROLLBACK")


def test_every_table_that_it_may_be_asked_of_is_watched() -> None:
    assert set(ROWS) == set(TABLES)


def test_what_was_read_of_something_undone_is_forgotten(store: Store) -> None:
    product = store.catalog.product(GTIN)
    assert product is not None and product.name_zh == "甲"

    def change_and_fail() -> None:
        store.catalog.put(Product(GTIN, "乙", "B"))
        changed = store.catalog.product(GTIN)
        assert changed is not None and changed.name_zh == "乙"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.transaction():
        change_and_fail()
    assert store.catalog.product(GTIN) == product
    with store.transaction():
        with pytest.raises(ZeroDivisionError), store.savepoint():
            change_and_fail()
        assert store.catalog.product(GTIN) == product


def test_what_another_connection_writes_is_seen_at_the_next_transaction(store: Store, tmp_path: Path) -> None:
    assert store.catalog.product(GTIN) is not None
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("UPDATE product SET name_zh = '丙'")
    other.close()
    with store.transaction():
        product = store.catalog.product(GTIN)
        assert product is not None and product.name_zh == "丙"


def test_who_only_reads_remembers_nothing(store: Store, tmp_path: Path) -> None:
    reader = open_reader(tmp_path)
    answers = iter(range(9))
    assert [told(reader, answers), told(reader, answers)] == [0, 1]
    assert reader.catalog.product(GTIN) is not None
    with store.transaction():
        store.catalog.withdraw(GTIN)
    assert reader.catalog.product(GTIN) is None
    reader.close()


def test_it_holds_no_more_than_so_many() -> None:
    memory = Memory(sqlite3.connect(":memory:"))
    memory._watching = True
    for number in range(MOST + 1):
        assert memory.of("question", number, lambda number=number: number) == number
    assert len(memory._held) == 1


_product = st.builds(
    Product,
    st.sampled_from((GTIN, GTIN_2)),
    st.sampled_from(("甲", "乙")),
    pack_size=st.sampled_from((None, 10)),
    identifiers=st.sampled_from(((), (("gtin", GTIN), ("gtin", GTIN_2)))),
)
_recall = st.builds(
    Recall,
    st.sampled_from(("R-1", "R-2")),
    st.sampled_from((GTIN, GTIN_2)),
    st.sampled_from((None, "L1")),
    withdrawn=st.booleans(),
)
_write = st.one_of(
    st.tuples(st.just("product"), _product),
    st.tuples(st.just("recall"), _recall),
    st.tuples(st.just("withdraw"), st.sampled_from((GTIN, GTIN_2))),
    st.tuples(st.just("notice"), st.sampled_from(("R-1", "R-2"))),
)


def write(store: Store, what: str, thing: object) -> None:
    match what, thing:
        case "product", Product():
            store.catalog.put(thing)
        case "recall", Recall():
            store.recalls.put(thing)
        case "withdraw", str():
            store.catalog.withdraw(thing)
        case "notice", str():
            store.recalls.withdraw(thing)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_write, st.booleans()), max_size=12))
def test_whatever_is_written_and_undone_it_answers_like_one_that_reads_everything(
    steps: list[tuple[tuple[str, object], bool]],
) -> None:
    store, plain = papers.store(), papers.store()
    plain.memory._watching = False
    for (what, thing), kept in steps:
        with store.transaction():
            try:
                with store.savepoint():
                    write(store, what, thing)
                    store.catalog.product(GTIN), store.recalls.recalls_of(GTIN, "L1", "S")
                    if not kept:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        if kept:
            with plain.transaction():
                write(plain, what, thing)
        for gtin in (GTIN, GTIN_2):
            assert store.catalog.product(gtin) == plain.catalog.product(gtin)
            assert store.catalog.identifiers(gtin) == plain.catalog.identifiers(gtin)
            assert store.recalls.recalls_of(gtin, "L1", "S") == plain.recalls.recalls_of(gtin, "L1", "S")
    store.close()
    plain.close()


def test_a_pack_looked_up_before_is_folded_as_it_stands_by_then(store: Store) -> None:
    one = papers.pack("S1")
    with store.transaction():
        assert store.look_up(one.key) is None
        store.append(papers.event(1, EventKind.RECEIVE, one, documents=()), None)
        received = store.look_up(one.key)
        assert received is not None and received.state == "in_stock"
    twice = papers.event(2, EventKind.RECEIVE, papers.pack("S2"), papers.pack("S2"), documents=())

    def receive_twice() -> None:
        with store.transaction():
            assert store.look_up(twice.packs[0].key) is None
            store.append(twice, None)

    with pytest.raises(IllegalTransition):
        receive_twice()
    with store.transaction():
        assert store.look_up(one.key) == received
        apart = replace(one, state="quarantined")
        store.append(papers.event(2, EventKind.QUARANTINE, apart, documents=()), None)
        after = store.look_up(one.key)
        assert after is not None and after.state == "quarantined"


def test_while_many_rows_are_written_nothing_is_remembered_and_afterwards_it_listens_again(
    store: Store,
) -> None:
    answers = iter(range(9))
    with store.transaction():
        assert told(store, answers) == 0
        with store.memory.asleep():
            assert [told(store, answers), told(store, answers)] == [1, 2]
            store.catalog.put(Product(GTIN, "丁", "D"))
        assert [told(store, answers), told(store, answers)] == [3, 3]
        store.catalog.put(Product(GTIN, "戊", "E"))
        assert told(store, answers) == 4


def test_what_is_undone_while_it_sleeps_leaves_it_listening(store: Store) -> None:
    def fail() -> None:
        with store.memory.asleep():
            store.connection.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
            raise ZeroDivisionError

    answers = iter(range(9))
    with pytest.raises(ZeroDivisionError), store.transaction():
        fail()
    assert told(store, answers) == 0
    with store.transaction():
        store.catalog.put(Product(GTIN, "己", "F"))
    assert told(store, answers) == 1
