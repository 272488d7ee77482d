"""A shift at a workstation, as a process of its own: scans in bursts, rests, and notes what it acknowledged.

Run as `python -m tests.faults.shift HOME ACKS SCANS SEED SYNCHRONOUS`. A line goes to ACKS for every event only
when its future has been resolved, which is when a person would hear the beep.
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop.settings import Settings
from desktop.station import Station
from ledger.capture import Captured
from ledger.event import EventKind
from ledger.situation import Intent
from ledger.store import Store
from scanner.scan import Scan, Source
from tests.ledger.counter import gs1

_connect = sqlite3.connect


def work(home: Path, acks: Path, scans: int, seed: int) -> None:
    """Receive and dispense packs; now and then a batch is posted and accepted, now and then all rest."""
    chance = random.Random(seed)
    out = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    station = Station(home, Settings(home))
    number = 0
    while number < scans:
        burst: list[Future[Captured]] = []
        for _ in range(chance.choice([1, 1, 1, 5, 20])):
            burst.append(scan(station, EventKind.RECEIVE, f"S{seed}-{number}"))
            if chance.random() < 0.3:
                burst.append(scan(station, EventKind.DISPENSE, f"S{seed}-{number}"))
            number += 1
        for future in burst:
            answer = future.result(60)
            assert answer.event is not None, answer.problems
            os.write(out, f"{answer.event.seq} {answer.event.event_id}\n".encode())
        if chance.random() < 0.2:
            station.run(deliver)
        if chance.random() < 0.05:
            time.sleep(0.3)  # long enough for a checkpoint
    station.close()
    os.close(out)


def scan(station: Station, verb: EventKind, serial: str) -> Future[Captured]:
    """Hand one scan over."""
    return station.capture(
        Scan(gs1(serial), Source.SERIAL, "DataMatrix", "shift", "]d2"), Intent(verb, "op-1")
    )


def deliver(store: Store) -> None:
    """What a courier would note."""
    batch = store.outbox.next_batch(time.time(), "now", 10, 10**6)
    if batch:
        store.outbox.accept(batch.batch_id)


def lax(synchronous: str) -> None:
    """Let the program ask for less durability than it does, to see that the disk tells the difference."""

    class Lax(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            return super().execute(sql.replace("synchronous=FULL", f"synchronous={synchronous}"), *given)

    sqlite3.connect = lambda *given, **options: _connect(*given, factory=Lax, **options)  # type: ignore[assignment]


if __name__ == "__main__":
    given_home, given_acks, given_scans, given_seed, given_synchronous = sys.argv[1:]
    if given_synchronous != "FULL":
        lax(given_synchronous)
    work(Path(given_home), Path(given_acks), int(given_scans), int(given_seed))
