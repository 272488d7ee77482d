"""`tracedesk documents`: expected shipments, prescriptions and approvals, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import click

from desktop.commands.context import Context
from desktop.commands.proving import entitled, person_options
from ledger.approval import Approval
from ledger.board import Board, BoardLine, Extra
from ledger.boards import PAGE
from ledger.clock import Clock
from ledger.errors import UserError
from ledger.expectation import Document
from ledger.roles import Act
from ledger.shipment import APPROVAL, PRESCRIPTION, SHIPMENT, Line
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
        ctx.line(_document_json(one), _document_text(ctx, one))
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
        told: dict[str, Any] = _document_json(found)
        texts = [_document_text(ctx, found)]
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
            told |= _approval_json(standing.approval) | {"used": standing.used, "shipped": standing.shipped}
            texts = [_approval_text(ctx, standing.approval, standing.used, standing.shipped)]
        told["lines"] = [_line_json(line) for line in lines]
        texts += [_line_text(ctx, store, line) for line in lines]
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
        ctx.line(_row_json(row), _row_text(ctx, store, row))
    for extra in found.extras:
        ctx.line(_extra_json(extra), _extra_text(ctx, store, extra))
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
    ctx.line(told, ctx.words.say("board_total", **(told | {"state": _state(ctx, found.document)})))


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


def _state(ctx: Context, document: Document) -> str:
    return ctx.words.say("documents_finished" if document.finished else "documents_open")


def _document_json(one: Document) -> dict[str, object]:
    return {
        "kind": one.kind,
        "number": one.number,
        "partner": one.partner,
        "day": _iso(one.day),
        "finished": one.finished,
    }


def _document_text(ctx: Context, one: Document) -> str:
    return ctx.words.say(
        "documents_line",
        number=one.number,
        partner=one.partner or "—",
        day=_iso(one.day) or "—",
        state=_state(ctx, one),
    )


def _line_json(line: Line) -> dict[str, object]:
    return {
        "line": line.line,
        "product": line.product,
        "lot": line.lot,
        "quantity": line.quantity,
        "unit": line.unit,
        "expiry": _iso(line.expiry),
    }


def _line_text(ctx: Context, store: Store, line: Line) -> str:
    return ctx.words.say(
        "documents_shown",
        line=line.line,
        product=_product(ctx, store, line.product),
        lot=line.lot or ctx.words.say("board_any_lot"),
        quantity=line.quantity,
        unit=ctx.words.say(f"documents_unit_{line.unit}"),
    )


def _approval_json(one: Approval) -> dict[str, object]:
    return {
        "product": one.product,
        "institution": one.institution,
        "patient": one.patient,
        "lot": one.lot,
        "quantity": one.quantity,
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat(),
        "suspended": one.suspended,
    }


def _approval_text(ctx: Context, one: Approval, used: int, shipped: int) -> str:
    words = ctx.words
    return words.say(
        "documents_approval",
        number=one.number,
        product=one.product,
        institution=one.institution,
        first=one.valid_from.isoformat(),
        last=one.valid_to.isoformat(),
        quantity=one.quantity if one.quantity is not None else words.say("board_any_lot"),
        used=used,
        shipped=shipped,
        state=words.say("documents_suspended" if one.suspended else "documents_in_force"),
    )


def _row_json(row: BoardLine) -> dict[str, object]:
    return _line_json(row.line) | {
        "expected": row.expected,
        "seen": row.seen,
        "missing": row.missing,
        "over": row.over,
        "by_serial": row.by_serial,
        "progress": row.progress,
    }


def _row_text(ctx: Context, store: Store, row: BoardLine) -> str:
    return ctx.words.say(
        "board_line",
        line=row.line.line,
        product=_product(ctx, store, row.line.product),
        lot=row.line.lot or ctx.words.say("board_any_lot"),
        expected=row.expected,
        seen=row.seen,
        missing=row.missing,
        over=row.over,
        state=ctx.words.say(f"board_{row.progress}"),
    )


def _extra_json(extra: Extra) -> dict[str, object]:
    return {
        "line": None,
        "product": extra.product,
        "lot": extra.lot,
        "packs": extra.packs,
        "units": extra.units,
    }


def _extra_text(ctx: Context, store: Store, extra: Extra) -> str:
    named = _product(ctx, store, extra.product) if extra.product else ctx.words.say("board_unknown_product")
    return ctx.words.say(
        "board_extra", product=named, lot=extra.lot or "—", packs=extra.packs, units=extra.units
    )


def _product(ctx: Context, store: Store, identifier: str) -> str:
    known = store.catalog.product(identifier)
    if known is None:
        return identifier
    return ctx.words.name((known.name_zh, known.name_en))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
