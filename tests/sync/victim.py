"""A delivery that dies at one step: by an exception in this process, or by SIGKILL in one of its own.

    python -m tests.sync.victim

takes a line of JSON `[file, address, dedupe, place, step]` for each death, forks a process for it that has everything
loaded already, and answers with how it ended: 0, or the negative number of the signal.

Steps are counted before and after every job of the writer and before and after every request.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from ledger.event import EventKind
from sync.courier import Courier, SyncResult
from sync.pace import Pace
from sync.platform import Platform
from tests.sync.books import WIRE, TinyBooks, event

QUICK = Pace(
    first=0.02, limit=0.1, polls=(0.0, 0.01), settle=0.01, window=0.02, job_deadline=5.0, patience=10.0
)
PLACES = ("before the writer", "after the writer", "before a request", "after a request")
EVENTS = 4


class Killed(BaseException):
    """The process died here."""


def fill(books: TinyBooks) -> None:
    """Events of several packs, two of one pack, and a declaration that one of them was wrong."""
    wire = replace(WIRE, device_id=str(uuid4()))  # another device each time, so that no content comes twice
    for one, pack in ((event(1, pack=1), 1), (event(2, EventKind.DISPENSE, pack=1), 1), (event(3), 3)):
        books.add(one, wire.event_bytes(one), packs=(pack,))
    original = event(4, pack=4)
    frozen = wire.event_bytes(original)
    books.add(original, frozen, packs=(4,))
    void = replace(event(5, EventKind.VOID, pack=4), reason="did_not_occur")
    declared = WIRE.declaration_bytes(void, frozen)

    def save(within: TinyBooks) -> None:
        within.connection.execute(
            "INSERT INTO event (seq, event_id, kind, at, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (5, void.event_id, void.kind, void.moment.iso(), b"{}", b""),
        )
        within.connection.execute("INSERT INTO pack_event (pack_id, seq) VALUES (4, 5)")
        within.outbox.put(5, original.event_id, declared, void.moment.iso())

    books.run(save)


def drain(books: TinyBooks, url: str, dedupe: str) -> SyncResult:
    platform = Platform(url)
    try:
        return Courier(books.run, platform, WIRE, QUICK, dedupe=dedupe).drain()
    finally:
        platform.close()


def drain_and_die(
    books: TinyBooks, url: str, dedupe: str, place: str, step: int, die: Callable[[], None]
) -> SyncResult:
    """Drain; at the step-th passage of the place the process dies."""
    count = [0]

    def pass_by(now: str) -> None:
        if now == place:
            count[0] += 1
            if count[0] == step:
                die()

    def run(job: Callable[[Any], Any]) -> Any:
        pass_by(PLACES[0])
        result = books.run(job)
        pass_by(PLACES[1])
        return result

    platform = Platform(url)
    once = platform.line.once

    def mortal(*args: Any) -> Any:
        pass_by(PLACES[2])
        reply = once(*args)
        pass_by(PLACES[3])
        return reply

    platform.line.once = mortal  # type: ignore[method-assign]
    try:
        return Courier(run, platform, WIRE, QUICK, dedupe=dedupe).drain()
    finally:
        platform.close()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def nursery() -> None:
    """Fork a victim for each line; starting Python anew takes ten times as long as the delivery itself."""
    for line in sys.stdin:
        file, address, dedupe, place, step = json.loads(line)
        child = os.fork()
        if child == 0:
            mine = TinyBooks(Path(file))
            drain_and_die(mine, address, dedupe, place, step, _kill)
            mine.close()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    nursery()
