"""What came, went and came back on chosen days, how the scanning went, and when what is here expires. Only reads.

Sums are made by SQLite from the events themselves, without this program's own threads; what was voided or undone
counts as if it had not happened, on the day on which it seemed to. Days are local ones, as the records have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.store import Store

RECEIVED, DISPENSED, RETURNED = "received", "dispensed", "returned"
_ACTS = {
    "receive": RECEIVED,
    "transfer_in": RECEIVED,
    "dispense": DISPENSED,
    "return": RETURNED,
}

_TAKEN_BACK = """
WITH told AS (
    SELECT event.event_id AS by_id, event.kind AS kind, json_extract(one.value, '$[1]') AS event_id
    FROM event, json_each(CAST(event.body AS TEXT), '$.detail') AS one
    WHERE event.at >= :since AND event.kind IN ('void', 'undo')
    AND json_extract(one.value, '$[0]') IN ('voids', 'undoes')),
taken_back AS MATERIALIZED (
    SELECT event_id FROM told WHERE kind = 'void'
    UNION SELECT event_id FROM told WHERE kind = 'undo'
    AND by_id NOT IN (SELECT event_id FROM told WHERE kind = 'void'))
"""
_MOVED = (
    _TAKEN_BACK  # noqa: S608 - our own words
    + """
SELECT substr(event.at, 1, 10), event.kind, json_extract(pack.value, '$.product'),
    sum(CASE WHEN json_extract(pack.value, '$.level') = 'case' THEN 0
        WHEN json_extract(pack.value, '$.quantity') IS NULL THEN 1
        WHEN json_extract(pack.value, '$.key') LIKE 'heap:%' THEN json_extract(pack.value, '$.quantity')
        ELSE 0 END),
    sum(CASE WHEN json_extract(pack.value, '$.quantity') IS NULL
        OR json_extract(pack.value, '$.key') LIKE 'heap:%' THEN 0
        ELSE json_extract(pack.value, '$.quantity') END),
    sum(json_extract(pack.value, '$.level') = 'case')
FROM event, json_each(CAST(event.body AS TEXT), '$.packs') AS pack
WHERE event.at >= :since AND event.at < :until AND event.kind IN ('receive', 'transfer_in', 'dispense', 'return')
AND event.event_id NOT IN (SELECT event_id FROM taken_back)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
)
_HOURS = (
    "SELECT substr(at, 12, 2), outcome, count(*) FROM raw_scan WHERE at >= :since AND at < :until"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
_DAYS = "SELECT count(DISTINCT substr(at, 1, 10)) FROM raw_scan WHERE at >= :since AND at < :until"
_REASONS = (
    "SELECT outcome, problem, count(*) AS times FROM raw_scan WHERE at >= :since AND at < :until"
    " AND outcome IN ('refused', 'asked', 'failed') GROUP BY 1, 2 ORDER BY times DESC, problem, outcome"
)
_SOURCES = (
    "SELECT source, count(*) AS times FROM raw_scan WHERE at >= :since AND at < :until"
    " GROUP BY 1 ORDER BY times DESC, source"
)
_EXPIRIES = (
    "SELECT substr(expiry, 1, 7), product, sum(CASE WHEN level = 'case' THEN 0"
    " WHEN key >= 'heap:' AND key < 'heap;' THEN coalesce(remaining, 0) ELSE 1 END) AS packs,"
    " sum(CASE WHEN expiry < :today AND level <> 'case' THEN 1 ELSE 0 END)"
    " FROM pack WHERE pack.state IN ('in_stock', 'opened', 'quarantined', 'in_transit')"
    " GROUP BY 1, 2 HAVING packs > 0 ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Move:
    """What was received, dispensed or returned of one product on one day."""

    day: date
    act: str
    product: str
    """Main identifier of the product, or the scanned one where the catalogue does not know it; empty for none."""
    packs: int
    units: int
    """Units of opened packs."""
    cases: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """Packs of one product here whose last day lies in one month."""

    month: str | None
    """`2027-05`; None where nobody knows."""
    product: str
    packs: int
    expired: int
    """How many of them are past their last day."""


@dataclass(frozen=True, slots=True)
class Daybook:
    """Everything about the chosen days."""

    days: Days
    moves: tuple[Move, ...]
    hours: tuple[tuple[int, str, int], ...]
    """Hour of the day, outcome, number of scans."""
    days_scanned: int
    """Days on which anything was scanned."""
    reasons: tuple[tuple[str, str, int], ...]
    """Outcome, code word of the problem, number of scans; the commonest first."""
    sources: tuple[tuple[str, int], ...]
    """What read the codes, and how many."""
    expiries: tuple[Expiry, ...]
    names: tuple[tuple[str, tuple[str, str], str], ...]
    """Identifier, Chinese and English name, specification of every product that occurs."""


def daybook(store: Store, days: Days, today: date) -> Daybook:
    """Sum up these days; `today` tells what has expired."""
    ask, span = store.connection.execute, _span(days)
    mains: dict[str, str] = {}

    def main(identifier: str | None) -> str:
        key = identifier or ""
        if key not in mains:
            mains[key] = store.catalog.main(key) if key else ""
        return mains[key]

    moves: dict[tuple[date, str, str], list[int]] = {}
    for day, kind, product, *amounts in ask(_MOVED, span):
        held = moves.setdefault((date.fromisoformat(day), _ACTS[kind], main(product)), [0, 0, 0])
        for place, amount in enumerate(amounts):
            held[place] += amount or 0
    expiries: dict[tuple[str | None, str], list[int]] = {}
    for month, product, packs, expired in ask(_EXPIRIES, {"today": today.isoformat()}):
        held = expiries.setdefault((month, main(product)), [0, 0])
        held[0] += packs
        held[1] += expired
    products = [(key, store.catalog.product(key)) for key in sorted(set(mains.values())) if key]
    return Daybook(
        days=days,
        moves=tuple(Move(*key, *amounts) for key, amounts in sorted(moves.items())),
        hours=tuple((int(hour), outcome, count) for hour, outcome, count in ask(_HOURS, span)),
        days_scanned=ask(_DAYS, span).fetchone()[0],
        reasons=tuple(ask(_REASONS, span)),
        sources=tuple(ask(_SOURCES, span)),
        expiries=tuple(
            Expiry(month, product, *amounts)
            for (month, product), amounts in sorted(
                expiries.items(), key=lambda one: (one[0][0] or "~", one[0][1])
            )
        ),
        names=tuple((key, (one.name_zh, one.name_en), one.spec) for key, one in products if one is not None),
    )


def _span(days: Days) -> dict[str, str]:
    """The days as texts that ISO times compare with."""
    return {"since": days.first.isoformat(), "until": (days.last + timedelta(days=1)).isoformat()}
