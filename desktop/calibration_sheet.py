"""The calibration sheet: symbols to scan and the settings a scanner should have, on one page of paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop.onepage import A4_MM, in_millimetres, write_page
from desktop.symbols import Modules, datamatrix, paint_symbol, paint_text
from desktop.words import Words
from scanner.calibrate import SYMBOL

__all__ = ["Modules", "gs1_symbol", "paint_sheet", "plain_symbol", "write_sheet"]

_MARGIN = 20.0
_MODULE = 0.6
"""Millimetres: 24 mil, which every scanner reads at arm's length."""
_SETTINGS = ("mode", "country", "aim", "gs", "suffix", "case")


def write_sheet(path: Path, words: Words) -> None:
    """Write the sheet as a PDF file. Needs a QGuiApplication; raises OSError where the file cannot be written."""
    write_page(path, words.say("sheet_title"), A4_MM, lambda painter: paint_sheet(painter, words))


def paint_sheet(painter: QPainter, words: Words) -> None:
    """Paint the page on anything of 300 dots an inch."""
    in_millimetres(painter)
    say = words.say

    def text(top: float, text: str, size: float, *, bold: bool = False) -> float:
        """Paint across the page; where it ends."""
        room = QRectF(_MARGIN, top, A4_MM[0] - 2 * _MARGIN, A4_MM[1])
        return top + paint_text(painter, text, room, size, bold=bold)

    y = text(_MARGIN, say("sheet_title"), 8, bold=True)
    y = text(y + 4, say("sheet_intro"), 4.2)
    y = text(y + 3, say("sheet_print"), 4.2) + 8
    for name, modules in (("sheet_plain", plain_symbol()), ("sheet_gs1", gs1_symbol())):
        y = text(y, say(name), 4.6, bold=True) + 3
        y += paint_symbol(painter, modules, _MARGIN, y, _MODULE) + 10
    y = text(y, say("sheet_settings"), 4.6, bold=True) + 3
    for name in _SETTINGS:
        y = text(y, "•  " + say(f"sheet_setting_{name}"), 4.2) + 1.5


def plain_symbol() -> Modules:
    """The DataMatrix with every character."""
    return datamatrix(SYMBOL)


def gs1_symbol() -> Modules:
    """The GS1 DataMatrix with a separator; its elements are scanner.calibrate.GS1_SYMBOL."""
    return datamatrix("(99)TRACEDESK(98)aA0", gs1=True)
