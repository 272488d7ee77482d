"""A bench's past is what captures would have written: row by row, and in the eyes of the audit."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from desktop.bench.ground import past
from desktop.bench.ground.fill import Filler
from ledger.audit import audit
from ledger.event import EventKind
from ledger.store import open_reader

TABLES = (
    "event",
    "pack",
    "pack_code",
    "pack_event",
    "raw_scan",
    "progress",
    "progress_sum",
    "outbox",
    "document_line",
)
OWN = {"event_id", "body", "hash", "payload", "payload_sha256", "state"}
"""Columns that hold what is minted at random, or what was delivered since."""


def rows(home: Path, table: str) -> list[tuple[object, ...]]:
    with closing(open_reader(home)) as store:
        cursor = store.connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        names = [column[0] for column in cursor.description]
        skipped = OWN - ({"state"} if table == "pack" else set())
        kept = [place for place, name in enumerate(names) if name not in skipped]
        return [tuple(row[place] for place in kept) for row in cursor]


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The same past twice: cast in bulk, and walked scan by scan."""
    cast, walked = tmp_path / "cast", tmp_path / "walked"
    with closing(Filler(cast, 30)) as filler:
        start, names = filler.start, (filler.store.ledger_id, filler.store.device_id)
        filler.fill(30)
    with closing(Filler(walked, 30, start)) as filler:
        filler.store.ledger_id, filler.store.device_id = names
        with filler.store.transaction():
            for seq, kind, pack in past.deeds(2, 30):
                filler.walk(seq, kind, pack)
    return cast, walked


@pytest.mark.parametrize("table", TABLES)
def test_rows_cast_in_bulk_are_those_of_captures(homes: tuple[Path, Path], table: str) -> None:
    cast, walked = homes
    assert rows(cast, table) == rows(walked, table)


def test_events_and_payloads_are_those_of_captures_but_for_their_ids(homes: tuple[Path, Path]) -> None:
    cast, walked = homes
    told = []
    for home in (cast, walked):
        with closing(open_reader(home)) as store:
            found = store.connection.execute(
                "SELECT seq, event.event_id, body, payload FROM event JOIN outbox USING (seq) WHERE seq > 2"
                " ORDER BY seq"
            ).fetchall()
        told.append([tuple(blob.decode().replace(name, "ID") for blob in blobs) for _, name, *blobs in found])
    assert told[0] == told[1] and len(told[0]) == 28


def test_the_past_is_whole(tmp_path: Path) -> None:
    with closing(Filler(tmp_path, 2_500)) as filler:
        filler.fill(1_000)
        filler.fill(2_500)
    finding = audit(tmp_path)
    assert finding.whole and finding.events == 2_500


def test_every_pack_is_received_once_before_it_is_dispensed() -> None:
    inside: set[int] = set()
    for _, kind, pack in past.deeds(0, 20_000):
        if kind is EventKind.RECEIVE:
            assert pack == len(inside) + 1
            inside.add(pack)
        else:
            assert pack in inside
    assert past.packs_by(20_000) == len(inside)
