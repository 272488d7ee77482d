"""Where paper goes: into a file by the real path of painting, and to a printer of the system where there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinterInfo

from desktop.onepage import DPI, in_millimetres
from desktop.packlabel import LABEL_MM, paint_fitted, put_label
from desktop.pages.printerchoice import sample
from desktop.paper import Heading, put_paper
from desktop.printers import PDF, any_printer, label_size, print_page, printer_named, printers
from desktop.settings import DECLARED, Settings
from desktop.words import Words
from ledger.errors import EnvironmentFault

SIZES = [tuple(map(float, size.split("x"))) for size in DECLARED["print.label_size"].choices]
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = Words("zh_CN")


def page_mm(pdf: bytes) -> tuple[float, float]:
    """The size of a PDF's page, in millimetres."""
    box = pdf.split(b"/MediaBox [")[1].split(b"]")[0].split()
    return float(box[2]) * 25.4 / 72, float(box[3]) * 25.4 / 72


def ink(size: tuple[float, float]) -> QImage:
    """The label painted on an image of this size."""
    image = QImage(QSize(*(round(side * DPI / 25.4) for side in size)), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    paint_fitted(painter, sample(WORDS, AT), WORDS, size)
    painter.end()
    return image


@pytest.mark.parametrize("size", SIZES)
def test_a_label_has_the_size_that_is_set(qapp: object, tmp_path: Path, size: tuple[float, float]) -> None:
    settings = Settings(tmp_path)
    settings.set("print.label_size", f"{size[0]:.0f}x{size[1]:.0f}")
    assert label_size(settings) == size
    printer, file = put_label(sample(WORDS, AT), settings, tmp_path, "one", WORDS)
    assert (printer, Path(file).parent) == ("", tmp_path / "labels")
    assert page_mm(Path(file).read_bytes()) == pytest.approx(size, abs=0.5)


@pytest.mark.parametrize("size", SIZES)
def test_the_code_on_a_label_of_every_size_is_read_again(qapp: object, size: tuple[float, float]) -> None:
    import numpy as np
    import zxingcpp

    image = ink(size).convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    found = [one for one in zxingcpp.read_barcodes(pixels[:, : image.width()].copy()) if one.valid]
    assert [one.text.replace("\x1d", "") for one in found], "no code on the label"
    assert "TEST-0001" in found[0].text


def test_files_go_where_the_person_wants_them(qapp: object, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    settings.set("print.folder", str(tmp_path / "out"))
    settings.set("print.paper", PDF)
    printer, file = put_paper(settings, tmp_path, "交班单", "foot", (Heading("交班单", 1),))
    assert not printer and Path(file).parent == tmp_path / "out"
    assert Path(file).read_bytes().startswith(b"%PDF")
    assert Path(put_label(sample(WORDS, AT), settings, tmp_path, "x", WORDS)[1]) == tmp_path / "out" / "x.pdf"


def test_a_printer_that_is_gone_is_named(qapp: object, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.set("print.label", "No-such-printer-4711")
    with pytest.raises(EnvironmentFault) as caught:
        put_label(sample(WORDS, AT), settings, tmp_path, "x", WORDS)
    there = bool(QPrinterInfo.availablePrinterNames())
    assert caught.value.code == ("print_gone" if there else "print_no_printer")
    assert any_printer("") is there and not any_printer(PDF)


def test_pages_reach_every_printer_of_the_system(qapp: object) -> None:
    """Runs where a queue of the name `tracedesk-test` stands ready; nothing is sent to anybody else's printer."""
    name = "tracedesk-test"
    if name not in QPrinterInfo.availablePrinterNames():
        pytest.skip("the system has no print queue tracedesk-test")
    assert name in [one.name for one in printers()]
    assert printer_named(name, "title").printerName() == name
    assert print_page(name, "label", LABEL_MM, in_millimetres) == name
