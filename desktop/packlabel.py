"""The label of what was handed out: product, lot, expiry, units and the trace code, to be put on bag or inner pack.

The box that bears the code may be destroyed at the counter, so the code goes along on this label. No name and no
number of the patient stands on it: the prescription's number leads there for whoever may know, and the line "for the
prescribed patient only" says what the rules of the zone want said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop.models import expiry_text, product_name
from desktop.onepage import DPI, in_millimetres, write_page
from desktop.symbols import datamatrix, fitting, height_of, paint_symbol, paint_text
from desktop.verdict import Level, Verdict
from desktop.words import Words
from ledger.event import EventKind

if TYPE_CHECKING:
    from desktop.settings import Settings

LABEL_MM = (60.0, 40.0)
_MARGIN = 2.5
_SYMBOL = 17.0
"""Width of the symbol in millimetres; its modules are made to fit."""
_ONE_LINE, _TWO_LINES, _NAME_ROOM = 2.8, (2.8, 2.6, 2.4, 2.2, 2.0, 1.8), 7.6
"""Millimetres of the product's type on one line at least and on two, and the height that two lines have."""
FOLDER = "labels"


@dataclass(frozen=True, slots=True)
class PackLabel:
    """What stands on one label."""

    product: str
    maker: str
    lot: str
    expiry: str
    code: str
    """The trace code as scanned: the symbol says exactly this."""
    serial: str
    at: datetime
    paper: str = ""
    """Number of the prescription."""
    quantity: int | None = None
    units: int | None = None
    remaining: int | None = None


def label_of(verdict: Verdict, words: Words) -> PackLabel | None:
    """The label of a dispense; None where nothing was handed out."""
    handed_out = verdict.level in (Level.OK, Level.CONFIRMED) and verdict.verb is EventKind.DISPENSE
    if not handed_out or not verdict.text:
        return None
    return PackLabel(
        product_name(verdict, words),
        verdict.maker,
        verdict.lot,
        expiry_text(verdict),
        verdict.text,
        verdict.serial,
        verdict.at,
        verdict.paper,
        verdict.quantity if verdict.units else None,
        verdict.units,
        verdict.remaining if verdict.units else None,
    )


def write_label(path: Path, label: PackLabel, words: Words, size: tuple[float, float] = LABEL_MM) -> None:
    """Write the label as a PDF file of its size; raises OSError where the file cannot be written."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    title = words.say("pack_label_title")
    write_page(path, title, size, lambda painter: paint_fitted(painter, label, words, size))


def put_label(label: PackLabel, settings: Settings, home: Path, name: str, words: Words) -> tuple[str, str]:
    """Print the label or write it as a PDF file of this name, as the settings say; the printer's name, or the file.

    Raises EnvironmentFault where the printer will not, OSError where the file cannot be written.
    """
    from desktop.printers import PDF, label_size, print_page

    size, printer = label_size(settings), settings.text("print.label")
    if printer != PDF:
        title = words.say("pack_label_title")
        return print_page(printer, title, size, lambda painter: paint_fitted(painter, label, words, size)), ""
    folder = settings.text("print.folder")
    path = (Path(folder) if folder else home / FOLDER) / f"{name}.pdf"
    write_label(path, label, words, size)
    return "", str(path)


def paint_fitted(painter: QPainter, label: PackLabel, words: Words, size: tuple[float, float]) -> None:
    """Paint the label as large as it fits on one of this size, in the middle."""
    scale = min(size[0] / LABEL_MM[0], size[1] / LABEL_MM[1])
    across, down = ((has - wants * scale) / 2 for has, wants in zip(size, LABEL_MM, strict=True))
    painter.save()
    painter.translate(across * DPI / 25.4, down * DPI / 25.4)
    painter.scale(scale, scale)
    paint_label(painter, label, words)
    painter.restore()


def paint_label(painter: QPainter, label: PackLabel, words: Words) -> None:
    """Paint the label on anything of 300 dots an inch."""
    say = words.say
    in_millimetres(painter)
    width = LABEL_MM[0] - 2 * _MARGIN
    content, gs1 = printable(label.code)
    modules = datamatrix(content, gs1=gs1)
    paint_symbol(painter, modules, LABEL_MM[0] - _MARGIN - _SYMBOL, 9.5, _SYMBOL / len(modules))
    y = _paint_product(painter, label.product, width)
    if label.maker:
        room = QRectF(_MARGIN, y, width - _SYMBOL - 2, 3.5)
        paint_text(painter, label.maker, room, fitting(label.maker, room.width(), 2.4, 1.8), wrap=False)
    y = 11.2
    left = QRectF(_MARGIN, 0, width - _SYMBOL - 3, 5)
    for caption, value in (
        ("pack_label_lot", label.lot or "–"),
        ("pack_label_expiry", label.expiry or "–"),
    ):
        text = f"{say(caption)}  {value}"
        size = fitting(text, left.width(), 3.2, 1.9, bold=True)
        paint_text(painter, text, left.translated(0, y + 0.7 * (3.2 - size)), size, bold=True, wrap=False)
        y += 4.4
    for line in _lines(label, words):
        size = fitting(line, left.width(), 2.6, 1.8)
        paint_text(painter, line, left.translated(0, y + 0.7 * (2.6 - size)), size, wrap=False)
        y += 3.6
    bare = label.code[3:] if label.code[:1] == "]" else label.code
    shown = "".join(c if c.isprintable() else " " for c in bare)
    paint_text(painter, shown, QRectF(_MARGIN, 31.4, width, 3), fitting(shown, width, 2.3, 1.5), wrap=False)
    paint_text(painter, say("pack_label_only"), QRectF(_MARGIN, 34.6, width, 5), 2.7, bold=True, wrap=False)


def _paint_product(painter: QPainter, product: str, width: float) -> float:
    """Name and strength, whole: smaller where they are long, on two lines where that is not enough; where it ends."""
    size = fitting(product, width, 4.2, _ONE_LINE, bold=True)
    if size > _ONE_LINE:
        room = QRectF(_MARGIN, 1.2, width, 6)
        return 1.2 + paint_text(painter, product, room, size, bold=True, wrap=False)
    size = next(
        (s for s in _TWO_LINES if height_of(product, width, s, bold=True) <= _NAME_ROOM), _TWO_LINES[-1]
    )
    paint_text(painter, product, QRectF(_MARGIN, 0.7, width, _NAME_ROOM), size, bold=True)
    return 0.7 + _NAME_ROOM


def _lines(label: PackLabel, words: Words) -> list[str]:
    say = words.say
    lines = []
    if label.units is not None and label.quantity is not None:
        numbers = {"quantity": label.quantity, "units": label.units, "remaining": label.remaining or 0}
        lines.append(say("pack_label_units", **numbers))
    else:
        lines.append(say("pack_label_whole"))
    if label.paper:
        lines.append(f"{say('pack_label_paper')}  {label.paper}")
    lines.append(f"{say('pack_label_at')}  {label.at:%Y-%m-%d %H:%M}")
    return lines


def printable(code: str) -> tuple[str, bool]:
    """What the symbol is made from, and whether it is GS1: elements in brackets then, else the code as it stands."""
    from ledger.codes.code import Kind
    from ledger.codes.identify import identify

    found = identify(code)
    bare = code[3:] if code[:1] == "]" else code
    if found.kind is not Kind.GS1 or not found.accepted or any("(" in value for _, value in found.elements):
        return bare, False
    return "".join(f"({name}){value}" for name, value in found.elements), True
