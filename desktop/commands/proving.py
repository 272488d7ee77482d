"""What the verbs of proof share: who may, progress on a terminal, and a ledger to record in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import click

from desktop import terminal
from desktop.commands.context import Context
from desktop.settings import Settings
from desktop.station import Station
from ledger.clock import Clock
from ledger.roles import Act, Refusal
from ledger.stages import Progress, silent
from ledger.store import exists, open_reader

Command = TypeVar("Command", bound=Callable[..., Any])


def person_options(command: Command) -> Command:
    """The options that say who acts."""
    named = click.option("--operator", metavar="ID", help="Who does it; else whoever is signed in.")
    proved = click.option("--pin-stdin", is_flag=True, help="The operator's PIN is the first line of stdin.")
    return named(proved(command))


def entitled(ctx: Context, clock: Clock, act: Act, operator: str | None, pin_stdin: bool) -> str:
    """Id of whoever acts, who has the right to; raises UserError.

    A session is looked up beside a writer that may be at work; only a PIN needs the ledger for itself.
    """
    settings = Settings.load(ctx.home)
    if pin_stdin:
        pin = terminal.read_secret(ctx.words.say("ask_pin"))
        with recording(ctx, clock) as station:
            who = terminal.acting(station.run, ctx.home, settings, clock, act, operator, pin)
    elif exists(ctx.home):
        with closing(open_reader(ctx.home)) as reader:
            who = terminal.acting(
                lambda job: job(reader), ctx.home, settings, clock, act, operator, touch=False
            )
    else:
        return operator or settings.text("operator")
    if isinstance(who, Refusal):
        raise who.error()
    return who.id


@contextmanager
def recording(ctx: Context, clock: Clock) -> Iterator[Station]:
    """The ledger to record in; raises what `Station` raises, LedgerLocked where another program holds it."""

    def notice(code: str, params: dict[str, str]) -> None:
        ctx.complain(ctx.words.say(code, **params))

    station = Station(ctx.home, Settings.load(ctx.home), clock, notice)
    try:
        yield station
    finally:
        station.close()


def on_terminal(ctx: Context) -> Progress:
    """Progress as a line that is written over, where a person looks on; else nothing."""
    if not sys.stderr.isatty():
        return silent

    def show(stage: str, done: int, total: int) -> None:
        percent = f"{done * 100 // total} %" if total else ""
        said = ctx.words.say("audit_progress", stage=ctx.words.say(stage), percent=percent)
        sys.stderr.write(f"\r{said}\x1b[K")
        sys.stderr.flush()

    return show
