"""The patients page: found by what is at hand, masked, revealed on record for a while, erased with what stays."""

from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget

from desktop.pages.patients import PatientsPage
from desktop.pages.todo import TodoPage
from desktop.widgets.givenlist import COLUMNS
from desktop.widgets.listing import LEAST
from desktop.widgets.patientcard import REASONS
from desktop.words import LANGUAGES, Words
from ledger.capture import Outcome, capture
from ledger.capture import Scanned as Taken
from ledger.codes.code import Entry
from ledger.conflicts import take_recall
from ledger.erasure import erase
from ledger.event import DocumentRef, Event, EventKind
from ledger.importing import load
from ledger.keyfile import SAVED
from ledger.patients import Patient, Patients, in_clear
from ledger.recalls import Recall
from ledger.roles import Operator, Role
from ledger.situation import Intent, TakeOut
from tests.desktop.conftest import GTIN, Place, gs1, wedge

PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
OTHER = "00000000-5a36-4e0e-8f2b-2f6f3f0c7d11"
WANG = Patient("王小明", "1", "460100199001011234", "13800138000", "李四")
ZHAO = Patient("王芳", "2", "E7654321")
SECRET = [*(value for value in in_clear(WANG).values() if len(value) > 1), ZHAO.name, ZHAO.id_number]


@pytest.fixture
def page(place: Place) -> PatientsPage:
    station = place.station
    station.run(lambda store: Patients.of(store).put(PATIENT, WANG))
    station.run(lambda store: Patients.of(store).put(OTHER, ZHAO))
    item = {"number": "RX-1", "patient": PATIENT, "product": GTIN, "quantity": 9}
    station.run(lambda store: load(store, "prescriptions", [item], station.clock))
    for serial in "AB":
        take(place, serial, EventKind.RECEIVE)
    paper = (DocumentRef("prescription", "RX-1"),)
    take(place, "A", EventKind.DISPENSE, documents=paper, take_out=TakeOut(4, "F-1", True, False, False))
    place.window.show_page("patients")
    shown = place.window.page
    assert isinstance(shown, PatientsPage)
    return shown


def take(place: Place, serial: str, verb: EventKind, **intent: object) -> None:
    wanted = Intent(verb, "op-1", **intent)  # type: ignore[arg-type]
    scanned, workplace = Taken(gs1(serial), Entry.WEDGE), place.station.workplace
    done = place.station.run(lambda store: capture(store, workplace, scanned, wanted))
    assert done.outcome is Outcome.ACCEPTED, done.problems


def find(place: Place, page: PatientsPage, text: str) -> None:
    page.search()
    place.bot.keyClicks(page.finder.field, text)
    place.bot.keyClick(page.finder.field, Qt.Key.Key_Return)
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)


def events(place: Place, kind: EventKind) -> list[Event]:
    bodies = place.station.run(lambda store: [body for _, body, _ in store.chain()])
    return [one for one in map(Event.from_canonical, bodies) if one.kind is kind]


def said(page: QWidget) -> str:
    """Everything that anybody can read or hear of the page."""
    parts = [page.window().windowTitle()]
    for widget in (page, *page.findChildren(QWidget)):
        parts += [widget.accessibleName(), widget.toolTip()]
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is not None and widget is not page.window():
            parts += [spoken.text(QAccessible.Text.Name), spoken.text(QAccessible.Text.Description)]
        if isinstance(widget, QLabel) or hasattr(widget, "text"):
            parts.append(str(widget.text()))
    return "\n".join(parts)


def reveal(place: Place, page: PatientsPage) -> None:
    page.file.card.reveal.click()
    page.file.card.reasons[REASONS[0]].click()
    place.bot.waitUntil(lambda: page.file.card.shown_clear, timeout=10_000)


def test_a_patient_is_found_and_shown_masked(
    place: Place, page: PatientsPage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    find(place, page, "1234")
    page.search()
    page.finder.forget()
    assert page.file.card.name.text() == "王**" and page.file.card.facts["id_number"].text() == "****1234"
    told = said(page)
    assert not any(word in told for word in SECRET)
    assert not any(word in caplog.text for word in SECRET)
    assert not events(place, EventKind.PATIENT_SHOWN), "looking at what is masked is no event"


def test_several_are_offered_and_one_is_chosen_by_keyboard(place: Place, page: PatientsPage) -> None:
    page.search()
    page.finder.field.setText("王")
    place.bot.keyClick(page.finder.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: len(page.finder.buttons) == 2, timeout=10_000)
    assert not page.file.card.isVisible()
    button = page.finder.buttons[OTHER]
    place.bot.waitUntil(button.isVisible, timeout=10_000)
    button.setFocus()
    place.bot.keyClick(button, Qt.Key.Key_Return)
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)
    assert page.file.card.facts["id_number"].text() == "****1" and page.file.list.model().rowCount() == 0
    assert not any(word in said(page) for word in SECRET)


def test_a_search_is_answered_although_records_are_made_meanwhile(place: Place, page: PatientsPage) -> None:
    find(place, page, PATIENT)
    held = threading.Event()
    place.window.room.look(lambda _: held.wait(60), lambda _: None)
    page.search()
    place.bot.keyClicks(page.finder.field, OTHER)
    place.bot.keyClick(page.finder.field, Qt.Key.Key_Return)
    place.window.room.changed.emit()  # what is shown is looked up anew, behind the search
    held.set()
    place.bot.waitUntil(lambda: page.file.patient == OTHER, timeout=10_000)


def test_what_was_dispensed_stands_with_names_quantity_and_weeks(place: Place, page: PatientsPage) -> None:
    find(place, page, "RX-1")
    place.bot.waitUntil(lambda: page.file.table.count() == 1, timeout=10_000)
    row = {column: page.file.table.text(0, column) for column in page.file.table._columns}
    assert "示例单抗注射液" in row["product"] and row["quantity"] == "1 盒"
    assert row["number"] == "RX-1" and "AB-123" in row["product"] and row["product"].endswith(" A")
    assert "剩 4 周" in row["lasts"] and row["now"] == "在患者手中"
    with place.bot.waitSignal(page.room.went, timeout=5_000) as caught:
        page.file.list.enter(0)
    assert caught.args == ["history", (f"gs1:{GTIN}/A", "patients")]


def test_a_narrow_window_leaves_the_products_name_legible(place: Place, page: PatientsPage) -> None:
    product, lasts = COLUMNS.index("product"), COLUMNS.index("lasts")
    find(place, page, "RX-1")
    for wide, told in ((1366, True), (1092, False), (1366, True)):
        place.window.resize(wide, 700)
        place.bot.waitUntil(lambda told=told: page.file.list.isColumnHidden(lasts) is not told, timeout=5_000)
        assert page.file.list.columnWidth(product) >= LEAST


def test_a_recall_is_said_first(place: Place, page: PatientsPage) -> None:
    place.station.run(lambda store: store.recalls.put(Recall("R-1", GTIN, "AB-123", level=1)))
    find(place, page, "RX-1")
    place.bot.waitUntil(lambda: page.file.table.count() == 1, timeout=10_000)
    assert page.file.alert.isVisible() and "召回" in page.file.alert.text()
    assert page.file.table.text(0, "now") == "召回"


def test_reveal_is_recorded_before_it_is_shown_and_covered_with_the_page(
    place: Place, page: PatientsPage
) -> None:
    find(place, page, "RX-1")
    reveal(place, page)
    assert page.file.card.name.text() == WANG.name and page.file.card.facts["phone"].text() == WANG.phone
    (event,) = events(place, EventKind.PATIENT_SHOWN)
    assert (event.operator, event.reason) == ("op-1", REASONS[0])
    place.window.show_page("stock")
    assert not any(word in said(page) for word in SECRET)
    assert not page.file.card.shown_clear and page.finder.field.text() == "" and not page.finder.buttons


def test_reveal_ends_by_itself_by_escape_and_with_another_person(place: Place, page: PatientsPage) -> None:
    find(place, page, "RX-1")
    reveal(place, page)
    for _ in range(40):
        page.file.card._count()
    assert page.file.card.name.text() == "王**"
    reveal(place, page)
    assert page.escape() and page.file.card.name.text() == "王**"
    reveal(place, page)
    page.room.show_operator(Operator("li", "李", frozenset({Role.CLERK})))
    assert page.file.card.name.text() == "王**"
    page.file.card.reveal.click()
    page.file.card.reasons[REASONS[0]].click()
    assert page.file.card.said.property("tone") == "stop" and not page.file.card.shown_clear
    assert len(events(place, EventKind.PATIENT_SHOWN)) == 3


def test_a_scan_finds_whose_pack_it_is_and_records_nothing(place: Place, page: PatientsPage) -> None:
    before = place.events()
    place.window.take(wedge(gs1("A")))
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)
    assert page.file.card.name.text() == "王**"
    place.window.take(wedge(gs1("B")))
    place.bot.waitUntil(lambda: not page.file.card.isVisible(), timeout=10_000)
    assert page.finder.hint.text()
    place.window.take(wedge("RX-1"))
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)
    assert place.events() == before


def test_erasing_asks_for_reason_and_typed_pseudonym_and_proves_what_stays(
    place: Place, page: PatientsPage
) -> None:
    place.station.run(lambda store: store.note(SAVED, "2026-01-02T03:04:05Z"))
    find(place, page, "RX-1")
    place.bot.waitUntil(lambda: page.file.table.count() == 1, timeout=10_000)
    page.file.erase.click()
    question = page.file.question
    assert question.isVisible() and not question.go.isEnabled() and not page.file.list.isVisible()
    question.reason.setText("本人申请")
    place.bot.keyClicks(question.typed, "12345678")
    assert not question.go.isEnabled()
    place.bot.keyClick(question.typed, Qt.Key.Key_Return)
    assert not events(place, EventKind.PATIENT_ERASED)
    question.typed.clear()
    place.bot.keyClicks(question.typed, PATIENT[:8])
    place.bot.keyClick(question.typed, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: "完整无误" in question.said.text(), timeout=20_000)
    assert "2026-01-02" in question.said.text(), "older recovery files are told of"
    (event,) = events(place, EventKind.PATIENT_ERASED)
    assert event.reason == "本人申请"
    assert place.station.run(lambda store: Patients.of(store).keys.erased(PATIENT))
    assert page.file.card.name.text() == "已依法删除"
    question.cancel.click()
    assert not question.isVisible() and not page.file.erase.isVisible() and page.file.table.count() == 0
    assert not any(word in said(page) for word in SECRET)


def test_what_finds_nobody_leaves_nobody_shown_and_an_erased_patients_paper_is_not_unknown(
    place: Place, page: PatientsPage
) -> None:
    find(place, page, "RX-1")
    page.finder.field.setText("nobody at all")
    place.bot.keyClick(page.finder.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: "没有找到" in page.finder.hint.text(), timeout=10_000)
    assert not page.file.card.isVisible(), "whoever is not found must not seem to be the answer"
    station = place.station
    station.run(lambda store: erase(store, station.clock, "op-1", PATIENT, "本人申请"))
    station.run(lambda store: Patients.of(store).keys.destroy(PATIENT))
    find(place, page, PATIENT)
    assert page.file.card.name.text() == "已依法删除"
    page.finder.field.setText("RX-1")
    place.bot.keyClick(page.finder.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: "有这张处方" in page.finder.hint.text(), timeout=10_000)
    assert not page.file.card.isVisible()


def test_who_may_not_erase_is_told_so_and_nothing_is_asked(place: Place, page: PatientsPage) -> None:
    find(place, page, "RX-1")
    page.room.show_operator(Operator("li", "李", frozenset({Role.PHARMACIST})))
    page.file.erase.click()
    assert page.file.card.said.property("tone") == "stop" and not page.file.question.isVisible()


def test_a_lost_key_is_said_and_nothing_is_guessed(place: Place, page: PatientsPage) -> None:
    (place.station.home / "patient-keys" / f"{PATIENT}.key").unlink()
    find(place, page, "RX-1")
    assert page.file.alert.property("tone") == "stop" and "恢复文件" in page.file.alert.text()
    assert not page.file.card.reveal.isVisible()


def test_the_page_is_on_no_rail_but_in_the_palette_and_speaks_both_languages(
    place: Place, page: PatientsPage
) -> None:
    assert "patients" not in place.window.rail.buttons
    assert not any(button.isChecked() for button in place.window.rail.buttons.values())
    place.window.show_page("stock")
    assert place.window.rail.buttons["stock"].isChecked()
    palette = place.window.controls.palette
    palette.toggle()
    palette.field.setText("患者")
    place.bot.keyClick(palette.field, Qt.Key.Key_Return)
    assert place.window.page is page
    for language in LANGUAGES:
        place.window.retranslate(Words(language))
        find(place, page, "RX-1")
        assert not any(word in said(page) for word in SECRET)


def test_a_task_about_a_recalled_pack_and_a_prescription_at_hand_lead_here(
    place: Place, page: PatientsPage
) -> None:
    recall, station = Recall("R-1", GTIN, "AB-123", level=1), place.station
    station.run(lambda store: take_recall(store, station.clock, recall))
    place.window.show_page("todo")
    todo = place.window.page
    assert isinstance(todo, TodoPage)
    place.bot.waitUntil(todo._whose.isVisible, timeout=10_000)
    todo._whose.click()
    assert place.window.page is page
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)
    assert page.file.card.name.text() == "王**"
    assert page.escape() and place.window.page is todo
    place.desk.choose("dispense")
    place.desk.fill_in(place.desk.sheet.under("RX-1"))
    place.window.controls._beside("patients")
    place.bot.waitUntil(page.file.card.isVisible, timeout=10_000)
    assert page.finder.field.text() == "RX-1"
