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
    """Only this product, by any of its identifiers; empty for what names no product, such as a case."""
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
alarm AS MATERIALIZED (
    SELECT DISTINCT coalesce(twin.code, recall.product) AS product, recall.lot AS lot, recall.serial AS serial
    FROM recall LEFT JOIN product_code AS mine ON mine.code = recall.product
    LEFT JOIN product_code AS twin ON twin.product_id = mine.product_id
    WHERE NOT recall.withdrawn),
scope AS MATERIALIZED (
    SELECT product, lot, serial FROM alarm WHERE lot <> ''
    UNION SELECT product, '', serial FROM alarm WHERE lot <> ''
    UNION SELECT product, NULL, serial FROM alarm WHERE lot <> ''),
alarmed AS MATERIALIZED (
    SELECT pack.pack_id FROM scope CROSS JOIN pack
    ON pack.product = scope.product AND pack.lot IS scope.lot
    WHERE scope.serial IN ('', coalesce(pack.serial, ''), pack.key)
    UNION SELECT pack.pack_id FROM alarm CROSS JOIN pack
    ON pack.product = alarm.product
    WHERE alarm.lot = '' AND alarm.serial IN ('', coalesce(pack.serial, ''), pack.key))
"""
# Where other workstations have told of packs, what they told stands in the place of the own record, and packs that
# were never here have the negative number of their row for an id. This takes the place of the table `pack`.
_SITE = """
pack AS (
    SELECT own.pack_id, own.key, coalesce(told.state, own.state) AS state, own.product, own.serial,
        CASE WHEN told.key IS NULL THEN own.lot ELSE told.lot END AS lot,
        CASE WHEN told.key IS NULL THEN own.expiry ELSE told.expiry END AS expiry,
        CASE WHEN told.key IS NULL THEN own.expiry_precision ELSE told.expiry_precision END AS expiry_precision,
        own.level, CASE WHEN told.key IS NULL THEN own.units ELSE told.units END AS units,
        CASE WHEN told.key IS NULL THEN own.remaining ELSE told.remaining END AS remaining,
        CASE WHEN told.key IS NULL THEN own.out ELSE told.out END AS out,
        CASE WHEN told.key IS NULL THEN own.parent ELSE told.parent END AS parent,
        CASE WHEN told.key IS NULL THEN own.place ELSE told.place END AS place,
        own.last_seq AS last_seq
    FROM main.pack AS own LEFT JOIN site_pack AS told ON told.key = own.key
    UNION ALL
    SELECT -told.rowid, told.key, told.state, told.product, told.serial, told.lot, told.expiry,
        told.expiry_precision, told.level, told.units, told.remaining, told.out, told.parent, told.place, 0
    FROM site_pack AS told WHERE NOT EXISTS (SELECT 1 FROM main.pack AS own WHERE own.key = told.key))
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
    f"{_PRODUCTS} LEFT JOIN verdict ON verdict.key = pack.key LEFT JOIN event ON event.seq = pack.last_seq"
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
    f"SELECT count(*) FROM pack WHERE pack.pack_id IN (SELECT pack_id FROM alarmed) AND {_HERE}"  # noqa: S608
    " AND pack.level <> 'case'"
)


class Stocklist:
    """The list of one ledger's stock, in the thread of its connection."""

    def __init__(self, store: Store) -> None:
        self._connection: sqlite3.Connection = store.connection
        self._catalog, self._recalls = store.catalog, store.recalls
        told = self._connection.execute("SELECT EXISTS (SELECT 1 FROM site_pack)").fetchone()[0]
        self._site = (_SITE,) if told else ()

    def sheet(self, wanted: Wanted) -> array[int]:
        """Ids of the wanted packs in their order."""
        joins = _PRODUCTS if wanted.order == "product" else ""
        where, given = self._where(wanted)
        column = ORDERS[wanted.order]
        way = "DESC" if wanted.falling else "ASC"
        rows = self._connection.execute(
            f"{self._with(alarmed=wanted.recalled)} SELECT pack.pack_id FROM pack{joins} WHERE {where}"  # noqa: S608 - our own words
            f" ORDER BY {column} IS NULL, {column} {way}, pack.pack_id",
            given,
        )
        return array("q", (pack_id for (pack_id,) in in_portions(rows)))

    def packs(self, ids: Sequence[int]) -> tuple[PackRow, ...]:
        """What stands in these packs, in the order of the ids; at most PORTION of them."""
        some = list(ids)[:PORTION]
        marks = ", ".join("?" * len(some))
        rows = self._connection.execute(f"{self._with()} {_ROWS}({marks})", some)
        found = {row[0]: row for row in rows}
        return tuple(self._judged(found[pack_id]) for pack_id in some if pack_id in found)

    def groups(self, wanted: Wanted, by: By) -> tuple[Group, ...]:
        """The wanted packs counted by product or by lot: what is recalled first, then what expires first."""
        where, given = self._where(wanted)
        lot = ", pack.lot" if by is By.LOT else ""
        rows = self._connection.execute(
            f"{self._with(alarmed=True)} SELECT {_GROUPS} WHERE {where} GROUP BY of_product{lot}"
            " ORDER BY recalled = 0, min(pack.expiry) IS NULL, min(pack.expiry), product.name_zh, of_product",
            given,
        )
        return tuple(group_of(row, by_lot=by is By.LOT) for row in in_portions(rows))

    def totals(self, today: date, near: date, soon: date) -> Totals:
        """How much is here; expired before today, near before `near`, soon before `soon`."""
        days = {"today": today.isoformat(), "near": near.isoformat(), "soon": soon.isoformat()}
        counted = self._connection.execute(f"{self._with()} {_TOTALS}", days).fetchone()
        recalled = self._connection.execute(f"{self._with(alarmed=True)} {_RECALLED}").fetchone()[0]
        numbers = [number or 0 for number in (*counted, recalled)]
        return Totals(*numbers)

    def places(self) -> tuple[str, ...]:
        """The places where something lies, by name."""
        rows = self._connection.execute(
            f"{self._with()} SELECT DISTINCT place FROM pack WHERE {_HERE} AND place <> '' ORDER BY place"  # noqa: S608
        )
        return tuple(place for (place,) in rows)

    def _with(self, *, alarmed: bool = False) -> str:
        parts = (*self._site, *((_ALARMED,) if alarmed else ()))
        return f"WITH {', '.join(parts)}" if parts else ""

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
        if wanted.product == "":
            terms.append("pack.product IS NULL")
        elif wanted.product is not None:
            codes = self._catalog.identifiers(wanted.product)
            terms.append(f"pack.product IN ({', '.join('?' * len(codes))})")
            given += codes
        if wanted.lot is not None:
            terms.append("coalesce(pack.lot, '') = ?")
            given.append(wanted.lot)
        if wanted.recalled:
            terms.append("pack.pack_id IN (SELECT pack_id FROM alarmed)")
        if text := wanted.text.strip():
            found = f"({_FOUND} OR {_FOUND_TOLD})" if self._site else _FOUND
            terms.append(found)
            given += [like(text)] * found.count("?")
        return " AND ".join(terms), given


_FOUND = (
    "(pack.lot LIKE ? ESCAPE '\\' OR pack.serial LIKE ? ESCAPE '\\'"
    " OR pack.pack_id IN (SELECT pack_id FROM pack_code WHERE key LIKE ? ESCAPE '\\')"
    " OR pack.product IN (SELECT twin.code FROM product JOIN product_code AS twin USING (product_id)"
    " WHERE name_zh LIKE ? ESCAPE '\\' OR name_en LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM product_code AS mine"
    " WHERE mine.product_id = product.product_id AND mine.code LIKE ? ESCAPE '\\')))"
)
_FOUND_TOLD = (
    "pack.key LIKE ? ESCAPE '\\' OR pack.key IN (SELECT key FROM site_code WHERE code LIKE ? ESCAPE '\\')"
)


def like(text: str) -> str:
    """The pattern that finds a text as a part, whatever signs it has; for `LIKE ? ESCAPE '\\'`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
