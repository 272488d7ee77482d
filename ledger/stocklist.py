"""The stock as a list: by product, by lot or pack by pack, filtered, searched and ordered. Only reads.

A list of packs is asked for in two steps, so that a hundred thousand rows scroll: `sheet` names the packs in
their order, `packs` tells what stands in the few that are seen. Both are look-ups by key; a pack that changed
between them is told as it is now, and none is told twice.

A recall is matched as ledger/recalls.py does it, for all packs at once; the tests hold the two against each other.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ledger.connection import in_portions
from ledger.pack import State
from ledger.stockrows import Group, PackRow, Totals, group_of, row_of

if TYPE_CHECKING:
    from ledger.store import Store

HERE = (State.IN_STOCK, State.OPENED, State.QUARANTINED, State.IN_TRANSIT)
"""The states of what is still this site's to account for."""

PORTION = 500
"""So many packs are told at once."""


class By(StrEnum):
    """What one row of the list stands for."""

    PRODUCT = "product"
    LOT = "lot"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which packs are wanted, and in which order."""

    states: tuple[State, ...] = HERE
    place: str | None = None
    since: date | None = None
    """Last day of use not before this day."""
    until: date | None = None
    """Last day of use before this day; packs without a known one are left out."""
    recalled: bool = False
    """Only what falls under a recall in force."""
    text: str = ""
    """Part of any code, of a lot, a serial or a product's name or identifier."""
    product: str | None = None
    """Only this product, by any of its identifiers, or its own one where the catalogue does not know it."""
    lot: str | None = None
    """Only this lot; empty for packs whose lot is not known."""
    order: str = "expiry"
    """A name of ORDERS."""
    falling: bool = False


# The words of the partial index pack_here: SQLite uses it only where they stand in the query as they are.
_HERE = "pack.state IN ('in_stock', 'opened', 'quarantined', 'in_transit')"
_HEAP = "pack.key >= 'heap:' AND pack.key < 'heap;'"
_COUNT = f"CASE WHEN pack.level = 'case' THEN 0 WHEN {_HEAP} THEN coalesce(pack.remaining, 0) ELSE 1 END"
_PRODUCTS = (
    " LEFT JOIN product_code ON product_code.code = pack.product"
    " LEFT JOIN product ON product.product_id = product_code.product_id"
)
# Every scope of a recall in force by every identifier of its product; the second part adds the packs whose lot is
# not known, which fall under a lot's recall for all anybody knows.
_ALARMED = """
WITH alarm AS MATERIALIZED (
    SELECT DISTINCT coalesce(twin.code, recall.product) AS product, recall.lot AS lot, recall.serial AS serial
    FROM recall LEFT JOIN product_code AS mine ON mine.code = recall.product
    LEFT JOIN product_code AS twin ON twin.product_id = mine.product_id
    WHERE NOT recall.withdrawn),
scope AS MATERIALIZED (
    SELECT product, lot, serial FROM alarm WHERE lot <> ''
    UNION SELECT product, '', serial FROM alarm WHERE lot <> ''
    UNION SELECT product, NULL, serial FROM alarm WHERE lot <> ''),
alarmed AS MATERIALIZED (
    SELECT pack.pack_id FROM scope CROSS JOIN pack INDEXED BY pack_product
    ON pack.product = scope.product AND pack.lot IS scope.lot
    WHERE scope.serial IN ('', coalesce(pack.serial, ''), pack.key)
    UNION SELECT pack.pack_id FROM alarm CROSS JOIN pack INDEXED BY pack_product
    ON pack.product = alarm.product
    WHERE alarm.lot = '' AND alarm.serial IN ('', coalesce(pack.serial, ''), pack.key))
"""
ORDERS = MappingProxyType(
    {
        "product": "coalesce(product.name_zh, pack.product)",
        "lot": "pack.lot",
        "serial": "pack.serial",
        "expiry": "pack.expiry",
        "state": "pack.state",
        "place": "pack.place",
        "at": "pack.last_seq",
    }
)
"""What a list of packs can be ordered by."""

_ROWS = (
    "SELECT pack.pack_id, pack.key, pack.state, pack.product, pack.serial, pack.lot, pack.expiry,"  # noqa: S608
    " pack.expiry_precision, pack.level, pack.units, pack.remaining, pack.out, pack.parent, pack.place,"
    " product.name_zh, product.name_en, product.spec, verdict.verdict, event.at FROM pack"
    f"{_PRODUCTS} LEFT JOIN verdict ON verdict.key = pack.key JOIN event ON event.seq = pack.last_seq"
    " WHERE pack.pack_id IN "
)
_GROUPS = (
    "coalesce('#' || product_code.product_id, pack.product) AS of_product, min(pack.product), product.product,"  # noqa: S608
    " product.name_zh, product.name_en, product.spec, product.maker, count(DISTINCT coalesce(pack.lot, '')),"
    " min(pack.lot), min(pack.expiry || '/' || coalesce(pack.expiry_precision, '')),"
    f" sum(CASE WHEN pack.state = 'in_stock' THEN {_COUNT} ELSE 0 END),"
    " sum(pack.state = 'opened'),"
    " sum(CASE WHEN pack.state = 'opened' THEN coalesce(pack.remaining, 0) ELSE 0 END),"
    f" sum(CASE WHEN pack.state = 'quarantined' THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.state = 'in_transit' THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.state IN ('in_stock', 'opened', 'quarantined', 'in_transit') THEN 0 ELSE {_COUNT} END),"
    " sum(pack.level = 'case'), count(DISTINCT nullif(pack.place, '')), min(nullif(pack.place, '')),"
    " sum(pack.pack_id IN (SELECT pack_id FROM alarmed)) AS recalled,"
    " sum(coalesce(verdict.verdict = 'stop', 0)), sum(coalesce(verdict.verdict = 'confirmed', 0)), count(*)"
    f" FROM pack{_PRODUCTS} LEFT JOIN verdict ON verdict.key = pack.key"
)
_TOTALS = (
    f"SELECT sum(CASE WHEN pack.state = 'in_stock' THEN {_COUNT} ELSE 0 END), sum(pack.state = 'opened'),"  # noqa: S608
    f" sum(CASE WHEN pack.state = 'quarantined' THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.state = 'in_transit' THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.expiry < :today THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.expiry >= :today AND pack.expiry < :near THEN {_COUNT} ELSE 0 END),"
    f" sum(CASE WHEN pack.expiry >= :near AND pack.expiry < :soon THEN {_COUNT} ELSE 0 END)"
    f" FROM pack WHERE {_HERE}"
)
_RECALLED = (
    f"{_ALARMED} SELECT count(*) FROM pack WHERE pack.pack_id IN (SELECT pack_id FROM alarmed) AND {_HERE}"  # noqa: S608
    " AND pack.level <> 'case'"
)


class Stocklist:
    """The list of one ledger's stock, in the thread of its connection."""

    def __init__(self, store: Store) -> None:
        self._connection: sqlite3.Connection = store.connection
        self._catalog, self._recalls = store.catalog, store.recalls

    def sheet(self, wanted: Wanted) -> array[int]:
        """Ids of the wanted packs in their order."""
        joins = _PRODUCTS if wanted.order == "product" else ""
        where, given = self._where(wanted)
        column = ORDERS[wanted.order]
        way = "DESC" if wanted.falling else "ASC"
        rows = self._connection.execute(
            f"{_alarmed(wanted)} SELECT pack.pack_id FROM pack{joins} WHERE {where}"  # noqa: S608 - our own words
            f" ORDER BY {column} IS NULL, {column} {way}, pack.pack_id",
            given,
        )
        return array("q", (pack_id for (pack_id,) in in_portions(rows)))

    def packs(self, ids: Sequence[int]) -> tuple[PackRow, ...]:
        """What stands in these packs, in the order of the ids; at most PORTION of them."""
        some = list(ids)[:PORTION]
        marks = ", ".join("?" * len(some))
        found = {row[0]: row for row in self._connection.execute(f"{_ROWS}({marks})", some)}
        return tuple(self._judged(found[pack_id]) for pack_id in some if pack_id in found)

    def groups(self, wanted: Wanted, by: By) -> tuple[Group, ...]:
        """The wanted packs counted by product or by lot: what is recalled first, then what expires first."""
        where, given = self._where(wanted)
        lot = ", pack.lot" if by is By.LOT else ""
        rows = self._connection.execute(
            f"{_ALARMED} SELECT {_GROUPS} WHERE {where} GROUP BY of_product{lot}"
            " ORDER BY recalled = 0, min(pack.expiry) IS NULL, min(pack.expiry), product.name_zh, of_product",
            given,
        )
        return tuple(group_of(row, by_lot=by is By.LOT) for row in in_portions(rows))

    def totals(self, today: date, near: date, soon: date) -> Totals:
        """How much is here; expired before today, near before `near`, soon before `soon`."""
        days = {"today": today.isoformat(), "near": near.isoformat(), "soon": soon.isoformat()}
        counted = self._connection.execute(_TOTALS, days).fetchone()
        recalled = self._connection.execute(_RECALLED).fetchone()[0]
        numbers = [number or 0 for number in (*counted, recalled)]
        return Totals(*numbers)

    def places(self) -> tuple[str, ...]:
        """The places where something lies, by name."""
        rows = self._connection.execute(
            f"SELECT DISTINCT place FROM pack WHERE {_HERE} AND place <> '' ORDER BY place"  # noqa: S608
        )
        return tuple(place for (place,) in rows)

    def _judged(self, row: tuple[Any, ...]) -> PackRow:
        _, key, _, product, serial, lot, *_ = row
        recalls = self._recalls.recalls_of(product, lot, serial, key) if product else ()
        return row_of(row, recalls)

    def _where(self, wanted: Wanted) -> tuple[str, list[object]]:
        terms: list[str] = []
        given: list[object] = []
        if set(wanted.states) <= set(HERE):
            terms.append(_HERE)
        if set(wanted.states) != set(HERE):
            marks = ", ".join("?" * len(wanted.states))
            terms.append(f"pack.state IN ({marks})")
            given += [str(state) for state in wanted.states]
        if wanted.place is not None:
            terms.append("pack.place = ?")
            given.append(wanted.place)
        if wanted.since is not None:
            terms.append("pack.expiry >= ?")
            given.append(wanted.since.isoformat())
        if wanted.until is not None:
            terms.append("pack.expiry < ?")
            given.append(wanted.until.isoformat())
        if wanted.product is not None:
            codes = self._catalog.identifiers(wanted.product)
            terms.append(f"pack.product IN ({', '.join('?' * len(codes))})")
            given += codes
        if wanted.lot is not None:
            terms.append("coalesce(pack.lot, '') = ?")
            given.append(wanted.lot)
        if wanted.recalled:
            terms.append("pack.pack_id IN (SELECT pack_id FROM alarmed)")
        if text := wanted.text.strip():
            terms.append(_FOUND)
            given += [_like(text)] * _FOUND.count("?")
        return " AND ".join(terms), given


_FOUND = (
    "(pack.lot LIKE ? ESCAPE '\\' OR pack.serial LIKE ? ESCAPE '\\'"
    " OR pack.pack_id IN (SELECT pack_id FROM pack_code WHERE key LIKE ? ESCAPE '\\')"
    " OR pack.product IN (SELECT twin.code FROM product JOIN product_code AS twin USING (product_id)"
    " WHERE name_zh LIKE ? ESCAPE '\\' OR name_en LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM product_code AS mine"
    " WHERE mine.product_id = product.product_id AND mine.code LIKE ? ESCAPE '\\')))"
)


def _alarmed(wanted: Wanted) -> str:
    return _ALARMED if wanted.recalled else ""


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
