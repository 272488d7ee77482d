"""`tracedesk audit` and `export`: prove the ledger or an export of it, and hand the events out."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, on_terminal, person_options, recording
from desktop.handingout import day, new_file
from ledger import audit as proof
from ledger.chain import Fault
from ledger.clock import Clock
from ledger.errors import LedgerDamaged, TraceDeskError, UserError
from ledger.event import EventKind
from ledger.record import record
from ledger.roles import Act
from ledger.store import exists


@click.command(
    help="Verify the hash chain, the numbers, and that stock, outbox and scans are what the events say."
)
@click.option("--file", metavar="EXPORT", help="Verify an export instead; needs no ledger.")
@click.option("--key", metavar="FINGERPRINT", help="The key that the export must be signed with.")
@person_options
@click.pass_obj
def audit(ctx: Context, file: str | None, key: str | None, operator: str | None, pin_stdin: bool) -> None:
    """Check the whole ledger, or an export."""
    if file is None:
        _entitle(ctx, operator, pin_stdin)
    whole = _audit_export(ctx, Path(file), key) if file is not None else _audit_ledger(ctx)
    if not whole:
        raise SystemExit(1)


@click.command(
    help="Write the events out, a line each, chained and signed: JSON Lines, or CSV for a spreadsheet."
)
@click.option("--from", "first", metavar="DATE", help="First local date, included.")
@click.option("--to", "last", metavar="DATE", help="Last local date, included.")
@click.option("--out", metavar="FILE", help="Write to FILE instead of standard output; never overwrites.")
@click.option("--csv", metavar="FILE", help="Write CSV with the same chain to FILE; never overwrites.")
@click.option(
    "--unsent",
    metavar="FILE",
    help="Instead, write what the platform does not have yet to FILE, for a stick.",
)
@person_options
@click.pass_obj
def export(
    ctx: Context,
    first: str | None,
    last: str | None,
    out: str | None,
    csv: str | None,
    unsent: str | None,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """Export events."""
    if unsent is not None:
        from desktop.commands.handover import export_unsent

        if first or last or out or csv:
            raise click.UsageError("--unsent stands alone")
        export_unsent(ctx, Path(unsent), operator, pin_stdin)
        return
    from ledger.export import Target
    from ledger.export import export as hand_out
    from ledger.exportform import Csv, JsonLines
    from ledger.signing import SigningKey

    days = day(first), day(last)
    if not exists(ctx.home):
        ctx.complain(ctx.words.say("exported_nothing"))
        return
    clock = Clock()
    who = entitled(ctx, clock, Act.EXPORT, operator, pin_stdin)
    key = SigningKey.of(ctx.home)
    with ExitStack() as files:
        targets = []
        if out is not None:
            targets.append(Target(files.enter_context(new_file(Path(out))), JsonLines()))
        if csv is not None:
            targets.append(Target(files.enter_context(new_file(Path(csv))), Csv()))
        if not targets:
            targets.append(Target(sys.stdout.buffer, JsonLines(), when_empty=False))
        try:
            done = hand_out(ctx.home, key, targets, clock.now().iso(), *days, on_terminal(ctx))
            for target in targets:
                target.file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            names = " ".join(name for name in (out, csv) if name)
            raise UserError("file_unwritable", file=names, why=os.strerror(error.errno or 0)) from None
    if not done.events:
        ctx.complain(ctx.words.say("exported_nothing"))
    recorded = True
    try:
        with recording(ctx, clock) as station:
            detail = done.detail()
            station.run(
                lambda store: record(
                    store, clock, EventKind.EXPORTED, who, reason=None, second=None, documents=(), **detail
                )
            )
    except TraceDeskError as error:
        # The export is good; that the ledger does not say so must not be silent.
        recorded = False
        why = ctx.words.say(error.code, **error.params)
        ctx.complain(ctx.words.say("export_not_recorded", why=why))
    if out is None and csv is None:
        return
    files_made = [name for name in (out, csv) if name is not None]
    result: dict[str, object] = {
        "file": out,
        "csv": csv,
        "events": done.events,
        "head": done.head,
        "key": done.key,
        "recorded": recorded,
    }
    said = ctx.words.say("exported", count=done.events, file=" ".join(files_made))
    ctx.line(result, said + "\n" + ctx.words.say("export_key", key=done.key))


def _entitle(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """Ask for the right; a ledger too damaged to tell who has it is all the more to be audited."""
    try:
        entitled(ctx, Clock(), Act.AUDIT, operator, pin_stdin)
    except LedgerDamaged:
        return


def _audit_ledger(ctx: Context) -> bool:
    finding = proof.audit(ctx.home, on_terminal(ctx))
    result: dict[str, object] = {
        "events": finding.events,
        "chain_ok": finding.chain_ok,
        "projection_ok": finding.projection_ok,
        "head": finding.head,
    }
    if finding.broken_at is not None:
        result["broken_at"] = finding.broken_at
    for name in ("anchors", "doubtful"):
        if getattr(finding, name):
            result[name] = getattr(finding, name)
    if finding.gaps:
        result["gaps"] = [[gap.first, gap.last] for gap in finding.gaps]
    if finding.faults:
        result["faults"] = [_fault_json(ctx, fault) for fault in finding.faults]
    say = ctx.words.say
    if finding.whole:
        lines = [say("audit_fine", events=finding.events), say("head_is", head=finding.head)]
        if finding.anchors:
            lines.append(say("audit_anchors", anchors=finding.anchors))
    else:
        lines = [say("audit_not_whole"), *(_fault_text(ctx, fault) for fault in finding.faults)]
    lines += [say("audit_gap", first=gap.first, last=gap.last) for gap in finding.gaps]
    if finding.doubtful:
        lines.append(say("audit_doubtful", doubtful=finding.doubtful))
    ctx.line(result, "\n".join(lines))
    return finding.whole


def _audit_export(ctx: Context, file: Path, key: str | None) -> bool:
    from ledger.exportcheck import check_export

    try:
        checked = check_export(file, key, on_terminal(ctx))
    except OSError as error:
        raise UserError("file_unreadable", file=str(file), why=os.strerror(error.errno or 0)) from None
    result: dict[str, object] = {
        "events": checked.events,
        "chain_ok": checked.fault is None,
        "projection_ok": checked.stock_ok,
        "head": checked.head,
        "first_seq": checked.first_seq,
        "last_seq": checked.last_seq,
        "ledger_id": checked.ledger_id,
        "key": checked.key,
    }
    say = ctx.words.say
    if checked.fault is not None:
        params = dict(checked.fault.params)
        result |= {"line": int(params["line"]), "faults": [_fault_json(ctx, checked.fault)]}
        human = say("export_not_whole") + _fault_text(ctx, checked.fault)
    else:
        human = say("export_fine", events=checked.events, first=checked.first_seq, last=checked.last_seq)
        human += "\n" + say("export_key", key=checked.key)
        if checked.stock_ok is False:
            human += "\n" + say("export_stock")
    ctx.line(result, human)
    return checked.fault is None and checked.stock_ok is not False


def _fault_json(ctx: Context, fault: Fault) -> dict[str, object]:
    return {"code": fault.code, "seq": fault.seq, **dict(fault.params), "text": _fault_text(ctx, fault)}


def _fault_text(ctx: Context, fault: Fault) -> str:
    return ctx.words.say(fault.code, **({"seq": fault.seq} | dict(fault.params)))
