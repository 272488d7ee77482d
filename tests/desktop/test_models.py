"""The list of scans: newest first, one row a scan, counts that never drift, memory that stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop import models
from desktop.models import COLUMNS, DELIVERY, ScanTable, expiry_text, product_name
from desktop.verdict import Level, Verdict
from desktop.words import Words
from ledger.codes.code import Problem
from ledger.event import EventKind

AT = datetime(2026, 11, 20, 9, 1, 2).astimezone()
SAVED = (Level.OK, Level.CONFIRMED, Level.HELD)


def verdict(ticket: int, level: Level = Level.OK) -> Verdict:
    return Verdict(
        ticket,
        AT,
        EventKind.RECEIVE,
        level,
        f"text-{ticket}",
        names=("片", "Tablets"),
        spec="20 mg",
        serial=f"S{ticket}",
        seq=ticket if level in SAVED else 0,
    )


@pytest.fixture
def table(qapp: object, words: Words) -> Iterator[ScanTable]:
    made = ScanTable(words)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()


def cell(table: ScanTable, row: int, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return table.data(table.index(row, COLUMNS.index(column)), role)


def test_the_newest_stands_on_top(table: ScanTable) -> None:
    for ticket in (1, 2, 3):
        table.put(verdict(ticket))
    assert [cell(table, row, "serial") for row in range(3)] == ["S3", "S2", "S1"]
    assert cell(table, 0, "time") == "09:01:02"
    assert cell(table, 0, "outcome") == "已收货"
    assert cell(table, 0, "product") == "片 20 mg"
    assert cell(table, 0, "lot") == "–"


def test_an_answered_question_stays_in_its_row(table: ScanTable) -> None:
    table.put(verdict(1, Level.ASKED))
    table.put(verdict(2))
    table.put(verdict(1, Level.OK))
    assert [cell(table, row, "outcome") for row in range(2)] == ["已收货", "已收货"]
    assert [cell(table, row, "serial") for row in range(2)] == ["S2", "S1"]
    assert (table.counts[Level.ASKED], table.counts[Level.OK]) == (0, 2)


def test_delivery_is_shown_for_records_only(table: ScanTable) -> None:
    table.put(verdict(1))
    table.put(verdict(2, Level.STOP))
    assert cell(table, 1, "delivery") == "未发送"
    assert cell(table, 0, "delivery") == ""
    assert table.undelivered() == (1,)
    table.deliver([(1, "sent"), (99, "accepted")])
    assert cell(table, 1, "delivery", DELIVERY) == "delivery_sent"
    table.deliver([(1, "accepted")])
    assert cell(table, 1, "delivery") == "已送达"
    assert table.undelivered() == ()


def test_without_a_platform_a_record_is_kept_here(table: ScanTable) -> None:
    table.local = True
    table.put(verdict(1))
    assert cell(table, 0, "delivery") == "已存本机"


def test_why_is_said_aloud(table: ScanTable) -> None:
    table.put(replace(verdict(1, Level.STOP), problems=(Problem("commodity_code"),)))
    said = str(cell(table, 0, "outcome", Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("停止")
    assert "商品条码" in said


def test_it_speaks_another_language_at_once(table: ScanTable) -> None:
    table.put(verdict(1))
    table.retranslate(Words("en"))
    assert cell(table, 0, "outcome") == "Received"
    assert cell(table, 0, "product") == "Tablets 20 mg"
    assert table.headerData(0, Qt.Orientation.Horizontal) == "Time"


def test_old_rows_leave_and_counts_stay(table: ScanTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "KEEP", 50)
    for ticket in range(1, 151):
        table.put(verdict(ticket))
    assert table.rowCount() <= 56
    assert cell(table, 0, "serial") == "S150"
    assert table.counts[Level.OK] == 150
    table.deliver([(1, "accepted"), (150, "accepted")])
    assert cell(table, 0, "delivery") == "已送达"
    table.put(verdict(1, Level.OK))
    assert cell(table, 0, "serial") == "S1", "a scan that left the list comes back as a new row"


def test_the_model_keeps_qts_rules(table: ScanTable) -> None:
    assert table.rowCount(table.index(0, 0)) == 0
    assert table.data(QModelIndex()) is None
    table.clear()
    assert table.rowCount() == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(1, 12), st.sampled_from(list(Level))),
            st.tuples(st.just("retire"), st.integers(1, 12), st.none()),
            st.tuples(st.just("deliver"), st.integers(1, 12), st.none()),
        ),
        max_size=40,
    )
)
def test_any_sequence_agrees_with_a_plain_list(
    qapp: object, words: Words, acts: list[tuple[str, int, Level]]
) -> None:
    table = ScanTable(words)
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    plain: list[tuple[int, Level]] = []
    for act, ticket, level in acts:
        place = next((at for at, (known, _) in enumerate(plain) if known == ticket), None)
        if act == "put":
            table.put(verdict(ticket, level))
            if place is None:
                plain.append((ticket, level))
            else:
                plain[place] = (ticket, level)
        elif act == "retire":
            table.retire(ticket)
            if place is not None:
                del plain[place]
        else:
            table.deliver([(ticket, "accepted")])
    shown = [table.verdict(row) for row in range(table.rowCount())]
    assert [(one.ticket, one.level) for one in shown if one] == list(reversed(plain))
    assert {level: count for level, count in table.counts.items() if count} == {
        level: sum(1 for _, known in plain if known is level) for level in {known for _, known in plain}
    }
    tester.deleteLater()


def test_a_month_is_written_as_a_month() -> None:
    assert expiry_text(replace(verdict(1), expiry=date(2027, 5, 31), expiry_precision="month")) == "2027-05"
    assert expiry_text(replace(verdict(1), expiry=date(2027, 5, 31), expiry_precision="day")) == "2027-05-31"
    assert expiry_text(verdict(1)) == ""


def test_a_product_without_a_name_is_called_by_its_number_and_junk_by_its_text(words: Words) -> None:
    assert product_name(replace(verdict(1), names=("", ""), product="8338652"), words) == "未知品种 8338652"
    assert product_name(replace(verdict(1), names=("", "Tablets")), words) == "Tablets 20 mg"
    junk = replace(verdict(1), names=("", ""), spec="", text="a\x1db")
    assert product_name(junk, words) == "扫到的内容：a<GS>b"
