"""`tracedesk bench [NAME]`: figures beside a named baseline of the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.resources import files

import click

from desktop.bench.row import Row
from desktop.commands.context import Context
from ledger.errors import UserError


@click.command(help="Measure. NAME: one of the benches; without it, all of them.")
@click.argument("name", required=False)
@click.option("--option", "-o", "given", multiple=True, metavar="KEY=VALUE", help="An option of the bench.")
@click.pass_obj
def bench(ctx: Context, name: str | None, given: tuple[str, ...]) -> None:
    """Run benches and print a line a row."""
    known = sorted(
        entry.name[:-3]
        for entry in (files("desktop") / "bench").iterdir()
        if entry.name.endswith(".py") and entry.name not in ("__init__.py", "row.py", "rows_of.py")
    )
    if name is not None and name not in known:
        raise UserError("bench_unknown", name=name, known=", ".join(known))
    options = dict(item.partition("=")[::2] for item in given)
    for one in [name] if name else known:
        rows: Callable[[dict[str, str]], Iterator[Row]] = import_module(f"desktop.bench.{one}").rows
        for row in rows(options):
            ctx.line(row.json(), _text(ctx, row))


def _text(ctx: Context, row: Row) -> str:
    figures = row.json() | {"better": ctx.words.say(f"better_{row.better}")}
    return ctx.words.say("bench_row", **figures)
