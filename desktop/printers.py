"""Where paper goes: to a printer of the system, or into a folder as PDF; labels and papers each have their own way.

Qt's printing is imported when somebody prints: it loads the system's print service. Every call runs in any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.onepage import DPI
from ledger.errors import EnvironmentFault

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtPrintSupport import QPrinter

    from desktop.settings import Settings

PDF, SYSTEM = "pdf", ""
"""Chosen instead of a printer's name: a file, or whatever printer is the system's own."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer that the system knows."""

    name: str
    """What the system calls it."""
    title: str
    """What people call it."""
    own: bool
    """The system's own choice."""
    broken: bool
    """The system says that it cannot print now."""


def printers() -> tuple[Printer, ...]:
    """The system's printers, its own first. May ask a print server and take seconds."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    own = QPrinterInfo.defaultPrinterName()
    found = [
        Printer(
            info.printerName(),
            info.description() or info.printerName(),
            info.printerName() == own,
            info.state() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted),
        )
        for info in QPrinterInfo.availablePrinters()
    ]
    return tuple(sorted(found, key=lambda one: (not one.own, one.title.lower())))


def any_printer(name: str) -> bool:
    """Whether there is a printer to be meant by this choice."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return name not in (PDF, SYSTEM) or (name == SYSTEM and bool(QPrinterInfo.availablePrinterNames()))


def printer_named(name: str, title: str) -> QPrinter:
    """The printer, ready to be painted on; raises EnvironmentFault where there is none, or it has gone."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    there = QPrinterInfo.availablePrinterNames()
    if not there:
        raise EnvironmentFault("print_no_printer")
    if name and name not in there:
        raise EnvironmentFault("print_gone", printer=name)
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setPrinterName(name or QPrinterInfo.defaultPrinterName() or there[0])
    device.setDocName(title)
    device.setCreator("TraceDesk")
    return device


def print_page(name: str, title: str, size: tuple[float, float], paint: Callable[[QPainter], None]) -> str:
    """Print one page of this size in millimetres, painted at 300 dots an inch; the printer's name."""
    from PySide6.QtCore import QMarginsF, QSizeF
    from PySide6.QtGui import QPageLayout, QPageSize, QPainter

    device = printer_named(name, title)
    device.setResolution(DPI)
    device.setFullPage(True)
    page = QPageSize(QSizeF(*size), QPageSize.Unit.Millimeter)
    device.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    painter = QPainter()
    if not painter.begin(device):
        raise EnvironmentFault("print_failed")
    try:
        paint(painter)
    finally:
        painter.end()
    return device.printerName()


def folder_of(settings: Settings | None, home: Path) -> Path:
    """Where files go that a person wants: as set, else a folder of ours among the person's documents."""
    from PySide6.QtCore import QStandardPaths

    chosen = settings.text("print.folder") if settings is not None else ""
    if chosen:
        return Path(chosen)
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found or home) / "TraceDesk"


def label_size(settings: Settings) -> tuple[float, float]:
    """Width and height of a label in millimetres, as set."""
    width, _, height = settings.text("print.label_size").partition("x")
    return float(width), float(height)
