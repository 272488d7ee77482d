"""Symbols to print: the modules of a DataMatrix or a QR code, painted as bars that stay sharp on paper and screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from desktop.theme import sans

Modules = Sequence[bytes]
"""Rows of a symbol, a byte a module, 0 is black."""


def datamatrix(text: str, *, gs1: bool = False) -> Modules:
    """The square DataMatrix of a text; with `gs1` of an element string in brackets, `(01)…(21)…`."""
    import numpy as np
    import zxingcpp

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True, gs1=gs1)
    image = np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    return [row.tobytes() for row in image]


def paint_symbol(painter: QPainter, modules: Modules, left: float, top: float, module: float) -> float:
    """Paint a symbol with modules of this size, each run of black ones as one bar; its height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    black = QColor("black")
    for row, line in enumerate(modules):
        for run in re.finditer(rb"\0+", line):
            bar = QRectF(left + run.start() * module, top + row * module, len(run[0]) * module, module)
            painter.fillRect(bar, black)
    painter.restore()
    return len(modules) * module


def paint_text(
    painter: QPainter,
    text: str,
    room: QRectF,
    size: float,
    *,
    bold: bool = False,
    wrap: bool = True,
    centred: bool = False,
) -> float:
    """Paint text of a height in the painter's own measure, whatever that is; the height it takes."""
    # Fonts come in whole pixels: paint large, scaled down.
    font = sans(100, QFont.Weight.Bold if bold else QFont.Weight.Normal)
    scale = size / 100
    painter.save()
    painter.translate(room.left(), room.top())
    painter.scale(scale, scale)
    painter.setFont(font)
    flags = Qt.TextFlag.TextWordWrap if wrap else Qt.TextFlag.TextSingleLine
    align = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
    inside = QRectF(0, 0, room.width() / scale, room.height() / scale)
    how = int(flags) | int(align)
    taken = painter.boundingRect(inside, how, text)
    if not wrap and taken.width() > inside.width():
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inside.width()))
    painter.drawText(inside, how, text)
    painter.restore()
    return taken.height() * scale


_SPARE = 1.015
"""Widths are told in whole pixels: what fits to a hair would be cut."""


def fitting(text: str, width: float, size: float, least: float, *, bold: bool = False) -> float:
    """The height at which a line of text is no wider than this: `size` where that fits, never under `least`."""
    natural = _metrics(bold=bold).horizontalAdvance(text) * _SPARE / 100
    return max(least, min(size, width / natural)) if natural else size


def height_of(text: str, width: float, size: float, *, bold: bool = False) -> float:
    """How high wrapped text of this size becomes on this width."""
    scale = size / 100
    room = QRectF(0, 0, width / scale, 1e6)
    return _metrics(bold=bold).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height() * scale


def _metrics(*, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(sans(100, QFont.Weight.Bold if bold else QFont.Weight.Normal))
