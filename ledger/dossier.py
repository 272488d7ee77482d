"""Everything that this ledger knows of one pack, as one value: what it is, what happened to it, what lies around it.

Gathered in one go by whoever reads; nothing here writes. What is said of it in words is desktop/story.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger.event import Event, EventKind, PackFacts
from ledger.pack import Pack
from ledger.product import Product
from ledger.recalls import Recall
from ledger.scans import RawScan
from ledger.trees import Child

if TYPE_CHECKING:
    from ledger.store import Store

MOST = 500
"""So many events are told, the latest: a heap of goods without serial has no end of them."""
INSIDE = 200
"""So many packs of a case are told."""
ANSWERED = timedelta(minutes=10)
"""A question answered within this time came to something."""

ELSEWHERE = "elsewhere"
"""Stands as the delivery of what another workstation of the site recorded."""

_NOTHING = ("refused", "asked", "failed")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event in the life of a pack."""

    event: Event
    facts: PackFacts | None
    """What the event says of this pack; None where it is about the pack without touching it (a task, an answer)."""
    hash: bytes
    delivery: str = ""
    """Delivery state of its record; empty where there is nothing to deliver. ELSEWHERE: the number is of another
    ledger, and our chain does not hold it."""
    said: str = ""
    """What the platform said of it last."""
    voided_by: int | None = None
    """Number of the event that declares this one wrong."""
    partner: tuple[str, str] = ("", "")
    """Chinese and English name of the other side, where it is known."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A scan of the pack that was not recorded."""

    scan: RawScan
    answered: bool
    """A question that was answered soon after, so that the pack was recorded all the same."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one pack."""

    code: str
    """What was asked for."""
    pack: Pack | None
    """None where only scans are known that came to nothing."""
    codes: tuple[str, ...] = ()
    """Every code that is on the pack, its key first."""
    product: Product | None = None
    recalls: tuple[Recall, ...] = ()
    verdict: str = "provisional"
    chapters: tuple[Chapter, ...] = ()
    """In order, the oldest first; what other workstations told stands among the own ones by time."""
    earlier: int = 0
    """Events before these that are not told."""
    attempts: tuple[Attempt, ...] = ()
    tasks: tuple[str, ...] = ()
    """Kinds of the open tasks about it."""
    around: tuple[str, ...] = ()
    """Keys of the cases that it lies in, the nearest first."""
    inside: tuple[Pack, ...] = ()
    """Packs that lie in it, at most INSIDE."""
    inside_count: int = 0
    declared: tuple[Child, ...] = ()
    """What the sender declared to lie in it and nobody has recorded yet, at most INSIDE."""
    people: Mapping[str, str] | None = None
    """Names of the people who took part, by id; those that are not registered here are left out."""

    @property
    def records(self) -> tuple[int, ...]:
        """Numbers of this ledger's events that changed the pack."""
        return tuple(
            chapter.event.seq
            for chapter in self.chapters
            if chapter.facts is not None and chapter.delivery != ELSEWHERE
        )


def dossier(store: Store, code: str, keys: Iterable[str] = ()) -> Dossier | None:
    """What is known of the pack that bears this code (as scanned, or a key of it); None where that is nothing.

    `keys` are what the code was identified as.
    """
    pack = next((found for key in (code, *keys) if key and (found := store.site.known(key))), None)
    chapters = _chapters(store, pack) if pack else ()
    attempts = _attempts(store, {code, *_texts(store, chapters)})
    if pack is None:
        return (
            Dossier(code, None, attempts=attempts, people=_people(store, (), attempts)) if attempts else None
        )
    told = chapters[-MOST:]
    inside = store.site.inside(pack.key)
    known = {one.key for one in inside}
    declared = tuple(
        child
        for child in store.trees.children(pack.key)
        if child.key not in known and not store.site.known(child.key)
    )
    product = store.catalog.product(pack.product) if pack.product else None
    recalls: tuple[Recall, ...] = ()
    if pack.product:
        recalls = store.recalls.recalls_of(pack.product, pack.lot, pack.serial, pack.key)
    return Dossier(
        code=code,
        pack=pack,
        codes=_codes(store, pack),
        product=product,
        recalls=recalls,
        verdict=store.worklist.verdict(pack.key),
        chapters=told,
        earlier=len(chapters) - len(told),
        attempts=attempts,
        tasks=_tasks(store, pack),
        around=_around(store, pack),
        inside=inside[:INSIDE],
        inside_count=len(inside),
        declared=declared[:INSIDE],
        people=_people(store, told, attempts),
    )


def _codes(store: Store, pack: Pack) -> tuple[str, ...]:
    rows = store.connection.execute(
        "SELECT key FROM pack_code WHERE pack_id = ?1 UNION SELECT code FROM site_code WHERE key = ?2",
        (pack.pack_id, pack.key),
    )
    return tuple(sorted({pack.key, *(key for (key,) in rows)}, key=lambda key: (key != pack.key, key)))


def _chapters(store: Store, pack: Pack) -> tuple[Chapter, ...]:
    events = list(store.events_of(pack.pack_id)) if pack.pack_id else []
    events += _beside(store, pack)
    events.sort(key=lambda event: event.seq)
    voids = {event.told("voids"): event.seq for event in events if event.kind is EventKind.VOID}
    told = []
    for event in events:
        facts = _facts_of(event, pack.key)
        delivery, said = store.outbox.delivery_of(event.seq)
        partner = store.partners.partner(event.partner) if event.partner else None
        told.append(
            Chapter(
                event,
                facts,
                store.hash_at(event.seq) or b"",
                delivery,
                said,
                voids.get(event.event_id),
                (partner.name_zh, partner.name_en) if partner else ("", ""),
            )
        )
    others = store.site.told_of(pack.key)
    if others:
        told += [Chapter(one, _facts_of(one, pack.key), b"", ELSEWHERE) for one in others]
        told.sort(key=lambda chapter: chapter.event.moment.at)
    return tuple(told)


def _facts_of(event: Event, key: str) -> PackFacts | None:
    return next((one for one in event.packs if one.key == key), None)


def _beside(store: Store, pack: Pack) -> Iterable[Event]:
    """Events about the pack that do not touch it: the platform's answers, tasks opened and settled."""
    rows = store.connection.execute(
        "SELECT opened FROM task WHERE key = ?1 UNION SELECT resolved FROM task WHERE key = ?1 AND resolved NOT NULL"
        " UNION SELECT seq FROM verdict WHERE key = ?1",
        (pack.key,),
    ).fetchall()
    return [store.event(seq) for (seq,) in rows]


def _tasks(store: Store, pack: Pack) -> tuple[str, ...]:
    rows = store.connection.execute(
        "SELECT DISTINCT kind FROM task WHERE key = ? AND resolved IS NULL ORDER BY kind", (pack.key,)
    )
    return tuple(kind for (kind,) in rows)


def _around(store: Store, pack: Pack) -> tuple[str, ...]:
    """Where it lies by the records; where they say nothing, and it was never put elsewhere, as declared."""
    found: list[str] = []
    here: Pack | None = pack
    while here is not None and here.parent and here.parent not in found:
        found.append(here.parent)
        here = store.site.known(here.parent)
    return tuple(found)


def _texts(store: Store, chapters: tuple[Chapter, ...]) -> set[str]:
    """The texts by which the pack was scanned; a saved scan has the very time of its event."""
    found: set[str] = set()
    for chapter in chapters[-MOST:]:
        rows = store.connection.execute(
            "SELECT text FROM raw_scan WHERE at = ? AND seq = ?",
            (chapter.event.moment.iso(), chapter.event.seq),
        )
        found.update(raw.decode("utf-8", "surrogatepass") for (raw,) in rows)
    return found


def _attempts(store: Store, texts: set[str]) -> tuple[Attempt, ...]:
    found: list[Attempt] = []
    for text in sorted(text for text in texts if text):
        scans = store.scans_of(text)
        for place, scan in enumerate(scans):
            if scan.outcome in _NOTHING:
                found.append(Attempt(scan, scan.outcome == "asked" and _answered(scan, scans[place + 1 :])))
    return tuple(sorted(found, key=lambda one: one.scan.at))


def _answered(asked: RawScan, later: tuple[RawScan, ...]) -> bool:
    until = datetime.fromisoformat(asked.at) + ANSWERED
    return any(
        scan.verb == asked.verb
        and scan.outcome in ("accepted", "repeated")
        and datetime.fromisoformat(scan.at) <= until
        for scan in later
    )


def _people(store: Store, chapters: tuple[Chapter, ...], attempts: tuple[Attempt, ...]) -> Mapping[str, str]:
    ids = {chapter.event.operator for chapter in chapters}
    ids |= {chapter.event.second for chapter in chapters if chapter.event.second}
    ids |= {attempt.scan.operator for attempt in attempts}
    people = ((person_id, store.people.person(person_id)) for person_id in sorted(ids))
    return {person_id: person.name for person_id, person in people if person is not None}
