"""The clock is honest: what it says is believed for a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.clock import FRESH_MS, LEAP, TRUSTED_APART, Clock
from ledger.moment import Moment
from tests.ledger.clocks import DAY, MINUTE, YEAR, World
from tests.ledger.counter import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return World()


def test_without_anybody_to_ask_the_wall_clock_counts(world: World) -> None:
    moment = world.clock().now()
    assert (moment.at, moment.trust, moment.skew_ms, moment.heard_s) == (NOON, "wall", None, None)
    assert moment.iso() == "2026-11-20T12:00:00.000+08:00"


def test_a_wall_clock_in_step_with_the_platform_is_confirmed_not_changed(world: World) -> None:
    clock, world.wrong = world.clock(), timedelta(minutes=-4)
    clock.hear(world.true, 0)
    world.pass_(MINUTE)
    moment = clock.now()
    assert (moment.trust, moment.at, moment.corrected) == ("server", world.true + world.wrong, False)
    assert moment.skew_ms == 240_500 and moment.heard_s == 60


@pytest.mark.parametrize("wrong", [24 * HOUR, -24 * HOUR, 23 * HOUR, 6 * MINUTE, -6 * MINUTE])
@pytest.mark.parametrize("floor", [None, NOON])
def test_a_wrong_wall_clock_is_corrected_by_the_platform(
    world: World, wrong: timedelta, floor: datetime | None
) -> None:
    clock, world.wrong = world.clock(), wrong
    clock.hear(world.true, 0)
    world.pass_(3 * DAY)
    moment = clock.now(not_before=floor)
    assert (moment.trust, moment.corrected, moment.disputed) == ("server", True, False)
    assert abs(moment.at - world.true) <= timedelta(seconds=1)
    assert moment.wall == world.true + wrong


@pytest.mark.parametrize("wrong", [YEAR, -YEAR])
def test_a_clock_that_cannot_be_right_gives_way_to_the_platform_where_the_record_speaks_for_it(
    world: World, wrong: timedelta
) -> None:
    clock, world.wrong = world.clock(), wrong
    clock.hear(world.true, 0)
    world.pass_(3 * DAY)
    moment = clock.now(not_before=NOON)
    assert (moment.trust, moment.trusted, moment.corrected) == ("platform", False, True)
    assert abs(moment.at - world.true) <= timedelta(seconds=1)
    assert moment.wall == world.true + wrong
    alone = clock.now()
    assert (alone.at, alone.disputed) == (world.true + wrong, True), "without a record nobody can tell"


@pytest.mark.parametrize("lie", [30 * YEAR, -6 * YEAR, 2 * DAY, -2 * DAY])
def test_a_platform_far_from_a_clock_that_goes_on_from_the_record_is_not_believed(
    world: World, lie: timedelta
) -> None:
    clock = world.clock()
    clock.hear(world.true + lie, 0)
    moment = clock.now(NOON - DAY)
    assert (moment.at, moment.trust, moment.disputed) == (NOON, "wall", True)
    assert moment.skew_ms is not None and abs(moment.skew_ms) > DAY / timedelta(milliseconds=1)


_DAYS = st.integers(-4000, 4000).map(lambda hours: timedelta(hours=hours))


@given(floor=st.one_of(st.none(), _DAYS), wrong=_DAYS, lie=_DAYS, minutes=st.integers(-10, 10))
def test_no_date_of_a_platform_makes_an_expired_pack_pass(
    floor: timedelta | None, wrong: timedelta, lie: timedelta, minutes: int
) -> None:
    """What rules go by is never before the wall clock, nor before the record unless wall and platform agree."""
    world, known = World(), NOON + floor if floor is not None else None
    clock, world.wrong = world.clock(), wrong
    alone = clock.now(known).reckoned(known)
    clock.hear(world.true + lie + timedelta(minutes=minutes))
    moment = clock.now(known)
    assert moment.reckoned(known) >= moment.wall == world.true + wrong
    if moment.apart:
        assert moment.reckoned(known) >= alone


@given(steps=st.lists(st.tuples(st.integers(-100_000, 100_000), st.integers(0, 40)), max_size=12))
def test_no_platform_leads_time_away_step_by_step(steps: list[tuple[int, int]]) -> None:
    """Whatever it says, and however often: never more than a day and a leap past the latest honest clock."""
    world, floor, latest = World(), None, NOON
    clock = world.clock()
    for lie, passed in steps:
        world.pass_(timedelta(hours=passed))
        latest = max(latest, world.true)
        clock.hear(world.true + timedelta(hours=lie))
        moment = clock.now(floor)
        assert moment.reckoned(floor) <= latest + TRUSTED_APART + LEAP + 2 * MINUTE
        floor = moment.floor(floor)


def test_setting_the_clock_while_the_platform_is_known_changes_nothing(world: World) -> None:
    clock = world.clock()
    clock.hear(world.true, 0)
    world.wrong = -YEAR
    assert abs(clock.now(NOON).at - world.true) <= timedelta(seconds=1)
    assert abs(clock.now(NOON).reckoned(NOON) - world.true) <= timedelta(seconds=1)


def test_what_the_platform_said_grows_stale(world: World) -> None:
    clock, world.wrong = world.clock(), YEAR
    clock.hear(world.true, 0)
    world.pass_(timedelta(milliseconds=FRESH_MS + 1))
    assert clock.now().trust == "wall"


def test_a_clock_set_back_is_suspect_and_one_that_is_disciplined_is_not(world: World) -> None:
    clock = world.clock()
    assert clock.now(NOON + timedelta(seconds=1)).trust == "wall"
    assert clock.now(NOON + timedelta(seconds=3)).trust == "suspect"


def test_a_leap_is_not_trusted_and_a_closed_season_is(world: World) -> None:
    clock = world.clock()
    assert clock.now(NOON - LEAP).trust == "wall"
    assert clock.now(NOON - LEAP - MINUTE).trust == "leap"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["server", "platform", "told", "wall", "suspect", "leap"]),
            st.integers(-1000, 1000),
        ),
        max_size=30,
    )
)
def test_the_floor_sinks_only_on_the_word_of_the_platform_or_a_person(moments: list[tuple[str, int]]) -> None:
    floor: datetime | None = None
    for trust, hours in moments:
        moment = Moment(NOON + timedelta(hours=hours), 0, "", trust)
        after = moment.floor(floor)
        if trust in ("suspect", "leap", "platform"):
            assert after == floor
        elif floor is not None and trust == "wall":
            assert after is not None and after >= floor
        else:
            assert after == moment.at
        floor = after


def test_the_real_clocks_agree_with_the_system() -> None:
    first, second = Clock().now(), Clock().now()
    assert abs(first.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert second.mono_ms >= first.mono_ms > 0
    assert first.boot and first.at.utcoffset() is not None
