"""`tracedesk demo`: see the whole job in a minute, with nothing configured and nothing left behind."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from desktop.commands.context import Context
from desktop.commands.window import has_screen, open_window
from desktop.demo.world import World, demo_world
from desktop.station import Station
from desktop.steps import FIRST_TASK
from ledger.errors import UserError


@click.command(help="Try the whole job in a throwaway folder, against a platform of its own.")
@click.option("--headless", is_flag=True, help="Print a report instead of opening the window.")
@click.option("--images", type=click.Path(path_type=Path), metavar="DIR", help="Pictures for the camera.")
@click.pass_obj
def demo(ctx: Context, headless: bool, images: Path | None) -> None:
    """Run the demo."""
    if images is not None and not images.is_dir():
        raise UserError("file_unreadable", file=str(images), why=os.strerror(20))
    with demo_world(date.today(), ctx.words.language, images) as world:
        if headless or not has_screen():
            fine = _headless(ctx, world)
        else:
            fine = open_window(ctx, home=world.home, camera=str(world.images), guide=FIRST_TASK) == 0
    if not fine:
        raise SystemExit(1)


def _headless(ctx: Context, world: World) -> bool:
    from desktop.demo.walk import Walk

    say = ctx.words.say
    if not ctx.json:
        ctx.line({}, say("demo_title") + "\n" + say("demo_folder", folder=world.home, url=world.url))
    station = Station(world.home, world.settings)
    try:
        report = Walk(ctx, world, station).run()
    finally:
        station.close()
    for file in report.unexpected:
        ctx.complain(say("demo_unexpected", file=file))
    counts = say("demo_result", **report.json())
    proof = say("demo_chain_ok", held=report.held) if report.chain_ok else say("demo_chain_broken")
    ctx.line(report.json(), f"{counts}\n{proof}")
    whole = report.chain_ok and report.counts["sent"] == report.counts["accepted"] == report.held
    return whole and not report.unexpected and not report.counts["parked"]
