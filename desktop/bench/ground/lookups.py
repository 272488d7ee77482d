"""Look-ups that somebody waits for, on a long ledger beside the same on a short one, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from desktop.bench.ground import past
from desktop.bench.row import Row
from desktop.settings import Settings
from desktop.status import status_of
from ledger.clock import Clock
from ledger.codes.code import Entry
from ledger.codes.identify import identify
from ledger.dossier import dossier
from ledger.event import DocumentRef, EventKind
from ledger.gather import gather
from ledger.rules import decide
from ledger.shipment import SHIPMENT
from ledger.situation import Intent, Policy
from ledger.store import Store, open_store

ROUNDS, CALLS = 41, 20
_SCATTER = 7_919
"""Steps between one pack and the next, so that neighbours do not help each other."""

Look = Callable[[Store, int], object]
"""Looks up something about a pack."""


def rows(short: Path, long: Path, events: tuple[int, int]) -> Iterator[Row]:
    """Measure both ledgers; `events` is how long each is."""
    small, large = open_store(short), open_store(long)
    try:
        for name, look in looks(Settings(long)).items():
            yield _row(name, look, (small, large), events)
    finally:
        small.close()
        large.close()


def looks(settings: Settings) -> Mapping[str, Look]:
    """What is looked up, by name."""
    now = datetime.now(UTC).timestamp()
    return {
        "pack by its code": lambda store, pack: store.look_up(past.face(pack).key),
        "history of a pack": _history,
        "everything known of a pack": lambda store, pack: _known(dossier(store, past.face(pack).key)),
        "raw scans of a code": lambda store, pack: store.scans_of(past.face(pack).text),
        "decision on a scan that dispenses": lambda store, pack: _decision(store, pack, EventKind.DISPENSE),
        "decision on a pack that arrives": lambda store, pack: _decision(store, pack, EventKind.RECEIVE),
        "first pack to expire": lambda store, pack: store.first_to_expire(
            past.face(pack).product, date.today(), date(2099, 1, 1)
        ),
        "board of an expected shipment": lambda store, pack: _known(
            store.boards.board(SHIPMENT, past.document(pack))
        ),
        "missing packs of a board's line": lambda store, pack: store.boards.missing(
            SHIPMENT, past.document(pack), 1
        ),
        "what a shipment says of a pack": lambda store, pack: store.documents.expectation(
            past.document(pack), past.face(pack).key, past.face(pack).product, past.face(pack).lot
        ),
        "status of the workstation": lambda store, _: status_of(store, settings),
        "next batch to deliver": lambda store, _: _batch(store, now),
    }


def _history(store: Store, pack: int) -> object:
    found = store.look_up(past.face(pack).key)
    assert found is not None
    return _known(store.events_of(found.pack_id))


def _decision(store: Store, pack: int, verb: EventKind) -> object:
    face, moment = past.face(pack), Clock().now()
    documents = (DocumentRef(SHIPMENT, past.document(pack)),) if verb is EventKind.RECEIVE else ()
    intent = Intent(verb, "op-1", documents)
    code = identify(face.text, symbology="DataMatrix", entry=Entry.SERIAL, aim="]d2", today=date.today())
    return decide(gather(store, Policy(), "", code, intent, moment), intent)


def _batch(store: Store, now: float) -> object:
    """Made and taken back, as when the line breaks."""
    store.connection.execute("BEGIN IMMEDIATE")
    found = store.outbox.next_batch(now, "now", 100, 1_000_000)
    store.connection.execute("ROLLBACK")
    return _known(found)


def _known(found: object) -> object:
    assert found, "the past holds what is looked up"
    return found


def _row(name: str, look: Look, stores: tuple[Store, Store], events: tuple[int, int]) -> Row:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS):
        for store, count, taken in zip(stores, events, times, strict=True):
            chosen = [past.dispensed(count, (turn * CALLS + one) * _SCATTER) for one in range(CALLS)]
            started = time.perf_counter()
            for pack in chosen:
                look(store, pack)
            taken.append((time.perf_counter() - started) / CALLS)
    theirs, ours = (median(taken) * 1e3 for taken in times)
    title, beside = f"{name}, {events[1]} events present", f"the same at {events[0]} events"
    return Row("ledger", title, ours, theirs, beside, "lower", "ms", ROUNDS * CALLS)
