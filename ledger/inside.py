"""What lies in a case, and what of it may not go where the rest goes: looked up once, for one decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ledger.codes.code import Level
from ledger.event import Event, EventKind
from ledger.pack import Pack, State
from ledger.recalls import Match
from ledger.tasks.give_back import facts_before

if TYPE_CHECKING:
    from ledger.store import Store
    from ledger.trees import Child


def contents(store: Store, key: str) -> dict[str, Any]:
    """Everything in the case and in the cases in it, and what of it is barred."""
    inside: dict[str, Pack] = {}
    cases = [key]
    for case in cases:  # grows while it is walked
        for one in store.site.inside(case):
            if one.key != key and one.key not in inside:
                inside[one.key] = one
                if one.level is not Level.UNIT:
                    cases.append(one.key)
    if not inside:
        return {}
    return {"inside": tuple(inside.values()), "barred_inside": barred(store, inside.values())}


def barred(store: Store, packs: Iterable[Pack | Child]) -> frozenset[str]:
    """Keys of those that surely fall under a recall, or that the platform speaks against."""
    contradicted = store.worklist.keys_of("contradicted")
    return frozenset(
        one.key
        for one in packs
        if one.key in contradicted
        or (
            one.product
            and any(
                recall.match is Match.CERTAIN
                for recall in store.recalls.recalls_of(one.product, one.lot, one.serial, one.key)
            )
        )
    )


def apart_before(
    store: Store, verb: EventKind, pack: Pack, history: tuple[Event, ...], inside: tuple[Pack, ...]
) -> frozenset[str]:
    """Keys of what goes back to quarantine, not to the shelf: what was set apart for itself before its case was,
    and what lay in quarantine before it was lost."""
    if verb is EventKind.RELEASE:
        with_it = _set_apart_with(pack.key, history)
        return frozenset(
            one.key for one in inside if one.state is State.QUARANTINED and one.key not in with_it
        )
    if verb is EventKind.COUNT:
        return _lost_from_quarantine(store, [one for one in (pack, *inside) if one.state is State.LOST])
    return frozenset()


def _set_apart_with(key: str, history: tuple[Event, ...]) -> set[str]:
    """What the event named that set the case apart."""
    named: set[str] = set()
    for event in reversed(history):
        if next((one.state for one in event.packs if one.key == key), None) != State.QUARANTINED:
            break
        named = {one.key for one in event.packs}
    return named


def _lost_from_quarantine(store: Store, lost: list[Pack]) -> frozenset[str]:
    """Those that lay in quarantine before. What was lost together was mostly recorded together: each record is read
    once, however many packs it names."""
    found: set[str] = set()
    by_seq: dict[int, set[str]] = {}
    for one in lost:
        seq = store.seq_before(one.pack_id, one.last_seq) if one.pack_id else None
        if seq is None or store.site.is_told(one.key):
            history = store.site.story(one)
            before = facts_before(history, history[-1], one.key) if history else None
            apart = before is not None and before.state == State.QUARANTINED
        else:
            if seq not in by_seq:
                packs = store.event(seq).packs
                by_seq[seq] = {facts.key for facts in packs if facts.state == State.QUARANTINED}
            apart = one.key in by_seq[seq]
        if apart:
            found.add(one.key)
    return frozenset(found)
