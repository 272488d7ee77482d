"""What proof costs: an audit of the file, an export, the check of an export, a backup; each beside a bare reading.

The baseline of audit, export and check is the least that anybody must do to believe a chain: read every event and
compute its hash anew. That of the backup is a plain copy of the file. Each pair takes turns in the same run.

Options: events (20000), rounds (3).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from desktop.bench.ground.fill import Filler
from desktop.bench.row import Row
from ledger.audit import audit
from ledger.backup import back_up
from ledger.connection import connect_reader
from ledger.export import Target, export
from ledger.exportcheck import check_export
from ledger.exportform import JsonLines
from ledger.link import GENESIS
from ledger.signing import SigningKey
from ledger.store import FILE


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure on one ledger at rest."""
    events, rounds = int(options.get("events", 20_000)), int(options.get("rounds", 3))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-") as name:
        folder = Path(name)
        home, out = folder / "home", folder / "export"
        _fill(home, events)
        key = SigningKey.of(home)

        def hand_out() -> None:
            with out.open("wb") as file:
                export(home, key, [Target(file, JsonLines())], "now")

        hand_out()
        copies = iter(range(rounds))
        bare = "bare reading and hashing of the same events"
        for label, ours, theirs, baseline in (
            ("audit of the file", lambda: _ok(audit(home).whole), lambda: _bare(home), bare),
            ("export, signed", hand_out, lambda: _bare(home), bare),
            ("check of the export", lambda: _ok(check_export(out).fault is None), lambda: _bare(home), bare),
            (
                "backup, opened and proved",
                lambda: _ok(back_up(home, folder / f"backup{next(copies)}").events == events),
                lambda: _copy(home / FILE, folder / "copy"),
                "copy of the file, flushed",
            ),
        ):
            mine, other = _in_turn(ours, theirs, rounds)
            yield Row("audit", f"{label}, {events} events", mine, other, baseline, "lower", "s", rounds)


def _in_turn(ours: Callable[[], None], theirs: Callable[[], None], rounds: int) -> tuple[float, float]:
    mine: list[float] = []
    other: list[float] = []
    for _ in range(rounds):
        for work, times in ((theirs, other), (ours, mine)):
            started = time.perf_counter()
            work()
            times.append(time.perf_counter() - started)
    return statistics.median(mine), statistics.median(other)


def _ok(holds: bool) -> None:
    assert holds


def _bare(home: Path) -> None:
    with closing(connect_reader(home / FILE)) as connection:
        previous = GENESIS
        for body, digest in connection.execute("SELECT body, hash FROM event ORDER BY seq"):
            previous = hashlib.sha256(previous + body).digest()
            assert previous == digest


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _fill(home: Path, count: int) -> None:
    with closing(Filler(home, count)) as filler:
        filler.fill(count)
