"""Paper: what is printed or kept as PDF, laid out in blocks on A4, page by page.

The same blocks go to a PDF file and to a printer. Runs in any thread; measures are points (1/72 inch) and colours
those of print: black on white, whatever the window wears.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from desktop.papertext import WRAPPED, height_of, whole_text
from desktop.sheets import Sheet, told, whole
from desktop.theme import mono, sans
from ledger.errors import EnvironmentFault
from ledger.stages import Progress, silent

if TYPE_CHECKING:
    from desktop.settings import Settings

INK, QUIET, RULE, TINT = "#17212b", "#55626f", "#c8cfd6", "#f2f4f6"
_MARGIN = 40.0
_FOOT = 24.0
_CELL = 15.0
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of larger type; `level` 1 stands on top of the paper."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    quiet: bool = False
    code: bool = False
    """Set in the type for codes."""
    bold: bool = False
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values in two columns."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something painted, across the whole width."""

    height: float
    paint: Callable[[QPainter, QRectF], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A fine line with air around it."""


Block = Heading | Text | Facts | Drawing | Rule | Sheet


def write_pdf(
    path: Path,
    title: str,
    foot: str,
    blocks: Iterable[Block],
    *,
    landscape: bool = False,
    progress: Progress = silent,
) -> None:
    """Write a PDF file; raises EnvironmentFault where the disk will not take it, Cancelled where told to stop."""
    with whole(path) as draft:
        device = QPdfWriter(str(draft))
        device.setTitle(title)
        device.setCreator("TraceDesk")
        device.setResolution(300)
        _lay_out(device, foot, blocks, landscape=landscape, progress=progress)


def print_out(
    title: str,
    foot: str,
    blocks: Iterable[Block],
    *,
    printer: str = "",
    landscape: bool = False,
    progress: Progress = silent,
) -> str:
    """Print on this printer, the system's own where none is named, and return its name; raises EnvironmentFault
    where there is none."""
    from desktop.printers import printer_named

    device = printer_named(printer, title)
    _lay_out(device, foot, blocks, landscape=landscape, progress=progress)
    return device.printerName()


def put_paper(
    settings: Settings, home: Path, title: str, foot: str, blocks: Iterable[Block]
) -> tuple[str, str]:
    """Print a paper or write it as PDF, as the settings say; the printer's name, or the file."""
    from desktop.printers import PDF, folder_of

    printer = settings.text("print.paper")
    if printer != PDF:
        return print_out(title, foot, blocks, printer=printer), ""
    path = folder_of(settings, home) / f"{title} {datetime.now():%Y-%m-%d %H%M%S}.pdf"
    write_pdf(path, title, foot, blocks)
    return "", str(path)


def _lay_out(
    device: QPagedPaintDevice, foot: str, blocks: Iterable[Block], *, landscape: bool, progress: Progress
) -> None:
    way = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    device.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), way, QMarginsF(0, 0, 0, 0)))
    painter = QPainter()
    if not painter.begin(device):
        raise EnvironmentFault("print_failed")
    try:
        pen = _Pen(painter, device, foot)
        for block in blocks:
            pen.put(block, progress)
        pen.finish()
    finally:
        painter.end()


class _Pen:
    """Where on which page the next block goes."""

    def __init__(self, painter: QPainter, device: QPagedPaintDevice, foot: str) -> None:
        self._painter, self._device, self._foot = painter, device, foot
        dots = device.logicalDpiX() / 72
        painter.scale(dots, dots)
        size = device.pageLayout().pageSize().size(QPageSize.Unit.Point)
        if device.pageLayout().orientation() is QPageLayout.Orientation.Landscape:
            size.transpose()
        self._left, self._width = _MARGIN, size.width() - 2 * _MARGIN
        self._bottom = size.height() - _MARGIN - _FOOT
        self._y = _MARGIN
        self._page = 1

    def put(self, block: Block, progress: Progress) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Text():
                self._text(block)
            case Facts():
                self._facts(block)
            case Drawing():
                self._room_for(block.height)
                block.paint(self._painter, QRectF(self._left, self._y, self._width, block.height))
                self._y += block.height + 8
            case Rule():
                self._room_for(14)
                self._line(self._y + 6)
                self._y += 12
            case Sheet():
                self._sheet(block, progress)

    def finish(self) -> None:
        """The last page's foot."""
        self._font(sans(8), QUIET)
        room = QRectF(self._left, self._bottom + 8, self._width, _FOOT)
        self._painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), self._foot)
        self._painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), str(self._page))

    def _heading(self, block: Heading) -> None:
        font = sans(18 if block.level == 1 else 12, QFont.Weight.Bold)
        height = 26.0 if block.level == 1 else 22.0
        self._room_for(height + 30)
        self._font(font, INK)
        self._painter.drawText(
            QRectF(self._left, self._y, self._width, height), int(Qt.AlignmentFlag.AlignVCenter), block.text
        )
        self._y += height + 2

    def _text(self, block: Text) -> None:
        weight = QFont.Weight.DemiBold if block.bold else QFont.Weight.Normal
        font = mono(9) if block.code else sans(10, weight)
        width = self._width - block.indent
        box = QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 10_000), _WRAP, block.text)
        height = box.height() + 2
        self._room_for(height)
        self._font(font, QUIET if block.quiet else INK)
        self._painter.drawText(QRectF(self._left + block.indent, self._y, width, height), _WRAP, block.text)
        self._y += height + 1

    def _facts(self, block: Facts) -> None:
        small, bold = sans(9), sans(10, QFont.Weight.DemiBold)
        widest = max((QFontMetricsF(small).horizontalAdvance(name) for name, _ in block.pairs), default=0.0)
        names = min(max(widest, 70.0), self._width / 4)
        values = self._width / 2 - names - 14
        for place in range(0, len(block.pairs), 2):
            row = block.pairs[place : place + 2]
            high = max(
                max(height_of(small, name, names), height_of(bold, whole_text(bold, value, values), values))
                for name, value in row
            )
            self._room_for(high + 2)
            for column, (name, value) in enumerate(row):
                left = self._left + column * self._width / 2
                self._font(small, QUIET)
                self._painter.drawText(QRectF(left, self._y, names, high), WRAPPED, name)
                self._font(bold, INK)
                room = QRectF(left + names + 8, self._y, values, high)
                self._painter.drawText(room, WRAPPED, whole_text(bold, value, values))
            self._y += high + 2
        self._y += 4

    def _sheet(self, sheet: Sheet, progress: Progress) -> None:
        self._heading(Heading(sheet.title))
        for note in sheet.notes:
            self._text(Text(note, quiet=True))
        self._y += 4
        whole_width = sum(column.width for column in sheet.columns)
        widths = [column.width * self._width / whole_width for column in sheet.columns]
        font, bold = sans(8), sans(8, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)

        def row(cells: tuple[object, ...]) -> None:
            left = self._left
            for cell, width, column in zip(cells, widths, sheet.columns, strict=True):
                side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
                room = QRectF(left + 3, self._y, width - 6, _CELL)
                text = "" if cell is None else str(cell)
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
                self._painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
                left += width
            self._y += _CELL

        def head() -> None:
            self._painter.fillRect(QRectF(self._left, self._y, self._width, _CELL), QColor(TINT))
            self._font(bold, QUIET)
            row(tuple(column.caption for column in sheet.columns))
            self._line(self._y)
            self._font(font, INK)

        self._room_for(3 * _CELL)
        head()
        for cells in told(sheet, progress):
            if self._y + _CELL > self._bottom:
                self._turn()
                head()
            row(cells)
            self._line(self._y)
        self._y += 10

    def _room_for(self, height: float) -> None:
        if self._y + height > self._bottom and self._y > _MARGIN:
            self._turn()

    def _turn(self) -> None:
        self.finish()
        self._device.newPage()
        self._page += 1
        self._y = _MARGIN

    def _line(self, y: float) -> None:
        self._painter.setPen(QPen(QColor(RULE), 0.5))
        self._painter.drawLine(QPointF(self._left, y), QPointF(self._left + self._width, y))
        self._painter.setPen(QColor(INK))

    def _font(self, font: QFont, ink: str) -> None:
        self._painter.setFont(font)
        self._painter.setPen(QColor(ink))
