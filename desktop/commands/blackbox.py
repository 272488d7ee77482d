"""`tracedesk blackbox`: the last scans as they came in, and their export for whoever looks into a misread."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.context import Context
from ledger.codes.escape import escape
from ledger.errors import UserError
from scanner.blackbox import Record
from scanner.boxfile import FILE, export_records, read_records


@click.command(
    help="""The last 500 scans: when, by which device, what came in, what became of it.

    With --out they are written to a new file with their raw bytes and key timings, for `tracedesk replay`."""
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Export to this new file.")
@click.pass_obj
def blackbox(ctx: Context, out: Path | None) -> None:
    """Show or export the black box."""
    path = ctx.home / FILE
    try:
        records = read_records(path)
    except OSError as error:
        raise UserError("file_unreadable", file=str(path), why=error.strerror or "") from None
    if out is None:
        for record in records:
            ctx.line(_plain(record), _human(ctx, record))
        return
    try:
        count = export_records(out, records)
    except FileExistsError:
        raise UserError("file_exists", file=str(out)) from None
    except OSError as error:
        raise UserError("file_unwritable", file=str(out), why=error.strerror or "") from None
    ctx.line({"file": str(out), "scans": count}, ctx.words.say("blackbox_exported", scans=count, file=out))


def _plain(record: Record) -> dict[str, object]:
    scan = record.scan
    return {
        "number": record.number,
        "wall": record.wall,
        "source": scan.source.value,
        "device": scan.device,
        "symbology": scan.symbology,
        "text": scan.text,
        "suspect": scan.suspect,
        "verdict": record.verdict,
        "keys": len(record.strokes),
        "bytes": len(record.data),
        "slowest_ms": record.slowest_ms,
    }


def _human(ctx: Context, record: Record) -> str:
    say = ctx.words.say
    device = record.scan.device or say(f"source_{record.scan.source}")
    verdict = say(f"kept_{record.verdict}") if record.verdict else ""
    text = say("kept_masked") if record.masked else escape(record.scan.text)
    doubt = say(record.scan.suspect) if record.scan.suspect else ""
    return "  ".join(part for part in (record.wall, device, verdict, text, doubt) if part)
