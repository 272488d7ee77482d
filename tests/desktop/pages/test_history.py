"""The history page at a real ledger: the story by scan, search and walk; nothing is recorded; the proof; the paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.pages.history import HistoryPage
from desktop.words import Words
from ledger.codes.code import Level
from ledger.conflicts import open_task
from ledger.event import EventKind
from ledger.situation import Intent
from ledger.trees import Child
from tests.desktop.conftest import GTIN, LATER, Place, gs1, wedge

CASE = "00095212340000000013"


@pytest.fixture
def page(place: Place) -> HistoryPage:
    for serial in ("S1", "S2"):
        place.scan(wedge(gs1(serial)))
    place.station.capture(wedge(gs1("S1")), Intent(EventKind.DISPENSE, "op-1", reason="x")).result()
    place.window.show_page("history")
    shown = place.window.page
    assert isinstance(shown, HistoryPage)
    return shown


def titles(page: HistoryPage) -> list[str]:
    return [line.title for line in page.timeline.chapters.lines]


def told_of(place: Place, page: HistoryPage, serial: str) -> None:
    """Wait until the page tells of this pack and has proven it."""

    def there() -> bool:
        pack = page.known.pack if page.known else None
        return (
            pack is not None
            and pack.serial == serial
            and page.walk.proof is not None
            and page.walk.proof.done
        )

    place.bot.waitUntil(there, timeout=10_000)


def test_a_scan_tells_the_pack_and_records_nothing(place: Place, page: HistoryPage) -> None:
    assert page.board.big.text() == "扫一盒，看它的全部经历"
    before = place.events()
    place.window.take(wedge(gs1("S1")))
    told_of(place, page, "S1")
    assert titles(page) == ["发药", "收货"]
    assert place.events() == before
    assert place.window.page is page


def test_the_records_are_proven_to_the_head(place: Place, page: HistoryPage) -> None:
    place.window.take(wedge(gs1("S1")))
    told_of(place, page, "S1")
    assert page.walk.proof is not None and page.walk.proof.fault is None and page.walk.proof.records == 2
    assert page.walk.proof.hash == place.station.run(lambda store: store.head.hash)
    assert "逐条核对" in page.proved.said.text()


def test_what_the_program_recorded_itself_is_listed_so_and_proven_with_the_rest(
    place: Place, page: HistoryPage
) -> None:
    clock = place.station.clock
    place.station.run(lambda store: open_task(store, clock, "contradicted", f"gs1:{GTIN}/S1", "unknown"))
    place.window.take(wedge(gs1("S1")))
    told_of(place, page, "S1")
    first, second = page.timeline.chapters.lines[:2]
    assert (first.details[0], second.details[0]) == ("程序自动记录", "操作人 op-1")
    assert page.walk.proof is not None and page.walk.proof.records == len(page.timeline.chapters.lines) == 3


def test_a_part_of_a_code_offers_the_packs_that_have_it(place: Place, page: HistoryPage) -> None:
    page.field.setText(GTIN)
    place.bot.keyClick(page.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: page.model.rowCount() == 2 and page.model.pack(1) is not None, timeout=10_000)
    assert page.board.title.startswith("找到 2 个包装")
    first = page.model.pack(0)
    assert first is not None and first.serial == "S1", "the one changed last comes first"
    place.bot.keyClick(page.choices, Qt.Key.Key_Return)
    told_of(place, page, "S1")


def test_one_match_is_told_at_once_and_none_is_said(place: Place, page: HistoryPage) -> None:
    page.field.setText("s2")
    place.bot.keyClick(page.field, Qt.Key.Key_Return)
    told_of(place, page, "S2")
    page.field.setText("no such pack")
    place.bot.keyClick(page.field, Qt.Key.Key_Return)
    place.bot.waitUntil(lambda: page.known is None, timeout=10_000)
    assert "no such pack" in page.board.big.text()


def test_a_voided_pack_is_still_found(place: Place, page: HistoryPage) -> None:
    void = Intent(EventKind.VOID, "op-1", reason="incorrect_data")
    place.station.capture(wedge(gs1("S2")), void).result()
    page.field.setText("S2")
    place.bot.keyClick(page.field, Qt.Key.Key_Return)
    told_of(place, page, "S2")
    assert [line.voided for line in page.timeline.chapters.lines] == [False, True]


def test_one_walks_from_a_case_to_its_packs_and_back(place: Place, page: HistoryPage) -> None:
    child = Child(f"gs1:{GTIN}/C1", GTIN, "C1", "L1", LATER, "day", Level.UNIT)
    place.station.run(lambda store: store.trees.put("sscc:095212340000000013", child))
    place.station.capture(wedge(CASE), Intent(EventKind.RECEIVE, "op-1", reason="x")).result()
    place.window.take(wedge(CASE))
    place.bot.waitUntil(lambda: page.around.isVisible(), timeout=10_000)  # noqa: PLW0108
    button = next(one for one in page.around.findChildren(QPushButton) if "C1" in one.text())
    place.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    told_of(place, page, "C1")
    assert page.escape()
    place.bot.waitUntil(lambda: page.known is not None and page.known.inside_count == 1, timeout=10_000)


def test_what_happens_meanwhile_is_told(place: Place, page: HistoryPage) -> None:
    place.window.take(wedge(gs1("S2")))
    told_of(place, page, "S2")
    place.station.capture(wedge(gs1("S2")), Intent(EventKind.DISPENSE, "op-1", reason="x")).result()
    page.room.note_change()
    place.bot.waitUntil(lambda: titles(page) == ["发药", "收货"], timeout=10_000)


def test_escape_leads_back_to_the_page_that_sent_us(place: Place, page: HistoryPage) -> None:
    place.window.show_page("stock")
    page.room.go("history", (f"gs1:{GTIN}/S1", "stock"))
    told_of(place, page, "S1")
    assert page.escape()
    assert place.window.page is not None and place.window.page.name == "stock"


def test_another_language_is_spoken_at_once(place: Place, page: HistoryPage) -> None:
    place.window.take(wedge(gs1("S1")))
    told_of(place, page, "S1")
    place.window.retranslate(Words("en"))
    assert titles(page) == ["Dispensed", "Received"]
    assert "holds" in page.proved.said.text()


def test_the_paper_is_written(place: Place, page: HistoryPage, tmp_path: Path) -> None:
    page.export.folder = tmp_path
    page.export.begin("pdf")
    assert not list(tmp_path.glob("*.pdf")), "there is nothing to write about"
    place.window.take(wedge(gs1("S1")))
    told_of(place, page, "S1")
    page.export.begin("pdf")
    place.bot.waitUntil(lambda: "已保存" in page.export.line.told, timeout=20_000)
    (file,) = tmp_path.glob("*.pdf")
    assert file.read_bytes().startswith(b"%PDF-") and "S1" in file.name
