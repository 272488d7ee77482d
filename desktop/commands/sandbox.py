"""`tracedesk sandbox`: a platform of one's own, for training and tests."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import click

from desktop.commands.context import Context


@click.command(
    help="Run a sandbox platform on this machine until interrupted. The first line tells its address."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME[=VALUE][*TIMES]", help="Misbehave; may be given again."
)
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="File to keep what it gets; else memory."
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for every document received."
)
@click.pass_obj
def sandbox(ctx: Context, port: int, faults: tuple[str, ...], store: Path | None, keep: Path | None) -> None:
    """Serve until Ctrl+C."""
    from sync.sandbox import serve

    platform = serve(port, path=store, faults=faults, keep_documents=keep)
    try:
        ctx.line({"url": platform.url}, ctx.words.say("sandbox_running", url=platform.url))
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    finally:
        platform.stop()
