"""`tracedesk snapshot export FILE` and `snapshot import FILE`: a first load of reference data without the network."""

from __future__ import annotations

import os
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from desktop.settings import Settings
from ledger.clock import Clock
from ledger.errors import EnvironmentFault, UserError
from ledger.roles import Act
from ledger.signing import SigningKey
from ledger.store import open_reader
from ledger.writer import Writer


@click.group(help="Hand reference data to another workstation in a signed file.")
def snapshot() -> None:
    """Snapshots."""


@snapshot.command("export", help="Write what this workstation knows to FILE, signed by it.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@person_options
@click.pass_obj
def export_(ctx: Context, file: Path, operator: str | None, pin_stdin: bool) -> None:
    """Write a snapshot in one piece: a file that is there is whole."""
    from sync.snapshot import export

    clock = Clock()
    entitled(ctx, clock, Act.EXPORT, operator, pin_stdin)
    key = SigningKey.of(ctx.home)
    store = open_reader(ctx.home)
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("wb") as out:
            count = export(store, clock, out, key)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise EnvironmentFault("file_unwritable", file=str(file), why=error.strerror or "") from None
    finally:
        store.close()
    from ledger.signing import fingerprint

    who = fingerprint(key.public)
    ctx.line(
        {"file": str(file), "items": count, "fingerprint": who},
        ctx.words.say("snapshot_written", file=file, items=count, fingerprint=who),
    )


@snapshot.command("import", help="Check FILE and take it, if whoever signed it is trusted.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--signer", default="", metavar="FINGERPRINT", help="The fingerprint, as the other side shows it."
)
@person_options
@click.pass_obj
def import_(ctx: Context, file: Path, signer: str, operator: str | None, pin_stdin: bool) -> None:
    """Take a snapshot; who signed it is the platform of the enrolment, or named by fingerprint."""
    from sync.snapshot import check, load

    clock = Clock()
    entitled(ctx, clock, Act.IMPORT, operator, pin_stdin)
    checked = check(file)
    trusted = checked.public.hex() == Settings.load(ctx.home).text("platform.signer")
    if not trusted and _plain(signer) != _plain(checked.fingerprint):
        raise UserError("snapshot_signer_unknown", file=str(file), fingerprint=checked.fingerprint)
    writer = Writer(ctx.home)
    try:
        done = load(writer.run, clock, checked)
    finally:
        writer.close()
    ctx.line(
        {"file": str(file), "items": done.items, "refused": done.refused, "made_at": checked.made_at},
        ctx.words.say("snapshot_taken", items=done.items, refused=done.refused, made_at=checked.made_at[:10]),
    )
    if done.refused:
        raise SystemExit(1)


def _plain(text: str) -> str:
    return "".join(text.split()).lower()
