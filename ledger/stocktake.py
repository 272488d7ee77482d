"""A stocktake under a number: what the books say is here and nobody has scanned yet, and what is given up as missing.

What was seen comes from the journal of the events that name the stocktake (ledger/journal.py), so that a count may be
broken off and taken up again on another day, and an undone scan is open again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.capture import Captured, Outcome, Scanned, Workplace, mint
from ledger.codes.code import Code, Entry, Kind, Problem
from ledger.event import EventKind
from ledger.gather import gather
from ledger.pack import Pack
from ledger.rules import decide
from ledger.situation import Accept, Ask, Intent, Refuse, Repeat
from ledger.store import Store

KIND = "stocktake"
"""Kind of the document that a count is recorded under."""
PAGE = 500

_HERE = "pack.state IN ('in_stock', 'opened', 'quarantined') AND (:place = '' OR pack.place = :place)"
_COUNTED = (
    "EXISTS (SELECT 1 FROM progress WHERE progress.document_id ="
    " (SELECT document_id FROM document WHERE kind = :kind AND number = :number)"
    " AND progress.key = pack.key AND progress.act = 'count' GROUP BY progress.key HAVING sum(shown) > 0)"
)
_NOTHING = "(pack.serial IS NULL AND coalesce(pack.remaining, 0) = 0 AND pack.level <> 'case')"
"""A heap that is used up has nothing to be counted."""
_OPEN = f"FROM pack WHERE {_HERE} AND NOT {_NOTHING} AND NOT {_COUNTED}"
_DONE = f"FROM pack WHERE {_HERE} AND {_COUNTED}"


@dataclass(frozen=True, slots=True)
class Uncounted:
    """How a stocktake stands."""

    packs: tuple[Pack, ...]
    """What is still open, by place, product and expiry; the first ones only."""
    open: int
    counted: int


def uncounted(store: Store, number: str, place: str = "", limit: int = PAGE) -> Uncounted:
    """What the books have at the place (everywhere for an empty one) and the stocktake has not seen."""
    given = {"kind": KIND, "number": number, "place": place, "limit": limit}
    connection = store.connection
    (many,) = connection.execute(f"SELECT count(*) {_OPEN}", given).fetchone()
    (done,) = connection.execute(f"SELECT count(*) {_DONE}", given).fetchone()
    keys = connection.execute(
        f"SELECT pack.key {_OPEN} ORDER BY pack.place, pack.product, pack.expiry, pack.pack_id LIMIT :limit",
        given,
    ).fetchall()
    packs = tuple(pack for (key,) in keys if (pack := store.look_up(key)) is not None)
    return Uncounted(packs, many, done)


def give_up(store: Store, workplace: Workplace, key: str, intent: Intent) -> Captured:
    """Record that a pack was not found, chosen from the list instead of scanned; judged as a scan of it would be."""
    pack, scanned = store.look_up(key), Scanned(key, Entry.MANUAL)
    if pack is None or pack.is_heap:
        nothing = Code(key, Kind.UNKNOWN)
        return Captured(scanned, nothing, Outcome.REFUSED, (Problem("count_missing_not_here"),))
    moment = workplace.clock.now(store.head.at)
    kind = Kind(key.partition(":")[0])
    code = Code(key, kind, key, pack.product, pack.serial, pack.lot, level=pack.level)
    missing = replace(intent, verb=EventKind.COUNT, missing=True)
    situation = gather(store, workplace.policy, workplace.institution, code, missing, moment)
    decision = decide(situation, missing)
    state, product = situation.state, situation.product
    match decision:
        case Accept():
            event = mint(store, workplace, scanned, missing, moment, decision)
            store.append(event, workplace.wire(event, None))
            return Captured(scanned, code, Outcome.ACCEPTED, decision.problems, (), event, state, product)
        case Repeat(problems, original):
            return Captured(scanned, code, Outcome.REPEATED, problems, (), original, state, product)
        case Ask(problems, needs):
            return Captured(scanned, code, Outcome.ASKED, problems, needs, None, state, product)
        case Refuse(problems):
            return Captured(scanned, code, Outcome.REFUSED, problems, (), None, state, product)
