"""The stock page at a real ledger: what it lists, how it narrows, that a scan here records nothing, what it exports."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.fetched import KEEP, WINDOW
from desktop.heat import Heat, heat
from desktop.pages.stock import StockPage
from desktop.stockmodel import StockModel
from desktop.words import Words
from ledger.event import EventKind
from ledger.recalls import Recall
from ledger.situation import Intent
from ledger.stocklist import By
from tests.desktop.conftest import DRUG, FIRST_DRUG, GTIN, Place, gs1, wedge

NEAR = date.today() + timedelta(days=300)


@pytest.fixture
def page(place: Place) -> StockPage:
    """Two lots of one product, three packs; the page shown."""
    for serial, lot in (("S1", "L1"), ("S2", "L1"), ("S3", "L2")):
        place.scan(wedge(gs1(serial, lot=lot, expiry=NEAR if lot == "L2" else NEAR + timedelta(days=90))))
    place.window.show_page("stock")
    shown = place.window.page
    assert isinstance(shown, StockPage)
    settled(place, shown)
    return shown


def settled(place: Place, page: StockPage) -> None:
    """Wait until everything that the page asked for is there."""

    def there() -> bool:
        rows = page.model.rowCount()
        return not page._looking.busy and all(cells(page, row) for row in range(min(rows, 5)))

    place.bot.waitUntil(there, timeout=10_000)


def cells(page: StockPage, row: int) -> list[str] | None:
    from desktop.stockcells import COLUMNS

    found = [page.model.cell(row, column) for column in COLUMNS[page.model.by]]
    return None if None in found else [cell.text for cell in found if cell]


def press(place: Place, page: StockPage, key: Qt.Key) -> None:
    place.bot.keyClick(page.view, key)
    settled(place, page)


def click(place: Place, page: StockPage, name: str) -> None:
    button = page.findChild(QWidget, name)
    assert button is not None
    place.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    settled(place, page)


def test_products_are_counted_and_open_into_lots_and_packs(place: Place, page: StockPage) -> None:
    assert page.model.by is By.PRODUCT
    (row,) = (cells(page, number) for number in range(page.model.rowCount()))
    assert row is not None and row[:3] == ["示例单抗注射液 100 mg", "2", "3"]
    press(place, page, Qt.Key.Key_Return)
    assert page.model.by is By.LOT
    lots = [cells(page, number) for number in range(page.model.rowCount())]
    assert [lot[1:3] for lot in lots if lot] == [["L2", "1"], ["L1", "2"]]
    press(place, page, Qt.Key.Key_Return)
    assert page.model.by is By.PACK
    pack = cells(page, 0)
    assert pack is not None and pack[0] == "在库" and pack[4] == "S3" and page.model.rowCount() == 1
    assert page.escape()
    settled(place, page)
    assert page.model.by is By.LOT and page.model.rowCount() == 2
    assert page.escape() and not page.escape()


def test_a_scan_here_is_looked_up_and_never_recorded(place: Place, page: StockPage) -> None:
    before = place.events()
    place.window.take(wedge(gs1("S2", lot="L1", expiry=NEAR + timedelta(days=90))))
    place.bot.waitUntil(page.found.isVisible, timeout=10_000)
    settled(place, page)
    assert place.events() == before
    assert page.model.rowCount() == 1 and "没有登记" in page.found.text()
    assert (pack := page.model.pack(0)) is not None and pack.serial == "S2"
    place.window.take(wedge(gs1("NEW")))
    place.bot.waitUntil(lambda: page.model.rowCount() == 0, timeout=10_000)
    assert "本机没有" in page.found.text() and place.events() == before
    place.window.take(wedge("6925265101481"))
    place.bot.waitUntil(lambda: "不代表一个包装" in page.found.text(), timeout=10_000)
    assert place.events() == before
    assert page.escape()
    settled(place, page)
    assert page.model.rowCount() == 3 and not page.found.isVisible()


def test_the_approvals_are_a_press_away(place: Place, page: StockPage) -> None:
    place.bot.mouseClick(page.tile_row.approvals, Qt.MouseButton.LeftButton)
    assert place.window.page is not None and place.window.page.name == "approvals"


def test_typing_searches(place: Place, page: StockPage) -> None:
    click(place, page, "stock_by_pack")
    place.bot.keyClicks(page.view, "s")
    place.bot.keyClicks(page.field, "3")
    assert page.field.text() == "s3"
    place.bot.waitUntil(lambda: page.model.rowCount() == 1, timeout=10_000)
    settled(place, page)
    assert (pack := page.model.pack(0)) is not None and pack.serial == "S3"
    place.bot.keyClicks(page.field, "zzz")
    place.bot.waitUntil(lambda: page.model.rowCount() == 0, timeout=10_000)
    assert "放宽" in page.view._empty


def test_tiles_count_and_filter(place: Place, page: StockPage) -> None:
    assert page.tiles.tiles["in_stock"].number == 3
    assert page.tiles.tiles["quarantined"].number == 0
    click(place, page, "stock_by_pack")
    click(place, page, "tile_quarantined")
    assert page.model.rowCount() == 0
    click(place, page, "tile_in_stock")
    assert page.tiles.on == {"in_stock"} and page.model.rowCount() == 3
    click(place, page, "tile_expired")
    assert page.tiles.on == {"in_stock", "expired"} and page.model.rowCount() == 0
    assert page.escape()
    settled(place, page)
    assert page.model.rowCount() == 3


def test_a_recall_turns_its_lot_red_at_once(place: Place, page: StockPage) -> None:
    click(place, page, "stock_by_lot")
    assert not page.model.alarming(0)
    page.room.write(
        lambda store: store.recalls.put(Recall("R-9", GTIN, "L1", day=date.today())), lambda _: None
    )
    place.bot.waitUntil(lambda: page.model.rowCount() == 2 and page.model.alarming(0), timeout=10_000)
    settled(place, page)
    row = cells(page, 0)
    assert row is not None and (row[1], row[-1]) == ("L1", "召回 2 盒")
    assert not page.model.alarming(1)
    assert page.tiles.tiles["recalled"].number == 2


def test_what_is_received_meanwhile_is_shown_and_the_choice_stays(place: Place, page: StockPage) -> None:
    click(place, page, "stock_by_pack")
    page.view.selectRow(1)
    chosen = page.model.fetched.id_at(1)
    early = wedge(gs1("S0", lot="L0", expiry=NEAR - timedelta(days=9)))
    place.station.capture(early, Intent(EventKind.RECEIVE, "op-1")).result()
    page.room.note_change()
    place.bot.waitUntil(lambda: page.model.rowCount() == 4, timeout=10_000)
    settled(place, page)
    assert page.model.fetched.id_at(page.view.currentIndex().row()) == chosen


def test_the_list_is_exported_as_it_is_shown(place: Place, page: StockPage, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    page.export.folder = tmp_path / "out"
    click(place, page, "stock_by_pack")
    for form in ("csv", "xlsx", "pdf"):
        page.export.begin(form)
        place.bot.waitUntil(lambda: "已保存" in page.export.line.told, timeout=20_000)
        page.export.line._told = None
    (file,) = (tmp_path / "out").glob("*.csv")
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    head = next(number for number, row in enumerate(rows) if row and row[0] == "状态")
    assert [row[4] for row in rows[head + 1 :]] == ["S3", "S1", "S2"]
    (file,) = (tmp_path / "out").glob("*.xlsx")
    sheet = openpyxl.load_workbook(file).active
    body = [row for row in sheet.iter_rows(values_only=True) if row[0] == "在库"]
    assert [row[4] for row in body] == ["S3", "S1", "S2"] and body[0][3].date() == NEAR
    (file,) = (tmp_path / "out").glob("*.pdf")
    assert file.read_bytes().startswith(b"%PDF-")
    assert not [one for one in (tmp_path / "out").iterdir() if one.name.startswith(".")]


def test_printing_goes_to_a_printer_or_says_that_there_is_none(place: Place, page: StockPage) -> None:
    from PySide6.QtPrintSupport import QPrinterInfo

    if QPrinterInfo.availablePrinterNames():
        pytest.skip("a test must not print on somebody's printer")
    page.export.begin("print")
    place.bot.waitUntil(lambda: "没有找到打印机" in page.export.line.told, timeout=20_000)


def test_a_folder_that_takes_nothing_is_told(place: Place, page: StockPage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    page.export.folder = tmp_path / "file"
    page.export.begin("csv")
    place.bot.waitUntil(lambda: "写不进" in page.export.line.told, timeout=10_000)


def test_another_language_is_spoken_everywhere(place: Place, page: StockPage) -> None:
    place.window.retranslate(Words("en"))
    row = cells(page, 0)
    assert row is not None and row[0] == "Demo Mab Injection 100 mg"
    assert page.tiles.tiles["near"].text() == "Within 30 days"
    assert "records nothing" in page.top.only.text() or "look up" in page.top.only.text()


def test_a_code_of_twenty_digits_is_listed_by_its_code(place: Place, page: StockPage) -> None:
    intent = Intent(EventKind.RECEIVE, "op-1", lot="E1", expiry=NEAR)
    place.station.capture(wedge(FIRST_DRUG), intent).result()
    page.enter(DRUG)
    place.bot.waitUntil(lambda: page.model.by is By.PACK and page.model.rowCount() == 1, timeout=10_000)
    settled(place, page)
    row = cells(page, 0)
    assert row is not None and row[1].startswith("聚乙烯醇滴眼液") and row[2] == "E1"


def test_a_long_list_fetches_only_what_is_looked_at(qapp: object) -> None:
    """The model alone, with a fetcher that keeps book: a jump to the end asks for the end, not for all between."""
    from array import array

    asked: list[list[int]] = []
    pending: list[object] = []

    def fetch(ids: object, then: object, failed: object) -> None:
        asked.append(list(ids))  # type: ignore[call-overload]
        pending.append(then)

    model = StockModel(Words("zh_CN"), fetch, date.today)
    model.show_packs(array("q", range(100_000)))
    assert model.rowCount() == 100_000
    for row in (0, 50_000, 99_999):
        assert model.pack(row) is None
    model.fetched.ask()
    assert len(asked) == 1 and asked[0][-1] == 99_999 and len(asked[0]) <= WINDOW
    for row in range(0, 60_000, 500):
        model.pack(row)
    assert len(asked) == 1, "one request at a time"
    pending.pop()(())  # type: ignore[operator]
    model.fetched.ask()
    assert len(asked) == 2 and 59_500 in asked[1]
    for _ in range(KEEP + 20):
        model.pack(len(asked) * WINDOW * 3)
        if pending:
            pending.pop()(())  # type: ignore[operator]
        model.fetched.ask()
    assert model.fetched.held <= KEEP


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-1, Heat.EXPIRED),
        (0, Heat.NEAR),
        (29, Heat.NEAR),
        (30, Heat.SOON),
        (179, Heat.SOON),
        (180, Heat.FINE),
    ],
)
def test_heat(days: int, expected: Heat) -> None:
    today = date(2026, 11, 20)
    assert heat(today + timedelta(days=days), today) is expected
    assert heat(None, today) is Heat.UNKNOWN
