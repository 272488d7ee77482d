"""The stock: packs as the events have left them, looked up by any of their codes, and the fold that makes them."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from ledger.codes.code import Kind, Level
from ledger.errors import LedgerDamaged
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import Pack, State, step

_PACK = (
    "SELECT pack_id, key, state, product, serial, lot, expiry, expiry_precision, level, units, remaining, out,"
    " parent, place, last_seq FROM pack "
)
_LOOK_UP = f"{_PACK} WHERE pack_id = (SELECT pack_id FROM pack_code WHERE key = ?)"  # noqa: S608 - our own words
_ON_SHELF = _PACK + (
    "WHERE product = ? AND expiry >= ? AND expiry < ? AND state IN ('in_stock', 'opened')"
    " ORDER BY expiry, pack_id LIMIT 1"
)
_MOVE = (
    "UPDATE pack SET state = ?, lot = ?, expiry = ?, expiry_precision = ?, units = ?, remaining = ?, out = ?,"
    " parent = ?, place = ?, last_seq = ? WHERE pack_id = ?"
)
_ADD = (
    "INSERT INTO pack (key, product, serial, level, state, lot, expiry, expiry_precision, units, remaining, out,"
    " parent, place, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STATES = {state.value: state for state in State}
_LEVELS = {level.value: level for level in Level}
_INSIDE = _PACK + "WHERE parent = ? ORDER BY pack_id"


class Stock:
    """The part of the store that knows the packs."""

    _connection: sqlite3.Connection
    _looked_up: dict[str, Pack | None] | None = None
    """What the connection that writes has read since its last event: the fold of the next need not read it again,
    because packs are written by folds alone. None for who only reads."""

    def packs(self) -> int:
        """How many packs are known. None ever goes, so the last number is the count."""
        count: int = self._connection.execute("SELECT coalesce(max(pack_id), 0) FROM pack").fetchone()[0]
        return count

    def look_up(self, key: str) -> Pack | None:
        """The pack that bears this code."""
        row = self._connection.execute(_LOOK_UP, (key,)).fetchone()
        pack = _pack(row) if row else None
        if self._looked_up is not None:
            self._looked_up[key] = pack
        return pack

    def first_to_expire(self, product: str, today: date, before: date) -> Pack | None:
        """The good pack of the product on the shelf that expires first, if that is before the given day."""
        row = self._connection.execute(_ON_SHELF, (product, today.isoformat(), before.isoformat())).fetchone()
        return _pack(row) if row else None

    def heaps(self) -> tuple[str, ...]:
        """Keys of all goods without serial, set apart or not."""
        rows = self._connection.execute("SELECT key FROM pack_code WHERE key >= 'heap:' AND key < 'heap;'")
        return tuple(key for (key,) in rows)

    def inside(self, key: str) -> tuple[Pack, ...]:
        """The packs that lie in a case."""
        return tuple(_pack(row) for row in self._connection.execute(_INSIDE, (key,)))

    def twin_of(self, key: str) -> str | None:
        """Another known 20-digit code that differs from this one in the four check digits only."""
        if not key.startswith(f"{Kind.CN20}:"):
            return None
        stem = key[:-4]
        row = self._connection.execute(
            "SELECT key FROM pack_code WHERE key BETWEEN ? AND ? AND key <> ? LIMIT 1",
            (f"{stem}0000", f"{stem}9999", key),
        ).fetchone()
        return row[0] if row else None

    def expiry_of(self, product: str, lot: str) -> tuple[date, str] | None:
        """Expiry and its precision as known from an earlier pack of the product and lot."""
        row = self._connection.execute(
            "SELECT expiry, expiry_precision FROM pack WHERE product = ? AND lot = ? AND expiry IS NOT NULL"
            " AND state <> 'unknown' LIMIT 1",  # what was declared wrong teaches nobody
            (product, lot),
        ).fetchone()
        return (date.fromisoformat(row[0]), row[1]) if row else None

    def _walk(self, event: Event) -> None:
        """Raise IllegalTransition where a pack of the event cannot go where it leads; `fold` reads none again."""
        known: dict[str, State] = {}
        for facts in event.packs:
            state = known.get(facts.key)
            if state is None:
                read = self._looked_up
                pack = read[facts.key] if read and facts.key in read else self.look_up(facts.key)
                state = pack.state if pack else State.UNKNOWN
            known[facts.key] = step(state, event.kind, facts.state, facts.key)

    def fold(self, event: Event, facts: PackFacts) -> None:
        """Bring one pack of an event to where the event leads it."""
        execute = self._connection.execute
        known = self._looked_up
        pack = known[facts.key] if known and facts.key in known else self.look_up(facts.key)
        if known:
            del known[facts.key]  # it changes now, and an event may name a pack twice
        step(pack.state if pack else State.UNKNOWN, event.kind, facts.state, facts.key)
        if pack:
            pack_id = pack.pack_id
            execute(_MOVE, (*facts_row(facts), event.seq, pack_id))
        else:
            made = (facts.key, facts.product, facts.serial, facts.level, *facts_row(facts), event.seq)
            pack_id = execute(_ADD, made).lastrowid or 0
            execute("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", (facts.key, pack_id))
        if event.kind is EventKind.LABEL and (other := event.told("label")):
            execute("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", (other, pack_id))
        execute("INSERT OR IGNORE INTO pack_event (pack_id, seq) VALUES (?, ?)", (pack_id, event.seq))


def facts_row(facts: PackFacts) -> tuple[object, ...]:
    """What an event says of a pack, as the columns from `state` to `place` have it."""
    return (
        facts.state,
        facts.lot,
        facts.expiry.isoformat() if facts.expiry else None,
        facts.expiry_precision,
        facts.units,
        facts.remaining,
        facts.out,
        facts.parent,
        facts.place,
    )


def _pack(row: tuple[Any, ...]) -> Pack:
    pack_id, key, state, product, serial, lot, expiry, precision, level, *rest = row
    try:
        last_day = date.fromisoformat(expiry) if expiry else None
        return Pack(
            pack_id, key, _STATES[state], product, serial, lot, last_day, precision, _LEVELS[level], *rest
        )
    except (ValueError, KeyError) as error:
        raise LedgerDamaged("ledger_damaged", why=f"pack {pack_id}") from error
