"""The rows of the site's packs: how a pack stands by everybody's records, as values of the table and back."""

from __future__ import annotations

from datetime import date
from typing import Any

from ledger.codes.code import Kind, Level
from ledger.event import PackFacts
from ledger.pack import Pack, State

COLUMNS = (
    "key, kind, state, product, serial, lot, expiry, expiry_precision, level, units, remaining, out, parent,"
    " place"
)


def values_of(facts: PackFacts) -> tuple[Any, ...]:
    """The row of a pack."""
    expiry = facts.expiry.isoformat() if facts.expiry else None
    precision = facts.expiry_precision or ("day" if expiry else None)
    return (
        facts.key,
        facts.kind,
        facts.state,
        facts.product,
        facts.serial,
        facts.lot,
        expiry,
        precision,
        facts.level,
        facts.units,
        facts.remaining,
        facts.out,
        facts.parent,
        facts.place,
    )


def facts_of(row: tuple[Any, ...]) -> PackFacts:
    """The pack of a row."""
    key, kind, state, product, serial, lot, expiry, precision, level, units, remaining, out, parent, place = (
        row
    )
    return PackFacts(
        key=key,
        kind=Kind(kind),
        product=product,
        serial=serial,
        lot=lot,
        expiry=date.fromisoformat(expiry) if expiry else None,
        expiry_precision=precision,
        level=Level(level),
        state=state,
        units=units,
        remaining=remaining,
        out=out,
        parent=parent,
        place=place,
    )


def pack_of(facts: PackFacts, own: Pack | None) -> Pack:
    """The pack as the site has it, under this ledger's own number where it has one."""
    return Pack(
        own.pack_id if own else 0,
        facts.key,
        State(facts.state),
        facts.product,
        facts.serial,
        facts.lot,
        facts.expiry,
        facts.expiry_precision,
        facts.level,
        facts.units,
        facts.remaining,
        facts.out,
        facts.parent,
        facts.place,
        own.last_seq if own else 0,
    )
