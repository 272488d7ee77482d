"""Who works at the window: by PIN, by badge, after a PIN of one's own, and nobody when everybody has gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.gate import LATER
from desktop.pages.signin import SignInPage
from desktop.verdict import Level
from desktop.widgets.numbered import SETTLE_MS
from desktop.window import Window
from desktop.words import Words
from ledger import badge as badges
from ledger import recovery, staff
from ledger.event import Event, EventKind
from ledger.roles import Role
from ledger.scans import RawScan
from ledger.verifier import Cost, verifier_of
from tests.desktop.conftest import FIRST_DRUG, GTIN, Place, gs1, wedge

PIN, OTHER = "482915", "730264"
CHEAP = Cost(4, 1, 1)
BADGE = badges.minted()


@pytest.fixture
def house(place: Place) -> Iterator[Place]:
    """A clerk with a PIN and a badge, and an administrator; nobody is signed in yet."""
    clock, run = place.station.clock, place.station.run
    admin = run(
        lambda store: staff.add_first(
            store,
            clock,
            "关管理",
            verifier_of(PIN, CHEAP),
            frozenset({Role.SUPERVISOR}),
            recovery.digest("x"),
        )
    )
    digest = badges.digest(badges.make_key(place.station.home), BADGE)

    def add(store: object) -> None:
        staff.add(
            store,  # type: ignore[arg-type]
            clock,
            admin.id,  # type: ignore[union-attr]
            "李药师",
            frozenset({Role.PHARMACIST}),
            verifier=verifier_of(OTHER, CHEAP),
            person_id="li",
        )
        staff.set_badge(store, clock, admin.id, "li", digest)  # type: ignore[arg-type, union-attr]

    run(add)
    place.window.room.show_operator(None)
    with place.bot.waitSignal(place.window.gate.closed, timeout=5_000) as caught:
        place.window.gate.begin(place.station)
    assert caught.args == ["sign_in_first"]
    yield place
    place.window.gate.let_go()()


def signin(place: Place) -> SignInPage:
    assert place.window.signin.isVisible()
    return place.window.signin


def enter(bot: QtBot, page: SignInPage, pin: str) -> None:
    bot.keyClicks(page.pin, pin)
    bot.keyClick(page.pin, Qt.Key.Key_Return)


def work_as_admin(house: Place) -> str:
    """The administrator is at work; who that is."""
    page = signin(house)
    admin = next(tile for tile in house.window.gate.tiles if tile.id != "li")
    page.tiles[admin.id].click()
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000):
        enter(house.bot, page, PIN)
    assert house.window.work.isVisible()
    return admin.id


def kinds(place: Place) -> list[str]:
    return place.station.run(lambda store: [Event.from_canonical(body).kind for _, body, _ in store.chain()])


def test_signing_in_by_pin_opens_the_work_and_names_the_operator(house: Place) -> None:
    admin = work_as_admin(house)
    told = house.scan(wedge(gs1("S-1")))
    assert told.saved
    event = house.station.run(lambda store: store.event(told.seq))
    assert event.operator == admin


def test_what_is_scanned_before_it_is_known_who_works_is_recorded_in_nobodys_name(house: Place) -> None:
    gate, before = house.window.gate, house.events()
    gate.let_go()()
    gate.begin(house.station)
    with house.bot.waitSignals([gate.turned_away, gate.closed], timeout=5_000):
        house.window.take(wedge(gs1("EARLY")))
    kept = house.station.run(lambda store: store.last_scan())
    assert kept is not None
    assert (kept.outcome, kept.problem, kept.operator) == ("refused", "sign_in_first", "")
    assert house.events() == before


def test_where_nobody_is_registered_what_was_scanned_meanwhile_is_taken(place: Place) -> None:
    place.station.settings.set(LATER, True)
    place.window.gate.begin(place.station)
    try:
        verdict = place.told(lambda: place.window.take(wedge(gs1("EARLY"))))
    finally:
        place.window.gate.let_go()()
    assert verdict.saved and verdict.serial == "EARLY"


def test_a_wrong_pin_says_how_many_tries_are_left_and_keeps_the_page(house: Place) -> None:
    page = signin(house)
    page.tiles["li"].click()
    with house.bot.waitSignal(house.window.gate.refused, timeout=5_000) as caught:
        enter(house.bot, page, "111222")
    assert caught.args[0].code == "pin_wrong"
    assert signin(house) is page and not page.pin.text()


def test_a_pin_set_by_somebody_else_is_changed_first(house: Place) -> None:
    page = signin(house)
    page.tiles["li"].click()
    with house.bot.waitSignal(house.window.gate.pin_due, timeout=5_000):
        enter(house.bot, page, OTHER)
    assert page.isVisible(), "nobody works with a PIN that somebody else knows"
    enter(house.bot, page, "918273")
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000) as caught:
        enter(house.bot, page, "918273")
    assert caught.args[0].id == "li"
    assert house.window.work.isVisible()


def test_a_badge_changes_hands_in_the_middle_of_the_work(house: Place) -> None:
    staff_knows(house)
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000) as caught:
        house.window.take(wedge(BADGE))
    assert caught.args[0].id == "li"
    assert house.window.work.isVisible()
    assert house.station.run(lambda store: store.scans_of(BADGE)) == (), "a badge is nobody's pack"
    assert EventKind.SIGNED_IN in kinds(house)


def test_whoever_takes_over_sees_no_answer_to_the_scan_of_the_one_before(house: Place) -> None:
    work_as_admin(house)
    work, scans = house.window.work, house.window.work.tables[EventKind.RECEIVE]
    assert house.scan(wedge(gs1("MINE"))).level is Level.OK
    staff_knows(house)
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000):
        house.window.take(wedge(BADGE))
    assert work.verdict.verdict is None and work.verdict.title.text() == "请扫码收货"
    assert scans.rowCount() == 1, "what was done today stays in sight"
    assert house.scan(wedge(gs1("THEIRS"))).level is Level.OK
    house.window.gate.lock()
    assert work.verdict.verdict is None, "not for who walks by, either"
    assert scans.rowCount() == 2


def test_a_question_stays_open_with_its_answer_when_another_one_takes_over(house: Place) -> None:
    work_as_admin(house)
    work = house.window.work
    asked = house.scan(wedge(FIRST_DRUG))
    assert asked.level is Level.ASKED
    staff_knows(house)
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000):
        house.window.take(wedge(BADGE))
    assert work.question.isVisible() and work.verdict.verdict is asked
    house.desk.choose(EventKind.DISPENSE)
    house.desk.choose(EventKind.RECEIVE)
    assert work.verdict.verdict is asked
    work.question.fields.fields["lot"].edit.setText("A1")
    work.question.fields.fields["expiry"].edit.setText("2099-05")
    done = house.told(work.question.confirm)
    event = house.station.run(lambda store: store.event(done.seq))
    assert event is not None and event.operator == "li"


def test_a_pack_scanned_while_nobody_is_here_is_kept_and_refused(house: Place) -> None:
    code = gs1("EARLY")
    with house.bot.waitSignal(house.window.gate.turned_away, timeout=5_000):
        house.window.take(wedge(code))
    assert house.window.signin.problem == Words("zh_CN").say("scan_before_sign_in")
    assert house.window.banner.isHidden(), "said once, where the sign-in is"
    kept: tuple[RawScan, ...] = house.station.run(lambda store: store.scans_of(code))
    assert [(scan.outcome, scan.problem) for scan in kept] == [("refused", "sign_in_first")]
    assert house.station.run(lambda store: store.look_up(f"gs1:{GTIN}/EARLY")) is None


def test_an_unknown_badge_on_the_work_page_is_said_in_the_banner_without_its_text(house: Place) -> None:
    work_as_admin(house)
    unknown = badges.minted()
    with house.bot.waitSignals([house.window.gate.turned_away, house.window.gate.refused], timeout=5_000):
        house.window.take(wedge(unknown))
    assert house.window.work.isVisible(), "whoever works here goes on"
    assert house.window.banner.isVisible()
    assert house.window.banner.sentence.text() == Words("zh_CN").say("badge_unknown")
    assert unknown not in house.window.banner.accessibleName()
    staff_knows(house)
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000):
        house.window.take(wedge(BADGE))
    assert house.window.banner.isHidden(), "taken back by the badge that is known"


def test_a_pin_that_comes_as_a_scan_is_shown_and_kept_nowhere(house: Place) -> None:
    """Typed too fast, or printed on a card."""
    with house.bot.waitSignal(house.window.gate.turned_away, timeout=5_000):
        house.window.take(wedge(PIN))
    assert house.window.signin.problem == Words("zh_CN").say("pin_scanned")
    work_as_admin(house)
    hidden = QLineEdit(house.window.work)
    hidden.setEchoMode(QLineEdit.EchoMode.Password)
    hidden.show()
    hidden.setFocus()
    house.bot.waitUntil(hidden.hasFocus)
    with house.bot.waitSignal(house.window.gate.turned_away, timeout=5_000):
        house.window.take(wedge(PIN))
    assert house.window.banner.sentence.text() == Words("zh_CN").say("pin_scanned")
    assert house.station.run(lambda store: list(store.scans())) == []
    assert house.window.work.tables[house.desk.verb].count() == 0
    assert house.scan(wedge(gs1("P-1"))).saved, "a pack is taken from there as from anywhere"


def test_what_is_left_of_a_torn_badge_is_kept_nowhere(house: Place) -> None:
    with house.bot.waitSignal(house.window.gate.refused, timeout=5_000) as caught:
        house.window.take(wedge(BADGE[1:]))
    assert caught.args[0].code == "badge_unknown"
    assert house.station.run(lambda store: list(store.scans())) == []


def test_a_badge_scanned_while_another_is_looked_at_is_heard_to_count_for_nothing(house: Place) -> None:
    staff_knows(house)
    gate = house.window.gate
    with house.bot.waitSignal(gate.opened, timeout=5_000) as caught:
        house.window.take(wedge(BADGE))
        with house.bot.waitSignal(gate.turned_away, timeout=5_000):
            house.window.take(wedge(badges.minted()))
    assert caught.args[0].id == "li"


def test_a_refusal_at_work_leaves_the_focus_where_it_is(house: Place) -> None:
    work_as_admin(house)
    house.window.activateWindow()
    house.window.work.rest()
    house.bot.waitUntil(house.window.work.sink.hasFocus, timeout=5_000)
    with house.bot.waitSignal(house.window.gate.refused, timeout=5_000):
        house.window.take(wedge(badges.minted()))
    assert house.window.work.sink.hasFocus(), "what is typed now must not go to a PIN that nobody sees"


def test_no_key_answers_or_clears_anything_while_nobody_works_here(house: Place) -> None:
    staff_knows(house)
    with house.bot.waitSignal(house.window.gate.opened, timeout=5_000):
        house.window.take(wedge(BADGE))
    house.desk.choose("dispense")
    assert house.scan(wedge(gs1("STRANGE-1"))).level is Level.ASKED
    house.bot.wait(SETTLE_MS + 30)
    house.window.gate.lock()
    house.window.activateWindow()
    house.bot.waitUntil(house.window.isActiveWindow, timeout=5_000)
    told: list[object] = []
    house.desk.told.connect(told.append)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        house.bot.keyClick(house.window, key, Qt.KeyboardModifier.AltModifier)
    house.bot.keyClick(house.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    with house.bot.waitCallback() as written:  # whatever was handed to the ledger has come back by then
        house.window.room.write(lambda _: None, written)
    assert not told
    assert house.desk.questions.shown is not None, "the question still stands"


def test_a_badge_that_wants_its_pin_locks_first_and_takes_the_pin_at_once(house: Place) -> None:
    staff_knows(house)
    work_as_admin(house)
    house.station.settings.set("people.badge", "with_pin")
    with house.bot.waitSignal(house.window.gate.refused, timeout=5_000) as caught:
        house.window.take(wedge(BADGE))
    assert caught.args[0].code == "badge_pin_wanted"
    page = signin(house)
    assert house.window.room.operator is None, "nobody works on under the other one's name"
    assert page.problem == Words("zh_CN").say("badge_pin_wanted")
    assert page.tiles["li"].isChecked() and page.pin.hasFocus()
    for label in house.window.findChildren(QLabel):
        assert BADGE not in label.text()


def test_a_scan_after_the_time_is_over_locks_and_is_answered(house: Place) -> None:
    """Between the end of the time and the clock's next tick nobody works here either."""
    work_as_admin(house)
    session = house.window.gate._session
    assert session is not None
    session.lock_in(0)
    with house.bot.waitSignal(house.window.gate.turned_away, timeout=5_000):
        house.window.take(wedge(gs1("LATE")))
    assert signin(house).problem == Words("zh_CN").say("scan_before_sign_in")


def test_when_to_lock_and_what_a_badge_opens_hold_as_soon_as_they_are_set(house: Place) -> None:
    work_as_admin(house)
    gate, settings = house.window.gate, house.station.settings
    session = gate._session
    assert session is not None and (session.seconds_left or 0) > 60
    settings.set("people.lock_minutes", 1)
    settings.set("people.badge", "with_pin")
    house.window.room.settings_changed.emit()
    assert 0 < (session.seconds_left or 0) <= 60
    with house.bot.waitSignal(gate.refused, timeout=5_000) as caught:
        gate.by_badge(BADGE)
    assert caught.args[0].code == "badge_pin_wanted"


def staff_knows(house: Place) -> None:
    """The pharmacist has a PIN of her own."""
    house.station.run(lambda store: staff.own_pin(store, house.station.clock, store.people.person("li"), "x"))  # type: ignore[arg-type]


def test_locking_signs_out_and_shows_no_page_behind_it(house: Place) -> None:
    page, palette = signin(house), house.window.controls.palette
    work_as_admin(house)
    house.window.activateWindow()
    palette.toggle()
    with house.bot.waitSignal(house.window.gate.closed, timeout=5_000):
        house.window.gate.lock()
    assert page.isVisible() and house.window.room.operator is None
    assert palette.isHidden() and page.pin.hasFocus(), "nothing lies over it"
    house.window.show_work()
    assert page.isVisible(), "no key leads past the sign-in"
    house.bot.waitUntil(lambda: EventKind.SIGNED_OUT in kinds(house), timeout=5_000)


def test_a_key_or_a_click_at_the_window_is_a_sign_of_life(house: Place) -> None:
    work_as_admin(house)
    session = house.window.gate._session
    house.window.activateWindow()
    house.bot.waitUntil(lambda: house.window.windowHandle() is QGuiApplication.focusWindow())

    def sit_still() -> float:
        session._seen = tuple(moment - 60 for moment in session._seen)  # type: ignore[union-attr]
        return session.seconds_left or 0.0  # type: ignore[union-attr]

    left = sit_still()
    QTest.keyClick(house.window.windowHandle(), Qt.Key.Key_Down)
    assert (session.seconds_left or 0.0) > left + 50  # type: ignore[union-attr]
    left = sit_still()
    QTest.mouseClick(house.window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    assert (session.seconds_left or 0.0) > left + 50  # type: ignore[union-attr]


def test_nobody_leaves_the_first_page_while_the_recovery_code_is_on_its_way(place: Place) -> None:
    window: Window = place.window
    window.room.show_operator(None)
    with place.bot.waitSignal(window.gate.closed, timeout=5_000):
        window.gate.begin(place.station)
    for name, text in (("name", "王管理"), ("pin", PIN), ("again", PIN)):
        window.first.fields[name].setText(text)
    window.first._next()
    window.first.escape()
    window.first._later.click()
    place.bot.waitUntil(lambda: bool(window.first._code), timeout=10_000)
    assert window.first.isVisible() and window.room.operator is None
    window.gate.let_go()()


def test_a_pin_that_will_not_do_is_typed_anew_from_the_start(place: Place) -> None:
    window: Window = place.window
    window.room.show_operator(None)
    with place.bot.waitSignal(window.gate.closed, timeout=5_000):
        window.gate.begin(place.station)
    fields = window.first.fields
    for pin, again in (("123456", "123456"), (PIN, PIN[::-1])):
        for name, text in (("name", "王管理"), ("pin", pin), ("again", again)):
            fields[name].setText(text)
        fields["again"].setFocus()
        window.first._next()
        assert window.first._problem.text()
        assert (fields["pin"].text(), fields["again"].text(), fields["name"].text()) == ("", "", "王管理")
        assert window.focusWidget() is fields["pin"]
    window.gate.let_go()()


def test_the_first_start_registers_the_administrator_or_goes_on_for_a_trial(place: Place) -> None:
    window: Window = place.window
    window.room.show_operator(None)
    with place.bot.waitSignal(window.gate.closed, timeout=5_000) as caught:
        window.gate.begin(place.station)
    assert caught.args == ["first_wanted"] and window.first.isVisible()
    with place.bot.waitSignal(window.gate.opened, timeout=5_000):
        window.first.escape()
    assert window.work.isVisible() and place.station.settings[LATER] is True
    fields = window.first.fields
    for name, text in (("name", "王管理"), ("pin", PIN), ("again", PIN)):
        fields[name].setText(text)
    window.first._next()
    place.bot.waitUntil(lambda: bool(window.first._code), timeout=5_000)
    with place.bot.waitSignal(window.gate.closed, timeout=5_000) as asked:
        window.first._next()
    assert asked.args == ["sign_in_first"]
    assert place.station.run(lambda store: [one.name for one in store.people.everybody()]) == ["王管理"]
    window.gate.let_go()()


def test_whoever_has_only_a_badge_is_told_to_scan_it_and_shown_no_pin(house: Place) -> None:
    run, clock = house.station.run, house.station.clock
    admin = next(tile.id for tile in house.window.gate.tiles if tile.id != "li")
    digest = badges.digest(badges.make_key(house.station.home), badges.minted())
    clerk = frozenset({Role.CLERK})
    for one, badge in (("wang", digest), ("zhao", None)):
        run(lambda store, one=one: staff.add(store, clock, admin, f"{one} & Co", clerk, person_id=one))
        if badge is not None:
            run(lambda store, one=one, badge=badge: staff.set_badge(store, clock, admin, one, badge))
    house.window.gate.people_changed()
    page, said = signin(house), Words("zh_CN").say
    house.bot.waitUntil(lambda: "wang" in page.tiles, timeout=5_000)
    for one, sentence in (("wang", said("signin_by_badge")), ("zhao", said("signin_no_way"))):
        page.tiles[one].click()
        assert not page.pin.isVisible() and not page.pad.isVisible() and page.tiles[one].hasFocus()
        told = page.findChild(QLabel, "signin_badge")
        assert told is not None and told.isVisible() and told.text() == sentence
        house.bot.keyClicks(page.tiles[one], "123456")
        assert not page.pin.text()
    assert "刷工牌" in page.tiles["wang"].text() and "刷工牌" not in page.tiles["li"].text()
    page.tiles[admin].click()
    assert page.pin.isVisible() and page.pin.hasFocus() and page.pad.isVisible()


def test_the_help_tells_of_what_is_shown_before_the_work(place: Place) -> None:
    window, said = place.window, Words("en").say
    window.retranslate(Words("en"))
    about = lambda: {label.text() for label in window.keys.findChildren(QLabel) if label.isVisible()}  # noqa: E731
    window.gate.begin(place.station)
    place.bot.waitUntil(window.first.isVisible, timeout=5_000)
    for name, show in (
        ("first", lambda: None),
        ("opening", window.show_opening),
        ("signin", lambda: window._close_gate("sign_in_first")),
    ):
        show()
        place.bot.keyClick(window, Qt.Key.Key_F1)
        assert {said(f"door_{name}"), said(f"help_{name}"), said("key_language")} <= about()
        assert not {said("help_work"), said("key_undo"), said("keys_note"), said("key_receive")} & about()
        place.bot.keyClick(window, Qt.Key.Key_F1)
        assert window.keys.isHidden()
    window.gate.later()
    place.bot.waitUntil(window.work.isVisible, timeout=5_000)
    place.bot.keyClick(window, Qt.Key.Key_F1)
    assert {said("help_work"), said("key_undo"), said("keys_note")} <= about()
    window.gate.let_go()()
