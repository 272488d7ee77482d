"""Hear every event again, in order, and say whether it can have happened after those before it.

Judged by the very table of transitions that capture uses (ledger/pack.py). What is remembered of a pack is its
state alone, one byte; which code belongs to which pack lies in a temporary file, so that memory stays nearly the
same however many events are told.
"""

from __future__ import annotations

import sqlite3

from ledger import schema
from ledger.event import Event, EventKind, PackFacts
from ledger.pack import IllegalTransition, State, step
from ledger.worklist import Worklist

_NEAR = 20_000
"""Codes kept at hand before they are written down together."""

_STATES = (State.UNKNOWN, *(state for state in State if state is not State.UNKNOWN))
_NUMBER_OF = {state: number for number, state in enumerate(_STATES)}


class States:
    """The state of every pack told so far, by the number that the ledger gives it: 1, 2, 3 …"""

    def __init__(self) -> None:
        self._states = bytearray(1)

    def next(self) -> int:
        """The number of the next new pack."""
        return len(self._states)

    def step(self, pack: int, kind: EventKind, facts: PackFacts) -> None:
        """Take one pack where an event leads it; raise IllegalTransition or ValueError where none can."""
        new = pack == len(self._states)
        before = State.UNKNOWN if new else _STATES[self._states[pack]]
        number = _NUMBER_OF[step(before, kind, facts.state, facts.key)]
        if new:
            self._states.append(number)
        else:
            self._states[pack] = number


class Replay:
    """An empty ledger that hears events, as when nothing but an export is at hand. Close it."""

    def __init__(self) -> None:
        self._scratch = schema.scratch()
        self._worklist = Worklist(self._scratch)
        self._states = States()
        self._near: dict[str, int] = {}

    def tell(self, event: Event) -> bool:
        """Hear one event; False when no such event can follow those before it."""
        try:
            self._worklist.project(event)
            for facts in event.packs:
                pack = self._pack(facts.key)
                if pack is None:
                    pack = self._states.next()
                    self._near[facts.key] = pack
                self._states.step(pack, event.kind, facts)
                if event.kind is EventKind.LABEL and (other := event.told("label")):
                    if self._pack(other) is not None:
                        return False
                    self._near[other] = pack
            if len(self._near) > _NEAR:
                self._write_down()
        except (IllegalTransition, sqlite3.IntegrityError, ValueError, KeyError, TypeError):
            return False
        return True

    def close(self) -> None:
        """Give the temporary file free."""
        self._scratch.close()

    def _pack(self, code: str) -> int | None:
        near = self._near.get(code)
        if near is not None:
            return near
        row = self._scratch.execute("SELECT pack_id FROM pack_code WHERE key = ?", (code,)).fetchone()
        return row[0] if row else None

    def _write_down(self) -> None:
        self._scratch.executemany("INSERT INTO pack_code (key, pack_id) VALUES (?, ?)", self._near.items())
        self._near.clear()
