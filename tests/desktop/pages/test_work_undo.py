"""What was done at the work page is taken back: the last scan, a dispense, a return; or stands, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.verdict import Level
from ledger.event import EventKind
from ledger.pack import State
from tests.desktop.conftest import Place, gs1, wedge
from tests.desktop.pages.atwork import answered, control, last, state


def test_what_was_dispensed_comes_back(stocked: Place) -> None:
    control(stocked, "DISPENSE")
    assert stocked.scan(wedge(gs1("S-1"))).saved
    control(stocked, "RETURN")
    stocked.scan(wedge(gs1("S-1")))
    verdict = answered(stocked)
    assert (verdict.level, verdict.title) == (Level.HELD, "did_return_held")
    control(stocked, "SUPPLIER-RETURN")
    stocked.scan(wedge(gs1("S-1")))
    assert answered(stocked).title == "did_supplier_return"
    control(stocked, "DISPENSE")
    stocked.scan(wedge(gs1("S-2")))
    control(stocked, "UNDO-DISPENSE")
    assert stocked.scan(wedge(gs1("S-2"))).title == "did_undo"
    control(stocked, "VOID")
    stocked.scan(wedge(gs1("S-3")))
    assert answered(stocked).title == "did_void"
    assert state(stocked, "S-3") is State.UNKNOWN


def test_the_last_scan_is_taken_back_on_its_own_row_and_the_one_before_it_next(stocked: Place) -> None:
    work = stocked.window.work
    table = work.tables[EventKind.RECEIVE]
    rows, recorded = table.rowCount(), table.counts[Level.OK]
    undone = stocked.told(
        lambda: stocked.bot.keyClick(stocked.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    )
    assert (undone.level, undone.serial) == (Level.UNDONE, "S-9")
    assert work.verdict.title.text() == "已撤回"
    assert (table.rowCount(), table.counts[Level.OK], table.counts[Level.UNDONE]) == (rows, recorded - 1, 1)
    assert last(stocked).kind is EventKind.VOID
    assert state(stocked, "S-9") is State.UNKNOWN
    control(stocked, "UNDO")
    stocked.bot.waitUntil(lambda: state(stocked, "S-8") is State.UNKNOWN)
    assert stocked.scan(wedge(gs1("S-9"))).saved, "it can be received again"


def test_a_dispense_is_taken_back_by_an_undo_and_a_split_pack_gets_its_units_back(stocked: Place) -> None:
    control(stocked, "DISPENSE")
    control(stocked, "QUANTITY=4")
    asked = stocked.scan(wedge(gs1("S-1")))
    assert asked.level is Level.ASKED, "nobody knows how many units a pack has"
    units = stocked.window.work.question.fields.fields["units"].edit
    units.setText("10")
    split = stocked.told(stocked.window.work.question.confirm)
    assert (split.quantity, split.units, split.remaining) == (4, 10, 6)
    assert "还剩 6" in stocked.window.work.verdict.spoken()
    undone = stocked.told(stocked.desk.undo)
    assert undone.level is Level.UNDONE
    assert last(stocked).kind is EventKind.UNDO
    assert state(stocked, "S-1") is State.IN_STOCK


def test_what_cannot_be_taken_back_says_why_and_stands(stocked: Place) -> None:
    control(stocked, "DISPENSE")
    stocked.scan(wedge(gs1("S-9")))
    control(stocked, "RECEIVE")
    refused = stocked.told(stocked.desk.undo)
    assert refused.level is Level.STOP
    assert "之后还有新的记录" in stocked.window.work.verdict.spoken()
    assert state(stocked, "S-9") is State.DISPENSED
