"""Documents, their lines and how far each has come, as `tracedesk documents` prints them: JSON or words."""

from __future__ import annotations

from datetime import date

from desktop.commands.context import Context
from ledger.approval import Standing
from ledger.board import BoardLine, Extra
from ledger.expectation import Document
from ledger.shipment import Line
from ledger.store import Store


def state_text(ctx: Context, document: Document) -> str:
    """Whether a document is still expected, in words."""
    return ctx.words.say("documents_finished" if document.finished else "documents_open")


def document_json(one: Document) -> dict[str, object]:
    """A document in the list, as JSON."""
    return {
        "kind": one.kind,
        "number": one.number,
        "partner": one.partner,
        "day": _iso(one.day),
        "finished": one.finished,
    }


def document_text(ctx: Context, one: Document) -> str:
    """A document in the list, as a line for people."""
    return ctx.words.say(
        "documents_line",
        number=one.number,
        partner=one.partner or "—",
        day=_iso(one.day) or "—",
        state=state_text(ctx, one),
    )


def line_json(line: Line) -> dict[str, object]:
    """A line as it was sent, as JSON."""
    return {
        "line": line.line,
        "product": line.product,
        "lot": line.lot,
        "quantity": line.quantity,
        "unit": line.unit,
        "expiry": _iso(line.expiry),
    }


def line_text(ctx: Context, store: Store, line: Line) -> str:
    """A line as it was sent, for people."""
    return ctx.words.say(
        "documents_shown",
        line=line.line,
        product=_product(ctx, store, line.product),
        lot=line.lot or ctx.words.say("board_any_lot"),
        quantity=line.quantity,
        unit=ctx.words.say(f"documents_unit_{line.unit}"),
    )


def approval_json(standing: Standing) -> dict[str, object]:
    """What stands in an approval and what of it was used, as JSON."""
    one = standing.approval
    return {
        "product": one.product,
        "institution": one.institution,
        "patient": one.patient,
        "lot": one.lot,
        "quantity": one.quantity,
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat(),
        "suspended": one.suspended,
        "used": standing.used,
        "used_elsewhere": standing.used_elsewhere,
        "shipped": standing.shipped,
        "shipped_elsewhere": standing.shipped_elsewhere,
        "open": standing.open,
    }


def approval_text(ctx: Context, standing: Standing) -> str:
    """What stands in an approval and what of it was used, for people."""
    words, one = ctx.words, standing.approval
    return words.say(
        "documents_approval",
        number=one.number,
        product=one.product,
        institution=one.institution,
        first=one.valid_from.isoformat(),
        last=one.valid_to.isoformat(),
        quantity=one.quantity if one.quantity is not None else words.say("board_any_lot"),
        used=standing.used,
        used_elsewhere=standing.used_elsewhere,
        shipped=standing.shipped,
        shipped_elsewhere=standing.shipped_elsewhere,
        state=words.say("documents_suspended" if one.suspended else "documents_in_force"),
    )


def row_json(row: BoardLine) -> dict[str, object]:
    """How far a line has come, as JSON."""
    return line_json(row.line) | {
        "expected": row.expected,
        "seen": row.seen,
        "missing": row.missing,
        "over": row.over,
        "by_serial": row.by_serial,
        "progress": row.progress,
    }


def row_text(ctx: Context, store: Store, row: BoardLine) -> str:
    """How far a line has come, for people."""
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


def extra_json(extra: Extra) -> dict[str, object]:
    """What came and is on no line, as JSON."""
    return {
        "line": None,
        "product": extra.product,
        "lot": extra.lot,
        "packs": extra.packs,
        "units": extra.units,
    }


def extra_text(ctx: Context, store: Store, extra: Extra) -> str:
    """What came and is on no line, for people."""
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
