"""`tracedesk tasks`, `finish`, `reopen`, `rollback`: what a person has to look at, and the end of a receipt."""

from __future__ import annotations

import click

from desktop.commands.answering import answer_json, answer_text
from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from desktop.settings import Settings
from desktop.station import Station
from desktop.terminal import acting, read_secret
from ledger.capture import Outcome
from ledger.clock import Clock
from ledger.conflicts import resolve
from ledger.event import DocumentRef, EventKind
from ledger.finishing import Finished, finish, reopen, roll_back
from ledger.roles import Act, Refusal
from ledger.shipment import SHIPMENT
from ledger.situation import Intent
from ledger.store import exists, open_reader
from ledger.tasks.typed import typed_text
from ledger.worklist import Task

_reason = click.option("--reason", metavar="TEXT", help="Why.")
_kind = click.option("--kind", default=SHIPMENT, show_default=True, help="Kind of the document.")


@click.command(
    help="List what a person has to look at, or settle one: --resolve ID --step STEP --reason TEXT."
)
@click.option("--resolve", "task_id", metavar="ID", help="The task to settle.")
@click.option("--step", metavar="STEP", help="One of the task's steps.")
@_reason
@person_options
@click.pass_obj
def tasks(
    ctx: Context,
    task_id: str | None,
    step: str | None,
    reason: str | None,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """List or settle tasks."""
    if task_id is None:
        entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
        _list(ctx)
        return
    settings = Settings.load(ctx.home)
    station = Station(ctx.home, settings)
    try:
        who = _acting(station, Act.RESOLVE_TASK, operator, pin_stdin)
        intent = Intent(EventKind.TASK_RESOLVED, who, reason=typed_text(reason))
        done = station.run(lambda store: resolve(store, station.clock, task_id, step or "", intent))
    finally:
        station.close()
    for problem in done.problems:
        ctx.complain(ctx.words.problem(problem))
    if done.event is None:
        raise SystemExit(1)
    result = {"task_id": task_id, "step": step, "seq": done.event.seq, "event_id": done.event.event_id}
    ctx.line(result, ctx.words.say("task_resolved", task=task_id, step=ctx.words.say(f"step_{step}")))


def _acting(station: Station, act: Act, given: str | None, pin_stdin: bool) -> str:
    """Id of the person who is signed in, or proves to be one by PIN, and has the right."""
    pin = read_secret("PIN: ") if pin_stdin else None
    who = acting(station.run, station.home, station.settings, station.clock, act, given, pin)
    if isinstance(who, Refusal):
        raise who.error()
    return who.id


def _list(ctx: Context) -> None:
    found: tuple[Task, ...] = ()
    if exists(ctx.home):
        store = open_reader(ctx.home)
        try:
            found = store.worklist.open_tasks()
        finally:
            store.close()
    say = ctx.words.say
    for task in found:
        human = say(
            "task_line",
            task=task.task_id,
            at=task.at[:16].replace("T", " "),
            what=say(f"task_{task.kind}"),
            key=task.key,
            words=task.words,
            steps=", ".join(task.steps),
        )
        how = say(f"task_how_{task.kind}")
        names = ("task_id", "kind", "key", "at", "words", "about", "declared")
        told = {name: getattr(task, name) for name in names} | {"steps": list(task.steps), "how": how}
        steps = "".join(f"\n  --step {step}  {say(f'step_{step}')}" for step in task.steps)
        ctx.line(told, f"{human}\n  {how}{steps}")
    if not found and not ctx.json:
        ctx.line({}, say("tasks_none"))


@click.command("finish", help="Close a delivery; missing or extra packs want a reason.")
@click.argument("number")
@_kind
@_reason
@person_options
@click.pass_obj
def finish_(
    ctx: Context, number: str, kind: str, reason: str | None, operator: str | None, pin_stdin: bool
) -> None:
    """Close a document."""
    done = _close(ctx, number, kind, reason, operator, pin_stdin, again=False)
    board = done.board
    assert board is not None
    numbers = {name: getattr(board, name) for name in ("expected", "seen", "missing", "extra")}
    result = {"document": number, "kind": kind, **numbers, "seq": done.event.seq if done.event else None}
    ctx.line(result, ctx.words.say("document_finished_line", number=number, **numbers))


@click.command("reopen", help="Continue a delivery that was closed.")
@click.argument("number")
@_kind
@_reason
@person_options
@click.pass_obj
def reopen_(
    ctx: Context, number: str, kind: str, reason: str | None, operator: str | None, pin_stdin: bool
) -> None:
    """Open a document again."""
    done = _close(ctx, number, kind, reason, operator, pin_stdin, again=True)
    result = {"document": number, "kind": kind, "seq": done.event.seq if done.event else None}
    ctx.line(result, ctx.words.say("document_reopened_line", number=number))


def _close(
    ctx: Context,
    number: str,
    kind: str,
    reason: str | None,
    operator: str | None,
    pin_stdin: bool,
    *,
    again: bool,
) -> Finished:
    settings = Settings.load(ctx.home)
    station = Station(ctx.home, settings)
    act = reopen if again else finish
    try:
        who = _acting(station, Act.DOCUMENT, operator, pin_stdin)
        intent = Intent(EventKind.RECEIVE, who, reason=typed_text(reason))
        ref = DocumentRef(kind, number)
        done = station.run(lambda store: act(store, station.workplace, ref, intent))
    finally:
        station.close()
    for problem in done.problems:
        ctx.complain(ctx.words.problem(problem))
    if done.event is None:
        raise SystemExit(1)
    return done


@click.command("rollback", help="Void the last receipt of a delivery, one record each.")
@click.argument("number")
@_kind
@_reason
@person_options
@click.pass_obj
def rollback(
    ctx: Context, number: str, kind: str, reason: str | None, operator: str | None, pin_stdin: bool
) -> None:
    """Void the arrivals of the last day of receiving under a document."""
    settings = Settings.load(ctx.home)
    station = Station(ctx.home, settings)
    try:
        who = _acting(station, Act.VOID, operator, pin_stdin)
        intent = Intent(EventKind.VOID, who, reason=typed_text(reason))
        ref = DocumentRef(kind, number)
        answers = station.run(lambda store: roll_back(store, station.workplace, ref, intent))
    finally:
        station.close()
    for answer in answers:
        ctx.line(answer_json(ctx, answer.scanned.text, answer), answer_text(ctx, answer.scanned.text, answer))
    count = sum(answer.outcome is Outcome.ACCEPTED for answer in answers)
    if not ctx.json:
        ctx.line({}, ctx.words.say("rolled_back", count=count, left=len(answers) - count))
    if count < len(answers):
        raise SystemExit(1)
