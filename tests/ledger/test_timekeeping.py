"""What the ledger makes of the clock: every shift is an event, once, and no shift revives an expired pack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.audit import audit
from ledger.capture import Captured, Workplace
from ledger.event import Event, EventKind
from ledger.moment import SKEW_MS
from ledger.store import Store, open_reader
from ledger.timekeeping import Health, Shift, Timekeeper
from tests.ledger.clocks import DAY, MINUTE, YEAR, World
from tests.ledger.counter import CHINA, NOON, Counter, gs1


class Desk:
    """A workstation in that world; every start is a process of its own."""

    def __init__(self, home: Path, world: World) -> None:
        self.world = world
        self.counter = Counter(home)
        self.start()

    def start(self) -> None:
        self.clock = self.world.clock()
        self.keeper = Timekeeper(self.clock)
        place = self.counter.workplace
        self.counter.workplace = Workplace(self.clock, place.policy, place.wire, place.dock, place.counter)
        self.counter.clock = self.clock

    def look(self) -> Shift | None:
        return self.counter.writer.run(lambda store: self.keeper.look(store, "op-1"))

    def hear(self) -> None:
        """A reply of the platform has just come; its Date has the true second."""
        self.clock.hear(self.world.true.astimezone(UTC).replace(microsecond=0), 100)

    def receive(self, serial: str, expiry: str = "280131") -> Captured:
        self.look()
        return self.counter.receive(gs1(serial, expiry))

    def dispense(self, serial: str, expiry: str = "280131") -> Captured:
        self.look()
        return self.counter.dispense(gs1(serial, expiry), document=f"RX-{serial}")

    def restart(self, reboot: bool = False) -> None:
        if reboot:
            self.world.reboot()
        home = self.counter.home
        self.counter.close()
        self.counter = Counter(home)
        self.start()

    def shifts(self) -> list[Event]:
        with closing(open_reader(self.counter.home)) as store:
            told = [Event.from_canonical(body) for _, body, _ in store.chain()]
        return [event for event in told if event.kind is EventKind.CLOCK_SHIFTED]

    def floor(self) -> datetime | None:
        def head(store: Store) -> datetime | None:
            return store.head.at

        return self.counter.writer.run(head)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def desk(tmp_path: Path, world: World) -> Iterator[Desk]:
    one = Desk(tmp_path / "home", world)
    yield one
    one.counter.close()


def test_setting_the_clock_back_revives_no_expired_pack(desk: Desk, world: World) -> None:
    assert desk.receive("A", "261121").outcome == "accepted"
    assert desk.receive("B").outcome == "accepted"
    world.pass_(2 * DAY)
    assert desk.receive("C").outcome == "accepted"
    assert desk.dispense("A", "261121").outcome == "refused"
    for reboot in (False, True):
        world.wrong = -3 * DAY
        desk.restart(reboot)
        assert desk.dispense("A", "261121").outcome == "refused"
    assert desk.dispense("B").event.moment.trust == "suspect"  # type: ignore[union-attr]
    assert desk.floor() == NOON + 2 * DAY


def test_an_empty_battery_far_in_the_future_poisons_nothing(desk: Desk, world: World) -> None:
    desk.receive("A")
    world.wrong = 73 * YEAR
    desk.restart(reboot=True)
    assert desk.dispense("A").outcome == "refused", "in 2099 it is expired, and nobody knows better"
    assert desk.receive("B", "991231").event.moment.trust == "leap"  # type: ignore[union-attr]
    world.wrong = timedelta(0)
    desk.restart()
    assert desk.dispense("A").outcome == "accepted"
    assert desk.floor() == world.true
    assert [event.reason for event in desk.shifts()] == ["clock_ahead", "clock_settled"]


def test_a_future_that_was_believed_ends_with_the_platforms_time(desk: Desk, world: World) -> None:
    """The first record of all was made with a wrong clock: nothing could have spoken against it."""
    world.wrong = 2 * YEAR
    desk.receive("A", "310131")
    world.wrong = timedelta(0)
    desk.restart()
    assert desk.receive("C").event.moment.trust == "suspect"  # type: ignore[union-attr]
    assert desk.dispense("C").outcome == "refused", "by the latest time on record it is 2028"
    desk.hear()
    assert desk.receive("D").outcome == "accepted"
    assert desk.dispense("D").outcome == "accepted"
    assert desk.floor() == world.true
    desk.restart(reboot=True)
    world.pass_(DAY)
    event = desk.receive("E").event
    assert event is not None and event.moment.trust == "wall", "and stays ended, offline and after a reboot"


def test_a_future_that_was_believed_ends_with_a_persons_word(desk: Desk, world: World) -> None:
    world.wrong = 20 * DAY
    desk.receive("A")
    world.wrong = timedelta(0)
    desk.restart(reboot=True)
    assert desk.receive("B").event.moment.trust == "suspect"  # type: ignore[union-attr]
    desk.counter.writer.run(lambda store: desk.keeper.confirm(store, "admin"))
    assert desk.floor() == world.true
    assert desk.receive("C").event.moment.trust == "wall"  # type: ignore[union-attr]
    last = desk.shifts()[-1]
    assert (last.reason, last.operator, last.moment.trust) == ("confirmed", "admin", "told")
    assert desk.look() is None


def test_a_long_closure_is_confirmed_by_the_platform(desk: Desk, world: World) -> None:
    desk.receive("A")
    world.pass_(90 * DAY)
    desk.restart(reboot=True)
    assert desk.receive("B").event.moment.trust == "leap"  # type: ignore[union-attr]
    assert desk.floor() == NOON
    desk.hear()
    assert desk.receive("C").event.moment.trust == "server"  # type: ignore[union-attr]
    assert desk.floor() == world.true


def test_a_platform_with_a_wrong_date_is_told_and_lets_no_expired_pack_go(desk: Desk, world: World) -> None:
    assert desk.receive("A", "261121").outcome == "accepted"
    world.pass_(2 * DAY)
    desk.receive("B")
    for years in (-6, -1, 30):
        desk.clock.hear(world.true + years * YEAR, 100)
        assert desk.dispense("A", "261121").outcome == "refused"
        told = desk.receive(f"S{years}").event
        assert told is not None and told.moment.at == world.true
    desk.clock.hear(world.true - timedelta(hours=20), 100)  # near enough to be believed of records
    world.wrong = timedelta(minutes=7)
    assert desk.dispense("A", "261121").outcome == "refused"
    desk.receive("Z")
    assert [event.reason for event in desk.shifts()][:1] == ["clock_disputed"]
    floor = desk.floor()
    assert floor is not None and floor >= world.true


def test_a_persons_word_outweighs_a_platform_that_is_not_believed(desk: Desk, world: World) -> None:
    desk.receive("A")
    desk.clock.hear(world.true + 30 * YEAR, 100)
    desk.receive("B")
    desk.counter.writer.run(lambda store: desk.keeper.confirm(store, "admin"))
    assert desk.floor() == world.true
    assert desk.dispense("A").outcome == "accepted"


# Shifts are events


def test_a_jump_is_one_event_not_one_a_scan(desk: Desk, world: World) -> None:
    desk.receive("A")
    world.wrong = timedelta(seconds=90)
    world.pass_(MINUTE)
    for number in range(5):
        desk.receive(f"S{number}")
    (event,) = desk.shifts()
    assert (event.reason, event.told("jump_ms"), event.operator) == ("clock_jumped", "90000", "op-1")
    assert event.told("expected") == (world.true.astimezone(CHINA)).isoformat(timespec="milliseconds")


def test_slow_discipline_sleep_and_reboots_are_no_jumps(desk: Desk, world: World) -> None:
    desk.receive("A")
    for _ in range(10):
        world.pass_(timedelta(hours=8))
        world.wrong += timedelta(seconds=14)  # 500 ppm
        assert desk.look() is None
    world.wrong += timedelta(seconds=1.9)
    assert desk.look() is None
    desk.restart(reboot=True)
    world.wrong += timedelta(seconds=40)  # set while it was off: nothing can tell, and nothing is hurt
    assert desk.look() is None
    assert desk.shifts() == []


def test_a_jump_between_two_processes_of_one_boot_is_found(desk: Desk, world: World) -> None:
    desk.receive("A")
    desk.restart()
    world.wrong = timedelta(hours=1)
    assert desk.look() is not None
    desk.restart()
    assert desk.look() is None
    assert len(desk.shifts()) == 1


def test_a_clock_set_back_is_said_once_and_once_that_it_is_right_again(desk: Desk, world: World) -> None:
    desk.receive("A")
    world.wrong = -DAY
    shift = desk.look()
    assert shift is not None and (shift.code, shift.health) == ("clock_behind", Health.BEHIND)
    assert shift.params() == {"wall": "2026-11-19 12:00:00", "expected": "2026-11-20 12:00:00"}
    desk.restart()
    desk.restart(reboot=True)
    assert desk.look() is None
    world.wrong = timedelta(0)
    world.pass_(MINUTE)
    settled = desk.look()
    assert settled is not None and settled.health is Health.FINE
    assert len(desk.shifts()) == 2


def test_a_skew_against_the_platform_is_said_once(desk: Desk, world: World) -> None:
    world.wrong = timedelta(seconds=SKEW_MS / 1000 + 20)
    assert desk.look() is None
    for _ in range(3):
        desk.hear()
        desk.receive(f"S{world.true:%H%M}")
        world.pass_(timedelta(hours=2))
    (event,) = desk.shifts()
    assert event.reason == "clock_skewed"
    assert abs(int(event.told("skew_ms") or 0)) > SKEW_MS
    world.wrong -= timedelta(seconds=40)  # at the border: not told again and again
    desk.look()
    desk.hear()
    desk.look()
    assert [event.reason for event in desk.shifts()] == ["clock_skewed", "clock_jumped"]
    world.wrong = timedelta(0)
    desk.hear()
    settled = desk.look()
    assert settled is not None and settled.health is Health.FINE


def test_the_platforms_time_outlives_the_process_but_not_the_boot(desk: Desk, world: World) -> None:
    desk.receive("O")
    world.wrong = YEAR
    desk.hear()
    desk.receive("A")
    desk.restart()
    assert desk.receive("B").event.moment.trust == "platform"  # type: ignore[union-attr]
    desk.restart(reboot=True)
    assert desk.receive("C").event.moment.trust == "leap"  # type: ignore[union-attr]


def test_an_undone_shift_is_recorded_by_the_next_look(desk: Desk, world: World) -> None:
    desk.receive("A")
    world.wrong = timedelta(hours=1)

    def fail(store: Store) -> None:
        assert desk.keeper.look(store) is not None
        raise RuntimeError("the capture broke")

    with pytest.raises(RuntimeError):
        desk.counter.writer.run(fail)
    desk.keeper.forget()
    assert desk.look() is not None
    assert len(desk.shifts()) == 1


def test_a_broken_note_is_no_obstacle(desk: Desk) -> None:
    for text in ("", "{", "[]", '{"wall": 1}', '{"wall": "2026-11-20T12:00:00", "mono_ms": 1}'):
        desk.counter.writer.run(lambda store, text=text: store.note("clock", text))  # type: ignore[misc]
        desk.restart()
        assert desk.look() is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["scan", "hear", "set", "restart", "reboot", "pass"]), st.integers(-40, 40)
        ),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_happens_the_ledger_is_whole_and_a_clock_set_right_is_confirmed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    world = World()
    desk = Desk(tmp_path_factory.mktemp("clock") / "home", world)
    try:
        for number, (what, days) in enumerate(steps):
            match what:
                case "scan":
                    desk.receive(f"S{number}", "401231")
                case "hear":
                    desk.hear()
                case "set":
                    world.wrong = timedelta(days=days)
                case "pass":
                    world.pass_(timedelta(hours=abs(days)))
                case _:
                    desk.restart(reboot=what == "reboot")
        world.wrong = timedelta(0)  # whoever was told of it has set the clock right
        desk.hear()
        event = desk.receive("last", "401231").event
        assert event is not None and event.moment.trust == "server"
        floor = desk.floor()
        assert floor is not None and abs(floor - world.true) <= timedelta(milliseconds=SKEW_MS + 1000)
        assert audit(desk.counter.home).whole
    finally:
        desk.counter.close()
