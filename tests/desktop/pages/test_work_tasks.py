"""Every task of the shift at the work page: by keys, by scanner alone, each question answerable."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.answers import beyond
from desktop.bridge import Bridge
from desktop.controlcodes import PREFIX
from desktop.desk import Desk
from desktop.station import Station
from desktop.tasksheet import TASKS
from desktop.verdict import Level
from desktop.widgets.numbered import SETTLE_MS
from desktop.widgets.othertasks import GROUPS, OtherTasks
from desktop.words import LANGUAGES, Words
from ledger.event import EventKind
from ledger.pack import State, heap_key
from tests.desktop.conftest import FIRST_DRUG, GTIN, LATER, Place, gs1, wedge
from tests.desktop.pages.atwork import SITE, answered, control, find, last, state


def test_every_task_is_reached_by_one_key_after_f10(place: Place) -> None:
    verbs = [verb for group in GROUPS.values() for verb in group]
    for place_of, verb in enumerate(verbs):
        place.bot.keyClick(place.window, Qt.Key.Key_F10)
        choice = place.window.findChild(OtherTasks)
        assert choice is not None and choice.isVisible()
        button = choice.buttons["undo"]
        sign = "123456789ABCDE"[place_of]
        place.bot.keyClick(button, sign)
        assert not choice.isVisible()
        assert place.desk.verb == verb
        assert find(place, "task_more").isChecked()  # type: ignore[attr-defined]
        assert place.window.work.verdict.title.text() == Words("zh_CN").say(
            "please_scan_case" if verb == "pack" else f"please_scan_{verb}"
        )
    place.bot.keyClick(place.window, Qt.Key.Key_F2)
    assert place.desk.verb is EventKind.RECEIVE


def test_the_choice_of_tasks_goes_with_escape_and_with_a_scan(place: Place) -> None:
    place.bot.keyClick(place.window, Qt.Key.Key_F10)
    choice = place.window.findChild(OtherTasks)
    assert choice is not None
    place.bot.keyClick(choice.buttons["undo"], Qt.Key.Key_Right)
    place.bot.keyClick(choice.buttons["transfer_out"], Qt.Key.Key_Escape)
    assert not choice.isVisible()
    assert place.desk.verb is EventKind.RECEIVE
    place.bot.keyClick(place.window, Qt.Key.Key_F10)
    assert place.scan(wedge(gs1("S-1"))).saved
    assert not choice.isVisible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_task_has_its_words(language: str) -> None:
    words = Words(language)
    for verb in TASKS:
        for word in ("task", "did", "row", "please_scan", "scans", "scans_empty"):
            assert words.knows(f"{word}_{verb}"), f"{word}_{verb}"


def test_a_place_is_filled_in_once_and_goes_for_the_whole_task(stocked: Place) -> None:
    control(stocked, "MOVE")
    field = find(stocked, "task_place")
    assert isinstance(field, QLineEdit)
    stocked.bot.keyClick(stocked.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    stocked.bot.keyClicks(field, "A-03-2")
    stocked.bot.keyClick(field, Qt.Key.Key_Return)
    for serial in ("S-1", "S-2"):
        assert stocked.scan(wedge(gs1(serial))).title == "did_move"
        assert last(stocked).packs[0].place == "A-03-2"


def test_a_partner_is_chosen_by_number_and_asked_once(stocked: Place) -> None:
    control(stocked, "TRANSFER-OUT")
    stocked.bot.waitUntil(lambda: bool(stocked.window.work.question._partners))
    assert stocked.scan(wedge(gs1("S-1"))).level is Level.ASKED
    assert "另一仓库" in find(stocked, "question_choice_1").text()  # type: ignore[attr-defined]
    assert answered(stocked).saved
    assert last(stocked).partner == SITE
    assert stocked.scan(wedge(gs1("S-2"))).saved, "not asked again"
    control(stocked, "TRANSFER-IN")
    assert stocked.scan(wedge(gs1("S-1"))).title == "did_transfer_in"


def test_quarantine_and_release_by_numbered_reasons(stocked: Place) -> None:
    control(stocked, "QUARANTINE")
    assert stocked.scan(wedge(gs1("S-1"))).level is Level.ASKED
    verdict = answered(stocked)
    assert (verdict.level, verdict.title) == (Level.HELD, "did_quarantine_held")
    assert stocked.window.work.verdict.title.text() == "已隔离"
    control(stocked, "RELEASE")
    stocked.scan(wedge(gs1("S-1")))
    assert answered(stocked).title == "did_release"
    assert state(stocked, "S-1") is State.IN_STOCK


def test_a_pack_is_destroyed_before_a_second_person_and_the_witness_stays(stocked: Place) -> None:
    stocked.station.settings.set("people.later", True)
    gate = stocked.window.gate
    gate.begin(stocked.station)
    stocked.bot.waitSignal(gate.opened, timeout=10_000).wait()
    control(stocked, "DESTROY")
    assert stocked.scan(wedge(gs1("S-1"))).level is Level.ASKED
    panel = stocked.window.work.question
    stocked.bot.wait(SETTLE_MS + 30)
    panel.choose(1)
    assert "还缺第二人" in panel._error.text(), "a reason alone is not enough"
    edit = panel.fields.second.name.edit
    stocked.bot.keyClicks(edit, "op-1")
    stocked.bot.keyClick(edit, Qt.Key.Key_Return)
    stocked.bot.waitUntil(lambda: "另一个人" in panel._error.text())
    edit.clear()
    stocked.bot.keyClicks(edit, "op-2")
    verdict = stocked.told(lambda: stocked.bot.keyClick(edit, Qt.Key.Key_Return))
    assert verdict.title == "did_destroy"
    assert (last(stocked).second, last(stocked).reason) == ("op-2", "reason_expired")
    assert "op-2" in find(stocked, "task_second_set").text()  # type: ignore[attr-defined]
    assert stocked.scan(wedge(gs1("S-2"))).level is Level.ASKED
    assert stocked.desk.questions.shown is not None
    assert stocked.desk.questions.shown.needs == ("reason",), "the witness is still there"
    gate.let_go()()


def test_a_second_person_stands_by_for_the_pack_that_was_asked_about_alone(stocked: Place) -> None:
    stocked.station.settings.set("people.later", True)
    gate, desk = stocked.window.gate, stocked.desk
    gate.begin(stocked.station)
    stocked.bot.waitSignal(gate.opened, timeout=10_000).wait()
    control(stocked, "DESTROY")
    for serial in ("S-1", "S-2"):
        assert stocked.scan(wedge(gs1(serial))).level is Level.ASKED
    panel, held = stocked.window.work.question, threading.Event()
    first = panel.question
    assert first is not None
    stocked.station.writer.submit(lambda _: held.wait(60))
    panel.proof_wanted.emit("op-2", "")
    desk.drop(first)
    other = panel.question
    assert other is not None and other is not first
    held.set()
    stocked.bot.waitUntil(lambda: not stocked.window.work.witness._busy, timeout=10_000)
    assert panel.wants_second, "the other pack has no second person"
    gate.let_go()()


def test_the_next_scan_is_the_label_that_the_question_waits_for(stocked: Place) -> None:
    control(stocked, "LABEL")
    assert stocked.scan(wedge(gs1("S-1"))).level is Level.ASKED
    assert "请扫要贴上的新码" in stocked.window.work.question._error.text()
    other = "83386520001941653320"
    assert stocked.scan(wedge(other)).title == "did_label"
    pack = stocked.station.run(lambda store: store.look_up(f"cn20:{other}"))
    assert pack is not None and pack.serial == "S-1"


def test_the_zones_own_code_is_a_label_too(stocked: Place) -> None:
    settings = stocked.station.settings
    settings.set("zone.pattern", "BHZ(?P<serial>[0-9]{8})")
    stocked.station.apply(settings)
    control(stocked, "LABEL")
    assert stocked.scan(wedge(gs1("S-2"))).level is Level.ASKED
    assert stocked.scan(wedge("BHZ00004711")).title == "did_label"
    pack = stocked.station.run(lambda store: store.look_up("zone:BHZ00004711"))
    assert pack is not None and pack.serial == "S-2"


def test_counting_finds_and_misses(stocked: Place) -> None:
    control(stocked, "COUNT")
    assert stocked.scan(wedge(gs1("S-1"))).title == "did_count"
    stocked.scan(wedge(gs1("NEW-1")))
    assert answered(stocked).title == "did_count_extra"


def test_damage_stands_for_the_next_pack_alone(stocked: Place) -> None:
    stocked.bot.keyClick(stocked.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert find(stocked, "task_damaged_set").isVisible()
    assert stocked.scan(wedge(gs1("D-1"))).level is Level.HELD
    assert not find(stocked, "task_damaged_set").isVisible()
    assert stocked.scan(wedge(gs1("D-2"))).level is Level.OK
    control(stocked, "TEMPERATURE")
    assert stocked.scan(wedge(gs1("D-3"))).level is Level.HELD
    assert last(stocked).flags == ("temperature",)


def test_control_codes_are_kept_as_raw_scans_and_never_as_packs(place: Place) -> None:
    for word in ("FINISH", "NONSENSE", "QUANTITY=0"):
        control(place, word)
    assert place.events() == 0
    kept = place.station.run(lambda store: store.scans_of(f"{PREFIX}NONSENSE"))
    assert [scan.outcome for scan in kept] == ["control"]
    assert place.window.work.verdict.verdict is None
    assert not place.window.banner.isHidden(), "what was not understood is told"


def test_take_out_is_answered_at_the_panel_and_goes_for_the_prescription(stocked: Place) -> None:
    control(stocked, "DISPENSE")
    weeks = find(stocked, "task_weeks")
    assert isinstance(weeks, QLineEdit)
    weeks.setText("6")
    weeks.editingFinished.emit()
    assert stocked.scan(wedge(gs1("S-1"))).level is Level.ASKED
    panel = stocked.window.work.question
    assert panel.question is not None and beyond(panel.question) == ()
    panel.confirm()
    assert "备案号" in panel._error.text()
    panel.fields.fields["filing"].edit.setText("F-2026-1")
    for tick in ("consent", "assessed", "signed"):
        button = find(stocked, f"question_{tick}")
        assert isinstance(button, QPushButton) and button.isVisible()
        stocked.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stocked.told(panel.confirm).saved
    assert stocked.scan(wedge(gs1("S-2"))).saved, "what was told of the take-out holds for the next pack"


def test_a_stocktake_shows_what_is_still_to_be_found_and_gives_it_up_with_a_reason(stocked: Place) -> None:
    control(stocked, "COUNT")
    work = stocked.window.work
    assert stocked.desk.sheet.document.startswith("PD-"), (
        "a count without a number could not be taken up again"
    )
    for number in range(1, 8):
        stocked.scan(wedge(gs1(f"S-{number}")))
    stocked.bot.waitUntil(lambda: work.stocktake.state is not None and work.stocktake.state.open == 2)
    assert work.stocktake.state is not None and work.stocktake.state.counted == 7
    stocked.bot.keyClick(stocked.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert work.papers.view == "differences"
    assert {item.serial for item in work.stocktake.state.items} == {"S-8", "S-9"}
    work.differences.selectRow(0)
    gone = work.stocktake.state.items[0].serial
    stocked.bot.keyClick(work.differences, Qt.Key.Key_Delete)
    assert work.verdict._body.isHidden(), "the last answer makes way at once, else the question lies over it"
    stocked.bot.keyClick(work.finish.other, Qt.Key.Key_Return)
    assert state(stocked, gone) is State.IN_STOCK, "not without a reason"
    stocked.bot.wait(SETTLE_MS + 30)
    verdict = stocked.told(lambda: work.choose_reason(1))
    assert (verdict.title, verdict.serial) == ("did_count_missing", gone)
    assert state(stocked, gone) is State.LOST
    stocked.bot.waitUntil(lambda: work.stocktake.state is not None and work.stocktake.state.open == 1)
    assert stocked.scan(wedge(gs1(gone))).level is Level.ASKED, "found again: extra, with a reason"


def test_an_unknown_code_typed_by_hand_is_typed_once_more(place: Place) -> None:
    place.bot.keyClick(place.window, Qt.Key.Key_F4)
    entry, panel = place.window.work.entry.field, place.window.work.question
    place.bot.keyClicks(entry, FIRST_DRUG)
    place.told(lambda: place.bot.keyClick(entry, Qt.Key.Key_Return))
    assert panel.question is not None and panel.question.needs == ("again",)
    assert "再录入一次" in panel._error.text()
    place.bot.keyClicks(entry, FIRST_DRUG)
    place.told(lambda: place.bot.keyClick(entry, Qt.Key.Key_Return))
    assert panel.question is not None and panel.question.needs == ("lot", "expiry")
    assert place.desk.questions.waiting == 0


def test_which_goods_without_serial_are_meant_is_said_at_the_panel(stocked: Place) -> None:
    lot = f"]d201{GTIN}17{LATER:%y%m%d}10AB-123"
    control(stocked, "QUANTITY=5")
    assert stocked.scan(wedge(lot)).quantity == 5
    control(stocked, "QUARANTINE")
    control(stocked, "QUANTITY=2")
    stocked.scan(wedge(lot))
    assert answered(stocked).title == "did_quarantine"
    control(stocked, "SUPPLIER-RETURN")
    assert stocked.scan(wedge(lot)).level is Level.ASKED
    panel = stocked.window.work.question
    assert panel.question is not None and "apart" in panel.question.needs
    stocked.bot.wait(SETTLE_MS + 30)
    panel.choose(1)
    assert "隔离区的" in panel._error.text(), "the reason alone does not say which"
    stocked.bot.mouseClick(panel.fields.quarantine, Qt.MouseButton.LeftButton)
    assert stocked.told(panel.confirm).saved
    heap = stocked.station.run(lambda store: store.look_up(heap_key(GTIN, "AB-123", quarantined=True)))
    assert heap is not None and heap.remaining == 1


def test_what_is_scanned_while_the_ledger_opens_is_taken_next_but_a_badge_is_never_kept(
    station: Station, qtbot: QtBot
) -> None:
    desk = Desk(Bridge())
    badge, away, told = "TDB1AAAABBBBCCCCDDDDEEEE", [], []
    desk.turned_away.connect(lambda: away.append(True))
    desk.told.connect(told.append)
    for text in (badge, f"{PREFIX}DAMAGED", gs1("EARLY-1")):
        desk.take(wedge(text))
    assert (away, told) == ([True], [])
    heard = []
    desk.controlled.connect(heard.append)
    desk.open(station, "op-1")
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].serial == "EARLY-1"
    assert [control.word for control in heard] == ["DAMAGED"]
    assert station.run(lambda store: store.scans_of(badge)) == ()
