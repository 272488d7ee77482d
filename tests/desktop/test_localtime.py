"""Times of the ledger as people read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from desktop.localtime import day_and_minute, minute_or_day

NOW = datetime.now().astimezone()


def test_the_year_is_said_where_it_is_another_one() -> None:
    assert day_and_minute(NOW.isoformat()) == f"{NOW:%m-%d %H:%M}"
    before = NOW - timedelta(days=800)
    assert day_and_minute(before.isoformat()) == f"{before.astimezone():%Y-%m-%d %H:%M}"
    assert (day_and_minute(None), day_and_minute("soon")) == ("", "soon")


def test_a_narrow_column_has_the_minute_or_the_year() -> None:
    at = datetime(2026, 7, 1, 9, 5).astimezone()
    assert minute_or_day(at, date(2026, 12, 31)) == "07-01 09:05"
    assert minute_or_day(at, date(2027, 1, 1)) == "2026-07-01"
