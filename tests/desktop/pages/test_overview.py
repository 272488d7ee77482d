"""The overview page at a real ledger: the sums of chosen days, by product, and what is exported of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from desktop.overviewcharts import overview, plain
from desktop.pages.overview import OverviewPage
from desktop.widgets.dayfield import read_day
from desktop.words import LANGUAGES, Words
from ledger.daybook import Daybook, Days, Expiry, Move
from ledger.event import EventKind
from ledger.situation import Intent
from tests.desktop.conftest import GTIN, Place, gs1, wedge

TODAY = date(2026, 11, 20)


@pytest.fixture
def page(place: Place) -> OverviewPage:
    for serial in ("S1", "S2", "S3"):
        place.scan(wedge(gs1(serial)))
    place.station.capture(wedge(gs1("S1")), Intent(EventKind.DISPENSE, "op-1", reason="x")).result()
    place.station.capture(wedge("6925265101481"), Intent(EventKind.RECEIVE, "op-1")).result()
    place.window.show_page("overview")
    shown = place.window.page
    assert isinstance(shown, OverviewPage)
    settled(place, shown)
    return shown


def settled(place: Place, page: OverviewPage) -> None:
    def there() -> bool:
        return not page._looking.busy and page.shown is not None and page.shown.book.days == page.days

    place.bot.waitUntil(there, timeout=10_000)


def figures(page: OverviewPage) -> dict[str, str]:
    assert page.shown is not None
    return {one.name: one.value for one in page.shown.figures}


def test_the_sums_of_the_last_days_are_shown(place: Place, page: OverviewPage) -> None:
    assert page.days.count == 30
    told = figures(page)
    assert (told["received"], told["dispensed"], told["returned"], told["scans"]) == ("3", "1", "0", "5")
    assert told["first_time"] == "80.0%"
    moves = page.charts["moves"].chart
    assert [series.values[-1] for series in moves.series] == [3, 1, 0] and len(moves.labels) == 30
    assert page.charts["by_product"].chart.labels == ("示例单抗注射液 100 mg",)
    assert page.charts["reasons"].chart.labels == ("69 商品条码",)


def test_other_days_are_chosen_by_button_or_typed(place: Place, page: OverviewPage) -> None:
    button = page.findChild(QPushButton, "overview_today")
    assert button is not None
    place.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    settled(place, page)
    assert page.days == Days(date.today(), date.today()) and button.isChecked()
    page.first.setText("2020-01-05")
    page.last.setText("2020-02-01")
    page.first.editingFinished.emit()
    page.last.editingFinished.emit()
    settled(place, page)
    assert page.days == Days(date(2020, 1, 5), date(2020, 2, 1)) and not button.isChecked()
    assert figures(page)["received"] == "0" and page.charts["moves"].chart.empty
    page.first.setText("nonsense")
    page.first.editingFinished.emit()
    assert page.first.text() == "2020-01-05"


def test_one_product_alone(place: Place, page: OverviewPage) -> None:
    assert [page.product.itemData(row) for row in range(page.product.count())] == ["", GTIN]
    page.product.setCurrentIndex(1)
    page.product.activated.emit(1)
    settled(place, page)
    assert figures(page)["received"] == "3"


def test_everything_is_exported(place: Place, page: OverviewPage, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    page.export.folder = tmp_path
    for form in ("csv", "xlsx", "pdf"):
        page.export.begin(form)
        place.bot.waitUntil(lambda: "已保存" in page.export.line.told, timeout=20_000)
        page.export.line._told = None
    book = openpyxl.load_workbook(next(tmp_path.glob("*.xlsx")))
    assert book.sheetnames == ["收发退", "效期", "扫码", "原因"]
    last = list(book["收发退"].iter_rows(values_only=True))[-1]
    assert last[0].date() == date.today() and last[1:] == ("示例单抗注射液 100 mg", 3, 0, 1, 0, 0, 0)
    assert next(tmp_path.glob("*.pdf")).read_bytes().startswith(b"%PDF-")
    assert "示例单抗注射液" in next(tmp_path.glob("*.csv")).read_text("utf-8-sig")


def test_a_scan_goes_to_the_desk(place: Place, page: OverviewPage) -> None:
    before = place.events()
    place.told(lambda: place.window.take(wedge(gs1("S9"))))
    assert place.events() == before + 1 and place.window.page is None


def book(days: Days, *moves: Move, expiries: tuple[Expiry, ...] = ()) -> Daybook:
    return Daybook(days, moves, (), 0, (), (), expiries, ((GTIN, ("药", "Drug"), ""),))


@pytest.mark.parametrize(("count", "bars"), [(1, 1), (45, 45), (46, 7), (120, 18), (300, 11)])
def test_long_spans_are_shown_by_week_and_month(count: int, bars: int) -> None:
    days = Days(TODAY - timedelta(days=count - 1), TODAY)
    moves = [Move(days.first + timedelta(days=step), "received", GTIN, 1, 0, 0) for step in range(count)]
    chart = overview(book(days, *moves), Words("en"), "", TODAY).moves
    assert sum(chart.series[0].values) == count and abs(len(chart.labels) - bars) <= 1


def test_expiry_wears_the_heat_and_keeps_what_is_far_out_of_the_bars() -> None:
    expiries = (
        Expiry("2026-11", GTIN, 5, 2),
        Expiry("2027-03", GTIN, 4, 0),
        Expiry("2031-01", GTIN, 900, 0),
        Expiry(None, "", 3, 0),
    )
    chart = overview(book(Days(TODAY, TODAY), expiries=expiries), Words("en"), "", TODAY).expiry
    values = dict(zip(chart.labels, chart.series[0].values, strict=True))
    tones = dict(zip(chart.labels, chart.tones, strict=True))
    assert (values["past"], values["26-11"], values["27-03"]) == (2, 3, 4)
    assert (tones["past"], tones["26-11"], tones["27-03"], tones["28-03"]) == (
        "stop",
        "held",
        "ask",
        "receive",
    )
    assert "900 later" in chart.note and "3 unknown" in chart.note


def test_days_are_read_as_people_type_them() -> None:
    for typed in ("2026-11-05", "20261105", "2026/11/5", "2026年11月5日", "11-5", " 11.5 "):
        assert read_day(typed, TODAY) == date(2026, 11, 5), typed
    assert read_day("12-24", TODAY) == date(2025, 12, 24)
    for typed in ("", "x", "2026-13-01", "5", "2026-11"):
        assert read_day(typed, TODAY) is None, typed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_is_named_in_a_few_words(language: str) -> None:
    words = Words(language)
    for code in ("not_allowed", "suspect_scan", "check_digit", "expiry_differs", "unrecognised", "expired"):
        name = plain(code, words)
        assert 0 < len(name) < 60 and name[0] != "…" and "{" not in name, name
    assert plain("", words) == words.say("overview_reason_none")


def test_the_buttons_keep_their_words_where_there_is_little_room(place: Place, page: OverviewPage) -> None:
    for width in (1092, 1366):
        place.window.resize(width, 614)
        place.bot.wait(50)
        buttons = page.export.findChildren(QToolButton)
        assert len(buttons) == 4
        for button in buttons:
            assert button.width() >= button.sizeHint().width(), (width, button.text())
