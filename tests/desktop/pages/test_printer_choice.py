"""The printers on the devices page: what there is, what is chosen, and whether it works."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo

from desktop.pages.printerchoice import PrinterChoice
from desktop.printers import PDF, Printer
from desktop.widgets.printercard import PrinterCard
from desktop.words import Words
from tests.desktop.conftest import Place, gs1, wedge


@pytest.fixture
def card(place: Place) -> PrinterCard:
    room = place.window.room
    made = PrinterCard(room.theme, room.words)
    place.bot.addWidget(made)
    choice = PrinterChoice(room, made)
    choice.refresh()
    place.bot.waitUntil(lambda: made._printers is not None, timeout=20_000)
    return made


def test_without_a_printer_it_says_what_to_do(place: Place, card: PrinterCard) -> None:
    card.show_printers(())
    assert "没有找到打印机" in card.state.text() and card.state.property("tone") == "ask"
    assert card.label.currentData() == PDF and card.paper.currentData() == ""
    card.retranslate(Words("en"))
    assert "No printer found" in card.state.text()
    assert card.try_label.text() == "Test print"


def test_a_printer_is_chosen_and_kept(place: Place, card: PrinterCard) -> None:
    card.show_printers(
        (
            Printer("Zebra", "Zebra GK420", own=False, broken=False),
            Printer("HP", "HP 1020", own=True, broken=True),
        )
    )
    assert "HP 1020" in card.state.text(), "a printer in trouble is told"
    assert "HP 1020" in card.paper.itemText(0)
    card.label.setCurrentIndex(card.label.findData("Zebra"))
    card.label.activated.emit(card.label.currentIndex())
    settings = place.station.settings
    place.bot.waitUntil(lambda: card.said.text() == "已保存" or bool(card.said.text()))
    place.bot.waitUntil(lambda: settings.text("print.label") == "Zebra")
    card.show_printers(())
    assert card.label.currentData() == "Zebra" and "现在没有" in card.label.currentText()


def test_a_test_print_says_where_it_went(place: Place, card: PrinterCard, tmp_path: Path) -> None:
    place.station.settings.set("print.folder", str(tmp_path / "pdf"))
    card.try_label.click()
    place.bot.waitUntil(lambda: card.said.property("tone") == "ok", timeout=20_000)
    assert len(list((tmp_path / "pdf").glob("*.pdf"))) == 1
    place.station.settings.set("print.paper", PDF)
    card.try_paper.click()
    place.bot.waitUntil(lambda: len(list((tmp_path / "pdf").glob("*.pdf"))) == 2, timeout=20_000)


@pytest.mark.skipif(bool(QPrinterInfo.availablePrinterNames()), reason="this machine has a printer")
def test_a_test_print_without_any_printer_is_told(place: Place, card: PrinterCard) -> None:
    card.try_paper.click()
    place.bot.waitUntil(lambda: card.said.property("tone") == "stop", timeout=20_000)
    assert "没有找到打印机" in card.said.text()


def test_the_label_of_a_dispense_goes_the_way_that_is_set(place: Place, tmp_path: Path) -> None:
    settings = place.station.settings
    settings.set("print.folder", str(tmp_path))
    place.scan(wedge(gs1("P-1")))
    place.desk.choose("dispense")
    place.scan(wedge(gs1("P-1")))
    place.bot.keyClick(place.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    place.bot.waitUntil(lambda: len(list(tmp_path.glob("*.pdf"))) == 1, timeout=20_000)
    settings.set("print.label", "No-such-printer-4711")
    with place.bot.waitSignal(place.window.room.said, timeout=20_000) as caught:
        place.bot.keyClick(place.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert caught.args[0] in ("print_gone", "print_no_printer")
