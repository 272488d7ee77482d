"""Delivery by hand at a station: undelivered records to a file, the platform's receipts back into the outbox.

What leaves the house is an event of its own in the ledger, as every export is.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.sheets import whole
from desktop.station import Station
from desktop.workplace import wire_of
from ledger.conflicts import park
from ledger.errors import UserError
from ledger.event import EventKind
from ledger.record import record

if TYPE_CHECKING:
    from sync.receipts import Settled

LONGEST = 256 * 1024 * 1024
"""Bytes of a file of receipts that are read."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What was written for the stick."""

    file: Path
    events: int
    documents: int
    sha256: str


def hand_out(station: Station, file: Path, operator: str) -> Carried | None:
    """Write all undelivered records to a new file; None, and no file, where there are none.

    Raises UserError where the file exists and EnvironmentFault where it cannot be written.
    """
    from ledger.signing import SigningKey
    from sync import stick

    if file.exists():
        raise UserError("file_exists", file=str(file))
    device_id, ledger_id = station.run(lambda store: (store.device_id, store.ledger_id))
    wire = wire_of(station.settings, device_id)
    key = SigningKey.of(station.home)
    if not station.run(lambda store: store.outbox.unsent(0, 1)):
        return None
    with whole(file) as draft:
        with draft.open("wb") as out:
            done = stick.export(station.run, wire, key, out, ledger_id, station.clock.now().at)
            out.flush()
            os.fsync(out.fileno())
        digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    told = {"form": "unsent", "events": str(done.events), "sha256": digest, "key": done.key}
    station.run(
        lambda store: record(
            store, station.clock, EventKind.EXPORTED, operator, reason=None, second=None, documents=(), **told
        )
    )
    return Carried(file, done.events, done.documents, digest)


def bring_back(station: Station, file: Path) -> Settled:
    """Settle the outbox by a file of receipts. Raises UserError where the file will not do."""
    from sync import receipts

    try:
        if file.stat().st_size > LONGEST:
            raise UserError("receipts_broken")
        body = file.read_bytes()
    except OSError as error:
        raise UserError("file_unreadable", file=str(file), why=os.strerror(error.errno or 0)) from None
    found = receipts.read(body, station.settings.text("platform.receipt_key"))
    now = station.clock.now().iso()

    def set_aside(batch_id: int, keys: list[tuple[str, str]], words: str) -> int:
        return station.run(lambda store: park(store, station.clock, batch_id, keys, words))

    return receipts.settle(station.run, set_aside, found, now)
