"""`tracedesk sheet FILE` and `card FILE`: pages for the wall beside a scanner, as PDF files to be printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.words import Words
from ledger.errors import UserError


def _sheet(path: Path, words: Words) -> None:
    from desktop.calibration_sheet import write_sheet

    write_sheet(path, words)


def _card(path: Path, words: Words) -> None:
    from desktop.controlcard import write_card

    write_card(path, words)


def _page(about: str, write: Callable[[Path, Words], None], said: str) -> click.Command:
    @click.command(help=f"{about} Never overwrites.")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.pass_obj
    def page(ctx: Context, file: Path) -> None:
        _write(ctx, file, write, said)

    return page


sheet = _page("Write the calibration sheet for hand scanners as a PDF.", _sheet, "sheet_written")
card = _page(
    "Write the card of control codes as a PDF: a receipt by scanner alone.", _card, "control_card_written"
)


def _write(ctx: Context, file: Path, write: Callable[[Path, Words], None], said: str) -> None:
    """Write a page where no file is yet, and say so."""
    if file.exists():
        raise UserError("file_exists", file=str(file))
    if not file.parent.is_dir():
        raise UserError("file_unwritable", file=str(file), why=os.strerror(2))
    from PySide6.QtGui import QGuiApplication

    # Painting text needs Qt's application, a screen it does not.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    write(file, ctx.words)
    del application
    ctx.line({"file": str(file)}, ctx.words.say(said, file=file))
