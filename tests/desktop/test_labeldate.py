"""The last day of use as it is typed at a desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.labeldate import expiry_shown, read_expiry
from ledger.errors import UserError
from ledger.tasks.typed import typed_expiry

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("270531", date(2027, 5, 31), "day"),
        ("27.05.31", date(2027, 5, 31), "day"),
        ("２７０５３１", date(2027, 5, 31), "day"),
        ("270200", date(2027, 2, 28), "month"),
        ("2705", date(2027, 5, 31), "month"),
        ("202705", date(2027, 5, 31), "month"),
        ("2027-05", date(2027, 5, 31), "month"),
        ("20270531", date(2027, 5, 31), "day"),
        ("991231", date(1999, 12, 31), "day"),
        ("760101", date(2076, 1, 1), "day"),
    ],
)
def test_what_clerks_type(typed: str, day: date, precision: str) -> None:
    assert read_expiry(typed, TODAY) == (day, precision)


@pytest.mark.parametrize("typed", ["", "27", "271331", "270532", "0527x", "2713", "31052027", "05/27"])
def test_what_cannot_be_meant_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        read_expiry(typed, TODAY)


@given(st.dates(TODAY - timedelta(days=365 * 4), TODAY + timedelta(days=365 * 49)))
def test_six_digits_are_the_day_that_stands_on_the_label(day: date) -> None:
    assert read_expiry(f"{day:%y%m%d}", TODAY) == (day, "day")
    assert read_expiry(expiry_shown(day, "day"), TODAY) == (day, "day")


def test_a_code_s_six_digits_are_no_month_of_a_far_year() -> None:
    with pytest.raises(UserError):
        typed_expiry("270512")
