"""Receipts and prescriptions at the work page: chosen, ticked off by scans, ended with reasons, taken up again."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.controlcodes import PREFIX
from desktop.verdict import Level
from desktop.widgets.finishpanel import Step
from desktop.widgets.numbered import SETTLE_MS
from desktop.words import Words
from ledger import recovery, staff
from ledger.catalog import Product
from ledger.event import EventKind
from ledger.pack import State
from ledger.partners import Partner
from ledger.prescription import Prescription
from ledger.roles import Role
from ledger.shipment import Line, Shipment
from ledger.store import FILE, Store
from ledger.trees import Child
from tests.desktop.conftest import FIRST_DRUG, GTIN, LATER, Place, gs1, wedge
from tests.desktop.pages.atwork import control, find, last

SHIPMENT, LOOSE, CASED = "DN-1001", "DN-1002", "DN-1003"
RX = "RX-2001"
DROPS = "09521234000020"
CASE = "00106141412345678908"
SUPPLIER = "6901234567892"


@pytest.fixture
def papers(place: Place) -> Place:
    """A shipment told by serial, one by number, one in a case, and a prescription."""

    def fill(store: Store) -> None:
        store.catalog.load([Product(DROPS, "示例滴眼液", "Demo Eye Drops", "5 mL", pack_size=10)])
        store.partners.put(Partner(SUPPLIER, "示例供应商", "Demo Supplier", "supplier"))
        day = date.today()
        serials = tuple((f"gs1:{GTIN}/P-{number}", 1) for number in range(1, 4))
        lines = (Line(1, GTIN, 3, "AB-123", LATER, "day"),)
        store.documents.put(Shipment(SHIPMENT, lines, SUPPLIER, day, serials))
        drug = Line(1, "8338652", 2, "1AK2003", LATER, "day")
        store.documents.put(Shipment(LOOSE, (drug,), SUPPLIER, day + timedelta(days=1)))
        children = [
            Child(f"gs1:{GTIN}/C-{number}", product=GTIN, serial=f"C-{number}", lot="AB-123", expiry=LATER)
            for number in range(1, 6)
        ]
        for child in children:
            store.trees.put(f"sscc:{CASE[2:]}", child)
        case = (Line(1, GTIN, 5, "AB-123"),)
        keys = tuple(sorted((child.key, 1) for child in children))
        store.documents.put(Shipment(CASED, case, SUPPLIER, day, keys, (f"sscc:{CASE[2:]}",)))
        patient = "0190a7c4-0000-7000-8000-000000000001"
        store.documents.put(
            Prescription(RX, (Line(1, GTIN, 1), Line(2, DROPS, 6, unit="unit")), patient, day)
        )

    place.station.run(fill)
    return place


def drops(serial: str) -> str:
    return f"]d201{DROPS}17{LATER:%y%m%d}10ED-7\x1d21{serial}"


def opened(place: Place, number: str) -> None:
    """Scan the document's number and wait until its board is there."""
    place.desk.take(wedge(number))
    assert place.desk.sheet.document == number
    papers = place.window.work.papers
    place.bot.waitUntil(lambda: papers.paper is not None and papers.paper.number == number)


def board(place: Place) -> list[tuple[str, int, int]]:
    """Progress, seen and over of each row shown."""
    table = place.window.work.board.table
    return [
        (table.item(row).progress, table.item(row).seen, table.item(row).over)
        for row in range(table.rowCount())
    ]


def shows(place: Place, *rows: tuple[str, int, int]) -> None:
    place.bot.waitUntil(lambda: board(place) == list(rows), timeout=10_000)


def ended(place: Place, number: str, kind: str = "desadv") -> bool:
    return place.station.run(lambda store: store.documents.finished(kind, number))


def test_a_shipment_is_chosen_by_keys_and_search(papers: Place) -> None:
    work = papers.window.work
    papers.bot.keyClick(papers.window, Qt.Key.Key_F12)
    papers.bot.waitUntil(lambda: len(work.chooser._papers.found) == 3)
    assert work.chooser._papers.found[0].number in (SHIPMENT, CASED), "what is due comes first"
    field = work.chooser.field
    assert isinstance(field, QLineEdit)
    papers.bot.keyClicks(field, "1002")
    papers.bot.waitUntil(lambda: [one.number for one in work.chooser._papers.found] == [LOOSE])
    papers.bot.keyClick(field, Qt.Key.Key_Return)
    assert papers.desk.sheet.document == LOOSE
    assert work.papers.view == "board"
    papers.bot.keyClick(papers.window, Qt.Key.Key_F12)
    papers.bot.keyClick(papers.window, Qt.Key.Key_Escape)
    assert work.papers.view == "board"
    papers.bot.keyClick(papers.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert work.papers.view == "scans"


def test_a_receipt_by_scanner_alone_short_and_over_with_both_reasons(papers: Place) -> None:
    opened(papers, SHIPMENT)
    shows(papers, ("waiting", 0, 0))
    assert papers.scan(wedge(gs1("P-1"))).saved
    control(papers, "DAMAGED")
    assert papers.scan(wedge(gs1("P-2"))).level is Level.HELD
    assert papers.scan(wedge(gs1("X-9"))).level is Level.ASKED
    papers.bot.wait(SETTLE_MS + 30)
    papers.told(lambda: control(papers, "CHOOSE=1"))
    assert last(papers).reason == "reason_sent_extra"
    shows(papers, ("extra", 1, 1), ("partial", 2, 0))
    control(papers, "FINISH")
    panel = papers.window.work.finish
    papers.bot.waitUntil(lambda: panel.step is Step.FINISH)
    control(papers, "CONFIRM")
    assert "还缺短少的理由" in panel._error.text()
    assert not ended(papers, SHIPMENT), "nothing passes without the reasons"
    papers.bot.wait(SETTLE_MS + 30)
    control(papers, "CHOOSE=2")
    control(papers, "CONFIRM")
    assert "还缺多出的理由" in panel._error.text()
    assert not ended(papers, SHIPMENT)
    control(papers, "CHOOSE=6")
    papers.bot.waitUntil(lambda: ended(papers, SHIPMENT))
    assert last(papers).reason == "reason_short_supplier + reason_over_send_back"
    papers.bot.waitUntil(lambda: "已收完" in find(papers, "paper_count").text())  # type: ignore[attr-defined]
    kept = papers.station.run(lambda store: [scan.outcome for scan in store.scans_of(f"{PREFIX}FINISH")])
    assert kept == ["control"]


def test_a_complete_receipt_is_finished_without_a_question(papers: Place) -> None:
    opened(papers, SHIPMENT)
    for number in range(1, 4):
        assert papers.scan(wedge(gs1(f"P-{number}"))).saved
    shows(papers, ("complete", 3, 0))
    papers.bot.keyClick(papers.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    papers.bot.waitUntil(lambda: ended(papers, SHIPMENT))
    assert papers.window.work.finish.step is None


def test_a_receipt_is_left_continued_finished_opened_again_and_rolled_back(papers: Place) -> None:
    work = papers.window.work
    opened(papers, SHIPMENT)
    assert papers.scan(wedge(gs1("P-1"))).saved
    control(papers, "LATER")
    assert papers.desk.sheet.document == ""
    assert work.papers.view == "scans"
    opened(papers, SHIPMENT)
    shows(papers, ("partial", 1, 0))
    for number in (2, 3):
        papers.scan(wedge(gs1(f"P-{number}")))
    shows(papers, ("complete", 3, 0))
    control(papers, "FINISH")
    papers.bot.waitUntil(lambda: ended(papers, SHIPMENT))
    papers.bot.waitUntil(lambda: work.papers.paper is not None and work.papers.paper.finished)
    control(papers, "FINISH")
    assert work.finish.step is Step.REOPEN
    papers.bot.wait(SETTLE_MS + 30)
    control(papers, "CHOOSE=1")
    papers.bot.waitUntil(lambda: not ended(papers, SHIPMENT))
    papers.bot.mouseClick(find(papers, "paper_roll_back"), Qt.MouseButton.LeftButton)
    assert work.finish.step is Step.ROLL_BACK
    control(papers, "CONFIRM")
    shows(papers, ("waiting", 0, 0))
    for number in range(1, 4):
        pack = papers.station.run(lambda store, number=number: store.look_up(f"gs1:{GTIN}/P-{number}"))
        assert pack is not None and pack.state is State.UNKNOWN
    assert papers.desk.undo() is False


def test_what_could_not_be_rolled_back_is_told_with_its_reason(papers: Place) -> None:
    opened(papers, SHIPMENT)
    assert papers.scan(wedge(gs1("P-1"))).saved
    shows(papers, ("partial", 1, 0))
    papers.desk.sign("nobody-known")
    papers.station.run(
        lambda store: staff.add_first(
            store, papers.station.clock, "关管理", "", frozenset({Role.SUPERVISOR}), recovery.digest("x")
        )
    )
    papers.bot.mouseClick(find(papers, "paper_roll_back"), Qt.MouseButton.LeftButton)
    papers.bot.waitUntil(lambda: papers.window.work.finish.step is Step.ROLL_BACK)
    control(papers, "CONFIRM")
    papers.bot.waitUntil(papers.window.banner.isVisible)
    assert "之后" not in papers.window.banner.sentence.text()
    assert papers.window.banner.sentence.text() == Words("zh_CN").say("person_unknown", person="nobody-known")
    pack = papers.station.run(lambda store: store.look_up(f"gs1:{GTIN}/P-1"))
    assert pack is not None and pack.state is State.IN_STOCK


def test_a_number_typed_and_entered_at_once_opens_that_document(papers: Place) -> None:
    papers.bot.keyClick(papers.window, Qt.Key.Key_F12)
    chooser = papers.window.work.chooser
    papers.bot.waitUntil(lambda: len(chooser._papers.found) == 3, timeout=10_000)
    papers.bot.keyClicks(chooser.field, "1002")
    papers.bot.keyClick(chooser.field, Qt.Key.Key_Return)
    papers.bot.waitUntil(lambda: papers.desk.sheet.document != "", timeout=10_000)
    assert papers.desk.sheet.document == LOOSE


def test_a_document_scanned_takes_the_question_about_the_one_before_away(papers: Place) -> None:
    opened(papers, SHIPMENT)
    finish = papers.window.work.finish
    control(papers, "FINISH")
    papers.bot.waitUntil(lambda: finish.step is Step.FINISH, timeout=10_000)
    papers.desk.take(wedge(LOOSE))
    assert papers.desk.sheet.document == LOOSE
    assert finish.step is None
    papers.bot.wait(SETTLE_MS + 30)
    assert not finish.choose(1)
    assert not ended(papers, LOOSE)


def test_a_prescription_that_comes_late_is_not_put_over_another_task(papers: Place) -> None:
    work, held = papers.window.work, threading.Event()
    papers.desk.choose("dispense")
    papers.window.room.look(lambda _: held.wait(60), lambda _: None)
    work.chooser.chosen.emit(RX)
    papers.desk.choose("receive")
    held.set()
    with papers.bot.waitCallback() as looked:  # jobs are taken in their order
        papers.window.room.look(lambda _: None, looked)
    assert papers.desk.sheet.document == "" and papers.desk.sheet_of(EventKind.DISPENSE).document == ""


def test_a_roll_back_that_ends_late_forgets_what_it_took_back_alone(papers: Place) -> None:
    opened(papers, SHIPMENT)
    assert papers.scan(wedge(gs1("P-1"))).saved
    work, held = papers.window.work, threading.Event()
    papers.bot.waitUntil(lambda: work.papers.paper is not None, timeout=10_000)
    papers.window.room.write(lambda _: held.wait(60), lambda _: None)
    work.papers.roll_back()
    work.finish.confirm()
    papers.desk.choose("dispense")
    held.set()
    papers.bot.waitUntil(lambda: last(papers).kind is EventKind.VOID, timeout=10_000)
    with papers.bot.waitCallback() as written:
        papers.window.room.write(lambda _: None, written)
    papers.desk.choose("receive")
    assert papers.desk.undo() is False


def test_a_case_ticks_off_everything_that_lies_in_it(papers: Place) -> None:
    opened(papers, CASED)
    verdict = papers.scan(wedge(CASE))
    assert (verdict.level, verdict.inside) == (Level.OK, 5)
    assert "箱内 5 件" in papers.window.work.verdict.spoken()
    shows(papers, ("complete", 5, 0))


def test_lot_and_expiry_of_the_paper_are_offered_to_be_confirmed(papers: Place) -> None:
    opened(papers, LOOSE)
    assert papers.scan(wedge(FIRST_DRUG)).level is Level.ASKED
    fields = papers.window.work.question.fields.fields
    assert fields["lot"].edit.text() == "1AK2003"
    assert fields["expiry"].edit.text() == LATER.isoformat()
    verdict = papers.told(lambda: control(papers, "CONFIRM"))
    assert (verdict.level, verdict.lot, verdict.expiry) == (Level.OK, "1AK2003", LATER)


def test_a_prescription_is_ticked_off_and_the_label_bears_the_code(papers: Place) -> None:
    for code in (gs1("M-1"), drops("E-1")):
        assert papers.scan(wedge(code)).saved
    opened(papers, RX)
    assert papers.desk.verb is EventKind.DISPENSE, "a prescription's number changes to dispensing"
    shows(papers, ("waiting", 0, 0), ("waiting", 0, 0))
    table = papers.window.work.board.table
    assert table.text(0, "lot") == f"AB-123 · {LATER}", "what is to be handed out first"
    assert papers.scan(wedge(gs1("M-1"))).saved
    control(papers, "QUANTITY=6")
    split = papers.scan(wedge(drops("E-1")))
    assert (split.level, split.quantity, split.remaining) == (Level.OK, 6, 4)
    shows(papers, ("complete", 1, 0), ("complete", 6, 0))
    assert find(papers, "paper_count").text() == "已发 2 / 2 项"  # type: ignore[attr-defined]
    papers.bot.keyClick(papers.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    note = find(papers, "task_note")
    papers.bot.waitUntil(note.isVisible)
    (made,) = (papers.station.home / "labels").glob("*.pdf")
    assert str(made) in note.text()  # type: ignore[attr-defined]
    assert made.read_bytes().startswith(b"%PDF")
    papers.window.work.printing.card()
    papers.bot.waitUntil(lambda: "控制卡" in note.text())  # type: ignore[attr-defined]
    control(papers, "NEXT")
    assert papers.desk.sheet.document == ""


def test_what_is_not_prescribed_stops_and_the_next_scan_goes_on(papers: Place) -> None:
    papers.scan(wedge(gs1("M-1")))
    opened(papers, RX)
    stopped = papers.scan(wedge("83386520001941653320"))
    assert stopped.level is Level.STOP
    assert papers.scan(wedge(gs1("M-1"))).saved


def test_what_was_refused_under_one_document_is_not_read_as_said_of_the_next(papers: Place) -> None:
    opened(papers, SHIPMENT)
    assert papers.scan(wedge("6901234567892")).level is Level.STOP
    papers.desk.take(wedge(LOOSE))
    papers.bot.waitUntil(lambda: papers.window.work.papers.number == LOOSE, timeout=10_000)
    assert papers.window.work.verdict.verdict is None
    verdict = papers.scan(wedge(FIRST_DRUG))
    papers.desk.take(wedge(LOOSE))  # the one at hand is no other
    assert papers.window.work.verdict.verdict is verdict


def test_a_number_that_is_no_document_is_judged_as_a_code(papers: Place) -> None:
    assert papers.scan(wedge("DN-9999")).level is Level.STOP
    assert papers.desk.sheet.document == ""


def test_a_number_that_cannot_be_looked_up_is_kept_like_any_scan(papers: Place, tmp_path: Path) -> None:
    """The reader's connection fails where a new one cannot be opened; the writer's works on."""
    ledger = papers.window.room.home / FILE
    aside = ledger.rename(ledger.with_name("aside"))
    try:
        verdict = papers.scan(wedge(SHIPMENT))
    finally:
        aside.rename(ledger)
    assert verdict.level is Level.STOP
    assert papers.window.work.papers.number == ""
    papers.desk.take(wedge(SHIPMENT))
    papers.bot.waitUntil(lambda: papers.window.work.papers.number == SHIPMENT)


def test_the_counts_of_the_whole_task_do_not_stand_beside_a_documents_number(papers: Place) -> None:
    below = papers.window.work.below
    assert papers.scan(wedge(gs1("P-1"))).saved
    assert below.tally.isVisible()
    opened(papers, SHIPMENT)
    assert SHIPMENT in below._title.text()
    assert below.tally.isHidden(), "one was received before, none for this document"
    papers.bot.keyClick(papers.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    papers.bot.waitUntil(lambda: below.shown is below.scans)
    assert below.tally.isVisible()


def test_what_a_receipt_is_finished_with_is_not_squeezed_and_a_stop_above_it_says_why(papers: Place) -> None:
    work = papers.window.work
    papers.window.resize(1366, 768)
    lines = (Line(1, GTIN, 3, "AB-123"), Line(2, DROPS, 3, "ED-7"), Line(3, "8338652", 2, "1AK2003"))
    serials = ((f"gs1:{GTIN}/P-1", 1),)
    papers.station.run(
        lambda store: store.documents.put(Shipment("DN-1004", lines, SUPPLIER, date.today(), serials))
    )
    opened(papers, "DN-1004")
    assert papers.scan(wedge(gs1("X-9"))).level is Level.ASKED
    papers.bot.wait(SETTLE_MS + 30)
    papers.told(lambda: control(papers, "CHOOSE=1"))
    stopped = papers.scan(wedge("6925265101481"))
    assert stopped.level is Level.STOP
    papers.bot.waitUntil(lambda: work.papers.paper is not None and work.papers.paper.extra == 1)
    control(papers, "FINISH")
    papers.bot.waitUntil(lambda: work.finish.step is Step.FINISH)
    papers.bot.waitUntil(lambda: work.finish.height() >= work.finish.minimumSizeHint().height())
    told = work.finish._differs.text().splitlines()
    assert told[1].startswith("多 1"), "what came too much is not among those that are only counted"
    drawn = [button for button in work.finish._choices.buttons if button.isVisible()]
    for button in drawn:
        below = button.mapTo(work.finish, button.rect().bottomLeft()).y()
        assert below < work.finish.other.y(), "the field for another reason lies over a choice"
    assert "商品条码" in work.verdict.basis.text()
    control(papers, "CANCEL")
    papers.bot.waitUntil(lambda: work.finish.step is None)
    assert work.verdict.basis.text() == "没有记录，请看原因"
