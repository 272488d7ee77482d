"""The clock is honest: what it says is believed for a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.clock import FRESH_MS, LEAP, Clock
from ledger.moment import Moment
from tests.ledger.clocks import DAY, MINUTE, YEAR, World
from tests.ledger.counter import NOON


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


@pytest.mark.parametrize("wrong", [YEAR, -YEAR, 6 * MINUTE, -6 * MINUTE])
def test_a_wrong_wall_clock_is_corrected_by_the_platform(world: World, wrong: timedelta) -> None:
    clock, world.wrong = world.clock(), wrong
    clock.hear(world.true, 0)
    world.pass_(3 * DAY)
    moment = clock.now(not_before=NOON)
    assert (moment.trust, moment.corrected) == ("server", True)
    assert abs(moment.at - world.true) <= timedelta(seconds=1)
    assert moment.wall == world.true + wrong


def test_setting_the_clock_while_the_platform_is_known_changes_nothing(world: World) -> None:
    clock = world.clock()
    clock.hear(world.true, 0)
    world.wrong = -YEAR
    assert abs(clock.now().at - world.true) <= timedelta(seconds=1)


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
        st.tuples(st.sampled_from(["server", "told", "wall", "suspect", "leap"]), st.integers(-1000, 1000)),
        max_size=30,
    )
)
def test_the_floor_sinks_only_on_the_word_of_the_platform_or_a_person(moments: list[tuple[str, int]]) -> None:
    floor: datetime | None = None
    for trust, hours in moments:
        moment = Moment(NOON + timedelta(hours=hours), 0, "", trust)
        after = moment.floor(floor)
        if trust in ("suspect", "leap"):
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
