"""`tracedesk sync` and `status`: deliver now, and say whether it is safe to leave."""

from __future__ import annotations

import time

import click

from desktop.commands.context import Context
from desktop.settings import Settings
from desktop.station import Station
from desktop.status import Status, read_status
from desktop.words import Words


@click.command(help="Deliver what waits, and stop when nothing more can be done.")
@click.option("--watch", is_flag=True, help="Go on delivering until interrupted.")
@click.pass_obj
def sync(ctx: Context, watch: bool) -> None:
    """Push and pull now."""
    station = Station(ctx.home, Settings.load(ctx.home))
    try:
        while True:
            result = station.drain()
            human = ctx.words.say(
                "sync_result", **{name: str(value) for name, value in result.json().items()}
            )
            if result.why:
                human += " " + ctx.words.say(result.why)
            ctx.line(result.json(), human)
            if not watch:
                break
            time.sleep(10)
    finally:
        station.close()
    if not result.online or result.why:
        raise SystemExit(1)


@click.command(help="What waits, what was refused, and whether it is safe to leave.")
@click.pass_obj
def status(ctx: Context) -> None:
    """Tell the state of delivery."""
    now = read_status(ctx.home, Settings.load(ctx.home))
    ctx.line(now.json(), status_text(ctx.words, now))


def status_text(words: Words, now: Status) -> str:
    """The status in a few lines."""
    lines = [words.say("safe_to_leave_yes" if now.safe_to_leave else "safe_to_leave_no") + words.say(now.why)]
    if now.pending:
        lines.append(words.say("waiting", pending=now.pending, oldest=(now.oldest_pending or "")[:16]))
    if now.parked:
        lines.append(words.say("parked", parked=now.parked))
    last = (now.last_success or "")[:16].replace("T", " ")
    lines.append(words.say("last_success", at=last) if last else words.say("last_success_never"))
    if now.last_failure:
        lines.append(words.say("why_not_since", why=words.say(now.last_failure)))
    return "\n".join(lines)
