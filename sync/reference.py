"""One page of reference data into the ledger: items, what is gone, and the cursor, all in one transaction.

Taking a page twice changes nothing. An item that will not do is refused by name and kept out, and the others are
taken: one wrong row of a catalogue must not hold back the recall behind it. What comes again whole says
everything: lines that an item no longer has are taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from ledger.clock import Clock
from ledger.conflicts import take_recall
from ledger.importing import columns_of, load, withdraw
from ledger.pulled import Cursor
from ledger.roster import take_operators, withdraw_operators
from ledger.store import Store
from ledger.trees import Cycle, SecondParent
from sync.contract import Page

NAMED_BY = MappingProxyType(
    {
        "products": "product",
        "partners": "gln",
        "recalls": "number",
        "trees": "parent",
        "shipments": "number",
        "prescriptions": "number",
        "approvals": "number",
        "operators": "person",
    }
)
"""Kind -> the column that holds an item's name."""

Item = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a page."""

    changed: int
    """Items that are new or different now, and those that are gone."""
    refused: tuple[tuple[str, str], ...]
    """Names of items that will not do, and the code word of why."""


def take(store: Store, clock: Clock, page: Page, cursor: Cursor) -> Taken:
    """Take a page that follows this cursor, inside the caller's transaction."""
    kind, load_number = cursor.kind, cursor.load
    store.pulled.given(kind, (name for name, _ in page.items), load_number)
    named: list[tuple[str, Item]] = []
    refused: list[tuple[str, str]] = []
    for name, item in page.items:
        whole = _named(kind, name, item)
        if whole is None:
            refused.append((name, "reference_name_differs"))
        else:
            named.append((name, whole))
    changed, bad = _TAKE[kind](store, clock, named) if kind in _TAKE else _load(store, clock, kind, named)
    refused += bad
    changed += _take_back(store, clock, kind, store.pulled.gone(kind, page.gone))
    whole_now = cursor.whole or not page.more
    if whole_now and not cursor.whole:
        left = store.pulled.left_over(kind, load_number)
        changed += _take_back(store, clock, kind, store.pulled.gone(kind, left))
    for name, why in refused:
        store.pulled.refuse(kind, name, why)
    at = clock.now(store.head.at).iso()
    store.pulled.move(Cursor(kind, page.cursor, page.etag, load_number, whole_now, at))
    return Taken(changed, tuple(refused))


def begin_again(store: Store, kind: str) -> Cursor:
    """Forget the cursor of a kind, because the platform does; what a whole new load does not give goes then."""
    known = store.pulled.cursor(kind)
    fresh = replace(known, cursor="", etag="", load=known.load + 1, whole=False)
    store.pulled.move(fresh)
    return fresh


def _named(kind: str, name: str, item: Item) -> Item | None:
    """The item with its name in the column where it belongs; None where it says another one."""
    column = NAMED_BY[kind]
    columns = columns_of(kind).named(item) if kind in _COLUMNS else dict(item)
    if columns.setdefault(column, name) != name:
        return None
    return columns


def _load(
    store: Store, clock: Clock, kind: str, named: list[tuple[str, Item]]
) -> tuple[int, list[tuple[str, str]]]:
    report = load(store, kind, [item for _, item in named], clock)
    refused: dict[str, str] = {}
    for bad in report.bad:
        refused.setdefault(named[bad.line - 1][0], bad.code)
    return report.added + report.changed, list(refused.items())


def _recalls(store: Store, clock: Clock, named: list[tuple[str, Item]]) -> tuple[int, list[tuple[str, str]]]:
    """A notice is whole: what it no longer names is withdrawn."""
    before = {name: store.recalls.notice(name) for name, _ in named}
    changed, refused = _load(store, clock, "recalls", named)
    bad = {name for name, _ in refused}
    for name, item in named:
        if name in bad:
            continue
        said = _scopes(item)
        for one in before[name]:
            if not one.withdrawn and (one.lot, one.serial) not in said:
                take_recall(store, clock, replace(one, withdrawn=True))
                changed += 1
    return changed, refused


def _scopes(item: Item) -> set[tuple[str | None, str | None]]:
    """Lot and serial of each line of a notice, as they are stored."""
    lines = item.get("lines")
    rows = lines if isinstance(lines, list) else [{}]
    found = set()
    for row in rows:
        joined = {**item, **row} if isinstance(row, dict) else dict(item)
        lot, serial = (str(joined.get(name) or "").strip() or None for name in ("lot", "serial"))
        found.add((lot, serial))
    return found


def _trees(store: Store, clock: Clock, named: list[tuple[str, Item]]) -> tuple[int, list[tuple[str, str]]]:
    """A case is whole: what it held before and is not named again lies there no more.

    Half a case would call the other half missing, so one line that will not do leaves the case as it was.
    """
    before = {name: store.trees.children(name) for name, _ in named}
    for name, _ in named:
        store.trees.forget(name)
    changed, refused = _load(store, clock, "trees", named)
    for name, _ in refused:
        store.trees.forget(name)
        for child in before[name]:
            with suppress(Cycle, SecondParent):
                store.trees.put(name, child)
    return changed, refused


def _operators(
    store: Store, clock: Clock, named: list[tuple[str, Item]]
) -> tuple[int, list[tuple[str, str]]]:
    return take_operators(store, clock, named)


def _take_back(store: Store, clock: Clock, kind: str, names: tuple[str, ...]) -> int:
    if kind == "operators":
        return withdraw_operators(store, clock, names)
    return withdraw(store, kind, names)


_TAKE: Mapping[str, Callable[[Store, Clock, list[tuple[str, Item]]], tuple[int, list[tuple[str, str]]]]] = (
    MappingProxyType({"recalls": _recalls, "trees": _trees, "operators": _operators})
)
_COLUMNS = frozenset(NAMED_BY) - {"operators"}
