"""Proof: the chain holds, the numbers have no gap, and the projection is what the events say.

Reads only; runs beside the writer on a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerForeign
from ledger.event import GENESIS, Event, link
from ledger.pack import IllegalTransition, State, step
from ledger.store import FILE, Store, open_reader


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit says."""

    events: int
    chain_ok: bool
    projection_ok: bool
    head: str
    """64 hex digits; zeros for an empty ledger."""
    broken_at: int | None = None
    """First sequence number at which the chain or the events do not hold."""


@dataclass(slots=True)
class _Folded:
    state: State
    lot: str | None
    expiry: str | None
    last_seq: int


def audit(home: Path) -> Finding:
    """Check the whole ledger of a home folder; an absent one is empty and whole."""
    if not (home / FILE).is_file():
        return Finding(0, True, True, GENESIS.hex())
    try:
        store = open_reader(home)
    except LedgerForeign as error:
        if error.code == "ledger_empty":
            return Finding(0, True, True, GENESIS.hex())
        raise
    with closing(store):
        return check(store)


def check(store: Store) -> Finding:
    """Check a ledger that is open."""
    previous, expected = GENESIS, 1
    packs: dict[str, _Folded] = {}
    broken: int | None = None
    for seq, body, digest in store.chain():
        if seq != expected or link(previous, body) != digest or not _fold(packs, seq, body):
            broken = broken if broken is not None else expected
            break
        previous, expected = digest, seq + 1
    if broken is not None:
        return Finding(store.head.seq, False, False, store.head.hash.hex(), broken)
    return Finding(expected - 1, True, _agrees(packs, store.projection()), previous.hex())


def _fold(packs: dict[str, _Folded], seq: int, body: bytes) -> bool:
    try:
        event = Event.from_canonical(body)
        if event.seq != seq:
            return False
        for facts in event.packs:
            known = packs.get(facts.key)
            state = step(known.state if known else State.UNKNOWN, event.kind, facts.state, facts.key)
            expiry = facts.expiry.isoformat() if facts.expiry else None
            if known:
                known.state, known.last_seq = state, seq
                known.lot, known.expiry = facts.lot or known.lot, expiry or known.expiry
            else:
                packs[facts.key] = _Folded(state, facts.lot, expiry, seq)
    except (ValueError, KeyError, TypeError, IllegalTransition):
        return False
    return True


def _agrees(
    packs: dict[str, _Folded], projection: Iterator[tuple[str, str, str | None, str | None, int]]
) -> bool:
    count = 0
    for key, state, lot, expiry, last_seq in projection:
        count += 1
        known = packs.get(key)
        if known is None or (known.state, known.lot, known.expiry, known.last_seq) != (
            state,
            lot,
            expiry,
            last_seq,
        ):
            return False
    return count == len(packs)
