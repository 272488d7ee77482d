"""`tracedesk audit` and `export`: prove the ledger, and hand its events out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from desktop.commands.context import Context
from ledger import audit as proof
from ledger.errors import UserError
from ledger.event import GENESIS
from ledger.store import exists, open_reader


@click.command(help="Verify the hash chain, the numbers, and that the stock is what the events say.")
@click.pass_obj
def audit(ctx: Context) -> None:
    """Check the whole ledger."""
    finding = proof.audit(ctx.home)
    result: dict[str, object] = {
        "events": finding.events,
        "chain_ok": finding.chain_ok,
        "projection_ok": finding.projection_ok,
        "head": finding.head,
    }
    if finding.broken_at is not None:
        result["broken_at"] = finding.broken_at
    say = ctx.words.say
    if not finding.chain_ok:
        human = say("audit_broken", at=finding.broken_at)
    elif not finding.projection_ok:
        human = say("audit_projection")
    else:
        human = say("audit_fine", events=finding.events) + "\n" + say("head_is", head=finding.head)
    ctx.line(result, human)
    if not (finding.chain_ok and finding.projection_ok):
        raise SystemExit(1)


@click.command(help="Write the events out, a JSON line each, with the chain that proves them.")
@click.option("--from", "first", metavar="DATE", help="First local date, included.")
@click.option("--to", "last", metavar="DATE", help="Last local date, included.")
@click.option("--out", metavar="FILE", help="Write to FILE instead of standard output; never overwrites.")
@click.pass_obj
def export(ctx: Context, first: str | None, last: str | None, out: str | None) -> None:
    """Export events."""
    lines = _lines(ctx, _date(first), _date(last))
    if out is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        return
    count = 0
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UserError("file_exists", file=out) from None
    except OSError as error:
        raise UserError("file_unwritable", file=out, why=os.strerror(error.errno or 0)) from None
    ctx.line({"file": str(Path(out)), "events": count}, ctx.words.say("exported", count=count, file=out))


def _lines(ctx: Context, first: date | None, last: date | None) -> Iterator[str]:
    """Each event's own fields, with its hash and the hash before it."""
    if not exists(ctx.home):
        return
    store = open_reader(ctx.home)
    try:
        previous = GENESIS
        for seq, body, digest in store.chain():
            event = json.loads(body)
            day = date.fromisoformat(event["at"][:10])
            if (first is None or day >= first) and (last is None or day <= last):
                # The body stands as its exact bytes, so that anyone can compute the hash again.
                line = {
                    "event_id": event["event_id"],
                    "seq": seq,
                    "hash": digest.hex(),
                    "previous": previous.hex(),
                    "body": body.decode("utf-8"),
                }
                yield json.dumps(line, ensure_ascii=False)
            previous = digest
    finally:
        store.close()


def _date(typed: str | None) -> date | None:
    if typed is None:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise UserError("date_unreadable", typed=typed) from None
