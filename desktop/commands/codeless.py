"""`tracedesk codeless`: what came and went without any code (无码库), by product and lot."""

from __future__ import annotations

from contextlib import closing

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from ledger.clock import Clock
from ledger.codeless import codeless
from ledger.roles import Act
from ledger.store import exists, open_reader


@click.command("codeless", help="What came and went without any code, by product and lot, in packs.")
@person_options
@click.pass_obj
def codeless_(ctx: Context, operator: str | None, pin_stdin: bool) -> None:
    """List goods without code."""
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    found = False
    if exists(ctx.home):
        with closing(open_reader(ctx.home)) as store:
            for one in codeless(store):
                found = True
                names = ("product", "lot", "received", "dispensed", "gone")
                told = {name: getattr(one, name) for name in names}
                known = store.catalog.product(one.product)
                name = ctx.words.name((known.name_zh, known.name_en)) if known else one.product
                ctx.line(told, ctx.words.say("codeless_line", **(told | {"product": name})))
    if not found:
        ctx.complain(ctx.words.say("codeless_none"))
