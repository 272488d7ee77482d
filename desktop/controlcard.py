"""The card of control codes: one page of paper from which gloved hands drive the work page with the scanner alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.controlcodes import SECTIONS, Control, code_of
from desktop.onepage import A4_MM, in_millimetres, write_page
from desktop.symbols import datamatrix, paint_symbol, paint_text
from desktop.words import Words

_MODULE = 0.6
"""24 mil: read at arm's length, and far enough apart that a scanner takes the one that is meant."""
_MARGIN = 11.0
_ACROSS = 5
_CELL = ((A4_MM[0] - 2 * _MARGIN) / _ACROSS, 19.0)


def write_card(path: Path, words: Words) -> None:
    """Write the card as a PDF file. Needs a QGuiApplication; raises OSError where the file cannot be written."""
    write_page(path, words.say("control_card"), A4_MM, lambda painter: paint_card(painter, words))


def paint_card(painter: QPainter, words: Words) -> None:
    """Paint the page on anything of 300 dots an inch."""
    in_millimetres(painter)
    width = A4_MM[0] - 2 * _MARGIN
    y = _MARGIN
    y += paint_text(painter, words.say("control_card"), QRectF(_MARGIN, y, width, 20), 6.5, bold=True) + 1
    y += paint_text(painter, words.say("control_card_intro"), QRectF(_MARGIN, y, width, 20), 3.3) + 3
    for heading, controls in SECTIONS:
        painter.setPen(QPen(QColor("black"), 0.2))
        y += paint_text(painter, words.say(heading), QRectF(_MARGIN, y, width, 8), 3.8, bold=True) + 1
        for place, control in enumerate(controls):
            row, column = divmod(place, _ACROSS)
            cell = QRectF(_MARGIN + column * _CELL[0], y + row * _CELL[1], *_CELL)
            _paint_control(painter, control, cell, words)
        y += -(-len(controls) // _ACROSS) * _CELL[1] + 1.5


def _paint_control(painter: QPainter, control: Control, cell: QRectF, words: Words) -> None:
    """A code with its name beside it."""
    modules = datamatrix(code_of(control))
    side = len(modules) * _MODULE
    paint_symbol(painter, modules, cell.left() + 1.5, cell.top() + 2, _MODULE)
    room = QRectF(cell.left() + side + 4, cell.top() + 2, cell.width() - side - 5, cell.height() - 4)
    painter.setPen(Qt.GlobalColor.black)
    paint_text(painter, name_of(control, words), room, 3.5, bold=True)


def name_of(control: Control, words: Words) -> str:
    """What a person calls it."""
    if control.word == "TASK":
        return words.say(f"task_{control.value}")
    return words.say(f"control_name_{control.word.lower()}", count=control.value)
