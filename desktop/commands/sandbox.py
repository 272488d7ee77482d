"""`tracedesk sandbox`: a platform of one's own, for training and tests."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop.commands.context import Context
from ledger.errors import UserError

if TYPE_CHECKING:
    from sync.sandbox import Sandbox


_PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    help="Run a sandbox platform on this machine until interrupted. The first line tells its address."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME[=VALUE][*TIMES]", help="Misbehave; may be given again."
)
@click.option("--list-faults", is_flag=True, help="List the faults and end.")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="File to keep what it gets; else memory."
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for every document received."
)
@click.option(
    "--reference",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of reference data to publish: KIND.json, each a list of items with an id.",
)
@click.option(
    "--enrolled", is_flag=True, help="Let only enrolled devices in; the first line tells a one-time code."
)
@click.option("--cert", type=_PEM, help="Speak https: the server's certificate.")
@click.option("--key", type=_PEM, help="Its private key.")
@click.option("--client-ca", type=_PEM, help="Let in only clients with a certificate of this authority.")
@click.pass_obj
def sandbox(
    ctx: Context,
    port: int,
    faults: tuple[str, ...],
    list_faults: bool,
    store: Path | None,
    keep: Path | None,
    reference: Path | None,
    enrolled: bool,
    cert: Path | None,
    key: Path | None,
    client_ca: Path | None,
) -> None:
    """Serve until Ctrl+C."""
    if list_faults:
        from sync.sandbox.faults import NAMES

        for name, what in NAMES.items():
            ctx.line({"name": name, "what": what}, f"{name:18} {what}")
        return
    if (cert is None) != (key is None) or (client_ca and not cert):
        raise click.UsageError("--cert and --key go together, --client-ca with both")
    from sync.sandbox import serve
    from sync.sandbox.server import Https

    https = Https(cert, key, client_ca) if cert and key else None
    platform = serve(port, path=store, faults=faults, keep_documents=keep, https=https)
    try:
        if reference is not None:
            _publish(platform, reference)
        first, human = {"url": platform.url}, ctx.words.say("sandbox_running", url=platform.url)
        if enrolled:
            platform.close_to_strangers()
            first["code"] = platform.issue_code()
            human += "\n" + ctx.words.say("sandbox_code", code=first["code"])
        ctx.line(first, human)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    finally:
        platform.stop()


def _publish(platform: Sandbox, folder: Path) -> None:
    """Put the files of a folder on the platform; raises UserError for one that will not do."""
    for file in sorted(folder.glob("*.json")):
        try:
            items = json.loads(file.read_text("utf-8"))
            platform.publish(file.stem, items)
        except (OSError, ValueError, TypeError) as error:
            raise UserError("file_unreadable", file=str(file), why=str(error)) from None
