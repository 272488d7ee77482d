"""`tracedesk card FILE`: the card of control codes for work with the scanner alone, as a PDF to be printed."""

from __future__ import annotations

import os
from pathlib import Path

import click

from desktop.commands.context import Context
from ledger.errors import UserError


@click.command(help="Write the card of control codes as a PDF: a receipt by scanner alone. Never overwrites.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def card(ctx: Context, file: Path) -> None:
    """Make the card."""
    if file.exists():
        raise UserError("file_exists", file=str(file))
    if not file.parent.is_dir():
        raise UserError("file_unwritable", file=str(file), why=os.strerror(2))
    from PySide6.QtGui import QGuiApplication

    from desktop.controlcard import write_card

    # Painting text needs Qt's application, a screen it does not.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    write_card(file, ctx.words)
    del application
    ctx.line({"file": str(file)}, ctx.words.say("control_card_written", file=file))
