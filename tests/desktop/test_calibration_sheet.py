"""The sheet's symbols can be read off the page and hold what calibration expects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop.calibration_sheet import paint_sheet, write_sheet
from desktop.onepage import A4_MM, DPI
from desktop.words import LANGUAGES, Words
from scanner.calibrate import GS1_SYMBOL, SYMBOL


def painted(words: Words) -> QImage:
    width, height = (round(mm * DPI / 25.4) for mm in A4_MM)
    page = QImage(width, height, QImage.Format.Format_Grayscale8)
    page.setDotsPerMeterX(round(DPI / 0.0254))
    page.setDotsPerMeterY(round(DPI / 0.0254))
    page.fill(255)
    painter = QPainter(page)
    paint_sheet(painter, words)
    painter.end()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_symbols_are_read_off_the_page(qapp: QApplication, language: str) -> None:
    page = painted(Words(language))
    pixels = np.frombuffer(page.constBits(), np.uint8).reshape(page.height(), page.bytesPerLine())
    reads = {
        (read.symbology_identifier, read.bytes)
        for read in zxingcpp.read_barcodes(np.ascontiguousarray(pixels), text_mode=zxingcpp.TextMode.Plain)
    }
    assert reads == {
        ("]d1", SYMBOL.encode()),
        ("]d2", GS1_SYMBOL.encode()),
    }
    ink = np.flatnonzero((pixels < 128).any(axis=1))
    assert ink[-1] < page.height() * 0.95, "everything fits on the page"
    columns = np.flatnonzero((pixels < 128).any(axis=0))
    assert columns[-1] < page.width() * 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_a_pdf_of_one_page(qapp: QApplication, tmp_path: Path, language: str) -> None:
    file = tmp_path / "sheet.pdf"
    write_sheet(file, Words(language))
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    assert b"%%EOF" in data[-32:]


def test_a_file_that_cannot_be_written(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_sheet(tmp_path / "nowhere" / "sheet.pdf", Words("en"))
