"""The page of approvals at a real ledger: what is left on the whole site, what went out, found and exported."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from desktop.fetched import KEEP, WINDOW
from desktop.grantcells import COLUMNS
from desktop.pages.approvals import ApprovalsPage
from desktop.pages.history import HistoryPage
from desktop.pages.settings import SettingsPage
from desktop.pages.todo import TodoPage
from desktop.words import LANGUAGES, Words
from ledger.approval import Approval
from ledger.capture import Outcome, capture
from ledger.capture import Scanned as Taken
from ledger.codes.code import Entry, Kind
from ledger.conflicts import say_overdrawn
from ledger.event import DocumentRef, Event, EventKind, PackFacts
from ledger.moment import new_event_id
from ledger.product import Product
from ledger.situation import Intent, TakeOut
from ledger.store import Store
from tests.desktop.conftest import GTIN, Place, gs1, wedge

TODAY = date.today()
GLN = "9521999000006"
PATIENT = "9a7d1c52-5a36-4e0e-8f2b-2f6f3f0c7d11"
MAB = Product(GTIN, "示例单抗注射液", "Demo Mab Injection", "100 mg", pack_size=10, needs_approval=True)


def grant(number: str, quantity: int | None = None, days: int = 100, **values: object) -> Approval:
    first, last = TODAY - timedelta(days=50), TODAY + timedelta(days=days)
    return Approval(number, GTIN, GLN, first, last, quantity=quantity, **values)  # type: ignore[arg-type]


def put(place: Place, *grants: Approval) -> None:
    def job(store: Store) -> None:
        store.catalog.put(MAB)
        for one in grants:
            store.documents.put(one)

    place.station.run(job)


def dispense(place: Place, serial: str, **intent: object) -> None:
    workplace = replace(place.station.workplace, institution=GLN)
    for verb, more in ((EventKind.RECEIVE, {}), (EventKind.DISPENSE, intent)):
        wanted = Intent(verb, "op-1", **more)  # type: ignore[arg-type]
        taken = Taken(gs1(serial), Entry.WEDGE)
        done = place.station.run(
            lambda store, taken=taken, wanted=wanted: capture(store, workplace, taken, wanted)
        )
        assert done.outcome is Outcome.ACCEPTED, done.problems


def told(place: Place, serial: str, number: str) -> None:
    """Another workstation of the site dispensed a pack."""
    moment = place.station.clock.now(None)
    facts = PackFacts(f"gs1:{GTIN}/{serial}", Kind.GS1, GTIN, serial, "L9", state="dispensed")
    refs = (DocumentRef("approval", number),)
    event = Event(
        new_event_id(moment), "", 1, EventKind.DISPENSE, moment, "b", "op-7", "", (facts,), documents=refs
    )
    place.station.run(lambda store: store.site.hear(event))


def show(place: Place) -> ApprovalsPage:
    place.bot.keyClick(place.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    place.bot.waitUntil(lambda: isinstance(place.window.page, ApprovalsPage), timeout=10_000)
    page = place.window.page
    assert isinstance(page, ApprovalsPage)
    settled(place, page)
    return page


def settled(place: Place, page: ApprovalsPage) -> None:
    """Wait until everything that the page asked for is there."""

    def there() -> bool:
        rows = min(page.model.rowCount(), 5)
        quiet = not page._looking.busy and not page._typed.isActive() and not page._settled.isActive()
        return page._answer is not None and quiet and all(page.model.grant(row) for row in range(rows))

    place.bot.waitUntil(there, timeout=10_000)


def cells(page: ApprovalsPage, row: int) -> list[str]:
    found = page.model.grant(row)
    assert found is not None
    return [page.model.cells.cell(found, column).text for column in COLUMNS]


def numbers(page: ApprovalsPage) -> list[str]:
    return [cells(page, row)[0] for row in range(page.model.rowCount())]


def test_what_is_left_counts_both_counters_and_each_pack_opens_its_history(place: Place) -> None:
    put(place, grant("AP-2026-7", 5, patient=PATIENT))
    dispense(place, "S1", patient=PATIENT, take_out=TakeOut(4, "F-1", True, False, False))
    told(place, "S2", "AP-2026-7")
    page = show(place)
    assert cells(page, 0) == [
        "AP-2026-7", grant("").valid_to.isoformat(), "5", "1", "1", "3", "有效",
    ]  # fmt: skip
    assert [label.text() for label in page.pane.card.numbers.values()] == ["5", "1", "1", "3"]
    assert (
        PATIENT[:8] in page.pane.card.facts["for"].text()
        and PATIENT not in page.pane.card.facts["for"].text()
    )
    place.bot.waitUntil(lambda: page.pane.table.count() == 2, timeout=10_000)
    assert page.view.hasFocus()
    place.bot.keyClick(page.view, Qt.Key.Key_Return)
    assert page.pane.uses.hasFocus()
    own = next(row for row in range(2) if page.pane.table.line(row).here)
    assert "离园 4 周" in page.pane.table.text(own, "pack") and "S1" in page.pane.table.text(own, "pack")
    assert "其他站 op-7" in page.pane.table.text(1 - own, "what")
    page.pane.uses.selectRow(own)
    assert page.escape() and page.view.hasFocus()
    page.pane.uses.setFocus()
    place.bot.keyClick(page.pane.uses, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: isinstance(place.window.page, HistoryPage), timeout=10_000)
    assert place.window.page is not None and place.window.page.escape()
    assert place.window.page is page, "back to where it was opened from"


def test_tiles_tell_what_ends_is_over_suspended_or_overdrawn(place: Place) -> None:
    put(
        place,
        grant("LONG", 9),
        grant("ENDS", 9, days=10),
        grant("OVER", 9, days=-1),
        grant("HALT", 9, suspended=True),
        grant("FULL", 1),
    )
    told(place, "S1", "FULL")
    told(place, "S2", "FULL")
    page = show(place)
    assert numbers(page) == ["ENDS", "FULL", "LONG", "OVER", "HALT"]
    tiles = {name: tile.number for name, tile in page.tiles.tiles.items()}
    assert tiles == {"valid": 3, "ending": 1, "coming": 0, "over": 1, "suspended": 1, "overdrawn": 1}
    for name, expected, said in (
        ("overdrawn", "FULL", "超发 1 盒"),
        ("over", "OVER", "已到期"),
        ("suspended", "HALT", "已暂停"),
        ("ending", "ENDS", "即将到期"),
    ):
        place.bot.mouseClick(page.tiles.tiles[name], Qt.MouseButton.LeftButton)
        settled(place, page)
        assert numbers(page) == [expected] and cells(page, 0)[-1] == said
    assert page.escape()
    settled(place, page)
    assert page.model.rowCount() == 5 and not page.escape()


def test_a_task_of_one_that_is_overdrawn_leads_here(place: Place) -> None:
    put(place, grant("AP-7", 1), grant("AP-8", 1))
    for serial in ("S1", "S2"):
        told(place, serial, "AP-7")
    clock = place.station.clock
    place.station.run(lambda store: say_overdrawn(store, clock, ["AP-7", "AP-8"]))
    place.window.show_page("todo")
    todo = place.window.page
    assert isinstance(todo, TodoPage)
    place.bot.waitUntil(lambda: len(todo.buttons) == 1, timeout=10_000)
    assert "AP-7" in todo._words_said.text() and "工作站" in todo._pack.text()
    place.bot.mouseClick(todo._grant, Qt.MouseButton.LeftButton)
    page = place.window.page
    assert isinstance(page, ApprovalsPage)
    settled(place, page)
    assert numbers(page) == ["AP-7"] and cells(page, 0)[-1] == "超发 1 盒"


def test_typing_and_scanning_search_and_record_nothing(place: Place) -> None:
    put(
        place,
        grant("HN-2026-0017", 9),
        grant("HN-2026-0018", 9),
        replace(grant("X-1"), product="09521234000020"),
    )
    page, before = show(place), place.events()
    place.bot.keyClick(page.view, "1")
    place.bot.keyClicks(page.field, "8")
    place.bot.waitUntil(lambda: numbers(page) == ["HN-2026-0018"], timeout=10_000)
    place.window.take(wedge(gs1("S7")))
    settled(place, page)
    assert page.field.text() == GTIN and numbers(page) == ["HN-2026-0017", "HN-2026-0018"]
    place.bot.keyClicks(page.field, "zzz")
    place.bot.waitUntil(lambda: page.model.rowCount() == 0, timeout=10_000)
    settled(place, page)
    assert "没有符合" in page.view._empty and not page.pane.isVisible()
    place.bot.keyClick(page.field, Qt.Key.Key_Escape)
    place.bot.waitUntil(lambda: page.model.rowCount() == 3, timeout=10_000)
    assert place.events() == before


def test_an_empty_page_says_where_approvals_come_from(place: Place) -> None:
    page = show(place)
    button = page.to_import
    place.bot.waitUntil(button.isVisible, timeout=10_000)
    assert "tracedesk import approvals" in page.none.small.text() and not page.tiles.isVisible()
    place.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    settings = place.window.page
    assert isinstance(settings, SettingsPage) and settings.buttons["import"].isChecked()


def test_what_is_dispensed_meanwhile_is_shown_without_losing_the_place(place: Place) -> None:
    put(place, grant("A", 9), grant("B", 9, days=200))
    page = show(place)
    page.view.selectRow(1)
    settled(place, page)
    told(place, "S1", "B")
    place.window.room.note_change()
    place.bot.waitUntil(lambda: cells(page, 1)[4] == "1", timeout=10_000)
    assert page.view.currentIndex().row() == 1 and page.pane.card.numbers["left"].text() == "8"


def test_thousands_are_fetched_as_they_are_seen(place: Place) -> None:
    put(place, *(grant(f"N-{number:05d}", 1) for number in range(6 * WINDOW)))
    page = show(place)
    assert page.model.rowCount() == 6 * WINDOW and page.model.fetched.held < 3
    page.view.selectRow(6 * WINDOW - 1)
    page.view.scrollToBottom()
    place.bot.waitUntil(lambda: page.model.grant(6 * WINDOW - 1) is not None, timeout=10_000)
    assert page.model.grant(6 * WINDOW - 1).standing.approval.number == f"N-{6 * WINDOW - 1:05d}"  # type: ignore[union-attr]
    assert page.model.fetched.held <= KEEP


def test_the_list_is_exported_as_it_is_filtered(place: Place, tmp_path: Path) -> None:
    put(place, grant("AP-1", 9), grant("=AP-2", 9, days=10))
    page = show(place)
    page.export.folder = tmp_path
    page.field.setText("AP-2")
    page._search_now()
    place.bot.waitUntil(lambda: numbers(page) == ["=AP-2"], timeout=10_000)
    settled(place, page)
    page.export.begin("csv")
    place.bot.waitUntil(lambda: bool(page.export.line.told), timeout=20_000)
    (file,) = tmp_path.glob("*.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[-1][0].lstrip("'") == "=AP-2" and rows[-1][0] != "=AP-2", "no cell is a formula"
    assert rows[-1][1] == "示例单抗注射液 100 mg" and "9" in rows[-1]
    assert any("AP-2" in cell for row in rows[:3] for cell in row), "the filter is told"


def test_everything_has_a_name_in_both_languages(place: Place) -> None:
    put(place, grant("AP-1", 2, lot="L1"), grant("AP-2"))
    page = show(place)
    for language in LANGUAGES:
        words = Words(language)
        page.retranslate(words)
        for part in (page.field, page.view, page.pane.uses, *page.tiles.tiles.values()):
            assert part.accessibleName()
        spoken = page.model.data(page.model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
        assert words.say("approvals_lot", lot="L1") in spoken
        told_name = QAccessible.queryAccessibleInterface(page.view)
        assert told_name is not None
        assert all(label.text() for label in page.pane.card.facts.values())
        labels = {part.objectName() for part in page.findChildren(QWidget) if part.objectName()}
        assert "approvals_find" in labels
