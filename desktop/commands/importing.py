"""`tracedesk import KIND FILE`: reference data from a file, with a report of the rows that will not do."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from ledger.clock import Clock
from ledger.importing import ENCODINGS, KINDS, BadRow, columns_of, parse, read_file, save
from ledger.roles import Act
from ledger.writer import Writer


@click.command("import", help=f"Take reference data from FILE (CSV or JSON). KIND: {', '.join(KINDS)}.")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", metavar="NAME", help=f"Of a CSV file: {', '.join(ENCODINGS)}; else found out.")
@person_options
@click.pass_obj
def import_(
    ctx: Context, kind: str, file: Path, encoding: str | None, operator: str | None, pin_stdin: bool
) -> None:
    """Import reference data: what is good goes in, what is not is reported line by line."""
    sheet = read_file(file, columns_of(kind), encoding)
    parsed = parse(kind, sheet.rows, sheet.ignored)
    clock = Clock()
    entitled(ctx, clock, Act.IMPORT, operator, pin_stdin)
    writer = Writer(ctx.home)
    try:
        report = writer.run(lambda store: save(store, parsed, clock))
    finally:
        writer.close()
    words = ctx.words
    for bad in report.bad:
        ctx.complain(words.say("import_row", line=bad.line) + _why(ctx, bad))
    if report.faults > len(report.bad):
        ctx.complain(words.say("import_more", count=report.faults - len(report.bad)))
    if report.ignored:
        ctx.complain(words.say("import_ignored", columns=", ".join(report.ignored)))
    ctx.line(
        {
            "kind": kind,
            "imported": report.taken,
            "refused": report.refused,
            "added": report.added,
            "changed": report.changed,
            "same": report.same,
            "encoding": sheet.encoding,
            "ignored": list(report.ignored),
            "bad": [
                {"line": bad.line, "field": bad.field, "code": bad.code, "text": _why(ctx, bad)}
                for bad in report.bad
            ],
        },
        words.say(
            "import_done",
            kind=words.say(f"import_{kind}"),
            taken=report.taken,
            added=report.added,
            changed=report.changed,
            same=report.same,
            refused=report.refused,
        ),
    )
    if report.refused:
        raise SystemExit(1)


def _why(ctx: Context, bad: BadRow) -> str:
    return ctx.words.say(bad.code, **dict(bad.params))
