"""A table for people as a file that other programs open: CSV and Excel.

What is scanned is hostile input: no cell of ours is ever a formula. A file is written beside its place and moved
there when it is whole, so that a cancelled or failed export leaves nothing behind.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.errors import EnvironmentFault
from ledger.stages import Progress, silent

Cell = str | int | float | date | None
EVERY = 500
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    caption: str
    width: int
    """In characters of the body type; its share of a page's width."""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title."""

    name: str
    """Of the sheet in a workbook: short."""
    title: str
    notes: tuple[str, ...]
    """What the table is of: site, time, filters; a line each."""
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[tuple[Cell, ...]]]
    """Makes the rows, anew at every call."""
    total: int
    """How many rows there are about to be."""


def write_csv(path: Path, sheets: Iterable[Sheet], progress: Progress = silent) -> None:
    """Write the tables one under the other, UTF-8 with a mark so that Excel reads it; raises EnvironmentFault."""
    with whole(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        for place, sheet in enumerate(sheets):
            if place:
                out.writerow([])
            out.writerows([[sheet.title], *([note] for note in sheet.notes), []])
            out.writerow([column.caption for column in sheet.columns])
            for row in told(sheet, progress):
                out.writerow([_plain(cell) for cell in row])


def write_xlsx(path: Path, sheets: Iterable[Sheet], progress: Progress = silent) -> None:
    """Write a workbook, a table on each sheet, dates as dates; raises EnvironmentFault."""
    import xlsxwriter

    with whole(path) as draft:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(draft), options)
        try:
            bold = book.add_format({"bold": True, "font_size": 14})
            quiet = book.add_format({"font_color": "#55626f"})
            head = book.add_format({"bold": True, "bg_color": "#f5f7f9", "bottom": 1})
            day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
            for sheet in sheets:
                page = book.add_worksheet(_sheet_name(sheet.name))
                page.set_landscape()
                page.set_paper(9)
                page.fit_to_pages(1, 0)
                for place, column in enumerate(sheet.columns):
                    page.set_column(place, place, column.width + 2)
                page.write_string(0, 0, sheet.title, bold)
                for line, note in enumerate(sheet.notes, 1):
                    page.write_string(line, 0, note, quiet)
                top = len(sheet.notes) + 2
                for place, column in enumerate(sheet.columns):
                    page.write_string(top, place, column.caption, head)
                page.freeze_panes(top + 1, 0)
                page.repeat_rows(top)
                last = top
                for last, row in enumerate(told(sheet, progress), top + 1):
                    for place, cell in enumerate(row):
                        if isinstance(cell, date):
                            page.write_datetime(last, place, cell, day)
                        elif isinstance(cell, str):
                            page.write_string(last, place, cell[:32_000])
                        elif cell is not None:
                            page.write_number(last, place, cell)
                if last > top:
                    page.autofilter(top, 0, last, len(sheet.columns) - 1)
        finally:
            book.close()


def told(sheet: Sheet, progress: Progress) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table, with a report now and then."""
    for done, row in enumerate(sheet.rows()):
        if done % EVERY == 0:
            progress("export_writing", done, sheet.total)
        yield row


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A draft that becomes the file when all went well, else goes; a disk that will not take it is a fault told."""
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}", suffix=path.suffix)
        os.close(handle)
        draft = Path(name)
        yield draft
        draft.replace(path)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        raise EnvironmentFault("export_unwritable", folder=str(path.parent), why=why) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = "".join(sign if sign.isprintable() else " " for sign in cell)
    # Excel takes such a cell for a formula; the quote is what it writes itself before text.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _sheet_name(name: str) -> str:
    return "".join(sign for sign in name if sign not in "[]:*?/\\")[:31] or "1"
