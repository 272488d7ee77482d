"""`tracedesk import KIND FILE`: reference data from a file, with a report of the rows that will not do."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.context import Context
from ledger.errors import UserError
from ledger.importing import read_products
from ledger.writer import Writer

KINDS = ("products",)


@click.command("import", help="Take reference data from FILE (CSV or JSON). KIND: products.")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(ctx: Context, kind: str, file: Path) -> None:
    """Import reference data."""
    if kind not in KINDS:
        raise UserError("kind_unknown", kind=kind, known=", ".join(KINDS))
    found = read_products(file)
    writer = Writer(ctx.home)
    try:
        count = writer.run(lambda store: store.catalog.load(found.products))
    finally:
        writer.close()
    for row in found.bad:
        ctx.complain(
            ctx.words.say("import_row_bad", line=row.line, why=ctx.words.say(row.code, **dict(row.params)))
        )
    ctx.line(
        {"kind": kind, "imported": count, "refused": len(found.bad)}, ctx.words.say("imported", count=count)
    )
    if found.bad:
        raise SystemExit(1)
