"""Goods without code and codes without serial, told by number at the work page: with keys alone."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionFrame, QWidget

from desktop.verdict import Level, Verdict
from desktop.widgets.goodspanel import GoodsPanel
from desktop.words import LANGUAGES, Words
from ledger.codeless import codeless
from ledger.event import EventKind
from ledger.pack import Pack, heap_key
from tests.desktop.conftest import DRUG, GTIN, LATER, Place, gs1, wedge
from tests.desktop.pages.atwork import last

BY_LOT = f"]d201{GTIN}17{LATER:%y%m%d}10AB-123"


def begin(place: Place) -> GoodsPanel:
    place.bot.keyClick(place.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    panel = place.window.work.goods
    assert panel.open
    return panel


def enter(place: Place, panel: GoodsPanel, name: str, text: str = "") -> None:
    edit = panel.fields.edits[name]
    place.bot.keyClicks(edit, text)
    place.bot.keyClick(edit, Qt.Key.Key_Return)


def compose(edit: QWidget, text: str) -> None:
    """Type as an input method does."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(edit, event)


def product(place: Place, panel: GoodsPanel, text: str) -> None:
    """Type a part of the name and take what is found first."""
    compose(panel.fields.edits["product"], text)
    view = panel.views["product"]
    place.bot.waitUntil(lambda: view.count() == 1 and view.currentRow() == 0)
    place.bot.keyClick(panel.fields.edits["product"], Qt.Key.Key_Return)
    place.bot.waitUntil(panel.fields.edits["lot"].hasFocus)


def received(place: Place, quantity: str = "12", lot: str = "N-1", expiry: str = "") -> Verdict:
    """So many drops received without code, by keys alone."""
    panel = begin(place)
    product(place, panel, "眼液")
    enter(place, panel, "lot", lot)
    if not panel.fields.written("expiry"):
        enter(place, panel, "expiry", expiry or f"{LATER:%y%m%d}")
    panel.choose(1)
    return place.told(lambda: enter(place, panel, "quantity", quantity))


def heap(place: Place, lot: str, *, apart: bool = False, of: str = DRUG) -> Pack:
    key = heap_key(of, lot, quarantined=apart)
    pack = place.station.run(lambda store: store.look_up(key))
    assert pack is not None
    return pack


def test_goods_without_code_are_received_with_keys_alone(place: Place) -> None:
    panel = begin(place)
    product(place, panel, "眼液")
    assert panel.fields.edits["lot"].hasFocus()
    enter(place, panel, "lot", "N-1")
    enter(place, panel, "expiry", "2912")
    assert panel.fields.written("expiry") == "2029-12", "what was understood is shown before it counts"
    enter(place, panel, "quantity", "12")
    assert panel.reasons[0].hasFocus() and panel.open, "why there is no code is asked last"
    verdict = place.told(lambda: place.bot.keyClick(panel.reasons[0], "1"))
    assert (verdict.level, verdict.lot, verdict.quantity) == (Level.OK, "N-1", 12)
    assert not panel.open and place.window.work.sink.hasFocus()
    event = last(place)
    assert event.flags == ("codeless",)
    assert event.told("codeless") == "reason_no_code_printed"
    assert (event.packs[0].expiry, event.packs[0].expiry_precision) == (date(2029, 12, 31), "month")
    assert place.window.work.tables[EventKind.RECEIVE].verdict(0) == verdict
    assert verdict.reason == "reason_no_code_printed"


def test_a_product_typed_and_entered_at_once_is_the_one_that_is_taken(place: Place) -> None:
    panel = begin(place)
    edit = panel.fields.edits["product"]
    compose(edit, "示例")
    view = panel.views["product"]
    place.bot.waitUntil(lambda: view.count() == 1 and "示例单抗" in view.item(0).text(), timeout=10_000)
    edit.selectAll()
    compose(edit, "眼液")
    place.bot.keyClick(edit, Qt.Key.Key_Return)
    place.bot.waitUntil(panel.fields.edits["lot"].hasFocus, timeout=10_000)
    assert "滴眼液" in panel.fields.written("product")


def test_why_is_kept_for_the_next_goods_and_what_was_told_is_gone(place: Place) -> None:
    received(place)
    panel = begin(place)
    assert not any(edit.text() for edit in panel.fields.edits.values())
    assert panel.reasons[0].isChecked()


def test_a_known_lot_brings_its_expiry_along(place: Place) -> None:
    received(place)
    panel = begin(place)
    product(place, panel, "eye drops")
    place.bot.waitUntil(lambda: "N-1" in panel.views["lot"].item(0).text())
    place.bot.keyClick(panel.fields.edits["lot"], Qt.Key.Key_Down)
    place.bot.keyClick(panel.fields.edits["lot"], Qt.Key.Key_Return)
    assert panel.fields.written("expiry") == LATER.isoformat()
    assert panel.fields.edits["quantity"].hasFocus()
    verdict = place.told(lambda: enter(place, panel, "quantity", "3"))
    assert verdict.saved and heap(place, "N-1").remaining == 15


def test_what_the_ledger_asks_is_asked_as_of_a_scan(place: Place) -> None:
    place.desk.choose("dispense")
    panel = begin(place)
    product(place, panel, "眼液")
    enter(place, panel, "lot", "UNSEEN")
    enter(place, panel, "expiry", f"{LATER:%y%m%d}")
    place.bot.keyClicks(panel.fields.edits["quantity"], "2")
    asked = place.told(lambda: panel.choose(2))
    assert asked.level is Level.ASKED, "why there is no code answers for that alone"
    question = place.window.work.question
    assert question.question is not None and question.isVisible() and not panel.open
    place.bot.wait(450)
    verdict = place.told(lambda: place.window.work.choose_reason(1))
    event = last(place)
    assert verdict.saved and verdict.ticket == asked.ticket
    assert (event.reason, event.told("codeless")) == ("reason_received_unscanned", "reason_code_damaged")


def test_more_than_there_is_stops_and_stays_to_be_put_right(place: Place) -> None:
    received(place, "5")
    place.desk.choose("dispense")
    panel = begin(place)
    product(place, panel, "眼液")
    enter(place, panel, "lot", "N-1")
    assert place.told(lambda: enter(place, panel, "quantity", "9")).level is Level.STOP
    panel = begin(place)
    assert panel.fields.written("lot") == "N-1" and panel.fields.edits["quantity"].hasFocus()
    panel.fields.put("quantity", "")
    assert place.told(lambda: enter(place, panel, "quantity", "4")).saved
    assert heap(place, "N-1").remaining == 1


@pytest.mark.parametrize("verb", ["dispense", "receive"])
def test_goods_told_by_number_are_taken_back(place: Place, verb: str) -> None:
    received(place)
    if verb == "dispense":
        place.desk.choose("dispense")
        panel = begin(place)
        product(place, panel, "眼液")
        enter(place, panel, "lot", "N-1")
        assert place.told(lambda: enter(place, panel, "quantity", "4")).saved
        assert heap(place, "N-1").out == 4
    undone = place.told(
        lambda: place.bot.keyClick(place.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    )
    assert undone.level is Level.UNDONE
    told = place.station.run(lambda store: tuple(codeless(store)))
    if verb == "dispense":
        assert (heap(place, "N-1").remaining, heap(place, "N-1").out) == (12, 0)
        assert [(one.received, one.dispensed) for one in told] == [(12, 0)]
    else:
        assert not told, "what did not occur is in no list"


def test_quarantine_asks_its_own_reason_and_counting_knows_both_places(place: Place) -> None:
    received(place)
    place.desk.choose("quarantine")
    panel = begin(place)
    product(place, panel, "眼液")
    enter(place, panel, "lot", "N-1")
    assert place.told(lambda: enter(place, panel, "quantity", "2")).level is Level.ASKED
    place.bot.wait(450)
    assert place.told(lambda: place.window.work.choose_reason(1)).title == "did_quarantine"
    place.desk.choose("count")
    panel = begin(place)
    product(place, panel, "眼液")
    lots = panel.views["lot"]
    place.bot.waitUntil(lambda: lots.count() == 2)
    assert "隔离 2" in lots.item(1).text()
    for _ in range(2):
        place.bot.keyClick(panel.fields.edits["lot"], Qt.Key.Key_Down)
    place.bot.keyClick(panel.fields.edits["lot"], Qt.Key.Key_Return)
    assert place.told(lambda: enter(place, panel, "quantity", "0")).level is Level.ASKED
    place.bot.wait(450)
    assert place.told(lambda: place.window.work.choose_reason(1)).saved
    assert heap(place, "N-1", apart=True).remaining == 0


def test_a_code_without_serial_asks_for_a_number_while_the_panel_is_open(place: Place) -> None:
    panel = begin(place)
    place.desk.take(wedge(BY_LOT))
    place.bot.waitUntil(lambda: "示例单抗" in panel.fields.written("product"))
    assert (panel.fields.written("lot"), panel.fields.edits["quantity"].hasFocus()) == ("AB-123", True)
    assert place.events() == 0, "nothing counts before the number"
    verdict = place.told(lambda: enter(place, panel, "quantity", "30"))
    assert (verdict.level, verdict.quantity) == (Level.OK, 30)
    assert last(place).flags == ("no_serial",), "it has a code"
    assert heap(place, "AB-123", of=GTIN).remaining == 30
    assert place.scan(wedge(BY_LOT)).saved, "with the panel closed each scan is one more pack"
    assert heap(place, "AB-123", of=GTIN).remaining == 31


def test_a_pack_counts_whatever_is_open_and_closes_an_empty_panel(place: Place) -> None:
    panel = begin(place)
    assert place.scan(wedge(gs1("S-1"))).saved
    assert not panel.open
    panel = begin(place)
    compose(panel.fields.edits["product"], "眼")
    assert place.scan(wedge(gs1("S-2"))).saved
    assert panel.open and panel.fields.written("product") == "眼", "what was begun is not lost to a scan"
    place.window.controls.escape()
    assert not panel.open
    assert not begin(place).fields.written("product"), "whoever leaves has given up"


def test_what_cannot_be_read_is_said_and_the_cursor_goes_there(place: Place) -> None:
    panel = begin(place)
    place.bot.keyClicks(panel.fields.edits["product"], "zzz")
    view = panel.views["product"]
    place.bot.waitUntil(lambda: view.count() == 1 and "没有找到" in view.item(0).text())
    enter(place, panel, "product")
    assert panel.fields.edits["product"].hasFocus()
    panel.fields.clear()
    product(place, panel, "眼液")
    enter(place, panel, "lot", "N-1")
    enter(place, panel, "expiry", "271331")
    assert panel._error.isVisible() and panel.fields.edits["expiry"].hasFocus()
    panel.fields.clear("expiry")
    enter(place, panel, "expiry", f"{LATER:%y%m%d}")
    enter(place, panel, "quantity", "many")
    assert panel._error.isVisible() and panel.fields.edits["quantity"].hasFocus()
    assert place.events() == 0


def test_tasks_that_want_each_pack_offer_no_numbers(place: Place) -> None:
    work = place.window.work
    assert work.entry.by_number.isVisible()
    place.desk.choose("move")
    assert not work.entry.by_number.isVisible()
    with place.bot.waitSignal(place.window.room.said):
        place.bot.keyClick(place.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert not work.goods.open


def test_the_palette_and_the_button_open_it(place: Place) -> None:
    work = place.window.work
    place.bot.mouseClick(work.entry.by_number, Qt.MouseButton.LeftButton)
    assert work.goods.open
    work.by_hand.escape()
    palette = place.window.controls.palette
    palette.toggle()
    compose(palette.field, "无码")
    place.bot.keyClick(palette.field, Qt.Key.Key_Return)
    assert work.goods.open and palette.isHidden()


def test_a_heap_that_a_stocktake_has_not_seen_is_counted_from_the_list(place: Place) -> None:
    received(place)
    place.desk.choose("count")
    work = place.window.work
    work.papers.toggle()
    place.bot.waitUntil(lambda: work.differences.table.count() == 1)
    work.differences.selectRow(0)
    place.bot.keyClick(work.differences, Qt.Key.Key_Return)
    panel = work.goods
    assert panel.open and (panel.fields.written("lot"), panel.fields.written("quantity")) == ("N-1", "")
    verdict = place.told(lambda: enter(place, panel, "quantity", "12"))
    assert (verdict.title, verdict.quantity) == ("did_count", 12)
    assert work.tables[EventKind.COUNT].says(verdict, "serial") == "× 12"
    place.bot.waitUntil(lambda: work.differences.table.count() == 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1080, 600), (1093, 614), (1366, 768)])
def test_what_a_field_wants_is_said_whole_on_a_small_screen(
    place: Place, size: tuple[int, int], language: str
) -> None:
    """1366 x 768 at 125 % leaves 1093 x 614."""
    place.window.retranslate(Words(language))
    place.window.resize(*size)
    place.bot.keyClick(place.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    place.bot.waitUntil(place.window.work.goods.isVisible, timeout=5_000)
    for name, field in place.window.work.goods.fields.edits.items():
        option = QStyleOptionFrame()
        field.initStyleOption(option)
        room = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field).width()
        needed = field.fontMetrics().horizontalAdvance(field.placeholderText())
        assert needed + 4 <= room, (name, field.placeholderText(), needed, room)
