"""The work page at a real ledger: verdicts after COMMIT, questions that never stand in the way, keys alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.labels import Label
from desktop.verdict import Level
from desktop.widgets.numbered import SETTLE_MS
from desktop.words import Words
from ledger.event import EventKind
from ledger.pack import State
from scanner.scan import Scan, Source
from tests.desktop.conftest import FIRST_DRUG, GTIN, LATER, SECOND_DRUG, Place, gs1, wedge
from tests.desktop.pages.atwork import find


def edit(place: Place, name: str) -> QLineEdit:
    found = find(place, name)
    assert isinstance(found, QLineEdit)
    return found


def settle(bot: QtBot) -> None:
    """Wait as long as a new question takes no number key."""
    bot.wait(SETTLE_MS + 50)


def test_a_pack_is_received_and_shown(place: Place) -> None:
    panel = place.window.work.verdict
    assert panel.title.text() == "请扫码收货"
    verdict = place.scan(wedge(gs1("SER-1")))
    assert verdict.level is Level.OK
    assert panel.title.text() == "已收货"
    assert panel.basis.text() == "格式正确 · 本地无冲突 · 未联网核验"
    assert panel.product.text() == "示例单抗注射液 100 mg"
    for name, shown in (("lot", "AB-123"), ("expiry", LATER.isoformat()), ("serial", "SER-1")):
        assert find(place, f"verdict_{name}").text() == shown  # type: ignore[attr-defined]
    assert "已收货" in panel.accessibleName()
    assert place.window.work.tables[EventKind.RECEIVE].rowCount() == 1
    assert place.events() == 1


def test_no_verdict_is_shown_before_the_ledger_has_answered(place: Place) -> None:
    place.desk.take(wedge(gs1("SER-1")))
    assert place.window.work.verdict.verdict is None
    assert place.window.work.tables[EventKind.RECEIVE].rowCount() == 0
    place.bot.waitUntil(lambda: place.window.work.verdict.verdict is not None, timeout=10_000)


def test_the_same_pack_again_is_answered_kindly(place: Place) -> None:
    place.scan(wedge(gs1("SER-1")))
    verdict = place.scan(wedge(gs1("SER-1")))
    assert verdict.level is Level.REPEATED
    assert place.window.work.verdict.title.text() == "重复扫码"
    assert "您已于" in place.window.work.verdict.spoken()
    assert place.events() == 1


def test_what_is_no_code_stops_with_the_reason(place: Place) -> None:
    verdict = place.scan(wedge("6925265101481"))
    assert verdict.level is Level.STOP
    assert "商品条码" in place.window.work.verdict.spoken()
    assert place.events() == 0


def test_an_expired_pack_is_received_into_quarantine_not_in_green(place: Place) -> None:
    verdict = place.scan(wedge(gs1("OLD-1", expiry=date.today() - timedelta(days=3))))
    assert verdict.level is Level.HELD
    assert place.window.work.verdict.property("level") == "held"
    assert "隔离" in place.window.work.verdict.title.text()


def test_a_label_is_typed_once_and_used_for_the_packs_that_follow(place: Place) -> None:
    work = place.window.work
    assert place.scan(wedge(FIRST_DRUG)).level is Level.ASKED
    assert work.question.isVisible()
    lot, expiry = edit(place, "question_lot"), edit(place, "question_expiry")
    lot.setText("1AK2003")
    place.bot.keyClick(lot, Qt.Key.Key_Return)
    assert "还缺有效期" in find(place, "question_error").text()  # type: ignore[attr-defined]
    expiry.setText("27-05")
    place.bot.keyClick(expiry, Qt.Key.Key_Return)
    assert "看不懂有效期" in find(place, "question_error").text()  # type: ignore[attr-defined]
    expiry.setText("2099-05")
    verdict = place.told(lambda: place.bot.keyClick(expiry, Qt.Key.Key_Return))
    assert verdict.level is Level.OK
    assert (verdict.lot, verdict.expiry, verdict.by_hand) == ("1AK2003", date(2099, 5, 31), True)
    assert not work.question.isVisible()
    assert work.label.isVisible(), "what will be used for the next packs is in sight"
    second = place.scan(wedge(SECOND_DRUG))
    assert second.level is Level.OK
    assert (second.lot, second.by_hand) == ("1AK2003", True)
    assert "按标签填写" in find(place, "verdict").findChild(QWidget, "verdict_lot").parent().caption.text()  # type: ignore[union-attr]
    assert work.tables[EventKind.RECEIVE].rowCount() == 2, "the answered question is one row, not two"


def test_a_label_in_use_can_be_changed_and_forgotten(place: Place) -> None:
    place.scan(wedge(FIRST_DRUG))
    edit(place, "question_lot").setText("A1")
    edit(place, "question_expiry").setText("2099-05")
    place.told(place.window.work.question.confirm)
    edit(place, "label_lot").setText("B2")
    place.window.work.label._render_buttons()
    place.bot.mouseClick(find(place, "label_save"), Qt.MouseButton.LeftButton)
    assert place.scan(wedge(SECOND_DRUG)).lot == "B2"
    place.bot.mouseClick(find(place, "label_forget"), Qt.MouseButton.LeftButton)
    assert not place.window.work.label.isVisible()
    third = place.scan(wedge("83386520001941675512"))
    assert third.level is Level.ASKED


def test_who_answers_a_question_is_who_did_it(place: Place) -> None:
    """The one may have scanned the pack and gone; what the other one confirms is not recorded in that name."""
    assert place.scan(wedge(FIRST_DRUG)).level is Level.ASKED
    place.desk.sign("op-2")
    question = place.window.work.question
    question.fields.fields["lot"].edit.setText("1AK2003")
    question.fields.fields["expiry"].edit.setText(f"{LATER:%Y-%m-%d}")
    told = place.told(question.confirm)
    assert told.saved
    event = place.station.run(lambda store: store.event(told.seq))
    assert event is not None and event.operator == "op-2"


def test_at_the_counter_a_label_is_only_offered(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(FIRST_DRUG))
    work = place.window.work
    edit(place, "question_expiry").setText("2099-05")
    settle(place.bot)
    assert place.told(lambda: work.choose_reason(1)).saved
    second = place.scan(wedge(SECOND_DRUG))
    assert second.level is Level.ASKED
    assert edit(place, "question_expiry").text() == "2099-05"


def test_a_reason_by_its_number_key_is_recorded_as_its_code_word(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    assert place.scan(wedge(gs1("STRANGE-1"))).level is Level.ASKED
    settle(place.bot)
    verdict = place.told(lambda: place.bot.keyClick(place.window.work.sink, Qt.Key.Key_1))
    assert verdict.level is Level.OK
    assert verdict.basis == "basis_reason", "the local conflict is not denied"
    event = place.station.run(lambda store: store.event(store.head.seq))
    assert (event.reason, event.packs[0].state) == ("reason_received_unscanned", State.DISPENSED)
    assert "已收货，当时未扫码" in place.window.work.verdict.spoken()


def test_a_reason_in_own_words(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    other = edit(place, "question_reason")
    place.bot.keyClicks(other, "from ward 3")
    place.told(lambda: place.bot.keyClick(other, Qt.Key.Key_Return))
    assert place.station.run(lambda store: store.event(store.head.seq)).reason == "from ward 3"


def test_a_question_that_has_just_appeared_takes_no_number_key(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    place.bot.keyClick(place.window.work.sink, Qt.Key.Key_1)
    place.bot.wait(100)
    assert place.events() == 0
    assert place.window.work.question.isVisible()


def test_escape_drops_the_question_and_the_pack_stays_unrecorded(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    place.bot.keyClick(place.window, Qt.Key.Key_Escape)
    work = place.window.work
    assert not work.question.isVisible()
    assert place.events() == 0
    assert work.verdict.title.text() == "未登记", "nobody is told to answer what is no longer asked"
    counts = work.tables[EventKind.DISPENSE].counts
    assert (counts[Level.ASKED], counts[Level.LEFT]) == (0, 1)
    assert place.scan(wedge(gs1("STRANGE-1"))).level is Level.ASKED, "it can be scanned again"


def test_an_open_question_blocks_no_scan(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    work = place.window.work
    assert place.scan(wedge("6925265101481")).level is Level.STOP
    assert place.scan(wedge(gs1("STRANGE-2"))).level is Level.ASKED
    assert work.question.question is not None
    assert work.question.question.answer.code.serial == "STRANGE-2", "the pack in hand comes first"
    settle(place.bot)
    assert place.told(lambda: work.choose_reason(1)).serial == "STRANGE-2"
    assert work.question.question.answer.code.serial == "STRANGE-1"
    assert "STRANGE-1" in find(place, "question_about").text()  # type: ignore[attr-defined]


def test_an_answer_that_was_begun_is_not_taken_away_by_the_next_scan(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    other = edit(place, "question_reason")
    place.bot.keyClicks(other, "from")
    place.scan(wedge(gs1("STRANGE-2")))
    question = place.window.work.question.question
    assert question is not None
    assert question.answer.code.serial == "STRANGE-1"
    assert other.text() == "from"
    place.bot.keyClicks(other, " ward 3")
    assert place.told(lambda: place.bot.keyClick(other, Qt.Key.Key_Return)).serial == "STRANGE-1"
    assert place.window.work.question.question.answer.code.serial == "STRANGE-2"


def test_the_same_pack_asked_twice_is_one_question(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    place.scan(wedge(gs1("STRANGE-1")))
    assert place.desk.questions.waiting == 0
    assert place.window.work.tables[EventKind.DISPENSE].rowCount() == 1


def test_a_pack_that_went_through_otherwise_needs_no_answer_any_more(place: Place) -> None:
    place.scan(wedge(FIRST_DRUG))
    assert place.window.work.question.isVisible()
    place.desk.labels.keep(
        EventKind.RECEIVE,
        place.desk.questions.shown.answer.code,  # type: ignore[union-attr]
        Label("L1", LATER, "day"),
    )
    assert place.scan(wedge(FIRST_DRUG)).level is Level.OK
    assert not place.window.work.question.isVisible()


def test_an_answer_belongs_to_the_task_it_was_asked_in(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    place.desk.choose(EventKind.RECEIVE)
    settle(place.bot)
    verdict = place.told(lambda: place.window.work.choose_reason(1))
    assert verdict.verb is EventKind.DISPENSE
    assert place.window.work.tables[EventKind.DISPENSE].rowCount() == 1
    assert place.window.work.tables[EventKind.RECEIVE].rowCount() == 0


def test_each_task_has_its_own_list_and_a_new_batch_begins_empty(place: Place) -> None:
    work = place.window.work
    place.scan(wedge(gs1("SER-1")))
    place.bot.keyClick(place.window, Qt.Key.Key_F3)
    assert work.verdict.title.text() == "请扫码发药"
    assert work.scans.model().rowCount() == 0
    place.scan(wedge(gs1("SER-1")))
    place.bot.keyClick(place.window, Qt.Key.Key_F2)
    assert work.verdict.title.text() == "已收货"
    assert work.scans.model().rowCount() == 1
    place.bot.keyClick(place.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert work.scans.model().rowCount() == 0
    assert work.tables[EventKind.DISPENSE].rowCount() == 1
    assert place.events() == 2


def test_a_code_is_typed_by_hand(place: Place) -> None:
    place.bot.keyClick(place.window, Qt.Key.Key_F4)
    entry = edit(place, "entry")
    place.bot.keyClicks(entry, "6925265101481")
    assert place.told(lambda: place.bot.keyClick(entry, Qt.Key.Key_Return)).level is Level.STOP
    assert entry.text() == ""
    place.bot.keyClick(place.window.work.sink, Qt.Key.Key_8)
    assert entry.text() == "8", "what is typed anywhere goes where codes are typed"


def test_an_earlier_scan_is_looked_at_again_with_the_keyboard(place: Place) -> None:
    work = place.window.work
    place.scan(wedge(gs1("SER-1")))
    place.scan(wedge("6925265101481"))
    place.window.activateWindow()
    work.rest()
    place.bot.waitUntil(work.sink.hasFocus)
    place.bot.keyClick(work.sink, Qt.Key.Key_Down)
    place.bot.keyClick(work.scans, Qt.Key.Key_Down)
    place.bot.keyClick(work.scans, Qt.Key.Key_Return)
    assert work.verdict.title.text() == "已收货"
    place.bot.keyClick(place.window, Qt.Key.Key_Escape)
    assert work.verdict.title.text() == "停止"


def test_every_visible_word_changes_with_the_language(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(gs1("STRANGE-1")))
    chinese = texts(place.window)
    place.window.retranslate(Words("en"))
    english = texts(place.window)
    assert "Please confirm" in english
    left = {text for text in english if any("一" <= c <= "鿿" for c in text)}
    assert all("中文" in text for text in left), "only the switch back speaks Chinese"
    place.window.retranslate(Words("zh_CN"))
    assert texts(place.window) == chinese


def texts(window: QWidget) -> set[str]:
    """Every text that a person could see in the window."""
    found: set[str] = set()
    for widget in window.findChildren(QWidget):
        for name in ("text", "placeholderText", "toolTip", "accessibleName"):
            value = getattr(widget, name, None)
            if callable(value):
                found.update(line for line in str(value()).splitlines() if line.strip())
    return found


def test_everything_that_can_be_used_has_a_name_for_screen_readers(place: Place) -> None:
    place.desk.choose(EventKind.DISPENSE)
    place.scan(wedge(FIRST_DRUG))
    for widget in place.window.findChildren(QWidget):
        if isinstance(widget, QLineEdit):
            assert widget.accessibleName(), widget.objectName()
        elif isinstance(widget, QPushButton) and widget.isVisible():
            assert widget.text() or widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize("source", [Source.WEDGE, Source.SERIAL, Source.CAMERA])
def test_scans_of_every_device_are_taken(place: Place, source: Source) -> None:
    assert place.scan(Scan(gs1("SER-1"), source)).saved


def test_an_unknown_code_typed_by_hand_is_typed_twice(place: Place) -> None:
    typed = Scan("(01)09521234000013(17)280131(10)L1(21)SER-1", Source.MANUAL)
    first = place.scan(typed)
    assert not first.saved
    assert place.scan(typed).saved, "the second time, alike, it counts"


def test_a_pack_held_before_the_camera_is_one_scan_and_a_deliberate_scan_always_counts(place: Place) -> None:
    def seen(at: float, serial: str = "SER-1") -> Scan:
        return Scan(gs1(serial), Source.CAMERA, at=at)

    assert place.scan(seen(10.0)).saved
    for at in (11.5, 13.0, 15.9):
        place.desk.take(seen(at))
    assert place.scan(seen(16.0, "SER-2")).saved
    assert place.window.work.tables[EventKind.RECEIVE].rowCount() == 2
    assert place.scan(seen(19.0)).level is Level.REPEATED, "it was away"
    assert place.scan(wedge(gs1("SER-1"))).level is Level.REPEATED
    place.desk.choose(EventKind.DISPENSE)
    assert place.scan(seen(19.5)).saved, "another task means it anew"


def test_a_burst_of_scans_is_answered_one_by_one_in_order(place: Place) -> None:
    count = 60
    told: list[str] = []
    place.desk.told.connect(lambda verdict: told.append(verdict.serial))
    for number in range(count):
        place.desk.take(wedge(gs1(f"B-{number:03}")))
    place.bot.waitUntil(lambda: len(told) == count, timeout=20_000)
    assert told == [f"B-{number:03}" for number in range(count)]
    table = place.window.work.tables[EventKind.RECEIVE]
    assert table.rowCount() == count
    assert table.verdict(0).serial == f"B-{count - 1:03}"  # type: ignore[union-attr]


def test_nothing_is_cut_off_on_a_small_screen(place: Place) -> None:
    """With the fullest page at 1366 x 768: every label has the room that its words need."""
    for words in (Words("zh_CN"), Words("en")):
        place.window.retranslate(words)
        place.desk.choose(EventKind.RECEIVE)
        place.scan(wedge(FIRST_DRUG))
        place.bot.wait(50)
        assert place.window.width() <= 1366
        assert place.window.height() <= 768
        for button in place.window.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width() - 2, (button.text(), words.language)
        assert place.window.work.verdict.height() >= place.window.work.verdict.minimumSizeHint().height()
        assert place.window.work.scans.height() >= place.window.work.scans.minimumHeight()
        place.bot.keyClick(place.window, Qt.Key.Key_Escape)


def test_two_symbols_of_one_pack_become_one_identity_in_either_order(place: Place) -> None:
    product = f"]C101{GTIN}"
    rest = f"]C117{LATER:%y%m%d}10AB-123\x1d21"
    waiting = place.scan(wedge(rest + "S1"))
    assert waiting.level is Level.ASKED, "the lot alone waits for the product, visibly"
    joined = place.scan(wedge(product))
    assert (joined.level, joined.serial, joined.lot) == (Level.OK, "S1", "AB-123")
    assert place.desk.questions.shown is None
    assert place.scan(wedge(product)).level is Level.ASKED
    other = place.scan(wedge(rest + "S2"))
    assert (other.level, other.serial) == (Level.OK, "S2")
    assert place.desk.questions.shown is None


def test_what_does_not_belong_together_is_never_joined(place: Place) -> None:
    place.scan(wedge(f"]C117{LATER:%y%m%d}10AB-123\x1d21S1"))
    whole = place.scan(wedge(gs1("S9")))
    assert (whole.level, whole.serial) == (Level.OK, "S9")
