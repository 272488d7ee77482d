"""The rows of the stock list, as values: a pack, a group of packs, and the sums of everything here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.codes.code import Level
from ledger.errors import LedgerDamaged
from ledger.pack import State
from ledger.recalls import Match, Recall


@dataclass(frozen=True, slots=True)
class PackRow:
    """One pack, case or heap as the list shows it."""

    pack_id: int
    key: str
    state: State
    product: str | None
    serial: str | None
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    level: Level
    units: int | None
    remaining: int | None
    out: int | None
    parent: str | None
    place: str
    names: tuple[str, str]
    """Chinese and English name of the product; empty where the catalogue does not know it."""
    spec: str
    verdict: str
    """`provisional`, `confirmed` or `stop`, as ledger/worklist.py says of the pack."""
    at: str
    """ISO time of this ledger's last event; empty for a pack that only other workstations told of."""
    recall: Recall | None = None
    """The gravest recall in force that it falls under; its `match` says how sure that is."""

    @property
    def is_heap(self) -> bool:
        """True for goods without serial."""
        return self.key.startswith("heap:")

    @property
    def surely_recalled(self) -> bool:
        """True where nothing is missing to know that it is recalled."""
        return self.recall is not None and self.recall.match is Match.CERTAIN


@dataclass(frozen=True, slots=True)
class Group:
    """The packs of one product, or of one lot of it; numbers are packs unless they say otherwise."""

    product: str | None
    """Any identifier of the product."""
    names: tuple[str, str]
    spec: str
    maker: str
    lot: str | None
    """The lot that the group is; the only one of a product that has one; None where it has several."""
    lots: int
    expiry: date | None
    """The earliest last day of use in it."""
    expiry_precision: str | None
    in_stock: int
    opened: int
    units_left: int
    """Units in the opened packs."""
    quarantined: int
    in_transit: int
    gone: int
    """Packs that are not here any more, where the list was asked for those."""
    cases: int
    places: int
    """How many places they lie in."""
    place: str
    """The first of them."""
    recalled: int
    stopped: int
    """Packs that the platform has contradicted."""
    confirmed: int
    members: int
    """Rows of the list of packs that this is."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything here, in packs."""

    in_stock: int
    opened: int
    quarantined: int
    in_transit: int
    expired: int
    near: int
    soon: int
    recalled: int


def row_of(row: tuple[Any, ...], recalls: tuple[Recall, ...]) -> PackRow:
    """A pack from the columns that ledger/stocklist.py selects."""
    pack_id, key, state, product, serial, lot, expiry, precision, level, *rest = row
    units, remaining, out, parent, place, name_zh, name_en, spec, verdict, at = rest
    try:
        return PackRow(
            pack_id,
            key,
            State(state),
            product,
            serial,
            lot,
            date.fromisoformat(expiry) if expiry else None,
            precision,
            Level(level),
            units,
            remaining,
            out,
            parent,
            place,
            (name_zh or "", name_en or ""),
            spec or "",
            verdict or "provisional",
            at or "",
            recalls[0] if recalls else None,
        )
    except ValueError as error:
        raise LedgerDamaged("ledger_damaged", why=f"pack {pack_id}") from error


def group_of(row: tuple[Any, ...], *, by_lot: bool) -> Group:
    """A group from the columns that ledger/stocklist.py selects."""
    _, product, main, name_zh, name_en, spec, maker, lots, lot, expiry, *numbers = row
    *counts, cases, places, place, recalled, stopped, confirmed, members = numbers
    in_stock, opened, units_left, quarantined, in_transit, gone = counts
    try:
        last_day = date.fromisoformat(expiry.partition("/")[0]) if expiry else None
    except ValueError as error:
        raise LedgerDamaged("ledger_damaged", why=f"expiry of {product}") from error
    return Group(
        product=main or product,
        names=(name_zh or "", name_en or ""),
        spec=spec or "",
        maker=maker or "",
        lot=lot if by_lot or lots == 1 else None,
        lots=lots,
        expiry=last_day,
        expiry_precision=expiry.partition("/")[2] or None if expiry else None,
        in_stock=in_stock,
        opened=opened,
        units_left=units_left,
        quarantined=quarantined,
        in_transit=in_transit,
        gone=gone,
        cases=cases,
        places=places,
        place=place or "",
        recalled=recalled,
        stopped=stopped,
        confirmed=confirmed,
        members=members,
    )
