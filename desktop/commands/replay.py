"""`tracedesk replay FILE`: plays the black box of scans again and says what has changed. Writes nothing."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.likeness import likeness
from ledger.codes.escape import escape
from ledger.errors import UserError
from scanner.blackbox import Record
from scanner.replay import replay


@click.command(
    "replay",
    help="""Read scans of an exported black box again, with the program of today.

    One line a scan; exit status 1 where any reads differently or a line cannot be understood.""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def replay_(ctx: Context, file: Path) -> None:
    """Play the file and print what each scan reads today."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("replay_unreadable", file=str(file), why=str(error)) from error
    same = different = broken = silent = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = Record.of(line)
        except ValueError as error:
            broken += 1
            ctx.line(
                {"line": number, "outcome": "broken", "why": str(error)},
                ctx.words.say("replay_broken", line=number),
            )
            continue
        (played,) = replay([record], likeness)
        outcome = "silent" if not played.playable else "same" if played.same else "different"
        same, different, silent = (
            same + (outcome == "same"),
            different + (outcome == "different"),
            silent + (outcome == "silent"),
        )
        ctx.line(
            {
                "line": number,
                "outcome": outcome,
                "wall": record.wall,
                "device": record.scan.device,
                "then": record.scan.text,
                "now": played.text,
                "suspect_then": record.scan.suspect,
                "suspect_now": played.suspect,
                "verdict": record.verdict,
            },
            ctx.words.say(
                f"replay_{outcome}", line=number, then=escape(record.scan.text), now=escape(played.text or "")
            ),
        )
    ctx.line(
        {"same": same, "different": different, "silent": silent, "broken": broken},
        ctx.words.say("replay_summary", same=same, different=different, silent=silent, broken=broken),
    )
    if different or broken:
        raise SystemExit(1)
