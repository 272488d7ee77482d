from __future__ import annotations

import sqlite3

import pytest

from ledger.codes.zone import ZonePattern
from ledger.rereading import reread
from tests.ledger.counter import Counter, gs1


def test_old_scans_are_read_again_as_new_facts_beside_the_old(counter: Counter) -> None:
    counter.receive(gs1())
    counter.receive("LC-0001-77")
    zone = ZonePattern(prefix="LC-")
    first = counter.writer.run(lambda store: reread(store, zone, "99"))
    assert (first.scans, first.now_accepted, first.now_refused) == (2, ("LC-0001-77",), ())
    assert counter.writer.run(lambda store: reread(store, zone, "99")).scans == 0, "once a parser"
    (kept,) = counter.writer.run(lambda store: store.scans_of("LC-0001-77"))
    assert kept.outcome == "refused", "what was made of it then stays"
    ((parser, kind, key),) = counter.store(
        lambda store: store.connection.execute(
            "SELECT reading.parser, kind, key FROM reading JOIN raw_scan USING (scan_id) WHERE text = ?",
            (b"LC-0001-77",),
        ).fetchall()
    )
    assert (parser, kind) == ("99", "zone")
    assert key.startswith("zone:")


def test_readings_are_append_only(counter: Counter) -> None:
    counter.receive(gs1())
    counter.writer.run(lambda store: reread(store, parser="99"))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        counter.store(lambda store: store._connection.execute("DELETE FROM reading"))
