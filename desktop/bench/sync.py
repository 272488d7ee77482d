"""What delivery costs beside bare httpx: a backlog drained to a sandbox in a process of its own.

The baseline posts the very documents that the drain sent, one after the other on one connection, and does nothing
else: no ledger, no job to look after. Both meet a fresh sandbox, and take turns. Memory: the most that the process
of a drain ever held, with a small and a large backlog; the ledger's page cache fills once, to 16 MB, in between.

Options: events (drained, 2000), rounds (3), few and many (pending records for the memory, 1000 and 10000). The full
size is events=10000 many=100000.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop.bench.ground.fill import Filler
from desktop.bench.row import Row
from desktop.settings import Settings

_SANDBOX = "from desktop.commands.root import main; main(['sandbox', '--json', *__import__('sys').argv[1:]])"


def rows(options: dict[str, str]) -> Iterator[Row]:
    """Measure throughput, then memory."""
    events, rounds = int(options.get("events", 2_000)), int(options.get("rounds", 3))
    few, many = int(options.get("few", 1_000)), int(options.get("many", 10_000))
    with tempfile.TemporaryDirectory(prefix="tracedesk-bench-") as name:
        folder = Path(name)
        backlog = _backlog(folder / "backlog", events)
        ours: list[float] = []
        bare: list[float] = []
        for number in range(rounds):
            kept = folder / f"documents-{number}"
            ours.append(events / _drained(backlog, folder / f"home-{number}", kept)["seconds"])
            bare.append(events / _posted(kept, folder / f"kept-{number}"))
        mine, other = statistics.median(ours), statistics.median(bare)
        baseline = "bare httpx posting the same documents"
        yield Row("sync", f"drain of {events} records", mine, other, baseline, "higher", "records/s", rounds)
        held = [
            _drained(_backlog(folder / f"many-{count}", count), folder / f"drained-{count}")["peak"]
            for count in (few, many)
        ]
        row, baseline = f"memory of a drain, {many} pending", f"the same with {few} pending"
        yield Row("sync", row, held[1], held[0], baseline, "lower", "MB", 1)


def _backlog(home: Path, events: int) -> Path:
    """A ledger of which nothing is delivered."""
    filler = Filler(home, events)
    filler.fill(events)
    store = filler.store
    with store.transaction():
        store.connection.execute("UPDATE outbox SET state = 'pending', batch_id = NULL")
        store.note("outbox_accepted", "0")
    store.close()
    return home


def _drained(backlog: Path, home: Path, keep: Path | None = None) -> dict[str, float]:
    """Drain a copy of the backlog to a fresh sandbox."""
    shutil.copytree(backlog, home)
    with _sandbox(keep) as url:
        settings = Settings.load(home)
        settings.set("platform.url", url)
        settings.save()
        command = [sys.executable, "-m", "desktop.bench.ground.drain", str(home)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    if told["pending"]:
        raise RuntimeError(f"{told['pending']} records were not delivered: {told['why']}")
    shutil.rmtree(home)
    return told


def _posted(documents: Path, keep: Path) -> float:
    """Seconds that bare posts of the same documents take."""
    from sync.sandbox.peek import post_all

    bodies = [path.read_bytes() for path in sorted(documents.iterdir())]
    with _sandbox(keep) as url:
        return post_all(url, bodies)


@contextmanager
def _sandbox(keep: Path | None) -> Iterator[str]:
    """A sandbox in a process of its own."""
    options = ["--keep", str(keep)] if keep else []
    process = subprocess.Popen([sys.executable, "-c", _SANDBOX, *options], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["url"])
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
