"""Who is signed in: at the window by two clocks, at the command line by a token that proves nothing alone."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import terminal
from desktop.session import LOCK_MINUTES, Session, lock_after
from desktop.settings import Settings
from desktop.terminal import acting, close_session, open_session, seconded
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.roles import Act, Operator, Refusal, Role
from ledger.signin import TERMINAL, WINDOW, SignedIn, SignIn
from ledger.store import open_reader
from tests.ledger.house import ADMIN_PIN, BADGE, CHEAP, OTHER_PIN, PIN, House, word

LI = Operator("li", "Li", frozenset({Role.PHARMACIST}))
ZHAO = Operator("zhao", "Zhao", frozenset({Role.SUPERVISOR}))
LIMIT = 600.0


class Clocks:
    """Two clocks that move when told to."""

    def __init__(self) -> None:
        self.mono, self.wall = 50.0, 1_000_000.0

    def session(self) -> Session:
        return Session("op-1", LIMIT, lambda: self.mono, lambda: self.wall)


def test_where_nobody_is_registered_the_settings_operator_works_for_ever() -> None:
    clocks = Clocks()
    session = clocks.session()
    assert not session.wanted
    clocks.mono += 1e6
    assert session.who is not None and session.who.id == "op-1"
    assert session.seconds_left is None


def test_as_soon_as_somebody_is_registered_nobody_works_unsigned() -> None:
    session = Clocks().session()
    session.require(wanted=True)
    assert session.who is None
    session.take(SignedIn(LI, pin_due=False))
    assert session.who == LI


def test_hands_change_without_anybody_in_between() -> None:
    session = Clocks().session()
    session.take(SignedIn(LI, pin_due=False))
    session.take(SignedIn(ZHAO, pin_due=False, left=LI))
    assert session.who == ZHAO
    assert session.leave() == ZHAO and session.who is None and session.leave() is None


def test_whoever_walks_away_is_signed_out_once() -> None:
    clocks = Clocks()
    session = clocks.session()
    session.take(SignedIn(LI, pin_due=False))
    clocks.mono += LIMIT - 1
    assert session.seconds_left == 1
    session.touch()
    clocks.mono += LIMIT
    assert session.who is None, "also before anybody looks"
    session.touch()
    assert session.who is None, "too late does not count"
    assert session.seconds_left == 0 and session.leave() == LI and session.leave() is None


def test_a_machine_that_slept_and_a_clock_set_back_do_not_stretch_the_time() -> None:
    clocks = Clocks()
    session = clocks.session()
    session.take(SignedIn(LI, pin_due=False))
    clocks.wall += LIMIT
    assert session.seconds_left == 0 and session.leave() == LI, "monotonic time stood still during the sleep"
    session.take(SignedIn(LI, pin_due=False))
    clocks.wall -= 10 * LIMIT
    assert session.who == LI
    clocks.mono += LIMIT
    assert session.seconds_left == 0 and session.leave() == LI


@given(st.lists(st.tuples(st.floats(0, 2 * LIMIT), st.booleans()), max_size=30))
def test_the_person_is_there_exactly_while_no_gap_reached_the_limit(steps: list[tuple[float, bool]]) -> None:
    clocks = Clocks()
    clocks.mono = clocks.wall = 0.0
    session = clocks.session()
    session.take(SignedIn(LI, pin_due=False))
    gap, there = 0.0, True
    seen = 0.0
    for seconds, touched in steps:
        clocks.mono += seconds
        clocks.wall += seconds
        gap = clocks.mono - seen
        there = there and gap < LIMIT
        assert (session.who is not None) is there
        if touched:
            session.touch()
            seen = clocks.mono if there else seen


def test_a_pin_that_somebody_else_set_has_to_be_changed_before_work() -> None:
    clocks = Clocks()
    session = clocks.session()
    session.take(SignedIn(LI, pin_due=True))
    assert session.who is None
    session.changed_pin(ZHAO)
    assert session.who is None, "somebody else's change is not this person's"
    session.changed_pin(LI)
    assert session.who == LI
    session.lock_in(5)
    clocks.mono += 5
    assert session.who is None


def test_the_time_until_the_lock_is_a_setting(tmp_path: Path) -> None:
    assert lock_after(Settings(tmp_path)) == 60 * LOCK_MINUTES


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path / "home")
    yield one
    one.close()


@pytest.fixture
def staffed(house: House) -> House:
    admin = house.first()
    house.add(admin.id, "Li", Role.PHARMACIST)
    house.wear(admin.id, house.add(admin.id, "Zhao", Role.SUPERVISOR, pin=OTHER_PIN))
    return house


def act(
    house: House, right: Act = Act.DISPENSE, given: str | None = None, pin: str | None = None
) -> Operator | Refusal:
    return acting(house.run, house.home, Settings(house.home), house.clock, right, given, pin)


def opened(house: House, person_id: str | None = "li", secret: str = PIN) -> SignedIn | Refusal:
    return open_session(house.sign_in, house.home, person_id=person_id, secret=secret, pin=None)


def test_nobody_registered_nothing_changes_at_the_command_line(house: House) -> None:
    assert act(house) == Operator("op-1", "", frozenset(Role))
    assert act(house, given="op-7") == Operator("op-7", "", frozenset(Role))
    assert act(house, given="op-7", pin="x") == Operator("op-7", "", frozenset(Role))
    assert house.run(lambda store: store.head.seq) == 0


def test_a_session_acts_until_it_is_closed(staffed: House) -> None:
    assert word(act(staffed)) == "sign_in_first"
    assert isinstance(opened(staffed), SignedIn)
    file = staffed.home / terminal.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert act(staffed) == LI == act(staffed, given="li")
    assert word(act(staffed, Act.RELEASE)) == "not_allowed"
    assert word(act(staffed, given="zhao")) == "signed_in_other"
    staffed.restart()
    assert act(staffed) == LI, "from one command to the next"
    assert close_session(staffed.sign_in, staffed.home) == LI
    assert not file.exists() and word(act(staffed)) == "sign_in_first"
    assert close_session(staffed.sign_in, staffed.home) is None


def test_a_wrong_pin_opens_no_session(staffed: House) -> None:
    assert word(opened(staffed, secret="9999900000")) == "pin_wrong"
    assert not (staffed.home / terminal.FILE).exists()


def test_a_badge_opens_a_session_as_well(staffed: House) -> None:
    assert isinstance(opened(staffed, None, BADGE), SignedIn)
    assert act(staffed, Act.RELEASE) == ZHAO


def test_a_file_alone_proves_nothing(staffed: House) -> None:
    file = staffed.home / terminal.FILE
    file.write_text("0" * 64)
    assert word(act(staffed)) == "sign_in_first"
    opened(staffed)
    token = file.read_text()
    for forged in ("", "\n", token.upper(), token[:-3], "\xff" * 64):
        file.write_bytes(forged.encode("latin-1"))
        assert word(act(staffed)) == "sign_in_first"
    file.write_text(token)
    assert act(staffed) == LI
    opened(staffed, "zhao", OTHER_PIN)
    file.write_text(token)
    assert word(act(staffed)) == "sign_in_first", "an earlier person's token is worth nothing"


def test_a_seat_at_the_window_is_none_at_the_command_line(staffed: House) -> None:
    staffed.sign_in.by_pin("li", PIN, WINDOW)
    assert word(act(staffed)) == "sign_in_first"
    opened(staffed)
    staffed.sign_in.leave(TERMINAL)
    assert word(act(staffed)) == "sign_in_first"


def test_a_session_ends_with_idleness_and_work_prolongs_it(staffed: House) -> None:
    limit = lock_after(Settings(staffed.home))
    opened(staffed)
    for _ in range(3):
        staffed.later(limit - 1)
        assert act(staffed) == LI
    staffed.later(limit + 1)
    assert word(act(staffed)) == "signed_out_idle"
    out = staffed.events(EventKind.SIGNED_OUT)[-1]
    assert (out.operator, out.told("why"), out.told("seat")) == ("li", "idle", TERMINAL)
    assert word(act(staffed)) == "sign_in_first"


def test_no_clock_revives_a_session(staffed: House) -> None:
    limit = lock_after(Settings(staffed.home))
    opened(staffed)
    staffed.mono += round(limit * 1000) + 1000
    assert word(act(staffed)) == "signed_out_idle", "the wall clock was set back meanwhile"
    opened(staffed)
    staffed.later(1)
    from datetime import timedelta

    staffed.time -= timedelta(hours=1)
    assert word(act(staffed)) == "signed_out_idle"


def test_a_reader_decides_the_same_and_writes_nothing(staffed: House) -> None:
    opened(staffed)
    staffed.later(lock_after(Settings(staffed.home)) + 1)
    before = staffed.run(lambda store: store.head.seq)
    reader = open_reader(staffed.home)
    try:
        answer = acting(
            lambda job: job(reader),
            staffed.home,
            Settings(staffed.home),
            staffed.clock,
            Act.LOOK_UP,
            touch=False,
        )
    finally:
        reader.close()
    assert word(answer) == "signed_out_idle"
    assert staffed.run(lambda store: store.head.seq) == before


def test_rights_that_are_gone_end_the_session_too(staffed: House) -> None:
    from ledger import staff

    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    opened(staffed)
    staffed.run(lambda store: staff.set_roles(store, staffed.clock, admin, "li", frozenset({Role.AUDITOR})))
    assert word(act(staffed)) == "not_allowed"
    staffed.run(lambda store: staff.leave(store, staffed.clock, admin, "li"))
    assert word(act(staffed, Act.LOOK_UP)) == "sign_in_first"


def test_a_pin_serves_one_command(staffed: House) -> None:
    assert act(staffed, given="li", pin=PIN) == LI
    assert word(act(staffed)) == "sign_in_first"
    event = staffed.events(EventKind.SIGNED_IN)[-1]
    assert (event.operator, event.told("seat")) == ("li", "once")
    assert word(act(staffed, pin=PIN)) == "operator_wanted"
    assert word(act(staffed, given="nobody", pin=PIN)) == "person_unknown"
    assert word(act(staffed, given="li", pin="9999900000")) == "pin_wrong"
    assert word(act(staffed, Act.RELEASE, given="li", pin="9999900000")) == "not_allowed"
    assert staffed.person("li").failures == 1, "no attempt is spent where the answer is no anyway"


def test_a_pin_that_is_due_is_no_session(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.PHARMACIST, due=True)
    opened(house)
    assert word(act(house)) == "pin_change_due"
    house.sign_in.change_pin("li", PIN, OTHER_PIN)
    assert act(house) == LI


def test_the_second_person_at_the_command_line(staffed: House) -> None:
    def ask(given: str | None, secret: str | None) -> Operator | Refusal:
        return seconded(staffed.run, staffed.home, Settings(staffed.home), staffed.clock, LI, given, secret)

    assert ask("zhao", OTHER_PIN) == ZHAO == ask(None, BADGE)
    assert word(ask("zhao", None)) == "second_needs_pin"
    assert word(ask(None, None)) == "second_wanted"
    assert word(ask("li", PIN)) == "second_same"
    assert word(ask("zhao", "9999900000")) == "pin_wrong"


def test_the_second_person_where_nobody_is_registered(house: House) -> None:
    here = (house.run, house.home, Settings(house.home), house.clock)
    first = Operator("op-1", "", frozenset(Role))
    assert word(seconded(*here, first, "op-1", None)) == "second_same"
    assert seconded(*here, first, "op-2", None) == Operator("op-2", "", frozenset(Role))


def test_secrets_are_read_line_by_line_and_nothing_more_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = TextIOWrapper(BytesIO(b"482915\r\n906172\n\nCODE-1\n" + b"x" * 600 + b"\n"))
    monkeypatch.setattr(sys, "stdin", stream)
    assert [terminal.read_secret("") for _ in range(3)] == ["482915", "906172", ""]
    assert stream.buffer.readline() == b"CODE-1\n"
    with pytest.raises(UserError) as caught:
        terminal.read_secret("")
    assert caught.value.code == "secret_too_long"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"")))
    with pytest.raises(UserError) as caught:
        terminal.read_secret("")
    assert caught.value.code == "secret_missing"


def test_the_way_in_costs_what_a_change_of_hands_may(staffed: House) -> None:
    """The window uses the full cost; only tests take a cheaper one."""
    assert SignIn(staffed.run, staffed.clock, staffed.home)._cost.log_n == 15
    assert staffed.sign_in._cost == CHEAP
    assert word(staffed.sign_in.by_pin("li", ADMIN_PIN)) == "pin_wrong"
