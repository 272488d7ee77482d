"""One page of paper as a PDF file: what is on it is painted in millimetres, on screen and paper alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

DPI = 300
A4_MM = (210.0, 297.0)


def write_page(path: Path, title: str, size: tuple[float, float], paint: Callable[[QPainter], None]) -> None:
    """Write a page of this size in millimetres. Needs a QGuiApplication; raises OSError where it cannot be written."""
    path.open("ab").close()  # QPdfWriter tells of a file that cannot be written by a warning only
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QSizeF(*size), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    writer.setTitle(title)
    writer.setCreator("TraceDesk")
    painter = QPainter(writer)
    try:
        paint(painter)
    finally:
        painter.end()


def in_millimetres(painter: QPainter) -> None:
    """From here on the painter measures in millimetres, on anything of 300 dots an inch."""
    painter.scale(DPI / 25.4, DPI / 25.4)
