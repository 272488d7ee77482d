"""`tracedesk parked` and `slip`: what the platform refused and what to do about it, and the end of a shift.

Also what `export --unsent` and `import receipts` do.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options, recording
from desktop.handover import DeliveryReport, ParkedRecord, day_of, read_report, report_of
from desktop.settings import Settings
from desktop.station import Station
from desktop.words import Words
from ledger.capture import Outcome, void_event
from ledger.clock import Clock
from ledger.conflicts import resolve
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.roles import Act
from ledger.situation import Intent
from ledger.store import Store, exists, open_reader
from ledger.tasks.typed import typed_text

_reason = click.option("--reason", metavar="TEXT", required=True, help="Why.")


@click.group(
    invoke_without_command=True,
    help="List the records that the platform refused, with its words; retry, correct or hand one over.",
)
@person_options
@click.pass_context
def parked(click_context: click.Context, operator: str | None, pin_stdin: bool) -> None:
    """List refused records."""
    if click_context.invoked_subcommand is not None:
        return
    ctx: Context = click_context.obj
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    report = read_report(ctx.home, Settings.load(ctx.home))
    found = report.parked if report else ()
    for one in found:
        ctx.line(asdict(one), _told(ctx.words, one))
    if not found and not ctx.json:
        ctx.line({}, ctx.words.say("parked_none"))


def _told(words: Words, one: ParkedRecord) -> str:
    return words.say(
        "parked_line",
        at=one.at[:16].replace("T", " "),
        what=words.say("parked_declared" if one.declared else f"history_{one.kind}"),
        seq=str(one.seq),
        operator=one.operator,
        packs=" ".join(one.packs[:5]) + (" …" if len(one.packs) > 5 else ""),
        words=words.say(one.words) if words.knows(one.words) else one.words,
        record=one.event_id,
        actions="; ".join(words.say(f"parked_action_{action}") for action in one.actions),
    )


def _step(name: str, help_text: str, step: str, said: str) -> None:
    """Add the command that takes this step with a refused record."""

    @parked.command(name, help=help_text)
    @click.argument("record")
    @_reason
    @person_options
    @click.pass_obj
    def settle(ctx: Context, record: str, reason: str, operator: str | None, pin_stdin: bool) -> None:
        """Take it."""
        _settle(ctx, record, step, said, reason, operator, pin_stdin)


_step("retry", "Send a refused record again, because its cause is gone.", "retry", "parked_retried")
_step("hand-over", "Hand a refused record over to a supervisor.", "hand_over", "parked_handed_over")
_step(
    "correct",
    "Void a refused record here; what really happened is scanned again.",
    "void",
    "parked_corrected",
)


def _settle(
    ctx: Context, record: str, step: str, said: str, reason: str, operator: str | None, pin_stdin: bool
) -> None:
    clock = Clock()
    act = Act.VOID if step == "void" else Act.RESOLVE_TASK
    who = entitled(ctx, clock, act, operator, pin_stdin)
    why = typed_text(reason)
    with recording(ctx, clock) as station:
        one = _named(station.run(lambda store: report_of(store, station.settings)), record)
        if step == "void":
            _void(ctx, station, one, Intent(EventKind.VOID, who, reason=why))
        intent = Intent(EventKind.TASK_RESOLVED, who, reason=why)
        if one.task_id:
            done = station.run(lambda store: resolve(store, clock, one.task_id, step, intent))
            for problem in done.problems:
                ctx.complain(ctx.words.problem(problem))
            if done.event is None:
                raise SystemExit(1)
        elif step == "retry":
            station.run(lambda store: store.outbox.retry_parked(one.event_id, one.declared))
    result = {"event_id": one.event_id, "declared": one.declared, "seq": one.seq, "step": step}
    ctx.line(result, ctx.words.say(said, seq=str(one.seq)))


def _void(ctx: Context, station: Station, one: ParkedRecord, intent: Intent) -> None:
    """Declare the record's event wrong, as `void` does after a scan."""
    if one.declared:
        raise UserError("parked_not_correctable")

    def job(store: Store) -> tuple[Outcome, list[str]]:
        answer = void_event(store, station.workplace, store.event_by_id(one.event_id), intent)
        return answer.outcome, [ctx.words.problem(problem) for problem in answer.problems]

    outcome, problems = station.run(job)
    if outcome is not Outcome.ACCEPTED:
        for problem in problems:
            ctx.complain(problem)
        raise SystemExit(1)


def _named(report: DeliveryReport, record: str) -> ParkedRecord:
    """The refused record that an id, its beginning or its number names."""
    found = [
        one for one in report.parked if one.event_id.startswith(record.lower()) or str(one.seq) == record
    ]
    if not found:
        raise UserError("parked_unknown", record=record)
    if len(found) > 1 and len({one.seq for one in found}) > 1:
        raise UserError("parked_many", record=record)
    return found[-1]


@click.command(
    help="Print the slip that closes a shift: what was recorded, what the platform has, may one leave."
)
@click.option("--day", metavar="DATE", help="A local date; else today.")
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to FILE."
)
@person_options
@click.pass_obj
def slip(ctx: Context, day: str | None, out: Path | None, operator: str | None, pin_stdin: bool) -> None:
    """Print the slip."""
    from desktop.slip import as_text
    from desktop.slip import slip as lines_of

    clock = Clock()
    settings = Settings.load(ctx.home)
    who = entitled(ctx, clock, Act.LOOK_UP, operator, pin_stdin)
    now = clock.now().at
    try:
        wanted = date.fromisoformat(day) if day else now.date()
    except ValueError:
        raise click.UsageError(f"--day: {day}") from None
    if not exists(ctx.home):
        raise UserError("no_ledger_yet")
    with closing(open_reader(ctx.home)) as store:
        report = day_of(store, settings, wanted)
    lines = lines_of(report, settings, who, now, ctx.words)
    text = as_text(lines)
    if out is not None:
        _write(out, text)
        ctx.line({"file": str(out)}, ctx.words.say("slip_written", file=str(out)))
        return
    told = {
        "day": wanted.isoformat(),
        "done": dict(report.done),
        "refusals": report.refusals,
        "tasks": report.tasks,
        "seq": report.seq,
        **report.delivery.status.json(),
        "lines": [asdict(line) for line in lines],
    }
    ctx.line(told, text.rstrip("\n"))


def _write(out: Path, text: str) -> None:
    from desktop.sheets import whole

    with whole(out) as draft:
        draft.write_text(text, "utf-8")


def export_unsent(ctx: Context, file: Path, operator: str | None, pin_stdin: bool) -> None:
    """`export --unsent FILE`: what the platform does not have yet, for a stick."""
    from desktop.carrying import hand_out

    clock = Clock()
    who = entitled(ctx, clock, Act.EXPORT, operator, pin_stdin)
    done = None
    if exists(ctx.home):
        with recording(ctx, clock) as station:
            done = hand_out(station, file, who)
    if done is None:
        ctx.line({"file": None, "events": 0, "documents": 0}, ctx.words.say("unsent_nothing"))
        return
    told = {"file": str(file), "events": done.events, "documents": done.documents, "sha256": done.sha256}
    said = ctx.words.say(
        "unsent_exported", events=str(done.events), documents=str(done.documents), file=str(file)
    )
    ctx.line(told, said)


def import_receipts(ctx: Context, file: Path, operator: str | None, pin_stdin: bool) -> None:
    """`import receipts FILE`: what the platform has taken of a stick, or holds of ours."""
    from desktop.carrying import bring_back

    clock = Clock()
    entitled(ctx, clock, Act.IMPORT, operator, pin_stdin)
    with recording(ctx, clock) as station:
        done = bring_back(station, file)
        trusted = bool(station.settings.text("platform.receipt_key"))
    told = asdict(done)
    ctx.line(told, ctx.words.say("receipts_taken", **{name: str(value) for name, value in told.items()}))
    if not trusted:
        ctx.complain(ctx.words.say("receipts_on_trust"))
    if done.refused or done.foreign:
        raise SystemExit(1)
