"""The packs of the whole site: what this ledger recorded, and what its other workstations told.

A workstation that works alone has nothing here, and its own record is all that counts. Where others have told of a
pack, both histories are made one (ledger/merge.py) and kept as a row of their own, beside the audited projection.
Before this ledger builds upon such a row, it takes it into its chain as an event, so that the chain alone always
explains the stock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger.codes.code import Kind
from ledger.event import Event, EventKind, PackFacts
from ledger.heapmerge import heap_facts, heard, recorded
from ledger.hearsay import Hearsay
from ledger.merge import Merged, Told, merge, standing
from ledger.moment import Moment, new_event_id
from ledger.pack import Pack, State
from ledger.roles import WORKSTATION
from ledger.siterows import COLUMNS, facts_of, pack_of, values_of

if TYPE_CHECKING:
    from ledger.store import Store

_ROW = f"SELECT {COLUMNS} FROM site_pack "  # noqa: S608 - our own words
_KEEP = f"INSERT OR REPLACE INTO site_pack ({COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608
_OWN_ON_SHELF = (
    "SELECT key, expiry FROM pack WHERE product = ? AND expiry >= ? AND expiry < ?"
    " AND state IN ('in_stock', 'opened') AND NOT EXISTS (SELECT 1 FROM site_pack WHERE site_pack.key = pack.key)"
    " ORDER BY expiry, pack_id LIMIT 1"
)


class Site(Hearsay):
    """The site's packs, seen from one ledger."""

    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self._connection = connection
        self._store = store
        self._alone = False
        """True where it is known that nobody else has told of any pack. Only the one connection that writes can
        know that, so it is found out where an event is recorded."""

    def known(self, code: str) -> Pack | None:
        """The pack that bears this code, as it stands for the whole site."""
        own = self._store.look_up(code)
        if self._alone:
            return own
        key = own.key if own else self._key_of(code)
        row = self._connection.execute(_ROW + "WHERE key = ?", (key,)).fetchone()
        return pack_of(facts_of(row), own) if row else own

    def story(self, pack: Pack) -> tuple[Event, ...]:
        """Everything that happened to the pack and counts, in order; voided events and voids of this ledger too
        where nobody else has told of it."""
        own = self._store.events_of(pack.pack_id) if pack.pack_id else ()
        if self._alone or not self.is_told(pack.key):
            return own
        if pack.is_heap:
            return tuple(one for one in own if one.kind is not EventKind.ADOPTED)
        return self._merged(pack.key, own, self._told(pack.key)).events

    def first_to_expire(self, product: str, today: date, before: date) -> Pack | None:
        """The good pack of the product on the site's shelves that expires first, if before the given day."""
        if self._alone:
            return self._store.first_to_expire(product, today, before)
        span = (product, today.isoformat(), before.isoformat())
        own = self._connection.execute(_OWN_ON_SHELF, span).fetchone()
        told = self._connection.execute(
            _ROW + "WHERE product = ? AND expiry >= ? AND expiry < ? AND state IN ('in_stock', 'opened')"
            " ORDER BY expiry, key LIMIT 1",
            span,
        ).fetchone()
        if told and (own is None or told[6] < own[1]):
            facts = facts_of(told)
            return pack_of(facts, self._store.look_up(facts.key))
        return self._store.look_up(own[0]) if own else None

    def inside(self, key: str) -> tuple[Pack, ...]:
        """The packs that lie in a case."""
        if self._alone:
            return self._store.inside(key)
        own = [pack for pack in self._store.inside(key) if not self.is_told(pack.key)]
        rows = self._connection.execute(_ROW + "WHERE parent = ? ORDER BY key", (key,)).fetchall()
        told = [pack_of(facts, self._store.look_up(facts.key)) for facts in map(facts_of, rows)]
        return (*own, *told)

    def expiry_of(self, product: str, lot: str) -> tuple[date, str] | None:
        """Expiry and its precision as known from an earlier pack of the product and lot."""
        own = self._store.expiry_of(product, lot)
        if own is not None or self._alone:
            return own
        row = self._connection.execute(
            "SELECT expiry, expiry_precision FROM site_pack WHERE product = ? AND lot = ?"
            " AND expiry IS NOT NULL AND state <> 'unknown' LIMIT 1",
            (product, lot),
        ).fetchone()
        return (date.fromisoformat(row[0]), row[1] or "day") if row else None

    def twin_of(self, key: str) -> str | None:
        """Another known 20-digit code that differs from this one in the four check digits only."""
        own = self._store.twin_of(key)
        if own is not None or self._alone or not key.startswith(f"{Kind.CN20}:"):
            return own
        stem = key[:-4]
        row = self._connection.execute(
            "SELECT key FROM site_pack WHERE key BETWEEN ? AND ? AND key <> ? LIMIT 1",
            (f"{stem}0000", f"{stem}9999", key),
        ).fetchone()
        return row[0] if row else None

    def handed_out(self, kind: str, number: str, products: Iterable[str]) -> tuple[int, int]:
        """Whole packs and single units of a product that other workstations dispensed under a document and that
        nobody has taken back."""
        if self._alone:
            return 0, 0
        wanted, packs, units = frozenset(products), 0, 0
        for (body,) in self._connection.execute(
            "SELECT body FROM told_document JOIN told_event USING (event_id) WHERE kind = ? AND number = ?"
            " AND NOT EXISTS (SELECT 1 FROM told_void WHERE told_void.event_id = told_document.event_id)",
            (kind, number),
        ).fetchall():
            event = Event.from_canonical(body)
            for facts in event.packs if event.kind is EventKind.DISPENSE else ():
                if facts.product not in wanted or facts.key.endswith("#quarantine"):
                    continue
                if facts.key.startswith("heap:"):
                    packs += facts.quantity or 0
                elif self._is_out(facts.key) and facts.quantity is None:
                    packs += 1
                elif self._is_out(facts.key):
                    units += facts.quantity or 0
        return packs, units

    def hear(self, event: Event) -> tuple[Event, ...]:
        """Take an event of another workstation; what contradicts since then is returned. Hearing twice is harmless."""
        if not self.is_new(event.event_id):
            return ()
        self._alone = False
        said = Told(event, self._store.head.seq)
        void = self._connection.execute(
            "SELECT 1 FROM told_void WHERE event_id = ?", (event.event_id,)
        ).fetchone()
        new: dict[str, Event] = {}
        for key in dict.fromkeys(facts.key for facts in event.packs):
            if heap := self._heap(key):
                self._write(heap if void else heard(heap, event))
                continue
            others, own = self._told(key), self._own_events(key)
            before = self._merged(key, own, others).contradictions if others else ()
            found = self._keep(key, own, others if void else [*others, said])
            new |= {one.event_id: one for one in found if one not in before}
        self._connection.execute(
            "INSERT INTO told_event (event_id, after_seq, body) VALUES (?, ?, ?)",
            (event.event_id, said.after_seq, event.canonical()),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO told_pack (key, event_id) VALUES (?, ?)",
            [(facts.key, event.event_id) for facts in event.packs],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO told_document (kind, number, event_id) VALUES (?, ?, ?)",
            [(ref.kind, ref.number, event.event_id) for ref in event.documents],
        )
        self._store.documents.draws.told(event)
        if event.kind is EventKind.LABEL and (label := event.told("label")):
            self._connection.execute(
                "INSERT OR IGNORE INTO site_code (code, key) VALUES (?, ?)", (label, event.packs[0].key)
            )
        return tuple(new.values())

    def hear_void(self, event_id: str, declared: str) -> bool:
        """Another workstation declared its record wrong, which may be heard before the record; False if known."""
        done = self._connection.execute(
            "INSERT OR IGNORE INTO told_void (event_id, declared) VALUES (?, ?)", (event_id, declared)
        )
        if not done.rowcount:
            return False
        for (key,) in self._connection.execute(
            "SELECT key FROM told_pack WHERE event_id = ?", (event_id,)
        ).fetchall():
            self._settle(key)
        return True

    def recorded(self, event: Event) -> None:
        """This ledger has recorded an event: where others told of its packs, both are made one anew."""
        if self._alone:
            return
        if self._connection.execute("SELECT 1 FROM told_pack LIMIT 1").fetchone() is None:
            self._alone = True
            return
        self._store.documents.draws.recorded(event)
        for facts in event.packs:
            if not self.is_told(facts.key):
                continue
            heap = self._heap(facts.key) if event.kind is not EventKind.VOID else None
            if heap is None:
                self._settle(facts.key)
            elif event.kind is not EventKind.ADOPTED:
                self._write(recorded(heap, self._before(facts.key, event.seq), facts))

    def adopted(self, packs: Iterable[PackFacts], moment: Moment) -> Event | None:
        """The event that takes into the chain how these packs stand by what others told; None if it is known."""
        found = []
        for wanted in packs if not self._alone else ():
            row = self._connection.execute(_ROW + "WHERE key = ?", (wanted.key,)).fetchone()
            if row is None:
                continue
            facts, own = facts_of(row), self._store.look_up(wanted.key)
            if own is None or own.facts(facts.kind) != replace(facts, entry="scan"):
                found.append(facts)
        if not found:
            return None
        store = self._store
        return Event(
            event_id=new_event_id(moment),
            ledger_id=store.ledger_id,
            seq=store.head.seq + 1,
            kind=EventKind.ADOPTED,
            moment=moment,
            device_id=store.device_id,
            operator=WORKSTATION,
            place="",
            packs=tuple(found),
            verdict="",
            detail=tuple(
                ("from", told.event_id)
                for told in {
                    one.event_id: one for facts in found for one in self._latest_told(facts.key)
                }.values()
            ),
        )

    def _is_out(self, key: str) -> bool:
        pack = self.known(key)
        return pack is not None and (pack.state is State.DISPENSED or bool(pack.out))

    def _own_events(self, key: str) -> tuple[Event, ...]:
        pack = self._store.look_up(key)
        return self._store.events_of(pack.pack_id) if pack else ()

    def _heap(self, key: str) -> PackFacts | None:
        """The site's row of goods without serial; None where there is none, and for a pack."""
        if not key.startswith("heap:"):
            return None
        row = self._connection.execute(_ROW + "WHERE key = ?", (key,)).fetchone()
        return facts_of(row) if row else None

    def _before(self, key: str, seq: int) -> PackFacts | None:
        """A heap as this ledger had left it before one of its events."""
        pack = self._store.look_up(key)
        before = self._store.seq_before(pack.pack_id, seq) if pack else None
        packs = self._store.event(before).packs if before else ()
        return next((one for one in packs if one.key == key), None)

    def _merged(self, key: str, own: Sequence[Event], others: Sequence[Told]) -> Merged:
        if key.startswith("heap:"):
            return Merged((), heap_facts(key, own, others))
        return merge(key, [one for one in standing(own) if one.kind is not EventKind.ADOPTED], others)

    def _settle(self, key: str) -> None:
        """Work the site's row of a pack out anew."""
        self._keep(key, self._own_events(key), self._told(key))

    def _keep(self, key: str, own: Sequence[Event], others: Sequence[Told]) -> tuple[Event, ...]:
        """Write the site's row of a pack as these histories leave it; return what contradicts in them."""
        merged = self._merged(key, own, others)
        facts = merged.facts
        if facts is None and own:
            # All that others told is void, and all of our own: the pack is as our own last event left it.
            facts = next(one for one in own[-1].packs if one.key == key)
        if facts is None:
            self._connection.execute("DELETE FROM site_pack WHERE key = ?", (key,))
        else:
            self._write(facts)
        return merged.contradictions

    def _write(self, facts: PackFacts) -> None:
        self._connection.execute(_KEEP, values_of(facts))
