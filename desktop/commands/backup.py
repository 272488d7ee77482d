"""`tracedesk backup`, `restore` and `clock`: keep the ledger, put it back, and trust its time."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, on_terminal, person_options, recording
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.roles import Act
from ledger.sitekey import FOLDER
from ledger.store import exists, open_reader
from ledger.timekeeping import Health, Timekeeper


@click.command(help="Copy the ledger to DEST, a new file or a folder; the copy is opened and proved.")
@click.argument("dest")
@person_options
@click.pass_obj
def backup(ctx: Context, dest: str, operator: str | None, pin_stdin: bool) -> None:
    """Back the ledger up, beside a window that may be at work."""
    from ledger.backup import back_up

    if not exists(ctx.home):
        raise UserError("backup_nothing")
    clock = Clock()
    entitled(ctx, clock, Act.BACKUP, operator, pin_stdin)
    path = Path(dest)
    if path.is_dir() or dest.endswith(("/", "\\")):
        with closing(open_reader(ctx.home)) as store:
            path /= f"tracedesk-{store.ledger_id[:8]}-{clock.now().at:%Y%m%dT%H%M%S}.sqlite3"
    made = back_up(ctx.home, path, on_terminal(ctx))
    result: dict[str, object] = {
        "file": str(made.file),
        "events": made.events,
        "head": made.head,
        "ledger_id": made.ledger_id,
        "size": made.size,
    }
    ctx.line(result, ctx.words.say("backup_done", events=made.events, file=made.file))
    if (keys := ctx.home / FOLDER).is_dir():
        # On purpose: a copy that held them would keep what the law has erased.
        ctx.complain(ctx.words.say("backup_without_patient_keys", folder=keys))


@click.command(
    help="Put the backup SRC in the ledger's place. The old ledger is kept aside, the new one has a new id."
)
@click.argument("src")
@person_options
@click.pass_obj
def restore(ctx: Context, src: str, operator: str | None, pin_stdin: bool) -> None:
    """Restore a backup."""
    from ledger.restore import restore as put_back

    clock = Clock()
    who = _restorer(ctx, clock, operator, pin_stdin)
    done = put_back(ctx.home, Path(src), clock, who, on_terminal(ctx))
    resumed = done.resumed
    result: dict[str, object] = {
        "ledger_id": resumed.ledger_id,
        "old_ledger": resumed.old.ledger_id,
        "old_seq": resumed.old.seq,
        "kept_seq": resumed.kept_seq,
        "seq": resumed.seq,
        "lost": resumed.lost,
        "doubted": resumed.doubted,
        "set_aside": str(done.set_aside) if done.set_aside else None,
    }
    say = ctx.words.say
    lines = [say("restored", kept_seq=resumed.kept_seq, ledger=resumed.ledger_id[:8], seq=resumed.seq)]
    if resumed.lost:
        lines.append(say("restored_lost", lost=resumed.lost))
    if done.set_aside:
        lines.append(say("restored_aside", folder=done.set_aside))
    ctx.line(result, "\n".join(lines))
    from desktop.keytravel import missing

    if gone := missing(ctx.home):
        ctx.complain(say("patient_keys_gone", number=gone))


@click.command(help="What is the time, and why may it be believed? Exit status 1 where it may not.")
@click.option("--confirm", is_flag=True, help="Vouch for the computer's clock; for administrators.")
@person_options
@click.pass_obj
def clock(ctx: Context, confirm: bool, operator: str | None, pin_stdin: bool) -> None:
    """Look at the clock, or confirm it."""
    now = Clock()
    if confirm:
        who = entitled(ctx, now, Act.CHANGE_SETTINGS, operator, pin_stdin)
        with recording(ctx, now) as station:
            event = station.run(lambda store: Timekeeper(now).confirm(store, who))
        ctx.line(
            {"wall": event.moment.iso(), "health": Health.FINE, "seq": event.seq},
            ctx.words.say("clock_confirmed", wall=event.moment.iso()[:19].replace("T", " ")),
        )
        return
    moment, floor, shift = now.now(), None, None
    if exists(ctx.home):
        with closing(open_reader(ctx.home)) as store:
            keeper = Timekeeper(now)
            moment, shift = keeper.see(store)
            floor = store.head.at
    health = shift.health if shift else Health.FINE
    result: dict[str, object] = {
        "at": moment.iso(),
        "wall": moment.wall.isoformat(timespec="milliseconds"),
        "trust": moment.trust,
        "skew_ms": moment.skew_ms,
        "heard_s": moment.heard_s,
        "latest": floor.isoformat(timespec="milliseconds") if floor else None,
        "health": health,
    }
    if shift is None:
        human = ctx.words.say("clock_fine", wall=moment.iso()[:19].replace("T", " "))
    else:
        human = ctx.words.say(shift.code, **shift.params())
    ctx.line(result, human)
    if health is not Health.FINE:
        raise SystemExit(1)


def _restorer(ctx: Context, clock: Clock, operator: str | None, pin_stdin: bool) -> str:
    """Who restores. A ledger that cannot be opened can tell nobody's rights, and is what a restore is for."""
    from ledger.errors import EnvironmentFault, LedgerNewer

    try:
        return entitled(ctx, clock, Act.RESTORE, operator, pin_stdin)
    except LedgerNewer:
        raise
    except EnvironmentFault:
        return operator or ""
