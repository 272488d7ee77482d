"""Packs that are chosen otherwise than by codes: one's last record, or everything of a delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from desktop.commands.answering import answer_json, answer_text
from desktop.commands.context import Context
from desktop.station import Station
from ledger.batch import last_record, set_apart
from ledger.capture import Captured, Outcome, void_event
from ledger.errors import UserError
from ledger.event import DocumentRef
from ledger.situation import Intent
from ledger.store import Store


def chosen(
    given: dict[str, Any], codes: tuple[str, ...], file: str | None
) -> Callable[[Station, Intent], list[Captured]] | None:
    """How packs are chosen by the options `--last` and `--delivery`; None where codes name them."""
    last, delivery = given.get("last"), given.get("delivery")
    if not last and not delivery:
        return None
    if codes or file is not None:
        raise click.UsageError("--last and --delivery take no codes.")
    if last:
        return _void_last
    ref = DocumentRef(given["delivery_kind"], str(delivery))
    lot = given["lot"]
    return lambda station, intent: list(
        station.run(lambda store: set_apart(store, station.workplace, ref, intent, lot))
    )


def _void_last(station: Station, intent: Intent) -> list[Captured]:
    """Declare the last record of whoever acts wrong."""

    def job(store: Store) -> Captured | None:
        event = last_record(store, intent.operator)
        return None if event is None else void_event(store, station.workplace, event, intent)

    answer = station.run(job)
    if answer is None:
        raise UserError("void_nothing_last")
    return [answer]


def tell(ctx: Context, answers: list[Captured]) -> None:
    """Print what became of each; exit status 1 where any was refused or asked, or there was none."""
    for answer in answers:
        text = answer.scanned.text
        ctx.line(answer_json(ctx, text, answer), answer_text(ctx, text, answer))
    if not answers:
        ctx.complain(ctx.words.say("delivery_nothing_here"))
    if not answers or any(one.outcome not in (Outcome.ACCEPTED, Outcome.REPEATED) for one in answers):
        raise SystemExit(1)
