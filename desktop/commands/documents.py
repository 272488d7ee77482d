"""`tracedesk documents`: expected shipments, prescriptions and approvals, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from desktop.commands.context import Context
from desktop.commands.documentlines import (
    approval_json,
    approval_text,
    document_json,
    document_text,
    extra_json,
    extra_text,
    line_json,
    line_text,
    row_json,
    row_text,
    state_text,
)
from desktop.commands.proving import entitled, person_options
from ledger.board import Board
from ledger.boards import PAGE
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.expectation import Document
from ledger.roles import Act
from ledger.shipment import APPROVAL, PRESCRIPTION, SHIPMENT
from ledger.store import Store, exists, open_reader

KINDS = {
    "shipments": SHIPMENT,
    "purchases": "po",
    "transfers": "transfer",
    "orders": "order",
    "prescriptions": PRESCRIPTION,
    "approvals": APPROVAL,
}

_LISTS = ("missing", "seen", "extra")


@click.group(help="Expected shipments, prescriptions and approvals, and how far each has come.")
def documents() -> None:
    """Documents."""


@documents.command("list", help=f"Documents by number. KIND: {', '.join(KINDS)}.")
@click.argument("kind")
@click.option("--after", default="", metavar="NUMBER", help="Begin after this number.")
@click.option("--limit", default=PAGE, type=click.IntRange(1, 100_000), help=f"At most so many; {PAGE}.")
@person_options
@click.pass_obj
def list_(ctx: Context, kind: str, after: str, limit: int, operator: str | None, pin_stdin: bool) -> None:
    """List documents."""
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    found: tuple[Document, ...] = ()
    with _reader(ctx) as store:
        if store is not None:
            found = store.documents.all(_kind(kind), after=after, limit=limit)
    if not found:
        ctx.complain(ctx.words.say("documents_none"))
    for one in found:
        ctx.line(document_json(one), document_text(ctx, one))
    if len(found) == limit:
        ctx.complain(ctx.words.say("board_more", after=found[-1].number))


@documents.command("show", help=f"One document as it was sent. KIND: {', '.join(KINDS)}.")
@click.argument("kind")
@click.argument("number")
@person_options
@click.pass_obj
def show(ctx: Context, kind: str, number: str, operator: str | None, pin_stdin: bool) -> None:
    """Show a document."""
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    with _reader(ctx) as store:
        found = store.documents.find(_kind(kind), number) if store is not None else None
        if store is None or found is None:
            raise UserError("documents_unknown", number=number)
        lines = store.documents.lines_of(found.document_id)
        told: dict[str, Any] = document_json(found)
        texts = [document_text(ctx, found)]
        if found.kind == PRESCRIPTION and (paper := store.documents.prescription(number)):
            told |= {
                "patient": paper.patient,
                "weeks": paper.weeks,
                "filing": paper.filing,
                "consent": paper.consent,
                "assessed": paper.assessed,
                "signed": paper.signed,
            }
            texts.append(
                ctx.words.say(
                    "documents_patient",
                    patient=paper.patient,
                    weeks=paper.weeks or 0,
                    filing=paper.filing or "—",
                )
            )
        if found.kind == APPROVAL and (standing := store.documents.standing(number)):
            told |= approval_json(standing)
            texts = [approval_text(ctx, standing)]
        told["lines"] = [line_json(line) for line in lines]
        texts += [line_text(ctx, store, line) for line in lines]
    ctx.line(told, "\n".join(texts))


@documents.command(
    "board",
    help="Expected, seen, missing and extra of a document, line by line. KIND as for list, approvals aside.",
)
@click.argument("kind")
@click.argument("number")
@click.option(
    "--serials",
    type=click.Choice(_LISTS),
    help="List packs instead: missing or seen ones of --line, or extra ones.",
)
@click.option("--line", type=click.IntRange(1), metavar="N", help="The line whose packs are listed.")
@click.option("--after", default="", metavar="KEY", help="Begin the list after this pack.")
@click.option("--limit", default=PAGE, type=click.IntRange(1, 100_000), help=f"At most so many; {PAGE}.")
@person_options
@click.pass_obj
def board(
    ctx: Context,
    kind: str,
    number: str,
    serials: str | None,
    line: int | None,
    after: str,
    limit: int,
    operator: str | None,
    pin_stdin: bool,
) -> None:
    """Show how far a document has come."""
    entitled(ctx, Clock(), Act.LOOK_UP, operator, pin_stdin)
    if serials in ("missing", "seen") and line is None:
        raise click.UsageError("--serials missing and seen want --line.")
    with _reader(ctx) as store:
        found = store.boards.board(_kind(kind), number) if store is not None else None
        if store is None or found is None:
            raise UserError("documents_unknown", number=number)
        if serials is None:
            _print_board(ctx, store, found)
            return
        kind = found.document.kind
        if serials == "extra":
            keys = store.boards.extras(kind, number, after=after, limit=limit)
        else:
            listed = store.boards.missing if serials == "missing" else store.boards.seen
            keys = listed(kind, number, line or 0, after=after, limit=limit)
    for key in keys:
        ctx.line({"key": key}, key)
    if len(keys) == limit:
        ctx.complain(ctx.words.say("board_more", after=keys[-1]))


def _print_board(ctx: Context, store: Store, found: Board) -> None:
    for row in found.lines:
        ctx.line(row_json(row), row_text(ctx, store, row))
    for extra in found.extras:
        ctx.line(extra_json(extra), extra_text(ctx, store, extra))
    told = {
        "number": found.document.number,
        "expected": found.expected,
        "seen": found.seen,
        "missing": found.missing,
        "extra": found.extra,
        "complete": found.complete,
        "finished": found.document.finished,
        "cases_expected": found.cases_expected,
        "cases_seen": found.cases_seen,
        "cases_extra": found.cases_extra,
    }
    ctx.line(told, ctx.words.say("board_total", **(told | {"state": state_text(ctx, found.document)})))


@contextmanager
def _reader(ctx: Context) -> Iterator[Store | None]:
    if not exists(ctx.home):
        yield None
        return
    store = open_reader(ctx.home)
    try:
        yield store
    finally:
        store.close()


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise UserError("documents_kind_unknown", kind=kind, known=", ".join(KINDS))
    return KINDS[kind]
