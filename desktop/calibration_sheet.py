"""The calibration sheet: symbols to scan and the settings a scanner should have, on one page of paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from desktop.words import Words
from scanner.calibrate import SYMBOL

DPI = 300
PAGE_MM = (210.0, 297.0)
_MARGIN = 20.0
_MODULE = 0.6
"""Millimetres: 24 mil, which every scanner reads at arm's length."""
_SETTINGS = ("mode", "country", "aim", "gs", "suffix", "case")

Modules = Sequence[bytes]
"""Rows of a symbol, a byte a module, 0 is black."""


def write_sheet(path: Path, words: Words) -> None:
    """Write the sheet as a PDF file. Needs a QGuiApplication; raises OSError where the file cannot be written."""
    path.open("ab").close()  # QPdfWriter tells of a file that cannot be written by a warning only
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    writer.setTitle(words.say("sheet_title"))
    writer.setCreator("TraceDesk")
    painter = QPainter(writer)
    try:
        paint_sheet(painter, words)
    finally:
        painter.end()


def paint_sheet(painter: QPainter, words: Words) -> None:
    """Paint the page on anything of 300 dots an inch."""
    painter.scale(DPI / 25.4, DPI / 25.4)  # millimetres from here on
    width = PAGE_MM[0] - 2 * _MARGIN
    y = _MARGIN + _text(painter, words.say("sheet_title"), _MARGIN, width, 8, bold=True) + 4
    y += _text(painter, words.say("sheet_intro"), y, width, 4.2) + 3
    y += _text(painter, words.say("sheet_print"), y, width, 4.2) + 8
    for name, modules in (("sheet_plain", plain_symbol()), ("sheet_gs1", gs1_symbol())):
        y += _text(painter, words.say(name), y, width, 4.6, bold=True) + 3
        y += _symbol(painter, modules, y) + 10
    y += _text(painter, words.say("sheet_settings"), y, width, 4.6, bold=True) + 3
    for name in _SETTINGS:
        y += _text(painter, "•  " + words.say(f"sheet_setting_{name}"), y, width, 4.2) + 1.5


def plain_symbol() -> Modules:
    """The DataMatrix with every character."""
    return _modules(SYMBOL)


def gs1_symbol() -> Modules:
    """The GS1 DataMatrix with a separator; its elements are scanner.calibrate.GS1_SYMBOL."""
    return _modules("(99)TRACEDESK(98)aA0", gs1=True)


def _modules(content: str, **options: bool) -> Modules:
    import numpy as np
    import zxingcpp

    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, force_square=True, **options)
    image = np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    return [row.tobytes() for row in image]


def _symbol(painter: QPainter, modules: Modules, top: float) -> float:
    """Paint a symbol, each run of black modules as one bar; its height."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    black = QColor("black")
    for row, line in enumerate(modules):
        for run in re.finditer(rb"\0+", line):
            bar = QRectF(run.start() * _MODULE, row * _MODULE, len(run[0]) * _MODULE, _MODULE)
            painter.fillRect(bar.translated(_MARGIN, top), black)
    return len(modules) * _MODULE


def _text(
    painter: QPainter, text: str, top: float, width: float, size: float, *, bold: bool = False
) -> float:
    """Paint wrapped text of a height in millimetres; the height it takes."""
    font = QFont(painter.font())
    font.setPixelSize(100)  # fonts in whole pixels: paint large, scaled down
    font.setBold(bold)
    scale = size / 100
    painter.save()
    painter.translate(_MARGIN, top)
    painter.scale(scale, scale)
    painter.setFont(font)
    room = QRectF(0, 0, width / scale, 100_000)
    taken = painter.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap), text)
    painter.restore()
    return taken.height() * scale
