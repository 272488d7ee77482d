"""Signing in without a network: PIN, badge, hands that change, the second person, and what the chain tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger import badge, staff
from ledger.audit import audit
from ledger.event import EventKind
from ledger.people import TRIES
from ledger.roles import Act, Operator, Role
from ledger.signin import ONCE, TERMINAL, WINDOW, SignedIn, SignIn
from ledger.verifier import Cost, cheaper, verifier_of
from tests.ledger.house import ADMIN_PIN, BADGE, CHEAP, OTHER_PIN, PIN, THIRD_PIN, House, word


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path / "home")
    yield one
    one.close()


@pytest.fixture
def staffed(house: House) -> House:
    admin = house.first()
    house.add(admin.id, "Li", Role.PHARMACIST)
    house.add(admin.id, "Zhao", Role.SUPERVISOR, pin=OTHER_PIN)
    return house


def test_nobody_has_to_sign_in_until_somebody_is_registered(house: House) -> None:
    assert not house.sign_in.wanted() and house.sign_in.tiles() == ()
    assert house.run(lambda store: store.people.judge("op-1", Act.DESTROY, date(2026, 11, 20))) is None
    house.first()
    assert house.sign_in.wanted()
    assert word(house.run(lambda store: store.people.judge("op-1", Act.LOOK_UP, date(2026, 11, 20))))


def test_a_pin_signs_in_and_the_chain_tells_who_where_and_how(staffed: House) -> None:
    assert word(staffed.sign_in.by_pin("li", "999990")) == "pin_wrong"
    signed = staffed.sign_in.by_pin("li", PIN)
    assert signed == SignedIn(Operator("li", "Li", frozenset({Role.PHARMACIST})), pin_due=False)
    event = staffed.events(EventKind.SIGNED_IN)[-1]
    assert event.operator == "li"
    assert (event.told("seat"), event.told("how"), event.told("failures")) == (WINDOW, "pin", "1")
    assert staffed.person("li").failures == 0
    assert staffed.person("li").last_in == "2026-11-20T12:00:00.000+08:00"


def test_hands_change_in_one_transaction(staffed: House) -> None:
    staffed.sign_in.by_pin("li", PIN)
    signed = staffed.sign_in.by_pin("zhao", OTHER_PIN)
    assert isinstance(signed, SignedIn) and signed.left is not None and signed.left.id == "li"
    out = staffed.events(EventKind.SIGNED_OUT)
    assert [(event.operator, event.told("why")) for event in out] == [("li", "switched")]
    assert out[0].seq + 1 == staffed.events(EventKind.SIGNED_IN)[-1].seq
    left = staffed.sign_in.leave(WINDOW, "idle")
    assert left is not None and left.id == "zhao"
    assert staffed.sign_in.leave() is None
    assert [event.told("why") for event in staffed.events(EventKind.SIGNED_OUT)] == ["switched", "idle"]


def test_two_seats_do_not_disturb_each_other_and_once_takes_none(staffed: House) -> None:
    staffed.sign_in.by_pin("li", PIN, WINDOW)
    staffed.sign_in.by_pin("zhao", OTHER_PIN, TERMINAL, b"t")
    staffed.sign_in.by_pin("zhao", OTHER_PIN, ONCE)
    seats = staffed.run(lambda store: [store.people.seat(name) for name in (WINDOW, TERMINAL, ONCE)])
    assert [seat.person_id if seat else None for seat in seats] == ["li", "zhao", None]
    assert staffed.events(EventKind.SIGNED_OUT) == []


def test_a_crash_leaves_a_seat_that_the_next_start_closes(staffed: House) -> None:
    staffed.sign_in.by_pin("li", PIN)
    staffed.restart()
    left = staffed.sign_in.leave(WINDOW, "interrupted")
    assert left is not None and left.id == "li"
    assert staffed.events(EventKind.SIGNED_OUT)[-1].told("why") == "interrupted"


def test_five_wrong_pins_lock_and_only_somebody_else_unlocks(staffed: House) -> None:
    told = [word(staffed.sign_in.by_pin("li", "999990")) for _ in range(TRIES + 1)]
    assert told == ["pin_wrong"] * 4 + ["person_locked_now", "person_locked"]
    assert word(staffed.sign_in.by_pin("li", PIN)) == "person_locked", "the right PIN is too late"
    staffed.restart()
    assert word(staffed.sign_in.by_pin("li", PIN)) == "person_locked"
    for by, why in (("li", "unlock_self"), ("nobody", "person_unknown")):
        assert word(staffed.run(lambda store, by=by: staff.unlock(store, staffed.clock, by, "li"))) == why  # type: ignore[misc]
    staffed.run(lambda store: staff.unlock(store, staffed.clock, "zhao", "li"))
    assert isinstance(staffed.sign_in.by_pin("li", PIN), SignedIn)
    changes = [
        (event.operator, event.told("change"), event.told("person"))
        for event in staffed.events(EventKind.PERSON_CHANGED)
        if event.told("change") in ("locked", "unlocked")
    ]
    assert changes == [("-", "locked", "li"), ("zhao", "unlocked", "li")]


def test_a_clerk_cannot_unlock(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.add(admin, "Sun", Role.CLERK)
    for _ in range(TRIES):
        staffed.sign_in.by_pin("li", "999990")
    assert word(staffed.run(lambda store: staff.unlock(store, staffed.clock, "sun", "li"))) == "not_allowed"


def test_pulling_the_plug_buys_no_guess(staffed: House) -> None:
    """The attempt is on the disk before the PIN is looked at."""

    class PowerCut(Exception):
        pass

    calls = 0

    def run_once(job):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 2:
            raise PowerCut
        return staffed.run(job)

    for failed in range(1, TRIES + 1):
        calls = 0
        cut = SignIn(run_once, staffed.clock, staffed.home, cost=CHEAP)
        with pytest.raises(PowerCut):
            cut.by_pin("li", "999990")
        staffed.restart()
        assert staffed.person("li").failures == failed
    assert word(staffed.sign_in.by_pin("li", PIN)) == "person_locked"


def test_a_badge_signs_in_and_a_lock_bars_it(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    assert word(staffed.sign_in.by_badge(BADGE)) == "badge_unknown"
    staffed.wear(admin, staffed.person("li"))
    staffed.sign_in.by_pin("li", "999990")
    signed = staffed.sign_in.by_badge(BADGE.lower())
    assert isinstance(signed, SignedIn) and signed.operator.id == "li"
    event = staffed.events(EventKind.SIGNED_IN)[-1]
    assert (event.told("how"), event.told("failures")) == ("badge", "1")
    assert staffed.sign_in.badges().owner(BADGE) == "li"
    for _ in range(TRIES):
        staffed.sign_in.by_pin("li", "999990")
    assert word(staffed.sign_in.by_badge(BADGE)) == "person_locked"


def test_badge_and_pin_where_the_site_wants_both(tmp_path: Path) -> None:
    house = House(tmp_path / "home", badge_needs_pin=True)
    try:
        admin = house.first()
        house.wear(admin.id, house.add(admin.id, "Li", Role.PHARMACIST))
        wanted = house.sign_in.by_badge(BADGE)
        assert word(wanted) == "badge_pin_wanted"
        assert dict(wanted.params)["person"] == "li"  # type: ignore[union-attr]
        assert word(house.sign_in.by_badge(BADGE, pin="999990")) == "pin_wrong"
        assert isinstance(house.sign_in.by_badge(BADGE, pin=PIN), SignedIn)
        assert house.events(EventKind.SIGNED_IN)[-1].told("how") == "badge_pin"
    finally:
        house.close()


def test_a_badge_without_its_key_is_no_badge_and_says_so(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.wear(admin, staffed.person("li"))
    (staffed.home / badge.FILE).unlink()
    assert word(staffed.sign_in.by_badge(BADGE)) == "badge_key_missing"
    assert staffed.sign_in.badges().owner(BADGE) is None
    assert isinstance(staffed.sign_in.by_pin("li", PIN), SignedIn), "PINs go on working"
    assert staffed.run(lambda store: staff.drop_badges(store, staffed.clock, admin)) == 1
    assert word(staffed.sign_in.by_badge(BADGE)) == "badge_unknown"


def test_a_badge_belongs_to_one_person(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.wear(admin, staffed.person("li"))
    kept = badge.digest(badge.make_key(staffed.home), BADGE)
    again = staffed.run(lambda store: staff.set_badge(store, staffed.clock, admin, "zhao", kept))
    assert word(again) == "badge_taken"
    staffed.run(lambda store: staff.set_badge(store, staffed.clock, admin, "li", None))
    staffed.wear(admin, staffed.person("zhao"))
    assert staffed.sign_in.badges().owner(BADGE) == "zhao"


def test_the_second_person_is_another_one_with_the_right(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.add(admin, "Sun", Role.CLERK, pin=THIRD_PIN)
    staffed.wear(admin, staffed.person("zhao"))
    sign_in = staffed.sign_in
    assert word(sign_in.second_by_pin("li", "li", PIN)) == "second_same"
    assert word(sign_in.second_by_pin("li", "sun", THIRD_PIN)) == "not_allowed"
    assert word(sign_in.second_by_pin("li", "nobody", PIN)) == "person_unknown"
    assert staffed.person("sun").failures == 0, "no attempt is spent where the answer is no anyway"
    assert word(sign_in.second_by_pin("li", "zhao", "999990")) == "pin_wrong"
    good = sign_in.second_by_pin("li", "zhao", OTHER_PIN)
    assert isinstance(good, Operator) and good.id == "zhao"
    assert sign_in.second_by_badge("li", BADGE) == good
    assert word(sign_in.second_by_badge("zhao", BADGE)) == "second_same"
    assert word(sign_in.second_by_badge("li", BADGE, Act.DISPENSE)) == "not_allowed", (
        "a stricter right may be asked"
    )
    assert staffed.events(EventKind.SIGNED_IN) == [], "being the second is not signing in"


def test_wrong_pins_of_the_second_person_lock_too(staffed: House) -> None:
    for _ in range(TRIES):
        staffed.sign_in.second_by_pin("li", "zhao", "999990")
    assert word(staffed.sign_in.second_by_pin("li", "zhao", OTHER_PIN)) == "person_locked"


def test_a_second_person_where_nobody_is_registered(house: House) -> None:
    assert word(house.sign_in.second_by_pin("op-1", "op-1", "")) == "second_same"
    good = house.sign_in.second_by_pin("op-1", "op-2", "")
    assert isinstance(good, Operator) and good.id == "op-2"


def test_a_pin_that_somebody_else_set_is_changed_first(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.PHARMACIST, due=True)
    signed = house.sign_in.by_pin("li", PIN)
    assert isinstance(signed, SignedIn) and signed.pin_due
    assert word(house.sign_in.by_pin("li", PIN, ONCE)) == "pin_change_due"
    assert word(house.sign_in.second_by_pin(admin.id, "li", PIN)) == "pin_change_due"
    assert word(house.sign_in.change_pin("li", PIN, PIN)) == "pin_same"
    assert word(house.sign_in.change_pin("li", PIN, "121212")) == "pin_too_easy"
    assert word(house.sign_in.change_pin("li", "999990", OTHER_PIN)) == "pin_wrong"
    assert isinstance(house.sign_in.change_pin("li", PIN, OTHER_PIN), Operator)
    assert not house.person("li").pin_due and house.person("li").failures == 0
    assert word(house.sign_in.by_pin("li", PIN)) == "pin_wrong"
    after = house.sign_in.by_pin("li", OTHER_PIN)
    assert isinstance(after, SignedIn) and not after.pin_due


def test_an_administrators_pin_is_nobody_elses_and_others_learn_nothing(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    assert word(staffed.sign_in.change_pin(admin, ADMIN_PIN, PIN)) == "pin_shared"
    assert word(staffed.sign_in.change_pin(admin, "999990", PIN)) == "pin_wrong", (
        "nothing proved, nothing told"
    )
    assert isinstance(staffed.sign_in.change_pin("li", PIN, OTHER_PIN), Operator), "not told to a pharmacist"


def test_a_right_ends_with_its_day_and_no_clock_brings_it_back(house: House) -> None:
    admin = house.first()
    house.add(admin.id, "Li", Role.CLERK, until=date(2026, 11, 21))
    assert isinstance(house.sign_in.by_pin("li", PIN), SignedIn)
    house.later(86_400)
    assert isinstance(house.sign_in.by_pin("li", PIN), SignedIn), "the last day counts"
    house.later(86_400)
    assert word(house.sign_in.by_pin("li", PIN)) == "person_expired"
    day = house.run(lambda store: staff.today(store, house.clock))
    assert word(house.run(lambda store: store.people.judge("li", Act.RECEIVE, day))) == "person_expired"
    assert isinstance(house.sign_in.by_pin(admin.id, ADMIN_PIN), SignedIn), "the day is on record"
    house.time -= timedelta(days=2)
    assert word(house.sign_in.by_pin("li", PIN)) == "person_expired"


def test_who_has_left_is_out_at_once(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.wear(admin, staffed.person("li"))
    staffed.sign_in.by_pin("li", PIN)
    staffed.run(lambda store: staff.leave(store, staffed.clock, admin, "li"))
    assert staffed.events(EventKind.SIGNED_OUT)[-1].told("why") == "left"
    assert staffed.run(lambda store: store.people.seat(WINDOW)) is None
    day = staffed.run(lambda store: staff.today(store, staffed.clock))
    assert word(staffed.run(lambda store: store.people.judge("li", Act.RECEIVE, day))) == "person_left"
    assert word(staffed.sign_in.by_pin("li", PIN)) == "person_left"
    assert word(staffed.sign_in.by_badge(BADGE)) == "badge_unknown"
    assert "li" not in {tile.id for tile in staffed.sign_in.tiles()}
    assert (
        word(staffed.run(lambda store: staff.rename(store, staffed.clock, "zhao", "li", "X")))
        == "not_allowed"
    )
    staffed.run(lambda store: staff.come_back(store, staffed.clock, admin, "li", verifier_of(PIN, CHEAP)))
    again = staffed.sign_in.by_pin("li", PIN)
    assert isinstance(again, SignedIn) and again.pin_due


def test_tiles_show_who_was_here_last_first(staffed: House) -> None:
    staffed.sign_in.by_pin("zhao", OTHER_PIN)
    staffed.later(60)
    staffed.sign_in.by_pin("li", PIN)
    tiles = staffed.sign_in.tiles()
    assert [tile.name for tile in tiles] == ["Li", "Zhao", "Wang"]
    assert [(tile.locked, tile.barred) for tile in tiles] == [(False, None)] * 3


def test_a_right_pin_renews_a_verifier_that_has_become_cheap(staffed: House) -> None:
    dearer = Cost(log_n=3, r=1)
    renewing = SignIn(staffed.run, staffed.clock, staffed.home, cost=dearer)
    assert cheaper(staffed.person("li").verifier, dearer)
    renewing.by_pin("li", "999990")
    assert cheaper(staffed.person("li").verifier, dearer), "a wrong PIN renews nothing"
    assert isinstance(renewing.by_pin("li", PIN), SignedIn)
    assert not cheaper(staffed.person("li").verifier, dearer)
    assert isinstance(renewing.by_pin("li", PIN), SignedIn)


def test_a_pin_reset_while_somebody_types_the_old_one_wins(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    calls = 0

    def run(job):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 2:
            new = verifier_of(THIRD_PIN, CHEAP)
            staffed.run(lambda store: staff.set_pin(store, staffed.clock, admin, "li", new))
        return staffed.run(job)

    answer = SignIn(run, staffed.clock, staffed.home, cost=CHEAP).by_pin("li", PIN)
    assert word(answer) == "pin_wrong"


def test_a_badge_taken_away_at_that_moment_opens_nothing(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.wear(admin, staffed.person("li"))
    calls = 0

    def run(job):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 2:
            staffed.run(lambda store: staff.set_badge(store, staffed.clock, admin, "li", None))
        return staffed.run(job)

    answer = SignIn(run, staffed.clock, staffed.home, cost=CHEAP).by_badge(BADGE)
    assert word(answer) == "badge_unknown"


def test_the_ledger_stays_whole_and_tells_no_secret_and_no_name(staffed: House) -> None:
    admin = staffed.events(EventKind.PERSON_CHANGED)[0].operator
    staffed.wear(admin, staffed.person("li"))
    staffed.sign_in.by_badge(BADGE)
    staffed.sign_in.change_pin("li", PIN, THIRD_PIN)
    staffed.run(lambda store: staff.rename(store, staffed.clock, admin, "li", "Li Xiaoming"))
    bodies = staffed.run(lambda store: [body for _, body, _ in store.chain()])
    chain = b"\n".join(bodies)
    for told in ("Wang", "Xiaoming", "Zhao", PIN, THIRD_PIN, ADMIN_PIN, BADGE, "scrypt"):
        assert told.encode() not in chain, told
    assert staffed.person("li").verifier not in repr(staffed.person("li"))
    finding = audit(staffed.home)
    assert finding.chain_ok and finding.projection_ok
    staffed.close()
    for path in staffed.home.iterdir():
        held = path.read_bytes()
        for secret in (PIN, THIRD_PIN, ADMIN_PIN, BADGE):
            assert secret.encode() not in held, (path.name, secret)
    staffed.writer = type(staffed.writer)(staffed.home)
