"""`tracedesk patients keys`: where the patients' keys lie, and the recovery file by which they travel.

The passphrase comes from standard input, after the PIN where one is asked for, and goes nowhere else.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from desktop import terminal
from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options, recording
from desktop.keytravel import missing, move, save, take, where
from ledger.clock import Clock
from ledger.errors import EnvironmentFault, UserError
from ledger.roles import Act


@click.group(
    "keys", invoke_without_command=True, help="Where the keys lie; `save` and `take` a recovery file."
)
@click.pass_context
def keys(click_context: click.Context) -> None:
    """Say where the site's key lies."""
    if click_context.invoked_subcommand is None:
        ctx: Context = click_context.obj
        place = where(ctx.home)
        ctx.line(
            {
                "where": place.code,
                "backend": place.backend,
                "file": place.file,
                "missing": (gone := missing(ctx.home)),
            },
            ctx.words.say(place.code, backend=place.backend, file=place.file),
        )
        if gone:
            ctx.complain(ctx.words.say("patient_keys_gone", number=gone))


@keys.command("save", help="Write the recovery file FILE. Its passphrase is read from standard input.")
@click.argument("file")
@person_options
@click.pass_obj
def save_(ctx: Context, file: str, operator: str | None, pin_stdin: bool) -> None:
    """Save the keys."""
    clock = Clock()
    who = entitled(ctx, clock, Act.BACKUP, operator, pin_stdin)
    passphrase = terminal.read_secret(ctx.words.say("ask_key_passphrase"))
    if terminal.asks() and terminal.read_secret(ctx.words.say("ask_again")) != passphrase:
        raise UserError("passphrase_differs")
    with recording(ctx, clock) as station:
        count = save(station, who, Path(file), passphrase)
    ctx.line({"file": file, "patients": count}, ctx.words.say("key_file_saved", patients=count, file=file))


@keys.command("take", help="Take the keys of the recovery file FILE in. Its passphrase is read from stdin.")
@click.argument("file")
@person_options
@click.pass_obj
def take_(ctx: Context, file: str, operator: str | None, pin_stdin: bool) -> None:
    """Take keys in."""
    clock = Clock()
    who = entitled(ctx, clock, Act.RESTORE, operator, pin_stdin)
    passphrase = terminal.read_secret(ctx.words.say("ask_key_passphrase"))
    with recording(ctx, clock) as station:
        taken = take(station, who, Path(file), passphrase)
    ctx.line(asdict(taken), ctx.words.say("key_file_taken", **asdict(taken)))


@keys.command("move", help="Move the site's key from its file into the system's keyring.")
@person_options
@click.pass_obj
def move_(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """Move the key."""
    entitled(ctx, Clock(), Act.CHANGE_SETTINGS, operator, pin_stdin)
    if not move(ctx.home):
        raise EnvironmentFault("site_key_no_keyring")
    place = where(ctx.home)
    ctx.line({"where": place.code, "backend": place.backend, "file": ""}, ctx.words.say("site_key_moved"))
