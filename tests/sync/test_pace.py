"""The courier's waiting, as numbers."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sync.pace import ENVELOPE, MOST_BYTES, MOST_EVENTS, RETRY_AFTER_LIMIT, Load, Pace, retry_after

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_backoff_is_full_jitter_below_a_doubling_ceiling(failures: int, roll: float) -> None:
    pace = Pace()
    ceiling = min(300.0, 2.0 * 2.0 ** min(failures - 1, 20))
    assert pace.delay(failures, 1.0) == ceiling
    assert 0.0 <= pace.delay(failures, roll) <= ceiling
    assert pace.delay(failures, 0.0) == 0.0


@given(st.integers(1, 50), st.floats(0, 1), st.floats(-10, 1e9))
def test_what_the_platform_asks_for_is_obeyed_up_to_an_hour(failures: int, roll: float, asked: float) -> None:
    seconds = Pace().delay(failures, roll, asked)
    assert min(max(asked, 0.0), RETRY_AFTER_LIMIT) <= seconds <= RETRY_AFTER_LIMIT + 1.0


def test_no_failure_no_wait() -> None:
    assert Pace().delay(0, 1.0) == 0.0


def test_a_job_is_polled_at_once_then_ever_slower() -> None:
    assert list(itertools.islice(Pace().poll_delays(), 7)) == [0.0, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("120", NOW) == 120.0
    assert retry_after(" 0 ", NOW) == 0.0
    assert retry_after("Fri, 20 Nov 2026 01:00:30 GMT", NOW) == 30.0
    assert retry_after("Fri, 20 Nov 2026 00:00:30 GMT", NOW) == 0.0
    assert retry_after("99999999999999999999", NOW) == RETRY_AFTER_LIMIT
    for nonsense in (
        None,
        "",
        "soon",
        "-5",
        "１２",
        "Fri, 99 Nov 2026",
        "\x00",
        "Fri, 20 Nov 2026 01:00:30",
        "Fri, 20 Nov 99999999999999 01:00:30 GMT",
    ):
        assert retry_after(nonsense, NOW) is None


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or 0.0 <= seconds <= RETRY_AFTER_LIMIT


limits = st.none() | st.integers(1, 10_000_000)


@given(limits, limits)
def test_announced_limits_are_kept_below(events: int | None, size: int | None) -> None:
    load = Load().within(events, size)
    for _ in range(12):
        assert 1 <= load.events <= max(1, min(MOST_EVENTS, (events or 51) - 1))
        assert 1 <= load.size <= max(1, min(MOST_BYTES, (size or 64 * 1024 + 1 + ENVELOPE) - 1 - ENVELOPE))
        load = load.taken(load.events, load.size)


def test_without_announced_limits_the_load_stays_small() -> None:
    assert Load().within(None, None).taken(50, 40_000) == Load()


def test_a_full_document_doubles_the_load_and_a_half_empty_one_does_not() -> None:
    load = Load().within(500, 1_000_000)
    assert load.taken(50, 20_000).events == 100
    assert load.taken(10, 64 * 1024).size == 128 * 1024
    assert load.taken(3, 2_000) == load


@given(st.integers(1, 500), st.integers(1, 1_000_000), st.lists(st.booleans(), max_size=12))
def test_too_large_is_remembered(events: int, size: int, later: list[bool]) -> None:
    load = Load().within(1000, 10_000_000).below(events, size)
    for _ in later:
        assert load.events <= max(1, events // 2)
        assert load.size <= max(1, size // 2)
        load = load.taken(load.events, load.size)
